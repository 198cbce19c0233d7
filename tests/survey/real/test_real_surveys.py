"""The nine published surveys, drafted, corrected by hand where the draft is wrong, and read: every figure of every
question beside a plain calculation with pandas."""

import math
from pathlib import Path

import pandas as pd
import pytest

import dxkit as dx
from tests.places import SHARED
from tests.survey.real import plainly

SURVEYS = SHARED / "data" / "surveys"
pytestmark = pytest.mark.skipif(not SURVEYS.exists(), reason="the shared folder with the real surveys is not here")
EDITS = pd.read_csv(Path(__file__).with_name("edits.csv"), dtype=str, keep_default_na=False)
HOW = {  # what somebody sees who opens the file
    "carpentries_2018": {"na_is_blank": True},
    "cncf_gitops_2021": {"header_rows": 2},
    "cncf_toc_2020": {"header_rows": 2},
    "dask_2019": {"separator": ";"},
    "dask_2020": {"separator": ";"},
    "kubernetes_2018": {},
    "spack_2020": {},
    "spack_2022": {},
    "strimzi_2022": {"header_rows": 2},
}
QUICK = ("cncf_toc_2020", "kubernetes_2018", "strimzi_2022")  # ratings, joined and ticked options, numbers, ranks


def corrected(name):
    """Items, scales and rules of the draft with the edits of edits.csv; filled cells before, and edits."""
    made = dx.draft(SURVEYS / f"{name}.csv")
    cells = sum(int((table.astype(str) != "").to_numpy().sum()) for table in (made.items, made.scales, made.rules))
    items, scales = made.items.set_index("item", drop=False), made.scales.copy()
    edits = EDITS.loc[EDITS["export"] == name]
    for edit in edits.itertuples():
        if edit.table == "items":
            assert items.loc[edit.row, edit.column] != edit.value, f"the draft says so already: {edit}"
            items.loc[edit.row, edit.column] = edit.value
        else:
            scale, _, label = edit.row.partition("/")
            at = scales.index[(scales["scale"] == scale) & (scales["label"] == label)]
            assert len(at) == 1, edit
            scales.loc[at, edit.column] = float(edit.value) if edit.column == "code" else edit.value
    used = scales["scale"].isin(items["scale"])
    return items.reset_index(drop=True), scales.loc[used], made.rules, cells, len(edits)


def plain_figures(name, items, scales):
    export = plainly.Export(
        SURVEYS / f"{name}.csv",
        list(items[["item", "text", "kind", "scale"]].itertuples(index=False, name=None)),
        list(scales[["scale", "code", "label"]].itertuples(index=False, name=None)),
        **HOW[name],
    )
    return export, export.figures()


def compare(name):
    """Hold every row of answers and scores against the plain figures; how many were compared, and how many hidden."""
    items, scales, rules, _, _ = corrected(name)
    survey = dx.read_survey(SURVEYS / f"{name}.csv", dx.read_codebook(items, scales), rules=rules, min_group=3)
    export, right = plain_figures(name, items, scales)
    seen, hidden, compared = set(), 0, 0
    for row in dx.answers(survey).table.itertuples():
        stem, _, option = row.item.rpartition("[")
        if option == "No opinion]":
            wanted = next(figures for item, figures in right.items() if item.startswith(f"{stem}["))
            count = wanted["none"]
        else:
            wanted = right[row.item]
            unlisted = row.label == plainly.UNLISTED and row.item not in survey.codebook.of_kind("multi")
            key = plainly.UNLISTED if unlisted and plainly.UNLISTED not in row.item else row.code
            count = wanted["none"] if math.isnan(row.code) else wanted["counts"].get(key, 0)
            seen.add(row.item)
        n = wanted["n"] + wanted["none"]
        if row.shown:
            assert (row.answered, row.count) == (n, count), (row.item, row.label)
            assert row.share == pytest.approx(count / n, rel=1e-12), row.item
            compared += 1
        hidden += not row.shown
    for row in dx.scores(survey).table.query("level == 'item'").itertuples():
        wanted, codes = right[row.name], survey.answers[row.name].dropna()
        seen.add(row.name)
        n = len(codes) if row.kind == "rank" else wanted["n"]  # a place is known of those who placed this option
        assert codes.mean() == pytest.approx(wanted["mean"], rel=1e-12), row.name
        if row.shown:
            assert row.n == n, row.name
            assert row.estimate == pytest.approx(in_unit(row, wanted, export, items), rel=1e-12), row.name
            compared += 1
    assert seen == set(right)
    return compared, hidden


def in_unit(row, figures, export, items):
    """A mean of codes as the score is stated: of codes, from 0 worst to 100 best, or promoters less detractors."""
    if row.kind == "recommend":
        counts = figures["counts"].items()
        return 100 * sum(n * ((code >= 9) - (code <= 6)) for code, n in counts) / figures["n"]
    mean = figures["mean"]
    if row.unit != "index":
        return mean
    asked = items.set_index("item").loc[row.name]
    codes = [code for code in export.labels[asked["scale"]].values() if not math.isnan(code)]
    index = 100 * (mean - min(codes)) / (max(codes) - min(codes))
    return 100 - index if asked["good"] == "low" else index


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.simulated) for name in HOW]
)
def test_every_n_share_and_mean_is_that_of_plain_pandas(name):
    compared, hidden = compare(name)
    assert compared > 40
    assert hidden <= compared / 4


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.simulated) for name in HOW]
)
def test_few_cells_of_a_draft_are_corrected_by_hand(name, capsys):
    *_, cells, edits = corrected(name)
    with capsys.disabled():
        print(f"\n{name}: {edits} of {cells} cells of the codebook edited by hand ({edits / cells:.1%})")
    assert edits <= 0.1 * cells


CONTRIBUTED = ("Packages", "Issues", "Slack Discussions", "No", "Core Features", "Mailing List", "Documentation")


def test_the_old_form_of_options_gives_the_same():
    text = "Have you contributed to Spack?"
    rows = [(f"o{k}", f"{text} [{option}]", "rating", "yesno") for k, option in enumerate(CONTRIBUTED)]
    old = dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]))
    table = dx.answers(dx.read_survey(SURVEYS / "spack_2020.csv", old)).table
    items = pd.DataFrame([("q", text, "multi", "q")], columns=["item", "text", "kind", "scale"])
    scales = pd.DataFrame([("q", k, label) for k, label in enumerate(CONTRIBUTED)], columns=["scale", "code", "label"])
    _, right = plain_figures("spack_2020", items, scales)
    wanted = [right[f"q[{option}]"] for option in CONTRIBUTED]
    assert table.loc[table["label"] == "Yes", "count"].tolist() == [figures["counts"][1.0] for figures in wanted]
    assert set(table["answered"]) == {figures["n"] for figures in wanted} == {169}


def test_an_option_with_a_new_name_is_a_fault(refusal):
    options = (
        *("Documentation", "GitHub issue trackers (reading past issues)"),
        *("GitHub issue trackers (raising a new issue)", "Examples at examples.dask.org", "Tutorial"),
        "Stack Overflow #Dask tag",
    )
    text = "What Dask resources have you used for support in the last six months?"
    items = pd.DataFrame([("q0", text, "multi")], columns=["item", "text", "kind"])
    scales = pd.DataFrame([("q0", k, label) for k, label in enumerate(options, 1)], columns=["scale", "code", "label"])
    with refusal():
        dx.read_survey(SURVEYS / "dask_2020.csv", dx.read_codebook(items, scales))
