"""Notebook 05 runs on any of its tables: what is missing is a line, and never an error."""

import itertools
import json
import shutil

import matplotlib.pyplot as plt
import pytest

import dxkit as dx
from tests.places import ROOT

TABLES = ("deployments.csv", "changes.csv", "incidents.csv", "hires.csv", "catalog.csv", "CODEOWNERS")
SUBSETS = [names for k in range(len(TABLES)) for names in itertools.combinations(TABLES, k)]
CELLS = [
    "".join(cell["source"])
    for cell in json.loads((ROOT / "notebooks" / "05_did_it_work.ipynb").read_text())["cells"]
    if cell["cell_type"] == "code" and "sample" not in cell["metadata"].get("tags", [])
]


def page(folder, tables):
    """Run every cell on a folder with these tables and a survey; what the page for leadership says."""
    company = dx.samples.path("company")
    for name in ("responses_2026-Q3.csv", "codebook.csv", *tables):
        shutil.copy(company / name, folder / name)
    space = {}
    for cell in CELLS:
        exec(cell.replace("data = None", f"data = {str(folder)!r}"), space)
        if "data = None" in cell:
            space |= {"as_of": "2026-08-31", "acted": "2026-03-02"}
    plt.close("all")
    return space


@pytest.mark.parametrize("tables", [(), ("deployments.csv", "catalog.csv")], ids=["none", "two"])
def test_a_missing_table_is_a_line(tmp_path, tables):
    space = page(tmp_path, tables)
    seen = dict(zip(space["page"]["evidence"], space["page"]["what was seen"], strict=True))
    assert str(seen["What delivery shows"]).startswith("Left out: ")
    assert str(seen["Newcomers and catalog"]).startswith("Left out: hires.csv")
    assert bool(space["catalog"]) == ("catalog.csv" in tables)


@pytest.fixture(scope="module")
def released_once():
    """Answers are read anew beside every choice of tables, and what equal ones show is worked out once."""
    known, read = {}, dx.open_survey

    def opened(folder):
        survey = read(folder)
        return known.setdefault(survey.answers.to_csv(), survey)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dx, "open_survey", opened)
        yield


@pytest.mark.simulated
@pytest.mark.usefixtures("released_once")
@pytest.mark.parametrize("tables", SUBSETS, ids=lambda names: "+".join(name.split(".")[0] for name in names) or "none")
def test_every_subset_of_the_tables_runs(tmp_path, tables):
    assert len(SUBSETS) == 63
    space = page(tmp_path, tables)
    assert len(space["page"]) == 4
    assert bool(space["newcomers"]) == ("hires.csv" in tables)
    assert bool(space["delivery"].reviews) == ("incidents.csv" in tables)
    assert bool(space["lead"]) == ({"deployments.csv", "changes.csv"} <= set(tables))
