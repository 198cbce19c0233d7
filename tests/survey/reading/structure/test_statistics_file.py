"""SPSS and Stata files are both the questions and the answers: labels as people saw them, missing codes as blanks."""

import sys

import numpy as np
import pandas as pd
import pytest

from dxkit.files.errors import DataError
from dxkit.survey.reading.structure.registry import read_structure
from dxkit.survey.reading.structure.statistics_file import answers
from tests.survey.reading.structure.writers import with_ticks

pyreadstat = pytest.importorskip("pyreadstat")
LABELS = {"good": {1: "Bad", 2: "Neither", 3: "Good", -99: "Seen but not answered", 98: "Don't know"}}
TEXTS = {"good": "How good is <b>CI</b>?", "why": "理由", "hours": "Hours lost", "ci": "CI", "docs": "Docs"}


def frame():
    return pd.DataFrame(
        {
            "good": [1.0, 3.0, -99.0, np.nan, 98.0, 2.0],
            "hours": [1.5, 2.0, 999.0, np.nan, 0.0, 3.0],
            "why": ["slow", "", "遅い", None, "ok ", "x"],
            "since": pd.to_datetime(["2026-01-31"] * 6),
            "ci": [1.0, 0.0, 1.0, np.nan, 0.0, 1.0],
            "docs": [0.0, 0.0, 1.0, np.nan, 0.0, 1.0],
        }
    )


def sav(folder, name="survey.sav", **options):
    path = folder / name
    missing = {"good": [-99, 98], "hours": [{"lo": 900, "hi": 999}]}
    data = options.pop("frame", frame())
    given = {"column_labels": TEXTS, "variable_value_labels": LABELS, "missing_ranges": missing} | options
    pyreadstat.write_sav(data, path, **given)
    return path


@pytest.mark.parametrize(("name", "options"), [("survey.sav", {}), ("survey.zsav", {"compress": True})])
@pytest.mark.thorough
def test_labels_are_shown_and_missing_codes_are_blank_but_no_opinion_stays(tmp_path, name, options):
    shown, structure = answers(sav(tmp_path, name, **options))
    assert list(shown["good"]) == ["Bad", "Good", "", "", "Don't know", "Neither"]
    assert list(shown["hours"]) == ["1.5", "2", "", "", "0", "3"]
    assert list(shown["why"]) == ["slow", "", "遅い", "", "ok", "x"]
    assert shown["since"][0] == "2026-01-31"
    assert [(one.code, one.kind) for one in structure.questions] == [
        ("good", "one"),
        ("hours", "number"),
        ("why", "text"),
        ("since", "date"),
        ("ci", "number"),
        ("docs", "number"),
    ]
    assert structure.notes == ("answers that the file declares missing, read as blank: good 1, hours 1",)


@pytest.mark.thorough
def test_all_labels_are_options_also_those_nobody_chose(tmp_path):
    (good, *_), tool = (found := read_structure(sav(tmp_path, frame=frame().head(1)))).questions, found.tool
    assert (tool, good.text) == ("SPSS", "How good is CI?")
    assert [(option.code, option.label, option.missing) for option in good.options] == [
        ("-99", "Seen but not answered", True),
        ("1", "Bad", False),
        ("2", "Neither", False),
        ("3", "Good", False),
        ("98", "Don't know", True),
    ]


@pytest.mark.parametrize(
    ("counted", "expected"), [(1, ["1", "0", "1", "", "0", "1"]), (0, ["0", "1", "0", "", "1", "0"])]
)
@pytest.mark.thorough
def test_a_set_of_ticks_is_one_question(tmp_path, counted, expected):
    path = with_ticks(sav(tmp_path), "use", "Which do you use?", counted, ["ci", "docs"])
    shown, structure = answers(path)
    use = structure.questions[-1]
    assert (use.code, use.text, use.kind) == ("use", "Which do you use?", "multi")
    assert [(option.label, option.column) for option in use.options] == [("CI", "ci"), ("Docs", "docs")]
    assert list(shown["ci"]) == expected


@pytest.mark.thorough
def test_a_stata_file_with_letters_for_missing(tmp_path):
    data = frame().astype({"good": object})
    data["good"] = [1, 3, "a", "b", 2, 2]
    path = tmp_path / "survey.dta"
    labels = {"good": {1: "Bad", 3: "Good", "a": "Refused", "b": "Don't know"}}
    letters = {"good": ["a", "b"]}
    pyreadstat.write_dta(data, path, column_labels=TEXTS, variable_value_labels=labels, missing_user_values=letters)
    shown, structure = answers(path)
    assert list(shown["good"]) == ["Bad", "Good", "", "Don't know", "2", "2"]
    assert structure.tool == "Stata"
    assert [(o.code, o.missing) for o in structure.questions[0].options][-2:] == [("a", True), ("b", True)]


@pytest.mark.thorough
def test_row_order_changes_nothing_else(tmp_path):
    one, _ = answers(sav(tmp_path))
    other, _ = answers(sav(tmp_path, "reversed.sav", frame=frame().iloc[::-1].reset_index(drop=True)))
    pd.testing.assert_frame_equal(one.iloc[::-1].reset_index(drop=True), other)


@pytest.mark.parametrize("name", ["survey.sav", pytest.param("survey.zsav", marks=pytest.mark.thorough), "survey.dta"])
@pytest.mark.parametrize("data", [b"$FL2 something else", b"<stata_dta> something else", b"PK\x03\x04", b"text"])
def test_a_file_that_is_something_else_is_refused(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    for read in (read_structure, answers):
        with pytest.raises(DataError, match=rf"{name}: (this is not a file that|the file is broken or cut short)"):
            read(tmp_path / name)


@pytest.mark.thorough
def test_a_file_with_too_many_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("dxkit.survey.reading.structure.statistics_file.MOST_CELLS", 12)
    with pytest.raises(DataError, match="the file has more than 2 rows of 6 variables; split it"):
        answers(sav(tmp_path))


def test_without_the_package_the_message_says_what_to_install(tmp_path, monkeypatch):
    path = sav(tmp_path)
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(DataError, match=r"survey\.sav: .* install it with: pip install 'dxkit\[spss\]'"):
        read_structure(path)


def test_a_file_that_takes_too_long_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("dxkit.survey.reading.structure.statistics_file.LONGEST", 0.01)
    with pytest.raises(DataError, match="the file cannot be read in"):
        read_structure(sav(tmp_path))
