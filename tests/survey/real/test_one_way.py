"""One table of answers is one survey: read at once or in blocks, by pyarrow or by pandas."""

from dataclasses import fields
from functools import cache

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.files.batches import csv_block, csv_text
from dxkit.survey.reading import exports
from tests.hostile.corpus import write
from tests.hostile.reading import CODEBOOK
from tests.laws import examples
from tests.places import SHARED

SURVEYS = sorted((SHARED / "data" / "surveys").glob("*.csv"))
QUICK = ("cncf_toc_2020", "strimzi_2022")


def read(path, book, parser, **how):
    """What is read through a parser, or why it is refused: as a small file, or in blocks."""
    with pytest.MonkeyPatch.context() as patch:
        if parser != "at once":
            patch.setattr(csv_text, "LARGE", 1000)
            patch.setattr(csv_text, "BLOCK", max(512, path.stat().st_size // 8))
        if parser == "pandas":
            patch.setattr(csv_block, "find_spec", lambda _: None)
        try:
            survey = dx.read_survey(path, book, **how)
        except dx.DataError as fault:
            return str(fault)
    return {each.name: getattr(survey, each.name) for each in fields(survey)}


def same(one, other):
    """Whether two are the same survey, or the same refusal."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    for name in ("answers", "state", "segments", "comments", "cleaning"):
        pd.testing.assert_frame_equal(one[name], other[name])
    for name in ("keys", "identified"):
        assert one[name].tolist() == other[name].tolist()
    return all(one[name] == other[name] for name in ("notes", "wave", "source"))


@cache
def drafted(path):
    draft = dx.draft(path)
    return dx.read_codebook(draft.items, draft.scales), draft.rules


@pytest.mark.simulated
@pytest.mark.parametrize("parser", ["pyarrow", "pandas"])
def test_every_messy_file_is_one_survey_or_one_refusal_in_blocks(tmp_path, parser):
    files = [
        (case, path) for case, path in write(tmp_path) if case.kind == "answers" and path.suffix in (".csv", ".gz")
    ]
    differ = [
        case.name for case, path in files if not same(read(path, CODEBOOK, "at once"), read(path, CODEBOOK, parser))
    ]
    assert len(files) > 80
    assert not differ


@pytest.mark.parametrize("parser", ["pyarrow", "pandas"])
@pytest.mark.parametrize(
    "path",
    [path if path.stem in QUICK else pytest.param(path, marks=pytest.mark.simulated) for path in SURVEYS],
    ids=lambda path: path.stem,
)
def test_a_published_survey_is_the_same_in_blocks(path, parser):
    book, rules = drafted(path)
    for how in ({}, {"rules": rules, "min_group": 3}):
        assert same(read(path, book, parser, **how), read(path, book, "at once", **how))


@pytest.mark.parametrize(
    "path",
    [path if path.stem in QUICK else pytest.param(path, marks=pytest.mark.simulated) for path in SURVEYS],
    ids=lambda path: path.stem,
)
def test_columns_that_nobody_asked_for_do_not_change_a_survey(path, monkeypatch):
    """Kept in outline, or as they stand: half of the questions read the same."""
    draft = dx.draft(path)
    half = draft.items["text"].map(lambda text: len(text.partition(" [")[0]) % 2 == 0)
    book = dx.read_codebook(draft.items[half], draft.scales)
    for parser in ("at once", "pyarrow"):
        outlined = read(path, book, parser)
        with monkeypatch.context() as patch:
            patch.setattr(exports, "used_columns", lambda *_: None)
            assert same(outlined, read(path, book, parser))


ANSWERS = {"ci": ["Agree", "5", "", "Disagree"], "team": ["Red", "Red", "Blue", ""]}
ASKED = pd.DataFrame(
    {"item": ["ci", "team"], "text": ["CI is fast", "Team"], "kind": ["rating", "segment"], "scale": ["agreement5", ""]}
)
UNREADABLE = {
    "lists": [["a"], [], None, ["b", "c"]],
    "bytes": [b"a", b"b", None, b"c"],
    "infinite": [1.0, float("inf"), None, 2.0],
}


@pytest.mark.parametrize("cells", UNREADABLE.values(), ids=UNREADABLE)
def test_a_column_that_no_question_uses_may_hold_anything(cells):
    import polars as pl
    import pyarrow as pa

    wanted = read(pd.DataFrame({**ANSWERS, "extra": ["a", "b", "", "c"]}), ASKED, "at once", min_group=3)
    rows = {**ANSWERS, "extra": cells}
    for kind in (pd.DataFrame, pa.table, pl.DataFrame, lambda rows: [pa.table(rows)]):
        assert same(read(kind(rows), ASKED, "at once", min_group=3), wanted)
        with pytest.raises(dx.DataError, match="extra"):
            dx.read_survey(kind(rows), pd.concat([ASKED, ASKED[1:].assign(item="extra", text="Extra")]))


@pytest.mark.parametrize("parser", ["at once", "pyarrow", "pandas"])
@pytest.mark.parametrize(
    ("last", "fault"),
    [
        ("Total,,99,12", "row 202: this looks like a row of totals"),
        ("average,,4.2,12", "row 202: this looks like a row of averages"),
        ("id,team,ci,hours", "row 202: the header is repeated"),
        ("average,,4,words", ""),
        ("average,,4,7\naverage,,4,7", ""),
    ],
)
def test_rows_without_answers_are_found_in_columns_that_nobody_asked_for(tmp_path, parser, last, fault):
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(["id,team,ci,hours", *(f"r{k},Red,4,{k}.5" for k in range(200)), last, ""]))
    found = read(path, ASKED, parser)
    assert fault in found if fault else not isinstance(found, str), found


PEOPLE = dx.read_codebook(
    pd.DataFrame(
        [
            ("id", "Your id", "id", ""),
            ("team", "Your team", "segment", ""),
            ("ci", "CI is fast", "rating", "agreement5"),
            ("tools", "Which tools?", "multi", "o"),
            ("main", "Main tool?", "choice", "o"),
            ("rank", "Order of tools?", "rank", "o"),
            ("hours", "Hours lost", "hours", ""),
            ("remark", "What else?", "comment", ""),
        ],
        columns=["item", "text", "kind", "scale"],
    ),
    pd.DataFrame({"scale": "o", "code": [1, 2, 3], "label": ["vim", "git", "make"]}),
)
person = st.tuples(
    st.sampled_from(["", "a1", "b2", "c3", "d4"]),
    st.sampled_from(["Red", "red ", "Blue", ""]),
    st.sampled_from(["Agree", "agree ", "5", "", "n/a", "NA", "Strongly agree"]),
    st.sampled_from(["vim", "git;vim", "make; emacs", "", "none"]),
    st.sampled_from(["vim", "emacs", "", "n/a"]),
    st.sampled_from(["", "vim;git;make", "make;vim"]),
    st.sampled_from(["", "1", "2,5", "~3", "does not affect me"]),
    st.sampled_from(["", "fine", "so, so"]),
)


def every_way(frame, cuts):
    """The same rows in every kind of frame, and in parts."""
    import duckdb
    import polars as pl
    import pyarrow as pa

    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    parts = [frame[a:b] for a, b in zip([0, *cuts], [*cuts, len(frame)], strict=True) if b > a]
    yield from (frame.astype("category"), frame.astype("str"), arrow, pl.from_arrow(arrow))
    yield from (pl.from_arrow(arrow).lazy(), duckdb.sql("from arrow"), arrow.to_batches(max_chunksize=2))
    yield from (parts, (pl.from_pandas(part) for part in parts))


@examples(15)
@given(st.lists(person, min_size=1, max_size=12), st.sets(st.integers(0, 12), max_size=3))
@pytest.mark.thorough
def test_the_same_rows_are_one_survey_in_every_kind_of_frame_and_in_any_parts(rows, cuts):
    frame = pd.DataFrame(rows, columns=list(PEOPLE.items["text"]), dtype=object)
    cuts = sorted(cut for cut in cuts if cut <= len(frame))
    wanted = read(frame, PEOPLE, "at once", min_group=100)
    for other in every_way(frame, cuts):
        assert same(read(other, PEOPLE, "at once", min_group=100), wanted), type(other)
