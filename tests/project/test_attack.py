"""`dxkit attack` finds everybody who is planted in pages, workbooks and saved tallies, and nobody in what is safe."""

import html
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.comments import Comment

from dxkit.__main__ import main

HEAD = ["question", "team", "n", "estimate", "measure"]
SAFE = [("CI is fast", "Red", 9, "51", "0-100"), ("CI is fast", "Blue", 11, "44", "0-100")]
WHOLE = [("CI is fast", 20, "47", "0-100")]
WRITTEN = [(text,) for text in ("Builds are slow.", "docs are old", "Meetings", "Reviews take long", "Too many tools")]


def table(rows, head=HEAD, title="Scores by team, 2026-Q3", notes=()):
    """A table in HTML as a page of dxkit has it."""
    cells = "".join(f"<tr>{''.join(f'<td>{html.escape(str(c))}</td>' for c in row)}</tr>" for row in rows)
    header = "".join(f"<th>{name}</th>" for name in head)
    said = "".join(f"<div><small>{html.escape(note)}</small></div>" for note in notes)
    made = f"<table><thead><tr>{header}</tr></thead><tbody>{cells}</tbody></table>"
    return f'<div class="mathjax_ignore"><div><b>{title}</b></div>{made}{said}</div>'


def whole(rows=WHOLE, title="Scores, 2026-Q3"):
    return table(rows, [name for name in HEAD if name != "team"], title)


def comments(rows=WRITTEN, head=("comment",)):
    return table(rows, head, "What else should we know?")


def page(folder, *parts, name="page.html"):
    (folder / name).write_text(
        f"<html><body><p>Where does it hurt?</p>{''.join(parts)}</body></html>", encoding="utf-8"
    )


def workbook(folder, rows, head=HEAD, change=None, name="report.xlsx"):
    """A workbook with a table on its sheet, and a change to it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "teams"
    for row in (["Scores, 2026-Q3"], [], head, *rows):
        sheet.append(list(row))
    if change:
        change(book, sheet)
    book.save(folder / name)


def people(folder, counts):
    """A file of who works there: so many of each team and role."""
    rows = [(*kind, f"k{i:03d}{kind[0][0]}") for kind, n in counts.items() for i in range(n)]
    rows = [(*row[:2], f"{row[2]}{i:02d}") for i, row in enumerate(rows)]
    pd.DataFrame(rows, columns=["team", "role", "id"]).to_csv(folder.parent / "people.csv", index=False)
    return ["--people", str(folder.parent / "people.csv")]


def tally(folder, name="our.tally", **arrays):
    with io.BytesIO() as stream:
        np.savez_compressed(stream, facts=np.frombuffer(b'{"kind": "dxkit tally"}', dtype=np.uint8), **arrays)
        (folder / name).write_bytes(stream.getvalue())


def red(n, value="51"):
    return [("CI is fast", "Red", n, value, "0-100")]


def number(rows):
    """Rows of a workbook: values as numbers."""
    return [tuple(float(c) if i == 3 else c for i, c in enumerate(row)) for row in rows]


def plant(kind, i, folder):
    """The i-th disclosure of a kind; more arguments of the command."""
    given = []
    if kind == "whole less a group":
        page(folder, whole(), table(red(19 - i if i < 4 else 16, "50.5")))
    elif kind == "two pages":
        if i < 3:
            page(folder, whole(), name="a.html")
            page(folder, table(red(16 + i)), name=("b.html", "deep/c.html", "ü b.html")[i].replace("deep/", ""))
        else:
            given = people(folder, {("Red", "dev"): 11, ("Red", "lead"): 2, ("Blue", "dev"): 8, ("Blue", "lead"): 5})
            page(folder, whole([("CI is fast", 26, "47", "0-100")]), table([*red(13)]), name="a.html")
            role = [("CI is fast", "dev", 19, "50", "0-100")] if i == 3 else []
            crossed = [("CI is fast", "Red", "dev", 11, "52", "0-100")]
            page(folder, table(role, [*HEAD[:1], "role", *HEAD[2:]]), table(crossed, [*HEAD[:2], "role", *HEAD[2:]]))
    elif kind == "a page and a workbook":
        page(folder, table([*SAFE, ("CI is fast", "Ops", "hidden", "hidden", "0-100")]))
        rows = [[("CI is fast", "Ops", 1 + i % 4, 62.5, "0-100")], [(WHOLE[0][0], "", 21 + i, 47.5, "0-100")]][i % 2]
        workbook(folder, rows)
    elif kind == "hidden in a workbook":
        small = ("CI is fast", "Ops", 3, 62.5, "0-100")

        def hide(book, sheet):
            if i == 0:
                sheet.row_dimensions[6].hidden = True
            elif i == 1:
                sheet.column_dimensions["C"].hidden = sheet.column_dimensions["D"].hidden = True
            elif i == 4:
                sheet["D6"].number_format = ";;;"
            else:
                other = book.create_sheet("old")
                for row in (HEAD, small):
                    other.append(row)
                other.sheet_state = "hidden" if i == 2 else "veryHidden"

        workbook(folder, number(SAFE) + ([small] if i in (0, 1, 4) else []), change=hide)
    elif kind == "a comment cut":
        other = ["team", "role", "when", "tenure", "id"][i]
        rows = [(f"{other} {j}", *row) for j, row in enumerate(WRITTEN)]
        if i % 2:
            workbook(folder, rows, [other, "comment"])
        else:
            page(folder, comments(rows, [other, "comment"]))
    elif kind == "comments in the order of answers, or of few":
        rows = [WRITTEN[::-1], WRITTEN[1:] + WRITTEN[:1], WRITTEN[:3], WRITTEN[:1], [*WRITTEN[2:], *WRITTEN[:2]]][i]
        if i % 2:
            workbook(folder, rows, ["comment"])
        else:
            page(folder, comments(rows))
    elif kind == "a note that counts":
        said = [
            "3 people did not answer",
            "one person has no team",
            "left out: 2 respondents",
            "Ops: n = 4",
            "4 answers",
        ][i]
        if i == 4:
            workbook(folder, number(SAFE), change=lambda book, sheet: sheet.append([said]))
        else:
            page(folder, table(SAFE, notes=(said,)) if i % 2 else f"{table(SAFE)}<p>{said}</p>")
    elif kind == "said of a picture":
        hidden = table([*SAFE, ("CI is fast", "Ops", "hidden", "hidden", "0-100")])
        said = [
            "Lowest: Ops, 12.",
            "Ops, 2 people, is lowest",
            "3 answers of 2026",
            "Ops 12",
            "The lowest is Ops with 12",
        ][i]
        key = ["alt", "alt", "aria-label", "title", "data-caption"][i]
        page(folder, hidden, f'<img src="data:image/png;base64,AAAA" {key}="{said}">')
    elif kind == "a saved tally":
        counts = [
            np.array([12, 3]),
            np.array([[9, 1], [8, 7]]),
            np.array([4.0, 30]),
            np.array([1]),
            np.array([2, 2, 2]),
        ][i]
        page(folder, table(SAFE))
        tally(folder, **{"n" if i % 2 else "people": counts})
    elif kind == "the same figure twice":
        if i < 2:
            page(folder, whole(), name="old.html")
            page(folder, whole([("CI is fast", 21 + i, "48", "0-100")]), name="new.html")
        elif i == 2:
            page(folder, table(red(9)), table(red(8, "55")))
        else:
            page(folder, table(red(9, "51.0")))
            workbook(folder, red(9 + i - 2, 53.5))
    elif kind == "a dimension over people":
        items = [(f"q{j}", "Red", 9 - (j == 0), "50.0", "0-100") for j in range(2 + i % 3)]
        parts = table([("Flow", row[0], "") for row in items], ["dimension", "question", "alpha"], "Reliability")
        page(folder, table([*items, ("Flow", "Red", 9, "53.1", "0-100")]), parts)
    elif kind == "ids and addresses":
        if i == 0:
            page(folder, table(SAFE), "<p>Ask bob@example.org</p>")
        elif i == 1:
            page(folder, table(SAFE), "<!-- made from k55's answers, mail ann.b@example.org -->")
        elif i == 2:
            page(folder, table([("k55",), ("k56",)], ["id"], "Answers"))
        elif i == 3:
            given = people(folder, {("Red", "dev"): 9, ("Blue", "dev"): 11})
            page(folder, table(SAFE), "<p>k003R03 wrote it</p>")
        else:
            workbook(
                folder,
                number(SAFE),
                change=lambda book, sheet: sheet["A4"].__setattr__("comment", Comment("ask ann@example.org", "x")),
            )
    return given


KINDS = {  # and what is said of each
    "whole less a group": "(team (not shown))",
    "two pages": "from",
    "a page and a workbook": "team ",
    "hidden in a workbook": "3 people (team Ops)",
    "a comment cut": "comments stand beside",
    "comments in the order of answers, or of few": "wr",
    "a note that counts": "the text counts them",
    "said of a picture": "attribute",
    "a saved tally": "holds their counts",
    "the same figure twice": "who came or left",
    "a dimension over people": "1 person who skipped a question of Flow",
    "ids and addresses": "",
}


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.mark.parametrize("i", range(5))
@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_disclosure_is_found(out, capsys, kind, i):
    given = plant(kind, i, out)
    code, told = main(["attack", str(out), *given]), capsys.readouterr().out
    assert code == 1, told
    assert KINDS[kind] in told.replace("the alt text of a picture", "the attribute alt")


def test_nobody_is_found_where_nobody_is_given_away(out, capsys):
    others = [("Overall", "20", "at most 20", "0-100")]
    page(out, whole([*WHOLE, *others]), table(SAFE, notes=("shown from 5 people on; fewer than 3 people never",)))
    page(out, comments(), "<p>6 people wrote more than one. Each of 12 people counts once.</p>", name="words.html")
    workbook(out, number(SAFE))
    tally(out, people=np.array([9, 11]), counts=np.array([[3, 1, 5], [2, 4, 5]]))
    (out / "picture.png").write_bytes(b"\x89PNG")
    assert main(["attack", str(out)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "read 4 files: our.tally, page.html, report.xlsx, words.html",
        "tables: 3 with figures of people's answers, 1 of comments, 0 of other things",
        "figures: 6 on 2 questions, by team; all files were put together",
        "looked for: fewer than 5 people by adding and subtracting, and in 57 texts",
        "not read: 1 .png",
        "nobody was found",
    ]


def test_dimensions_are_subtracted_only_where_their_n_may_be_people(out, capsys):
    """The n of a dimension is the least of its questions', so groups may add up to fewer than everybody."""
    dimension = table([("Flow", "4", "0.7")], ["dimension", "items", "alpha"], "Reliability")
    page(out, whole([("Flow", 22, "47", "0-100")]), table([(("Flow"), *row[1:]) for row in SAFE]), dimension)
    assert main(["attack", str(out)]) == 0
    assert "not subtracted: 2 figures of dimensions" in capsys.readouterr().out
    page(out, whole([("Flow", 22, "47", "0-100")]), table([(("Flow"), *row[1:]) for row in SAFE]))
    assert main(["attack", str(out)]) == 1
    hidden = ("Flow", "Ops", "hidden", "hidden", "0-100")
    page(out, whole([("Flow", 22, "47", "0-100")]), table([*(("Flow", *row[1:]) for row in SAFE), hidden]), dimension)
    assert main(["attack", str(out)]) == 1
    assert "2 people (team (not shown)); Flow" in capsys.readouterr().out


def test_what_is_found_names_file_table_people_and_figures(out, capsys):
    page(out, whole(), table(red(19, "49.5")))
    assert main(["attack", str(out)]) == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        "page.html, table 1: 1 person (team (not shown)); CI is fast (0-100): mean from 0 to 10.45, "
        "from everybody, team Red; with page.html, table 2"
    )


def test_nothing_to_read_and_no_folder(out, capsys):
    (out / "page.txt").write_text("nothing")
    (out / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    assert main(["attack", str(out)]) == 2
    assert "not read: 1 broken.xlsx (" in capsys.readouterr().out
    assert main(["attack", str(out / "none")]) == 1
    assert "there is no such folder" in capsys.readouterr().err


@pytest.mark.thorough
def test_it_shares_no_code_with_what_hides_figures():
    """It imports what reads files and lays out tables, and the audit of any dashboard; neither knows a survey."""
    import subprocess
    import sys

    script = "import sys, dxkit.project.attack.attack; print(*(name for name in sys.modules if name[:6] == 'dxkit.'))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    modules = {name for name in done.stdout.split() if not name.startswith(("dxkit.files", "dxkit.results"))}
    own = {f"dxkit.project.attack.{name}" for name in ("attack", "figures_shown", "published", "said", "worked_out")}
    audit = {f"dxkit.survey.privacy.{name}" for name in ("audit_tables", "determined")}
    rooms = {"dxkit.project", "dxkit.project.attack", "dxkit.survey", "dxkit.survey.privacy"}
    assert modules == {*own, *audit, *rooms, "dxkit.project.samples"}
