"""The gate for one's own data: on a started folder, with answers made from its own scales, every page is written."""

import html
import re

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.__main__ import main
from tests.own.pages import assert_clean, cell_by_cell
from tests.places import CASE_FILES, ROOT


def answers_of(book, people, seed=1):
    """Answers of so many people, drawn from the scales of a codebook."""
    draw = np.random.default_rng(seed)
    columns = {}
    for question in book.questions:
        if question.kind == "segment":
            values = draw.choice(["Red", "Blue"], people)
        elif question.kind == "comment":
            values = [f"remark {k}" for k in range(people)]
        elif question.kind == "hours":
            values = draw.integers(0, 9, people)
        else:
            scale = book.scale(question.item)
            values = [scale.label(code) for code in draw.choice(scale.codes, people)]
        columns[question.text] = values
    return pd.DataFrame(columns)


@pytest.fixture(scope="module", params=[30, 8], ids=["30 people", "a team of 8"])
def started(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "x"
    assert main(["new", str(folder)]) == 0
    book = dx.read_codebook(folder / "my_survey" / "survey.xlsx")
    answers_of(book, request.param).to_csv(folder / "my_survey" / "responses_1.csv", index=False)
    return folder


@pytest.mark.parametrize("name", ["00_start_here", "01_where_does_it_hurt", "02_which_two", "05_did_it_work"])
@pytest.mark.thorough
def test_notebooks_finish_on_untouched_forms(started, name, monkeypatch):
    monkeypatch.setenv("DXKIT_OUT", str(started))
    data = started / "my_survey" / ("" if name.startswith("05") else "responses_1.csv")
    assert_clean(*cell_by_cell(started / "notebooks" / f"{name}.ipynb", data), name)


@pytest.mark.thorough  # a kernel for each
@pytest.mark.parametrize("started", [30], ids=["30 people"], indirect=True)  # no answers are read there
@pytest.mark.parametrize("name", ["03_which_tool", "04_own_and_leave"])
def test_an_unfilled_dossier_is_said_with_its_cells_and_the_page_is_written(started, name, tmp_path, capsys):
    data = started / "my_decision" / "dossier.xlsx"
    command = ["run", str(started / "notebooks" / f"{name}.ipynb"), "--data", str(data), "--out", str(tmp_path)]
    assert main(command) == 1
    assert "dossier.xlsx, sheet" in capsys.readouterr().err.splitlines()[-1]
    page = (tmp_path / f"{name}.html").read_text()
    text = html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<body") :]))
    assert "This page is incomplete" in text
    assert not re.findall(r"Traceback|\bnan\b|NameError", text)
    assert_clean([text], [], name)


@pytest.mark.simulated
def test_a_real_kernel_writes_the_same_page(started, tmp_path):
    data, notebook = started / "my_survey" / "responses_1.csv", started / "notebooks" / "02_which_two.ipynb"
    assert main(["run", str(notebook), "--data", str(data), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "02_which_two.html").read_text()
    assert "Left out: a comparison needs an earlier wave" in page
    assert str(started) not in page


@pytest.mark.parametrize("case", ["12_plain_survey", "23_importance_only"])
@pytest.mark.parametrize("name", ["01_where_does_it_hurt", "02_which_two"])
@pytest.mark.thorough
def test_cases_of_missing_parts_finish(case, name):
    data = CASE_FILES / "surveys" / case / "responses_1.csv"
    written, shown = cell_by_cell(ROOT / "notebooks" / f"{name}.ipynb", data)
    assert_clean(written, shown, name)
    assert any("Left out: " in text for text in shown)
