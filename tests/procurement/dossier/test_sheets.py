"""Which sheet is which: by name, and by its columns where the name is another one."""

import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.project.check import check
from tests.procurement.dossier.test_reading import costs, drivers, workbook


@pytest.mark.parametrize("name", ["benefits (2)", "Benefit", "benefits_2026"])
def test_a_sheet_that_is_called_nearly_right_is_not_passed_over(tmp_path, name, refusal, snapshot):
    book = workbook(tmp_path / "d.xlsx", drivers=drivers(), costs=costs(), **{name: costs(), "Notes": costs()})
    with refusal("d.xlsx"):
        dx.read_dossier(book)
    sheets = {"drivers ": drivers(), "Costs": costs(), "benefits": costs(category="licences"), f"{name} ": costs()}
    read = dx.read_dossier(workbook(tmp_path / "d.xlsx", **sheets))
    assert len(read.benefits) == 3
    assert read.notes == snapshot


def test_files_of_a_folder_are_found_whatever_their_ending(tmp_path, refusal, snapshot):
    drivers().to_csv(tmp_path / "Drivers.CSV", index=False)
    costs().to_csv(tmp_path / "costs.tsv", index=False, sep="\t")
    (tmp_path / "remarks.csv").write_text("a\n1\n")
    read = dx.read_dossier(tmp_path)
    assert (len(read.costs), len(read.drivers)) == (3, 2)
    assert [note.replace(tmp_path.name, "<folder>") for note in read.notes] == snapshot
    costs().to_csv(tmp_path / "costs.csv.gz", index=False)
    with refusal("costs.csv.gz", "costs.tsv", "sheet costs"):
        dx.read_dossier(tmp_path)
    costs().iloc[:2].to_csv(tmp_path / "costs.csv", index=False)
    assert len(dx.read_dossier(tmp_path).costs) == 2
    costs().to_csv(tmp_path / "exit-2.csv", index=False)
    with refusal("exit-2.csv", "exit.csv"):
        dx.read_dossier(tmp_path)


@pytest.mark.parametrize("name", ["Cost", "Kosten", "Kosten 2027", "TCO"])
def test_costs_that_are_called_otherwise_are_told_by_their_columns(tmp_path, name, refusal):
    book = workbook(tmp_path / "d.xlsx", drivers=drivers(), **{name: costs()}, Notes=drivers())
    with refusal(name, "call it costs"):
        dx.read_dossier(book)
    with refusal(name, "call it costs"):
        check(book)


def test_files_of_other_names_are_told_by_their_columns(tmp_path, refusal):
    drivers().to_csv(tmp_path / "drivers.csv", index=False)
    costs().to_csv(tmp_path / "Kosten.csv", index=False)
    for read in (dx.read_dossier, check):
        with refusal("Kosten.csv", "costs.csv"):
            read(tmp_path)
        with refusal("Kosten.csv", "costs.csv"):
            read(tmp_path / "Kosten.csv")


def test_all_sheets_of_other_names_are_told_together(tmp_path, refusal):
    evidence = pd.DataFrame({"vendor": ["Alpha"], "criterion": ["speed"], "rating": [3]})
    with refusal("Treiber", "Ratings"):
        dx.read_dossier(workbook(tmp_path / "d.xlsx", Treiber=drivers(), costs=costs(), Ratings=evidence))


def test_another_sheet_with_the_columns_of_one_that_is_there_is_only_noted(tmp_path):
    ledger = costs(category="licences").assign(ledger="cash")
    book = workbook(tmp_path / "d.xlsx", drivers=drivers(), costs=costs(), Archive=costs(), benefits=ledger)
    assert dx.read_dossier(book).notes == ("sheets of d.xlsx that are not read: Archive",)
    (tmp_path / "large.csv").write_text("vendor,line,likely\n" + "A,seats,1\n" * 120_000)
    costs(per="", growth="").to_csv(tmp_path / "costs.csv", index=False)
    assert "large.csv" in dx.read_dossier(tmp_path / "costs.csv").notes[-1]


def test_benefits_are_told_from_costs_by_their_ledger(tmp_path, refusal):
    ledger = costs(category="licences").assign(ledger="cash")
    with refusal("Nutzen", "call it benefits"):
        dx.read_dossier(workbook(tmp_path / "d.xlsx", drivers=drivers(), costs=costs(), Nutzen=ledger))


def test_no_costs_are_told_with_the_sheets_that_are_there(tmp_path, refusal):
    foreign = costs().rename(columns={"vendor": "Anbieter", "line": "Posten"})
    book = workbook(tmp_path / "d.xlsx", drivers=drivers(), Kosten=foreign, costs=costs().iloc[:0])
    with refusal("drivers, Kosten, costs (empty)"):
        dx.read_dossier(book)
    hidden = openpyxl.load_workbook(workbook(tmp_path / "d.xlsx", drivers=drivers(), costs=costs()))
    hidden["costs"].sheet_state = "hidden"
    hidden.save(tmp_path / "d.xlsx")
    with refusal("hidden sheets that were not read: costs"):
        dx.read_dossier(tmp_path / "d.xlsx")
    (tmp_path / "survey.csv").write_text("team,mood\nRed,good\n")
    with refusal("costs.csv"):
        dx.read_dossier(tmp_path / "survey.csv")
    with refusal("there is no sheet drivers"):
        dx.read_dossier({"costs": costs()})
    with refusal("only the example is there"):
        dx.read_dossier({"costs": costs(vendor="(example) Alpha")})


def test_no_costs_no_dossier(tmp_path, refusal):
    with refusal("sheet costs"):
        dx.read_dossier({"drivers": drivers()})
    with refusal("prices"):
        dx.read_dossier({"prices": costs()})


def test_a_file_of_a_folder_stands_for_its_folder(tmp_path, monkeypatch):
    for name, frame in (("drivers", drivers()), ("costs", costs())):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "more").mkdir()
    workbook(tmp_path / "more" / "costs.xlsx", Sheet1=costs(per="", growth=""))
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path, "costs.csv", "drivers.csv"):
        assert len(dx.read_dossier(path).drivers) == 2
    assert check("costs.csv") == check("drivers.csv") == check(tmp_path)
    assert dx.read_dossier("more/costs.xlsx").vendors == dx.read_dossier("more").vendors == ["Alpha", "Beta"]


def test_a_folder_of_the_form_stands_for_the_form(tmp_path):
    book = workbook(tmp_path / "dossier.xlsx", drivers=drivers(), costs=costs())
    assert repr(dx.read_dossier(tmp_path)) == repr(dx.read_dossier(book))


def test_answers_that_are_called_like_a_sheet_are_no_dossier(tmp_path):
    """A survey of people who leave is called exit.csv."""
    answers, book = (dx.samples.path(f"company/{name}.csv") for name in ("responses_2026-Q3", "codebook"))
    (tmp_path / "exit.csv").write_bytes(answers.read_bytes())
    (tmp_path / "codebook.csv").write_bytes(book.read_bytes())
    assert "112 respondents" in check(tmp_path / "exit.csv")
