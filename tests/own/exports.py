"""A survey as each tool exports it, and with one flaw more that files have which somebody had in hand."""

import csv
import json
from dataclasses import dataclass, field

import openpyxl

from tests.own.worlds import Plan, Question, World

FLAWS = (
    *("no flaw", "blank rows", "nameless column", "repeated column", "numbered labels", "index column", "BOM"),
    *("cp1252", "semicolons", "odd sheet name", "tabs", "utf-16", "blank columns", "spaces", "case", "no opinion"),
    *("line break in a header", "NA as R writes it", "unfinished", "dollars", "decimal comma", "notes column"),
)
FIXED = {
    "plain": [],
    "google_forms": [("Timestamp", "2026/10/0{day} 6:30:58 PM EST")],
    "qualtrics": [
        *(("StartDate", "2026-10-01 09:00:00"), ("EndDate", "2026-10-01 09:09:00"), ("Status", "IP Address")),
        *(("IPAddress", "192.0.2.7"), ("Progress", "100"), ("Duration (in seconds)", "540"), ("Finished", "True")),
        *(("RecordedDate", "2026-10-0{day} 09:09:01"), ("ResponseId", "R_{k:04d}abc")),
    ],
    "surveymonkey": [
        *(("Respondent ID", "1100000{k:04d}"), ("Collector ID", "4"), ("Start Date", "10/01/2026 09:00:00")),
        *(("End Date", "10/0{day}/2026 09:09:01"), ("IP Address", "192.0.2.7")),
    ],
    "limesurvey": [
        *(("Response ID", "{k}"), ("Date submitted", "2026-10-0{day} 09:09:01"), ("Last page", "5")),
        *(("Start language", "en"), ("Seed", "123")),
    ],
    "microsoft_forms": [
        *(("Id", "{k}"), ("Start time", "2026-10-01 09:00"), ("Completion time", "2026-10-0{day} 09:09")),
        *(("Email", "anonymous"), ("Name", "")),
    ],
    "typeform": [("#", "{k:06x}f00d")],
    "alchemer": [
        *(("Response ID", "{k}"), ("Time Started", "2026-10-01 09:00:00")),
        *(("Date Submitted", "2026-10-0{day} 09:09:01"), ("Status", "Complete")),
    ],
    "kobo": [("start", "2026-10-01T09:00:00"), ("end", "2026-10-01T09:09:00")],
    "redcap": [("Record ID", "{k}"), ("Survey Timestamp", "2026-10-0{day} 09:09:01")],
}
BEHIND = {
    "typeform": [("Start Date (UTC)", "2026-10-01 09:00:00"), ("Submit Date (UTC)", "2026-10-0{day} 09:09:01")],
    "kobo": [("_id", "{k}"), ("_uuid", "u{k}"), ("_submission_time", "2026-10-0{day}T09:09:01")],
    "redcap": [("Complete?", "Complete")],
}
UNFINISHED = {  # what a cell of this column says of who has not finished
    **{"qualtrics": ("Finished", "False"), "surveymonkey": ("End Date", ""), "limesurvey": ("Date submitted", "")},
    **{"alchemer": ("Status", "Partial"), "redcap": ("Complete?", "Incomplete")},
}
MARKS = {"limesurvey": ("Y", ""), "kobo": ("1", "0"), "redcap": ("Checked", "Unchecked"), "plain": ("x", "")}


@dataclass
class Table:
    """Header rows and rows of answers; `texts` says under which text a codebook finds each question."""

    heads: list[list[str]]
    rows: list[list[str]]
    texts: dict[str, str] = field(default_factory=dict)
    first: int = 0  # the position of the first question's column

    def add(self, head: list[str], cells) -> None:
        for row, cell in zip((*self.heads, *self.rows), (*head, *cells), strict=True):
            row.append(cell)


def table(world: World) -> Table:
    """The survey as its tool exports it."""
    tool = world.plan.tool
    depth = {"qualtrics": 3, "surveymonkey": 2}.get(tool, 1)
    made = Table([[] for _ in range(depth)], [[] for _ in range(world.people)])
    _own(made, FIXED[tool], depth)
    made.first = len(made.heads[0])
    repeats: dict[str, int] = {}
    for q, question in enumerate(world.questions, 1):
        made.texts[question.name] = question.text
        if question.kind == "multi":
            _multi(made, question, tool, q)
        elif question.kind == "rank":
            _rank(made, question, tool, q)
        elif tool == "microsoft_forms" and question.option:
            repeats[question.option] = repeats.get(question.option, 0) + 1
            head = question.option + (str(repeats[question.option]) if repeats[question.option] > 1 else "")
            made.texts[question.name] = head
            made.add([head], _cells(question, world.plan))
        else:
            head = _head(tool, question.stem, question.option, f"Q{q}", made.heads)
            made.texts[question.name] = head[0] if tool == "kobo" else question.text
            made.add(head, _cells(question, world.plan))
    if world.weights is not None:
        made.add(_head(tool, "weight", "", "Q99", made.heads), [f"{weight:g}" for weight in world.weights])
        made.texts["weight"] = "weight"
    _own(made, BEHIND.get(tool, []), depth)
    return made


def written(question: Question, plan: Plan) -> list[str]:
    """The labels of a question as the export writes them."""
    if plan.flaw == "numbered labels" and question.kind in ("rating", "importance"):
        return [f"{code} - {label}" for code, label in enumerate(question.labels, question.code)]
    return list(question.labels)


def _cells(question: Question, plan: Plan) -> list[str]:
    """The cells of a question that has one column."""
    if plan.flaw == "numbered labels" and question.kind in ("rating", "importance"):
        known = dict(zip(question.labels, written(question, plan), strict=True))
        return [known.get(answer, answer) for answer in question.answers]
    if plan.flaw == "decimal comma" and question.kind in ("hours", "number"):
        return [answer.replace(".", ",") for answer in question.answers]
    return question.answers


def _own(made: Table, columns: list[tuple[str, str]], depth: int) -> None:
    """The tool's own columns."""
    for name, cell in columns:
        head = {1: [name], 2: [name, ""], 3: [name, name, json.dumps({"ImportId": name})]}[depth]
        made.add(head, [cell.format(k=k + 1, day=1 + k % 9) for k in range(len(made.rows))])


def _head(tool: str, stem: str, option: str, code: str, heads: list[list[str]]) -> list[str]:
    """The header of one column, in as many rows as the tool writes."""
    if tool == "qualtrics":
        return [code, f"{stem} - {option}" if option else stem, json.dumps({"ImportId": code})]
    if tool == "surveymonkey":
        goes_on = option and stem in heads[0]
        return ["" if goes_on else stem, option or "Response"]
    if not option:
        return [stem]
    joined = {"alchemer": f"{option}:{stem}", "redcap": f"{stem} [{option}]", "kobo": f"grp/{stem} [{option}]"}
    return [joined.get(tool, f"{stem} [{option}]")]


def _multi(made: Table, question: Question, tool: str, q: int) -> None:
    joint = {"google_forms": ", ", "microsoft_forms": ";"}.get(tool)
    if joint:
        ended = joint if tool == "microsoft_forms" else ""
        made.add([question.stem], [joint.join(chosen) + ended * bool(chosen) for chosen in question.answers])
        return
    if tool == "kobo":
        made.add([question.stem], [" ".join(chosen) for chosen in question.answers])
    if tool == "typeform":
        made.texts[question.name] = " / ".join(question.labels)[:80]
    for k, option in enumerate(question.labels, 1):
        yes, no = MARKS.get(tool, (option, ""))
        head = _head(tool, question.stem, option, f"Q{q}_{k}", made.heads)
        head = {
            "typeform": [option],
            "kobo": [f"{question.stem}/{option}"],
            "redcap": [f"{question.stem} (choice={option})"],
        }.get(tool, head)
        blank = "" if tool != "redcap" else no
        made.add(head, [blank if not chosen else yes if option in chosen else no for chosen in question.answers])


def _rank(made: Table, question: Question, tool: str, q: int) -> None:
    """Joined in order, a column for each place, or the place in a column for each option."""
    if tool == "microsoft_forms":
        made.add([question.stem], ["".join(f"{each};" for each in order) for order in question.answers])
    elif tool == "limesurvey":
        for k in range(len(question.labels)):
            made.add([f"{question.stem} [Rank {k + 1}]"], [order[k] if order else "" for order in question.answers])
    else:
        for k, option in enumerate(question.labels, 1):
            head = _head(tool, question.stem, option, f"Q{q}_{k}", made.heads)
            made.add(head, [str(order.index(option) + 1) if order else "" for order in question.answers])


def write(made: Table, plan: Plan, folder, name: str):
    """The file of answers with its flaw; a workbook where the tool or the flaw wants one."""
    rows = [*_spoilt(made, plan)]
    if plan.tool == "microsoft_forms" or plan.flaw == "odd sheet name":
        return _workbook(rows, folder / f"{name}.xlsx", plan)
    how = {
        "BOM": {"encoding": "utf-8-sig"},
        "cp1252": {"encoding": "cp1252"},
        "semicolons": {"delimiter": ";"},
        "tabs": {"delimiter": "\t"},
        "utf-16": {"encoding": "utf-16", "delimiter": "\t"},
        "decimal comma": {"delimiter": ";"},
    }.get(plan.flaw, {})
    with open(folder / f"{name}.csv", "w", newline="", encoding=how.pop("encoding", "utf-8")) as stream:
        csv.writer(stream, **how).writerows(rows)
    return folder / f"{name}.csv"


def _workbook(rows, path, plan: Plan):
    book = openpyxl.Workbook()
    if plan.flaw == "odd sheet name":
        book.active.title = "Lies mich – 1"
        book.active.append(["Exported in October. Ask Sam."])
        book.create_sheet("Réponses (final) 2")
    for row in rows:
        book.worksheets[-1].append([_typed(cell) for cell in row])
    book.save(path)
    return path


def _typed(cell: str):
    if not cell.strip():
        return None
    return int(cell) if cell.isdecimal() and cell == str(int(cell)) else cell


def _spoilt(made: Table, plan: Plan) -> list[list[str]]:
    heads, rows, flaw = [list(row) for row in made.heads], [list(row) for row in made.rows], plan.flaw
    width, filler = len(heads[0]), [""] * (len(heads) - 1)
    if flaw in ("nameless column", "notes column"):
        name = "" if flaw == "nameless column" else "Checked by"
        _append(heads, rows, [name, *filler], ["seen" if k % 3 else "" for k in range(len(rows))])
    elif flaw == "repeated column":
        at = made.first
        _append(heads, rows, [head[at] for head in heads], [row[at] for row in rows])
    elif flaw == "index column":
        heads, rows = [["", *head] for head in heads], [[str(k), *row] for k, row in enumerate(rows)]
    elif flaw == "blank columns":
        _append(heads, rows, ["", *filler], [""] * len(rows))
        _append(heads, rows, ["", *filler], [""] * len(rows))
    elif flaw == "blank rows":
        rows[3:3] = [[""] * width, [""] * width]
        rows += [[""] * width] * 3
    elif flaw == "spaces":
        heads = [[f" {cell} " if cell else cell for cell in head] for head in heads[:1]] + heads[1:]
        rows = [[f" {cell}  " if cell else cell for cell in row] for row in rows]
    elif flaw == "line break in a header":
        heads[0] = [cell.replace(" ", "\n", 1) if len(cell) > 20 else cell for cell in heads[0]]
    elif flaw == "case":
        rows = [
            [cell.upper() if k % 4 == 1 and cell.isascii() and cell.isalpha() else cell for cell in row]
            for k, row in enumerate(rows)
        ]
    elif flaw == "NA as R writes it":
        rows = [[cell or "NA" for cell in row] for row in rows]
    elif flaw == "unfinished" and plan.tool in UNFINISHED:
        name, cell = UNFINISHED[plan.tool]
        left = list(rows[0])
        left[heads[0].index(name)] = cell
        rows.insert(1, left)
    return heads + rows


def _append(heads, rows, head, cells) -> None:
    for row, cell in zip((*heads, *rows), (*head, *cells), strict=True):
        row.append(cell)
