"""The command: its files, what it says, and what it refuses."""

import openpyxl
import pytest

import dxkit as dx
from dxkit.__main__ import main
from dxkit.project.instrument import write_instrument
from dxkit.project.new import new
from dxkit.survey.reading.structure.registry import read_structure
from tests.project.instrument import exports

NAMES = ["google_form.gs", "limesurvey.txt", "survey.xlsx", "xlsform.xlsx"]


@pytest.fixture
def teams(tmp_path):
    (tmp_path / "teams.txt").write_text("Platform Core\n\n Payments \nMobile\n", encoding="utf-8")
    return str(tmp_path / "teams.txt")


def test_the_command_writes_four_files_and_says_what_comes_next(tmp_path, teams, capsys, snapshot):
    assert main(["instrument", str(tmp_path / "a"), "--teams", teams]) == 0
    assert main(["instrument", str(tmp_path / "b"), "--lang", "de"]) == 0
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == NAMES
    assert capsys.readouterr().out.replace(str(tmp_path), "<folder>") == snapshot


def test_equal_input_gives_equal_bytes(tmp_path, teams):
    for name in ("a", "b"):
        write_instrument(tmp_path / name, teams)
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in NAMES)


def test_nothing_is_overwritten(tmp_path, refusal):
    write_instrument(tmp_path / "a")
    with refusal():
        write_instrument(tmp_path / "a")


def test_in_a_started_folder_it_takes_the_place_of_the_untouched_form(tmp_path):
    new(tmp_path / "mine")
    write_instrument(tmp_path / "mine" / "my_survey")
    assert len(dx.read_codebook(tmp_path / "mine" / "my_survey" / "survey.xlsx").items) == 55


def test_a_team_is_named_once(tmp_path, refusal):
    (tmp_path / "teams.txt").write_text("Red\nBlue\nred\n")
    with refusal():
        write_instrument(tmp_path / "a", str(tmp_path / "teams.txt"))
    assert not (tmp_path / "a").exists()
    with refusal():
        dx.instrument("Red")


ROSTERS = {
    "roster.csv": "team,headcount\nBilling,14\nSearch,9\n",
    "people.csv": "name;Team;site\nAda;Billing;Oslo\nBob;Search;Oslo\nCy;billing ;Rome\n",
    "one_column.csv": "Team\nBilling\nSearch\n",
    "commas.txt": "Billing\nSearch\nAds, Print\n",
}


@pytest.mark.parametrize("name", [*ROSTERS, "roster.xlsx"])
def test_a_roster_will_do_as_the_list_of_teams(tmp_path, name):
    """Neither its header nor a headcount becomes a team."""
    if name == "roster.xlsx":
        book = openpyxl.Workbook()
        book.active.append(["site", "headcount"])
        sheet = book.create_sheet("heads")
        for row in (["headcount", "team"], [14, "Billing"], [9, "Search"]):
            sheet.append(row)
        book.save(tmp_path / name)
    else:
        (tmp_path / name).write_text(ROSTERS[name], encoding="utf-8")
    write_instrument(tmp_path / "a", str(tmp_path / name))
    book = openpyxl.load_workbook(tmp_path / "a" / "survey.xlsx")
    teams = [row[0].value for row in book["roster"].iter_rows(min_row=2)]
    assert teams == ["Billing", "Search", *["Ads, Print"] * (name == "commas.txt")]


def test_a_table_without_a_column_of_teams_is_refused(tmp_path, refusal):
    (tmp_path / "teams.csv").write_text("unit,headcount\nBilling,14\nSearch,9\n")
    with refusal():
        write_instrument(tmp_path / "a", str(tmp_path / "teams.csv"))
    assert not (tmp_path / "a").exists()


def test_the_workbook_has_literature_teams_to_count_and_a_word_on_the_translation(tmp_path, teams):
    write_instrument(tmp_path / "a", teams, "de")
    book = openpyxl.load_workbook(tmp_path / "a" / "survey.xlsx")
    assert book.sheetnames == ["codebook", "scales", "rules", "roster", "sources"]
    assert [row[0].value for row in book["roster"].iter_rows(min_row=2)] == ["Platform Core", "Payments", "Mobile"]
    assert "native reader" in book["codebook"]["B2"].comment.text
    assert [cell.value for cell in book["sources"][1]] == ["item", "construct", "source"]


@pytest.mark.parametrize(("teams", "type_"), [(3, "choice"), (9, "list"), (0, "text")])
@pytest.mark.skipif(not exports.NODE, reason="needs Node.js")
def test_google_makes_the_form_that_is_meant(tmp_path, teams, type_):
    """By a stub of Google's service: pages, kinds, and no collection of addresses."""
    (tmp_path / "teams.txt").write_text("\n".join(f"Team {k}" for k in range(teams)) or "\n")
    write_instrument(tmp_path / "a", str(tmp_path / "teams.txt") if teams else None)
    form = exports.form_of(tmp_path / "a" / "google_form.gs")
    assert form["settings"]["collectEmail"] is False
    kinds = [item["type"] for item in form["items"]]
    first = [type_, *["choice"] * 3]
    assert kinds == [*first, *["page", "grid"] * 4, "page", "scale", "comment", "comment"]
    assert [len(item["rows"]) for item in form["items"] if item["type"] == "grid"] == [12] * 4


def test_limesurvey_and_xlsform_hold_what_the_codebook_says(tmp_path, teams):
    write_instrument(tmp_path / "a", teams, "de")
    texts = dx.read_codebook(tmp_path / "a" / "survey.xlsx").items["text"].tolist()
    lime = read_structure(tmp_path / "a" / "limesurvey.txt")
    assert [
        f"{q.text} [{line.text}]" if line else q.text for q in lime.questions for line in q.lines or (None,)
    ] == texts
    assert all(len(option.code) <= 5 for question in lime.questions for option in question.options)
    form = read_structure(tmp_path / "a" / "xlsform.xlsx")
    assert [question.code for question in form.questions] == dx.instrument().items["item"].tolist()
    assert not form.notes


def test_a_segment_may_name_its_labels():
    """In any language, and as the code that a tool exports; the first label is the group."""
    import pandas as pd

    book = pd.DataFrame(
        {"item": ["role", "ci"], "text": ["Role", "CI"], "kind": ["segment", "rating"], "scale": ["roles", "1-5"]}
    )
    labels = [("roles", 1, "Developer"), ("roles", 1, "Entwicklung"), ("roles", 2, "Operations")]
    scales = pd.DataFrame(labels, columns=["scale", "code", "label"])
    answers = pd.DataFrame({"role": ["entwicklung", "1", "Developer", "2", "Baker", ""], "ci": list("123451")})
    survey = dx.read_survey(answers, dx.read_codebook(book, scales))
    groups = ["Developer", "Developer", "Developer", "Operations", "Baker", "(not stated)"]
    assert survey.segments["role"].astype(str).tolist() == groups
