"""The questions of an XLSForm (ODK, Kobo, SurveyCTO): a workbook with the sheets survey, choices and settings."""

import re
from dataclasses import dataclass, field

from dxkit.files.cells import folded
from dxkit.files.errors import Faults, and_more, fault_at, suggest
from dxkit.files.grid import Grid
from dxkit.files.opening import OpenedFile
from dxkit.survey.reading.structure.model import Line, Option, Question, Structure, assembled, number_of
from dxkit.survey.reading.structure.plain_text import plain

_KINDS = {"text": "text", "string": "text", "integer": "number", "int": "number", "decimal": "number"}
_KINDS |= {"range": "number", "date": "date", "time": "date", "datetime": "date", "barcode": "text"}
_KINDS |= {"acknowledge": "one", "trigger": "one"}
_FILLED = frozenset(
    "start end today deviceid subscriberid simserial phonenumber username email audit hidden calculate calculation"
    " start-geopoint background-audio".split()
)
_SHOWN = frozenset(("note", "xml-external", "csv-external"))
_SELECT = re.compile(
    r"(select[ _]one|select[ _]multiple|select one from|select all that apply from|rank)"
    r"(?P<file>[ _]from[ _]file|[ _]external)?\s+(?P<list>\S+)(?P<other>\s+(?:or[ _]other|or specify other))?",
    flags=re.IGNORECASE,
)
_BEGIN = re.compile(r"begin[ _](group|repeat|kobomatrix|score|rank)", flags=re.IGNORECASE)
_END = re.compile(r"end[ _](group|repeat|kobomatrix|score|rank)", flags=re.IGNORECASE)
_BOUND = re.compile(r"\.\s*(>=|<=)\s*(-?\d+(?:\.\d+)?)")


@dataclass
class _Group:
    """A group that is open, and where it begins; of Kobo's scores and ranks also what they hold."""

    type: str
    name: str
    label: str
    row: int
    choices: str = ""
    lines: list[Line] = field(default_factory=list)


def read(file: OpenedFile) -> Structure:
    """The questions in the order of the sheet `survey`, in the form's own language."""
    survey = file.sheet("survey")
    if survey is None or not file.is_workbook:
        raise fault_at(
            "an XLSForm has a sheet 'survey', and this workbook has none that holds something", file=file.name
        )
    choices, settings = file.sheet("choices"), file.sheet("settings")
    rows = _rows(survey, ("type", "name"))
    listed = _rows(choices, ("list_name", "name")) if choices is not None else []
    own = next((row.get("default_language", "") for _, row in (_rows(settings, ()) if settings else [])), "")
    labels = [name for name in _header(survey) if name.partition("::")[0] == "label"]
    languages = list(dict.fromkeys(name.partition("::")[2] for name in labels if "::" in name))
    language = own if own in languages or "label" in labels or not languages else languages[0]
    form = _Form(survey, _lists(listed, language, choices), language)
    for number, row in rows:
        form.take(number, row)
    return assembled("XLSForm", file.name, form.finished())


def _header(grid: Grid) -> list[str]:
    """Column names in one spelling: `list name`, `value` and `label:English` are other ways to write them."""
    names = [re.sub(r"\s*:{1,2}\s*", "::", " ".join(cell.split())) for cell in grid.cells[0]]
    names = [name if "::" in name else folded(name).replace(" ", "_") for name in names]
    names = [
        folded(name.partition("::")[0]) + "::" + name.partition("::")[2] if "::" in name else name for name in names
    ]
    return ["name" if name == "value" and "name" not in names else name for name in names]


def _rows(grid: Grid, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    header = _header(grid)
    if missing := [name for name in needed if name not in header]:
        message = f"there is no column {and_more(missing)}, which an XLSForm needs"
        raise fault_at(message, file=grid.file, sheet=grid.sheet, row=grid.rows[0])
    named = [
        dict(reversed(list(zip(header, (cell.strip() for cell in line), strict=False)))) for line in grid.cells[1:]
    ]
    return list(zip(grid.rows[1:], named, strict=True))


def _label(row: dict[str, str], language: str) -> str:
    """The label in this language, else the one without language, else the first that is filled."""
    others = [text for name, text in row.items() if name.startswith("label::") and text]
    return plain(row.get(f"label::{language}") or row.get("label") or (others or [""])[-1])


def _lists(rows: list[tuple[int, dict[str, str]]], language: str, grid: Grid | None) -> dict[str, list[Option]]:
    found: dict[str, list[Option]] = {}
    for number, row in rows:
        if row["list_name"] and not row["name"] and grid is not None:
            place = {"file": grid.file, "sheet": grid.sheet, "row": number}
            raise fault_at("this choice has no name; write the code that an answer gets", **place)
        if row["list_name"]:
            option = Option(row["name"], _label(row, language) or row["name"])
            found.setdefault(row["list_name"], []).append(option)
    return found


class _Form:
    """Goes through the rows of the sheet, with the groups that are open."""

    def __init__(self, grid: Grid, lists: dict[str, list[Option]], language: str) -> None:
        self.grid, self.lists, self.language = grid, lists, language
        self.faults = Faults()
        self.groups: list[_Group] = []
        self.questions: list[Question] = []

    def take(self, number: int, row: dict[str, str]) -> None:
        type_ = " ".join(row["type"].split())
        if not type_ or type_.startswith("#") or folded(row.get("disabled", "")) in ("yes", "true", "true()"):
            return
        if begin := _BEGIN.fullmatch(type_.partition(" appearance")[0]):
            kind = begin[1].lower()
            listed = row.get("kobo--score-choices", "") or row.get("kobo--rank-items", "")
            self.groups.append(_Group(kind, row["name"], _label(row, self.language), number, listed))
        elif _END.fullmatch(type_):
            self._close(number)
        elif folded(type_) in ("score__row", "rank__level"):
            if self.groups and self.groups[-1].type in ("score", "rank"):
                line = Line(f"{self.groups[-1].name}/{row['name']}", _label(row, self.language))
                self.groups[-1].lines.append(line)
        else:
            self._question(number, row, type_)

    def finished(self) -> list[Question]:
        """All questions, once every group is closed."""
        for group in self.groups:
            self.faults.add(f"the group '{group.name}' that begins here never ends", **self._place(group.row))
        self.faults.raise_if_any()
        return self.questions

    def _close(self, number: int) -> None:
        if not self.groups:
            self.faults.add("a group ends here that never began", **self._place(number))
            return
        group = self.groups.pop()
        if group.type in ("score", "rank") and group.lines:
            kind = "grid" if group.type == "score" else "rank"
            options = tuple(self._list(group.choices, group.row, group.name))
            self._add(group.name, group.label, kind, options=options, lines=tuple(group.lines))

    def _question(self, number: int, row: dict[str, str], type_: str) -> None:
        name, select = row["name"], _SELECT.fullmatch(type_)
        word = folded(type_).split()[0]
        if word in _SHOWN:
            return
        if not name:
            self.faults.add("this question has no name", **self._place(number))
            return
        text = _label(row, self.language)
        if select:
            self._select(number, name, select, text)
        elif word in _FILLED or (word in _KINDS and row.get("calculation") and not text):
            self._add(name, text, "ignore")
        elif word in _KINDS:
            low, high = _bounds(row)
            self._add(name, text, _KINDS[word], low=low, high=high)

    def _select(self, number: int, name: str, select: re.Match[str], text: str) -> None:
        """A question with options; those in another file are not known here."""
        word, other = folded(select[1]), bool(select["other"])
        kind = "rank" if word == "rank" else "multi" if "multiple" in word or "all" in word else "one"
        elsewhere = select["file"] or select["list"].startswith("${")
        options = [] if elsewhere else self._list(select["list"], number, name)
        options = [*options, *[Option("other", "Other")] * other]
        if kind == "multi":
            options = [option._replace(column=f"{name}/{option.code}") for option in options]
        self._add(name, text, kind, options=tuple(options), texts=(f"{name}_other",) * other)

    def _list(self, name: str, number: int, question: str) -> list[Option]:
        if name not in self.lists:
            hint = suggest(name, list(self.lists))
            message = f"the sheet choices has no list '{name}', which {question} needs; {hint}"
            self.faults.add(message, **self._place(number))
        return self.lists.get(name, [])

    def _add(self, name: str, text: str, kind: str, **more) -> None:
        path = "/".join([*(group.name for group in self.groups if group.name), name])
        self.questions.append(Question(code=name, text=text, kind=kind, ids=(path,) if path != name else (), **more))

    def _place(self, number: int) -> dict:
        return {"file": self.grid.file, "sheet": self.grid.sheet, "row": number}


def _bounds(row: dict[str, str]) -> tuple[float | None, float | None]:
    """The smallest and largest number, from the parameters of a range or from the constraint."""
    settings = dict(re.findall(r"(start|end)\s*=\s*(-?\d+(?:\.\d+)?)", row.get("parameters", "")))
    limits = dict(_BOUND.findall(row.get("constraint", "")))
    low, high = settings.get("start", limits.get(">=")), settings.get("end", limits.get("<="))
    if folded(row["type"]).split()[0] == "range":
        low, high = low or "1", high or "10"
    return number_of(low), number_of(high)
