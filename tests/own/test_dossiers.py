"""The gate for dossiers that are not ours: checked, run, complete pages, and costs equal to a plain calculation."""

import contextlib
import io
import re

import pytest

import dxkit as dx
from dxkit.__main__ import main
from tests.own.dossier_folders import DOSSIERS
from tests.own.pages import assert_clean, cell_by_cell, text_of
from tests.places import ROOT

SHORT = ["decision, drivers, costs", "one vendor, only costs", "nothing costs anything"]
NOTEBOOKS = ["03_which_tool", "04_own_and_leave"]


def _short_or_simulated(names, short=SHORT):
    return [pytest.param(name, marks=() if name in short else pytest.mark.simulated) for name in names]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The path of a dossier, written on first use."""
    folder, paths = tmp_path_factory.mktemp("dossiers"), {}

    def path_of(name):
        if name not in paths:
            paths[name] = DOSSIERS[name].write(folder, re.sub(r"\W+", "_", name))
        return paths[name]

    return path_of


def _left_out(text):
    return {line.strip() for line in text.splitlines() if "Left out: " in line}


def _is_sound(text, told, notebook):
    """The page holds nothing that is not the user's, and one line for each input that was not given."""
    assert_clean([], [text], notebook)
    expected = told.absent_03 if notebook.startswith("03") else told.absent_04
    lines = _left_out(text)
    assert len(lines) == len(expected)
    for why in expected:
        assert any(why in line for line in lines), why


@pytest.mark.parametrize("notebook", NOTEBOOKS)
@pytest.mark.parametrize("name", _short_or_simulated(DOSSIERS, SHORT[1:2]))
def test_a_page_of_ones_own_dossier_is_complete(name, notebook, written, tmp_path, monkeypatch):
    monkeypatch.setenv("DXKIT_OUT", str(tmp_path))
    told = DOSSIERS[name]
    text = "\n".join(cell_by_cell(ROOT / "notebooks" / f"{notebook}.ipynb", written(name))[1])
    _is_sound(text, told, notebook)
    decision = {row["key"]: row["value"] for row in told.sheets.get("decision", ())}
    currency = decision.get("currency", "") if notebook.startswith("04") else ""
    for word in (decision.get("title", "Untitled decision"), currency, *told.words):
        assert word in text


@pytest.mark.parametrize("name", DOSSIERS)
def test_a_dossier_of_ones_own_has_no_fault(name, written):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["check", str(written(name))]) == 0
    assert "no faults" in printed.getvalue()
    assert not re.search(r"\bnan\b|\bNone\b|Traceback", printed.getvalue())


@pytest.mark.parametrize("name", _short_or_simulated(DOSSIERS))
def test_what_a_vendor_costs_is_what_a_plain_calculation_gives(name, written):
    totals = dx.tco(dx.read_dossier(written(name))).totals.set_index(["vendor", "basis"])
    expected = DOSSIERS[name].totals()
    assert list(dict.fromkeys(totals.index.get_level_values("vendor"))) == list(expected)
    for vendor, amounts in expected.items():
        for basis, amount in zip(("nominal", "pv"), amounts, strict=True):
            row = totals.loc[(vendor, basis)]
            assert row["mean"] == pytest.approx(amount, rel=1e-4, abs=1e-9)


@pytest.mark.simulated
@pytest.mark.parametrize(("name", "notebook"), [("one vendor, only costs", NOTEBOOKS[0]), ("all sheets", NOTEBOOKS[1])])
def test_a_real_kernel_writes_the_same_page(name, notebook, written, tmp_path):
    command = ["run", str(ROOT / "notebooks" / f"{notebook}.ipynb"), "--data", str(written(name))]
    assert main([*command, "--out", str(tmp_path)]) == 0
    page = (tmp_path / f"{notebook}.html").read_text()
    no_text = r'<(style|script)\b.*?</\1>|<div class="[^"]*highlight.*?</pre>'  # and no code, which may say None
    text = text_of(re.sub(no_text, " ", page[page.index("<body") :], flags=re.DOTALL))
    assert str(written(name).parent) not in page
    _is_sound("\n".join(line for line in text.splitlines() if line.strip()), DOSSIERS[name], notebook)
