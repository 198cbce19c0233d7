"""The forms of a year: drop-downs, examples that are never read, and what an untouched form leads to."""

import datetime as dt
import json
import re
import subprocess

import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.files.table import EXAMPLE
from dxkit.project.check import check
from dxkit.project.forms.year_form import write_year_workbook
from dxkit.project.new import new

FACT = "0 of 1 used; left out: 1 none within max_gap"
COMPANY = dx.samples.path("company")


@pytest.fixture
def form(tmp_path):
    write_year_workbook(tmp_path / "year.xlsx")
    return tmp_path / "year.xlsx"


@pytest.fixture(scope="module")
def waves():
    return [dx.open_survey(COMPANY / f"responses_2026-Q{k}.csv") for k in (1, 3)]


def filled(form, sheet, *rows):
    book = openpyxl.load_workbook(form)
    for row in rows:
        book[sheet].append(row)
    book.save(form)
    return form


def test_each_sheet_has_one_grey_example_and_drop_downs_or_days(form):
    book = openpyxl.load_workbook(form)
    assert book.sheetnames == ["read me", "actions", "hires", "incidents", "topics"]
    for name in ("actions", "hires", "incidents"):
        first, *others = book[name].iter_rows(min_row=2)
        assert first[0].value.startswith(EXAMPLE)
        assert all(cell.font.i and cell.font.color.rgb.endswith("808080") for cell in first)
        assert not others
        assert {rule.type for rule in book[name].data_validations.dataValidation} <= {"list", "date"}
    lists = [rule.formula1 for rule in book["actions"].data_validations.dataValidation if rule.type == "list"]
    assert lists == ["topics!$A$2:$A$33"]
    assert book["topics"].max_row == 13


@pytest.mark.thorough
def test_an_untouched_form_is_a_line_and_no_fault(form, waves):
    moved = dx.follow_up(*waves, form)
    assert str(moved.actions) == "Left out: actions: only the example is there; fill in rows below it"
    assert set(moved.table["done"]) == {"none"}
    left = dx.part(dx.time_to_first_deploy, form, "2026-08-31")
    assert str(left) == "Left out: hires: only the example is there; fill in rows below it"
    delivery = dx.dora(COMPANY / "deployments.csv", None, form, as_of="2026-08-31")
    assert "incidents: only the example is there; fill in rows below it" in delivery.notes
    assert dx.dora(COMPANY / "deployments.csv", as_of="2026-08-31").table.equals(delivery.table)


def test_what_is_filled_in_is_read_like_any_table(form, waves):
    day = dt.datetime(2026, 3, 2)
    filled(form, "actions", ["more machines", "Waiting for CI", day, "", day, dt.datetime(2026, 5, 1)])
    filled(form, "hires", *([f"p{k}", day, day + dt.timedelta(days=k)] for k in range(1, 21)))
    filled(form, "incidents", ["i1", "booking-1", dt.datetime(2026, 4, 1, 9), dt.datetime(2026, 4, 1, 11), "", ""])
    moved = dx.follow_up(*waves, form, as_of="2026-08-31")
    assert moved.actions[["actions", "late", "open"]].to_numpy().tolist() == [[1, 1, 0]]
    assert moved.table.set_index("topic").loc["Waiting for CI", "done"] == "done"
    assert "actions: example rows left out: 1" in moved.notes
    assert dx.time_to_first_deploy(form, "2026-08-31").median.estimate == 10.5
    delivery = dx.dora(COMPANY / "deployments.csv", None, form, as_of="2026-08-31")
    assert "incidents: example rows left out: 1" in delivery.notes
    assert [line for line in delivery.facts if line[0] == "incidents"] == [("incidents", FACT)]


def test_check_names_every_fault_of_a_year_and_knows_the_survey_of_its_folder(tmp_path, refusal, monkeypatch, snapshot):
    new(tmp_path / "mine")
    place = tmp_path / "mine" / "my_year"
    assert check(place) == check(place / "year.xlsx") == snapshot(name="untouched")
    day, later = dt.datetime(2026, 3, 2), dt.datetime(2026, 5, 4)
    filled(place / "year.xlsx", "actions", ["more machines", "Wait", later, "", later, day], ["less", "", day])
    filled(place / "year.xlsx", "hires", ["p1", later, day], ["p2", day, "soon"])
    filled(place / "year.xlsx", "incidents", ["i1", "shop", later, day, "", ""])
    with refusal("4 faults"):  # the codebook of the form is an example: its topics are not those of a survey
        check(place)
    (place.parent / "my_survey" / "codebook.csv").write_bytes((COMPANY / "codebook.csv").read_bytes())
    monkeypatch.chdir(place)
    with refusal("5 faults", "the survey has no topic 'Wait'"):
        check("year.xlsx")


@pytest.mark.parametrize("name", ["actions", "catalog", "changes", "deployments", "hires", "incidents"])
def test_check_reads_each_table_of_a_year(tmp_path, name):
    table = pd.read_csv(COMPANY / f"{name}.csv", comment="#")
    other = tmp_path / "catalog.csv" if name == "catalog" else tmp_path / "of_2026.csv"
    table.to_csv(other, index=False)
    told = check(other)
    assert told.splitlines()[0] == f"{other.name}: {name}: {len(table):,}, no faults"
    assert ("not compared with a survey" in told) == (name == "actions")


def test_check_reads_an_export_of_a_tool_by_the_name_of_its_file(tmp_path):
    row = {"iid": 1, "status": "success", "environment": {"name": "prod"}, "created_at": "2026-01-05T10:00:00Z"}
    (tmp_path / "deployments.json").write_text(json.dumps([row]))
    told = check(tmp_path / "deployments.json")
    assert told.splitlines()[0] == "deployments.json: deployments: 1, no faults"
    assert "read as an export of GitLab" in told


def test_an_example_is_left_out_of_any_table():
    frame = pd.DataFrame(
        {"start": [f"{EXAMPLE} 2026", *["2026-01-05"] * 6], "first_deploy": ["soon", *["2026-01-07"] * 6]}
    )
    assert dx.time_to_first_deploy(frame, "2026-02-01").median.estimate == 2.0


def test_the_readme_reads_git_into_tables_that_the_notebook_finds(tmp_path, monkeypatch):
    new(tmp_path / "mine")
    clone = tmp_path / "CLONE"
    git = ["git", "-C", str(clone), "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "init", "-q", str(clone)], check=True)
    for k in (1, 2):
        for who in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{who}_DATE", f"2026-03-0{k}T12:00:00Z")
        (clone / "a").write_text(str(k))
        subprocess.run([*git, "add", "a"], check=True)
        subprocess.run([*git, "commit", "-qm", f"change {k}"], check=True)
        subprocess.run([*git, "tag", f"v{k}"], check=True)
    lines = re.search(r'python3 -c "(.+?)"', (tmp_path / "mine" / "README.md").read_text(), flags=re.DOTALL)
    monkeypatch.chdir(tmp_path / "mine")
    exec(lines[1].replace("CLONE", str(clone)))
    tables = [tmp_path / "mine" / "my_survey" / name for name in ("deployments.csv", "changes.csv")]
    facts = dict(dx.dora(*tables, as_of="2026-03-31").facts)
    assert (facts["deployments"], facts["changes"]) == ("2 of 2 used", "1 of 1 used")
