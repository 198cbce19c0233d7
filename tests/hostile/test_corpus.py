"""Every file of the corpus gives the clean table, a noted warning or a clear message; none misleads or hangs."""

import re
from collections import Counter

import pytest

from dxkit.survey.reading.segments import NOT_STATED
from tests.hostile.corpus import CANARY, KINDS, write
from tests.hostile.reading import MOST_MEMORY, apart, by_dxkit, by_pandas
from tests.places import ROOT


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write(tmp_path_factory.mktemp("corpus"))


def clean(files, reader):
    return {
        kind: reader(kind, next(path for case, path in files if (case.kind, case.name) == (kind, "plain")))[0]
        for kind in KINDS
    }


def wanted(case, plain):
    """The clean table, with what the case changed on purpose."""
    if not case.team:
        return plain
    if case.team == "one not stated":  # the second row of the table is of team Green
        rows = list(plain)
        rows[rows.index(("Green", 2.0, 1.0))] = (NOT_STATED, 2.0, 1.0)
        return sorted(rows)
    return sorted((case.team if team == "Green" else team, *rest) for team, *rest in plain)


def wrong(case, plain, outcome, found, notes, memory):
    """What is wrong with an outcome; empty where it is as it must be."""
    if outcome in ("raised", "hung"):
        return f"{outcome}: {found}"
    if memory > MOST_MEMORY:
        return f"{memory / 2**20:.0f} MiB"
    if case.faulty:
        if outcome != "fault":
            return "read, and it must not be"
        return "free text is repeated" if CANARY in found else "" if re.search(case.says, found) else f"says {found}"
    if outcome != "read":
        return f"refused: {found}"
    if found != wanted(case, plain):
        return "other values"
    return "" if re.search(case.says, " ".join(notes)) else f"no note of {case.says}"


@pytest.mark.simulated
def test_no_file_misleads(files):
    plain = clean(files, by_dxkit)
    bad = []
    for case, path in files:
        problem = wrong(case, plain[case.kind], *apart(by_dxkit, case.kind, path))
        if problem:
            bad.append(f"{case.kind}, {case.name}: {problem}")
        assert [each.name for each in path.parent.iterdir()] == [path.name], "something was written or run"
    assert f"0 of {len(files)} are silently wrong" in (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert not bad, "\n".join(bad)


@pytest.mark.simulated
def test_plain_pandas_beside_it(files):
    """How often a line of pandas is silently wrong on the same files: the reason for a reader of our own."""
    plain, told = clean(files, by_pandas), Counter()
    for case, path in files:
        outcome, found, *_ = apart(by_pandas, case.kind, path, seconds=4)
        if outcome == "read":
            same = found == plain[case.kind] and not case.faulty
            same |= bool(case.team) and not case.faulty and f"'{case.team}'" in str(found)
            told["right" if same else "silently wrong"] += 1
        else:
            told["refused, as it must be" if case.faulty else "refused, though it is a table"] += 1
    print(f"\nplain pandas on {len(files)} files: {dict(told)}; dxkit: none silently wrong")
    assert told["silently wrong"] > 0.2 * len(files)
