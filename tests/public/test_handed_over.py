"""Every case that was handed over has a test, or the reason why not: tests/cases/handed_over.csv."""

import ast
import json

import pandas as pd
import pytest

from tests.docs.pages import text
from tests.places import CASE_FILES, ROOT, SHARED

LISTED = pd.read_csv(CASE_FILES / "handed_over.csv", keep_default_na=False)
CASES = SHARED / "cases"
PAGE = ROOT / "docs" / "validation.md"
GROUPS = {
    "reports/a": "delivery metrics",
    "reports/b": "ownership and catalogs",
    "reports/c": "survey statistics",
    "reports/d": "money",
    "reports/e": "scorecards",
    "reports/f": "durations",
    "reports/g": "notebooks",
    "reports/h": "workbooks",
}


def handed_over():
    """The name of each case in the shared folder: a folder, or an entry of a file of figures."""
    for kind in ("reports", "surveys", "procurement_found"):
        yield from (f"{kind}/{path.name}" for path in (CASES / kind).iterdir() if path.is_dir())
    finance, offers, statistics = (
        json.loads((CASES / f"{name}.json").read_text()) for name in ("finance", "procurement", "statistics")
    )
    yield from (f"finance/{case['name']}" for case in finance["cases"])
    for shape in ("triangular", "pert_lambda4"):
        yield from (f"finance/{shape} {name}" for name, known in finance[shape].items() if isinstance(known, dict))
    yield from (f"procurement/{case['id']}" for case in offers)
    yield from (f"statistics/attitude {name}" for name in statistics["attitude"] if name != "data")
    friends = statistics["wilson_and_friends"]["cases"][0]
    yield from (f"statistics/wilson_and_friends {name}" for name in friends if name not in ("k", "n"))
    cohorts = statistics["onboarding_small"]
    yield from (f"statistics/onboarding_small {name}" for name in cohorts if name.startswith("reference"))
    for name, known in statistics["tests"].items():
        if name in ("p.adjust", "two_sample", "paired"):
            yield from (f"statistics/tests {name} {case}" for case in known)
        elif name != "meta":
            yield f"statistics/tests {name}"


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not beside the checkout")
def test_every_case_is_listed_once():
    assert sorted(LISTED["case"]) == sorted(handed_over())


def test_every_case_has_a_test_or_a_reason():
    assert set(LISTED["outcome"]) == {"passed", "refused", "changed"}
    assert ((LISTED["why"] != "") == (LISTED["outcome"] != "passed")).all()
    assert (LISTED.loc[LISTED["outcome"] == "passed", "test"] != "").all()
    for path, rows in LISTED[LISTED["test"] != ""].groupby(LISTED["test"].str.partition("::")[0]):
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        known = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
        assert not {test.partition("::")[2] for test in rows["test"]} - known, path


@pytest.mark.parametrize("folder", ["surveys", "dossiers"])
def test_every_table_of_a_case_is_read_by_its_test(folder):
    listed = LISTED.assign(kind=LISTED["case"].str.partition("/")[0], name=LISTED["case"].str.partition("/")[2])
    rows = listed[listed["kind"] == {"surveys": "surveys", "dossiers": "procurement_found"}[folder]]
    assert sorted(rows["name"]) == sorted(path.name for path in (CASE_FILES / folder).iterdir())
    for row in rows.itertuples():
        source = (ROOT / row.test.partition("::")[0]).read_text(encoding="utf-8")
        assert row.name in source or row.name.rpartition("_")[0] + "_{driver}" in source


def test_the_table_of_public_reports_is_that_of_the_list():
    for prefix, group in GROUPS.items():
        rows = LISTED[LISTED["case"].str.startswith(prefix)]
        assert (rows["report"] != "").all()
        other = rows[rows["outcome"] != "passed"]
        why = "; ".join(f"{row.report.partition(';')[0]}: {row.why}" for row in other.itertuples())
        passed = (rows["outcome"] == "passed").sum()
        assert f"| {group} | {len(rows)} | {passed} | {why} |" in text(PAGE), (
            f"| {group} | {len(rows)} | {passed} | {why} |"
        )
    rest = LISTED[~LISTED["case"].str.startswith("reports/")]
    counts = rest.groupby("outcome").size()
    told = f"Of {len(rest)} further cases {counts['passed']} pass, {counts['changed']} have another definition now"
    assert told in " ".join(text(PAGE).split()), told
