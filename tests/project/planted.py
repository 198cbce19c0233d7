"""Sixty disclosures, twelve kinds, five each, to plant in pages and a workbook that give nobody away."""

import base64
import csv
import io
import re
from dataclasses import dataclass

import numpy as np
import openpyxl
import xlsxwriter
from openpyxl.comments import Comment

import dxkit as dx
from tests.own.companies import make, publish
from tests.own.pages import DOT
from tests.project.test_attack import table

COMPANY = 29  # of 46 people in nine teams, with 2% blanks, comments and an earlier wave
PAGE, OTHER, BOOK = "01_where_does_it_hurt.html", "02_which_two.html", "tables.xlsx"
LOST = "Slow builds"  # the question that figures are planted of: hours a week
HEAD = ["question", "team", "n", "estimate", "measure"]


@dataclass(frozen=True)
class Told:
    """What must be said of a planted disclosure: the file, and words of where, who and how."""

    file: str
    where: str
    who: str
    how: str
    given: tuple[str, ...] = ()


class Clean:
    """The output of the company, and what a planter knows: who answered what."""

    def __init__(self, folder):
        for name in ("data", "made", "out"):
            (folder / name).mkdir()
        self.out = folder / "out"
        self.company = make(COMPANY, folder / "data")
        publish(self.company, self.out, folder / "made", notebooks=("01_where_does_it_hurt", "02_which_two"), cuts=2)
        self.survey = dx.open_survey(self.company.answers)
        with open(self.company.answers, encoding="utf-8") as stream:
            self.people = list(csv.DictReader(stream))
        shown = dx.scores(self.survey, by="team").only(names=["hrs0"]).table
        self.hidden = shown.loc[~shown["shown"], "team"].tolist()
        self.seen = shown.loc[shown["shown"], "team"].tolist()
        self.comments = dx.comments(self.survey).table["comment"].tolist()

    def hours(self, who=lambda person: True, digits=1):
        """How many of some people answered, and their mean as it is printed."""
        values = [float(each["hrs0"]) for each in self.people if each["hrs0"] and who(each)]
        return len(values), f"{np.mean(values):.{digits}f}"

    def but(self, fewer):
        """All but some of those who answered."""
        left_out = [each for each in self.people if each["hrs0"]][:fewer]
        return self.hours(lambda person: not any(person is each for each in left_out))

    def agreed(self, who):
        """Of the dimension Craft: what each of some people answered to its two questions, 0 to 100; nan for blanks."""
        labels = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
        codes = [[25.0 * labels.index(each[q]) if each[q] else np.nan for q in ("agr_3", "agr_4")] for each in who]
        return np.array(codes)


def edit(folder, name, change):
    path = folder / name
    page = path.read_text(encoding="utf-8")
    made = change(page)
    assert made != page
    path.write_text(made, encoding="utf-8")


def put(folder, text, name=PAGE):
    """A piece of HTML at the end of a page."""
    edit(folder, name, lambda page: page.replace("</body>", f"{text}</body>"))


def rows_of(folder, heading, change, name=PAGE):
    """Change the rows, as HTML, of the first table with a heading."""

    def changed(page):
        found = next(each for each in re.finditer(r"<table>.*?</table>", page, re.DOTALL) if heading in each[0])
        rows = re.findall(r"<tr.*?</tr>", found[0], re.DOTALL)
        return page.replace(found[0], f"<table>{''.join(change(rows))}</table>")

    edit(folder, name, changed)


def cells(*texts, style=""):
    return f"<tr{style}>{''.join(f'<td>{text}</td>' for text in texts)}</tr>"


def in_book(folder, change):
    book = openpyxl.load_workbook(folder / BOOK)
    change(book)
    book.save(folder / BOOK)


def new_page(folder, name, *parts):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"<html><body><h1>Extract</h1>{''.join(parts)}</body></html>", encoding="utf-8")


def a_comment_cut(clean, out, i):
    text, told = clean.comments, "comments stand beside {}"
    if i == 0:

        def beside(rows):
            return [
                cell.replace("<tr>", f"<tr><td>{'team' if k == 0 else 'Osprey'}</td>") for k, cell in enumerate(rows)
            ]

        rows_of(out, ">comment<", beside)
    elif i == 1:
        in_book(out, lambda book: book["comments"].cell(3, 2, "role").parent.cell(4, 2, "Lead"))
    elif i == 2:
        new_page(out, "site.html", table([("South quay", each) for each in text], ["site", "comment"], "Remarks"))
    elif i == 3:
        new_page(out, "old/when.html", table([(each, "09:14") for each in text], ["Comment", "When"], "Remarks"))
    else:

        def sheet(book):
            for row in (["tenure", "comments"], *(["some years", each] for each in text)):
                made.append(row)

        book = openpyxl.Workbook()
        made = book.active
        sheet(book)
        book.save(out / "remarks.xlsx")
    file = [PAGE, BOOK, "site.html", "old/when.html", "remarks.xlsx"][i]
    name = ["team", "role", "site", "when", "tenure"][i]
    return Told(file, "sheet" if i in (1, 4) else "table", "writers of comments", told.format(name))


def comments_unsorted_or_extra(clean, out, i):
    order = "not in alphabetical order"
    if i == 0:
        rows_of(out, ">comment<", lambda rows: [rows[0], *rows[:0:-1]])
        return Told(PAGE, "table", "writers of comments", order)
    if i == 1:
        in_book(out, lambda book: book["comments"].cell(4, 1, clean.comments[-1]))
        return Told(BOOK, "sheet comments", "writers of comments", order)
    if i == 2:
        rows_of(out, ">comment<", lambda rows: [*rows, cells("Zebra crossing, please")])
        return Told(BOOK, "sheet comments", "1 person", "stand in one list and not in that of")
    if i == 3:
        new_page(out, "few.html", table([("Bikes",), ("Coffee",), ("Lights",)], ["comment"], "Remarks of Osprey"))
        return Told("few.html", "table 1", "writers of comments", "only 3 wrote one")
    rows_of(out, ">comment<", lambda rows: [*rows[:4], rows[5], rows[4], *rows[6:]])
    return Told(PAGE, "table", "writers of comments", order)


def a_note_that_counts(clean, out, i):
    told = "the text counts them"
    if i == 0:
        edit(
            out, PAGE, lambda page: page.replace("</table>", "</table><div><small>3 people skipped it</small></div>", 1)
        )
        return Told(PAGE, "a result", "3 people", told)
    if i == 1:
        put(out, "<p>The 2 respondents of Whimbrel are not in it.</p>", OTHER)
        return Told(OTHER, "the text", "2 people", told)
    if i == 2:
        in_book(out, lambda book: book["scores team"].append(["Lead: n = 4"]))
        return Told(BOOK, "sheet scores team", "4 people", told)
    if i == 3:
        put(out, "<!-- left out by hand: 2 developers -->")
        return Told(PAGE, "a comment of the source", "2 people", told)
    note = Comment("one person gave no site", "x")
    in_book(out, lambda book: setattr(book["scores tenure"]["A1"], "comment", note))
    return Told(BOOK, "a note at A1", "1 person", told)


def something_hidden(clean, out, i):
    n, mean = 3, 4.5
    team = clean.hidden[0]
    if i == 0:

        def change(book):
            sheet = book["scores team"]
            heads = [cell.value for cell in sheet[3]]
            for row in sheet.iter_rows(min_row=4):
                if row[heads.index("label")].value == LOST and row[heads.index("team")].value == team:
                    row[heads.index("n")].value, row[heads.index("estimate")].value = n, mean
                    sheet.row_dimensions[row[0].row].hidden = True

        in_book(out, change)
        return Told(BOOK, "sheet scores team", f"3 people (team {team}", LOST)
    if i in (1, 2):

        def change(book):
            sheet = book.create_sheet("work")
            for row in (HEAD, [LOST, team, n, mean, "hours a week"]):
                sheet.append(row)
            sheet.sheet_state = ("hidden", "veryHidden")[i - 1]

        in_book(out, change)
        return Told(BOOK, "sheet work", f"3 people (team {team}", LOST)
    if i == 3:
        row = cells(LOST, team, n, mean, "", "hours a week", "", style=' style="display:none"')
        head = ["question", "team", "n", "estimate", "95% interval", "measure", "bound"]
        put(out, table([], head).replace("</tbody>", f"{row}</tbody>"))
        return Told(PAGE, "table", f"3 people (team {team}", LOST)

    def invisible(book):
        sheet = book["comments"]
        for k, value in enumerate(["question", "team", "n", "mean"]):
            sheet.cell(200, 8 + k, value)
        for k, value in enumerate([LOST, team, 2, 9.5]):
            sheet.cell(201, 8 + k, value).number_format = ";;;"
        sheet.column_dimensions["J"].hidden = True

    in_book(out, invisible)
    return Told(BOOK, "sheet comments", f"2 people (team {team}", LOST)


def said_of_a_picture(clean, out, i):
    if i == 0:
        edit(
            out,
            PAGE,
            lambda page: re.sub(
                r'<img alt="[^"]*"', '<img alt="Lowest are 3 people of one team, at 12."', page, count=1
            ),
        )
        return Told(PAGE, "the alt text of a picture", "3 people", "counts them")
    if i == 1:
        edit(out, OTHER, lambda page: page.replace("<img ", '<img title="n=2 in the lowest group" ', 1))
        return Told(OTHER, "the attribute title", "2 people", "counts them")
    if i == 2:
        put(out, f'<img src="data:image/png;base64,{DOT}" alt="The tallest bar is one engineer of the night shift">')
        return Told(PAGE, "the alt text of a picture", "1 person", "counts them")
    if i == 3:
        with xlsxwriter.Workbook(out / "pictures.xlsx") as book:
            sheet = book.add_worksheet()
            picture = {
                "image_data": io.BytesIO(base64.b64decode(DOT)),
                "description": "4 people are below",
            }
            sheet.insert_image(0, 0, "dot.png", picture)
        return Told("pictures.xlsx", "a drawing", "4 people", "counts them")
    gone = "; ".join(clean.hidden)
    put(out, f'<div class="mathjax_ignore"><svg><desc>Bars of {gone}: the lowest of 3 developers</desc></svg></div>')
    return Told(PAGE, "a result", "3 people", "counts them: '")


def a_saved_tally(clean, out, i):
    path = out / ["team.tally", "tally", "old/tenure.tally", "data.bin", "cells.npz"][i]
    path.parent.mkdir(exist_ok=True)
    dx.tally(clean.survey).save(path.with_name("own.tally"), by="tenure")
    with np.load(path.with_name("own.tally"), allow_pickle=False) as saved:
        arrays = dict(saved)
    path.with_name("own.tally").unlink()
    if i == 0:
        arrays["cut 1 people"][0] = 4
    elif i == 1:
        arrays["cut 1 counts"][1, 3, :-3] = [1, *[0] * (arrays["cut 1 counts"].shape[2] - 4)]
    elif i == 2:
        arrays["cut 1 people"][0] -= 2
    elif i == 3:
        arrays["together pairs"][0, 1] = 3
    else:
        arrays["cut 1 sums"][0, 2, 0] = 2
    with open(path, "wb") as stream:
        np.savez_compressed(stream, **arrays)
    who = "fewer than 5 people"
    return Told(
        path.relative_to(out).as_posix(), "a saved tally", who, "of everybody" if i == 2 else "holds their counts"
    )


def two_pages_together(clean, out, i):
    n, mean = clean.but(1 + i % 4)
    fewer = "1 person" if i % 4 == 0 else f"{1 + i % 4} people"
    if i == 0:
        new_page(
            out,
            "contract.html",
            table(
                [(LOST, "permanent", n, mean, "hours a week")], [HEAD[0], "contract", *HEAD[2:]], "Scores by contract"
            ),
        )
        return Told("contract.html", "table 1", f"{fewer} (", f"{LOST} (hours a week)")
    if i == 1:

        def change(book):
            sheet = book.create_sheet("contracts")
            for row in ([HEAD[0], "contract", *HEAD[2:]], [LOST, "permanent", n, float(mean), "hours a week"]):
                sheet.append(row)

        in_book(out, change)
        return Told(BOOK, "sheet contracts", f"{fewer} (", LOST)
    if i == 2:
        team = next(each for each in clean.seen if clean.hours(lambda p, team=each: p["team"] == team)[0] > 7)
        of = [person for person in clean.people if person["team"] == team and person["hrs0"]]
        n, mean = clean.hours(lambda p: any(p is each for each in of[2:]))
        head = [*HEAD[:2], "contract", *HEAD[2:]]
        new_page(out, "x/of.html", table([(LOST, team, "permanent", n, mean, "hours a week")], head, "Scores by both"))
        return Told("x/of.html", "table 1", f"2 people (team {team}, contract (not shown)", LOST)
    if i == 3:
        there = [person for person in clean.people if person["hrs0"]][4:]
        rows = [
            (LOST, name, *clean.hours(lambda p, half=half: any(p is each for each in half)), "hours a week")
            for name, half in (("ground", there[::2]), ("first", there[1::2]))
        ]
        new_page(out, "floors.html", table(rows, [HEAD[0], "floor", *HEAD[2:]], "Scores by floor"))
        return Told("floors.html", "table 1", "4 people (", LOST)
    n = sum(bool(each["desk"]) for each in clean.people)
    yes = sum(each["desk"] == "Yes" for each in clean.people)
    share = f"{100 * (yes - 1) / (n - 2):.0f}%"
    rows = [("Do you have a desk of your own?", "permanent", f"{100 - float(share[:-1]):.0f}%", share, n - 2)]
    new_page(out, "desks.html", table(rows, ["question", "contract", "No", "Yes", "answered"], "Answers by contract"))
    return Told("desks.html", "table 1", "2 people (", "desk of your own? (")


def two_waves_together(clean, out, i):
    n, mean = clean.hours()
    whole = [name for name in HEAD if name != "team"]
    if i in (0, 1, 2):
        more, value = [(1, "3.9"), (-2, "2.7"), (3, "3.05")][i]
        row = (LOST, n + more, value, "hours a week")
        if i == 1:

            def change(book):
                sheet = book.create_sheet("first edition")
                for each in (["Scores, 2026-Q3"], whole, row):
                    sheet.append(list(each))

            in_book(out, change)
        else:
            new_page(out, ["late.html", "", "late/wave.html"][i], table([row], whole, "Scores, 2026-Q3"))
        who = "1 person who" if i == 0 else f"{abs(more)} people who"
        return Told("", "", who, f"{LOST} (hours a week) of")
    head = ["question", "before", "after", "estimate", "both times"]
    if i == 3:
        row = (LOST, "1.0", "9.9", "8.9", n - 2)
        new_page(out, "matched.html", table([row], head, "Change from 2026-Q2 to 2026-Q3"))
        return Told("matched.html", "table 1", "who answered only once", f"{LOST} of 2026-Q3")

    def matched(book):
        sheet = book.create_sheet("matched")
        for each in (["Change from 2026-Q2 to 2026-Q3"], [], ["topic", *head[1:]], [LOST, 0.5, 9.25, 8.75, n - 1]):
            sheet.append(list(each))

    in_book(out, matched)
    return Told(BOOK, "sheet matched", "who answered only once", f"{LOST} of 2026-Q3")


def an_id_or_address(clean, out, i):
    code, mail = clean.people[7]["code"], "kim.larsen@example.org"
    if i == 0:
        put(out, f"<p>Write to <b>{mail}</b>, who said so.</p>", OTHER)
        return Told(OTHER, "the text", "a mail address (kim", "written out")
    if i == 1:
        in_book(out, lambda book: setattr(book.properties, "keywords", f"from {mail}"))
        return Told(BOOK, "its properties", "a mail address (kim", "written out")
    if i == 2:
        codes = [(each["code"], LOST) for each in clean.people[:6]]
        put(out, table(codes, ["id", "asked about"], "Answers"))
        return Told(PAGE, "table", "people by their ids", "column 'id'")
    if i == 3:
        people = clean.out.parent / "people.csv"
        with open(people, "w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([["code", "team"], *([p["code"], p["team"]] for p in clean.people)])
        in_book(out, lambda book: book["scores all"].cell(60, 3, f"as {code} wrote"))
        return Told(BOOK, "sheet scores all, C60", "an id of the people (Zq0", "written out", ("--people", str(people)))
    put(out, f'<span data-by="{mail}">All said so.</span>')
    return Told(PAGE, "the attribute data-by", "a mail address (kim", "written out")


def a_dimension_over_people(clean, out, i):
    """The mean over people's own means, beside the means of its questions of which somebody skipped one."""
    who = [person for person in clean.people if not np.isnan(clean.agreed([person])).all()]
    size = (len(who), 20, 15, 12, 9)[i]
    skipped = next(person for person in who if np.isnan(clean.agreed([person])).any())
    group = [skipped, *(person for person in who if not np.isnan(clean.agreed([person])).any())][:size]
    codes = clean.agreed(group)
    names = ("We like our code", "There is time to tidy up")
    own = f"{np.nanmean(np.nanmean(codes, axis=1)):.2f}"
    rows = [
        (name, "Red", int((~np.isnan(codes[:, k])).sum()), f"{np.nanmean(codes[:, k]):.2f}", "0-100")
        for k, name in enumerate(names)
    ]
    rows.append(("Craftsmanship", "Red", len(group), own, "0-100"))
    parts = [("Craftsmanship", name, "0.5") for name in names]
    if i % 2:

        def change(book):
            sheet = book.create_sheet("Craftsmanship")
            for row in (HEAD, *rows, [], ["dimension", "question", "alpha"], *parts):
                sheet.append([float(cell) if k == 3 and row in rows else cell for k, cell in enumerate(row)])

        in_book(out, change)
        return Told(BOOK, "sheet Craftsmanship", "1 person who skipped a question of Craftsmanship", "mean over people")
    name = [PAGE, "", OTHER, "", PAGE][i]
    put(
        out,
        table(rows, HEAD, "Scores by shift") + table(parts, ["dimension", "question", "alpha"], "Reliability"),
        name,
    )
    return Told(name, "table", "1 person who skipped a question of Craftsmanship", "mean over people")


def a_title(clean, out, i):
    told = "the text counts them"
    if i == 0:
        edit(
            out,
            PAGE,
            lambda page: page.replace("<b>Scores, 2026-Q3</b>", "<b>Scores of 4 people, 2026-Q3</b>", 1).replace(
                ">Scores, 2026-Q3<", ">Scores of 4 people, 2026-Q3<", 1
            ),
        )
        return Told(PAGE, "a result", "4 people", told)
    if i == 1:
        put(out, "<h2>What 3 testers of Osprey say: 3 people, one opinion</h2>", OTHER)
        return Told(OTHER, "the text", "3 people", told)
    if i == 2:
        in_book(out, lambda book: setattr(book["scores team"]["A1"], "value", "Scores of two developers"))
        return Told(BOOK, "sheet scores team, A1", "2 people", told)
    if i == 3:
        in_book(out, lambda book: setattr(book["scores tenure"], "title", "2 engineers, many years"))
        return Told(BOOK, "the name of a sheet", "2 people", told)
    new_page(out, "answers_of_3_people.html", "<p>Nothing here.</p>")
    return Told("answers_of_3_people.html", "the name of the file", "3 people", told)


def fewer_than_k(clean, out, i):
    if i == 0:
        row = (LOST, "Night shift", 4, "6.1", "hours a week")
        put(out, table([row], [HEAD[0], "shift", *HEAD[2:]], "Scores by shift"))
        return Told(PAGE, "table", "4 people (shift Night shift", LOST)
    if i == 1:
        sheet = ["item", clean.hidden[1], 2, 7.5, LOST, "hours"]
        in_book(
            out,
            lambda book: [
                book["before all"].append(row)
                for row in ([], ["level", "team", "n", "estimate", "label", "kind"], sheet)
            ],
        )
        return Told(BOOK, "sheet before all", f"2 people (team {clean.hidden[1]}", LOST)
    if i == 2:
        rows = [("Under 25", 3, "2.1"), ("25 and more", 40, "3.3")]
        new_page(out, "age.html", table(rows, ["age", "n", "mean"], "How many hours do you lose?"))
        return Told("age.html", "table 1", "3 people (age Under 25", "How many hours do you lose?")
    if i == 3:
        rows = [("Lead", 2, 5, "40%"), ("Tester", 15, 18, "83%")]
        put(out, table(rows, ["role", "responded", "headcount", "estimate"], "Response rate by role"))
        return Told(PAGE, "table", "2 people (role Lead", "how many they are")
    rows = [("Do you have a desk of your own?", "North quay", "0%", "100%", 3)]
    new_page(out, "desks.html", table(rows, ["question", "site", "No", "Yes", "answered"], "Answers by site"))
    return Told("desks.html", "table 1", "3 people (site North quay", "desk of your own?")


KINDS = (
    a_comment_cut,
    comments_unsorted_or_extra,
    a_note_that_counts,
    something_hidden,
    said_of_a_picture,
    a_saved_tally,
    two_pages_together,
    two_waves_together,
    an_id_or_address,
    a_dimension_over_people,
    a_title,
    fewer_than_k,
)
