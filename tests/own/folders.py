"""A generated survey as somebody keeps it in a folder: drafted, looked at, checked."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl

import dxkit as dx
from dxkit.files.cells import normal
from tests.own import exports
from tests.own.worlds import ORDERED, Plan, Question, World, world

OPTIONS = ("choice", "multi", "rank")


@dataclass(frozen=True)
class Folder:
    """Where the survey is, its worlds of two waves, the texts of its questions, and which cells had to be edited."""

    path: Path
    answers: Path
    world: World
    before: World | None
    texts: dict[str, str]
    edited: list[str]


def make(plan: Plan, folder: Path) -> Folder:
    """Write the exports of a plan, draft a codebook, and edit what the draft marks as a guess and got wrong."""
    now, before = world(plan), None
    made = exports.table(now)
    if plan.gap != "no earlier wave":
        before = world(plan, wave=1)
        exports.write(exports.table(before), plan, folder, "responses_1")
    answers = exports.write(made, plan, folder, "responses_2")
    book = folder / "survey.xlsx"
    draft = dx.draft(answers)
    draft.write(book)
    edited = _edited(book, draft, now, made.texts)
    return Folder(folder, answers, now, before, made.texts, edited)


def _edited(path: Path, draft, now: World, texts: dict[str, str]) -> list[str]:
    """Correct the drafted workbook as its owner would; what was corrected, as `question column`."""
    book = openpyxl.load_workbook(path)
    codebook, scales = book["codebook"], book["scales"]
    columns = {cell.value: cell.column for cell in codebook[1]}
    row_of = {}
    for row in range(2, codebook.max_row + 1):
        text, kind = (codebook.cell(row, columns[name]).value or "" for name in ("text", "kind"))
        if normal(text) not in row_of or kind != "ignore":
            row_of[normal(text)] = row
    doubted = set(draft.doubts["item"])
    read = dx.read_codebook(path)
    edited = []

    def put(question: Question, row: int, column: str, value: str, certain: bool = True) -> None:
        cell = codebook.cell(row, columns[column])
        if (cell.value or "") == value:
            return
        item = codebook.cell(row, columns["item"]).value
        guess = item in doubted or not certain
        assert guess, (
            f"{now.plan}: {question.name} {column} is drafted as {cell.value!r} without a doubt, not {value!r}"
        )
        cell.value = value or None
        edited.append(f"{question.name} {column}")

    for question in now.questions:
        few = sum(bool(answer) for answer in question.answers) < 12
        row = row_of.get(normal(texts[question.name]))
        assert row or few, f"{now.plan}: no drafted row has the text {texts[question.name]!r}, only {list(row_of)}"
        if row is None:  # so few people that a question looks like another: its owner writes the row
            row = codebook.max_row + 1
            codebook.cell(row, columns["item"]).value = question.name
            codebook.cell(row, columns["text"]).value = texts[question.name]
            edited.append(f"{question.name} row")
            for text, line in row_of.items():
                if text.startswith(normal(question.stem)) and question.kind in OPTIONS:
                    codebook.cell(line, columns["kind"]).value = "ignore"
        put(question, row, "kind", question.kind, certain=not few)
        if question.kind in ("hours", "number"):
            put(question, row, "scale", "hours" if question.kind == "hours" else "", certain=not few)
        for column in ("good", "topic", "dimension"):
            if question.kind in ORDERED:
                put(question, row, column, getattr(question, column), certain=False)
        if question.labels and question.kind != "segment":
            item = codebook.cell(row, columns["item"]).value
            if question.kind == "recommend":
                put(question, row, "scale", "recommend11")
            wrong = _wrong_labels(read, item, question, exports.written(question, now.plan))
            if wrong and question.kind != "recommend":
                given = [label for label in wrong if _times(question, label) > 1]
                assert few or item in doubted or not given, (
                    f"{now.plan}: {question.name} has no {given}, or with another code"
                )
                name = f"own_{question.name}"
                codebook.cell(row, columns["scale"]).value = name
                for code, label in enumerate(question.labels, question.code):
                    scales.append([name, code, label])
                edited.append(f"{question.name} scale")
    if now.has_roster:
        _fill_roster(book["roster"], now.headcounts)
    book.save(path)
    return edited


def _wrong_labels(book, item: str, question: Question, labels: list[str]) -> list[str]:
    """The labels that the drafted scale lacks, or has elsewhere between its ends than the question."""
    name = book.items.set_index("item")["scale"].get(item, "")
    if name not in book.scales:
        return list(question.labels)
    scale = book.scales[name]
    codes = [scale.code_of(label) for label in labels]
    if question.kind in OPTIONS:
        return [label for label, code in zip(question.labels, codes, strict=True) if code is None]
    ends = len(question.labels) - 1
    places = [np.nan if code is None else (code - scale.lo) / (scale.hi - scale.lo) for code in codes]
    return [
        label
        for k, (label, place) in enumerate(zip(question.labels, places, strict=True))
        if not abs(place - k / ends) < 1e-9
    ]


def _times(question: Question, label: str) -> int:
    return sum(label in answer if isinstance(answer, tuple) else label == answer for answer in question.answers)


def _fill_roster(sheet, headcounts: dict[str, int]) -> None:
    last = next(cell.column for cell in sheet[1] if cell.value == "headcount")
    groups = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value}
    for team, people in headcounts.items():
        row = groups.setdefault(team, len(groups) + 2)
        sheet.cell(row, 1).value, sheet.cell(row, last).value = team, people
