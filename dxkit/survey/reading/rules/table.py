"""The table `rules`: how a file of answers is to be read, said once beside the codebook instead of editing the file."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import pandas as pd

from dxkit.files.cells import folded, normal, number
from dxkit.files.errors import DataError, Faults, suggest
from dxkit.files.frames import TableSource
from dxkit.files.opening import OpenedFile
from dxkit.files.shipped import table_beside
from dxkit.files.table import CHOICE, Column, Table, TableSpec, texts
from dxkit.survey.reading.tools.registry import tool_named

SETTINGS = ("sheet", "source", "header")
_SAID = table_beside(__file__, "rules.toml")
NAMES = tuple(_SAID)
RULES = TableSpec(
    kind="table of rules",
    columns=(Column(name="rule", kind=CHOICE, needed=True, allowed=NAMES), *texts("question", "value", "to", "note")),
    empty=True,
)
JOINT = "\u241f"  # what stands between the answers of a cell that a rule has split, for no answer holds it
SEPARATORS = {"space": " ", "newline": "\n", "pipe": "|", "json": "json", ";": ";", ",": ",", "/": "/"}
INCLUDED = ("test rows", "unfinished", "repeated ids")
BLANK, SHEETS = "blank", "sheets"
DEFAULT = "default"
ROWS_ASIDE, ROWS_READ, ROWS_INCLUDED, CELLS = "rows set aside", "rows read", "rows included", "cells"
COMPARED = re.compile(r"(>=|<=|>|<)\s*(.+)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Rule(NamedTuple):
    """One row of the table of rules; `position` counts the rows from 0, `row` is its number in the file."""

    position: int
    row: int
    name: str
    question: str
    value: str
    to: str

    @property
    def place(self) -> str:
        """What `survey.cleaning` and notes call it."""
        return f"rules, row {self.row}"

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.question[:60], self.value[:60]) if part)


class Entry(NamedTuple):
    """One line of `survey.cleaning`."""

    what: str
    count: int
    rule: str = DEFAULT
    unit: str = ROWS_ASIDE


@dataclass(frozen=True, eq=False, kw_only=True)
class Rules:
    """The rules of a survey.

    rules      the rows of the table, in their order
    table      the table they stand in; None where there is none
    overruled  settings that an argument of `read_survey` said otherwise
    """

    rules: tuple[Rule, ...] = ()
    table: Table | None = None
    overruled: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def of(self, *names: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.name in names]

    def setting(self, name: str) -> Rule | None:
        """The rule of a name that may stand only once."""
        return next(iter(self.of(name)), None)

    def includes(self, what: str) -> Rule | None:
        """The rule that includes test rows, unfinished submissions or repeated ids."""
        return next((rule for rule in self.of("include") if folded(rule.value) == what), None)

    def about(self, name: str, *questions: str) -> Rule | None:
        """The rule of a name on the first of these items or question texts that has one, else that on all questions.

        >>> Rules(rules=(Rule(0, 2, "same_as", "Tools?", "Which tools?", ""),)).about("same_as", "q1", "tools").value
        'Which tools?'
        """
        named = {normal(rule.question): rule for rule in reversed(self.of(name))}
        return next((named[normal(text)] for text in (*questions, "") if normal(text) in named), None)

    def with_arguments(self, **given: object) -> "Rules":
        """The rules without those settings that an argument gives."""
        names = tuple(name for name, value in given.items() if value is not None and self.of(name))
        return replace(self, rules=tuple(rule for rule in self.rules if rule.name not in names), overruled=names)

    def fault(self, faults: Faults, rule: Rule, column: str, message: str) -> None:
        """Add a fault of a cell of this rule."""
        assert self.table is not None
        self.table.fault(faults, rule.position, column, message)


NO_RULES = Rules()


def read_rules(source: TableSource, sheet: str | None = None) -> Rules:
    """The rules of a table, each checked as far as that needs no answers.

    Raises
    ------
    DataError
        Every fault: an unknown rule, tool or separator, a cell that the rule needs and that is empty.

    Examples
    --------
    >>> read_rules(pd.DataFrame({"rule": ["missing"], "question": ["wait"], "value": ["999"]})).of("missing")[0].place
    'rules, row 1'
    """
    table, faults = RULES.read(source, sheet), Faults()
    values = table.values(faults)
    faults.raise_if_any()
    cells = values[["rule", "question", "value", "to"]].to_numpy().tolist()
    found = [Rule(i, row, *line) for i, (row, line) in enumerate(zip(table.rows, cells, strict=True))]
    rules = Rules(rules=tuple(found), table=table, notes=table.notes)
    earlier: dict[tuple[str, ...], Rule] = {}
    for rule in found:
        _check(rules, rule, faults)
        once = _SAID.get(rule.name, {}).get("once", "")
        parts = () if once == "in a table" else (normal(rule.question), *([] if once else [folded(rule.value)]))
        first = earlier.setdefault((rule.name, *parts), rule)
        if first is not rule:
            rules.fault(faults, rule, "rule", f"row {first.row} already holds this rule; keep one of them")
    faults.raise_if_any()
    return rules


def _check(rules: Rules, rule: Rule, faults: Faults) -> None:
    """Faults of a rule that show without the answers."""

    def fault(column: str, message: str) -> None:
        rules.fault(faults, rule, column, message)

    if not rule.name:
        fault("rule", f"the cell is empty; {suggest('', NAMES)}")
        return
    empty = {column: what for column, what in _SAID[rule.name].get("needs", {}).items() if not getattr(rule, column)}
    for column, what in empty.items():
        fault(column, f"the rule {rule.name} needs {what} here")
    for column in _SAID[rule.name].get("unused", ()):
        if getattr(rule, column):
            fault(column, f"the rule {rule.name} does not use this cell; leave it empty")
    if "value" in empty:
        return
    if rule.name == "header" and not re.fullmatch(r"[1-9]", rule.value):
        fault("value", "write the number of header rows, from 1 to 9")
    elif rule.name == "source":
        try:
            tool_named(rule.value)
        except DataError as error:
            fault("value", str(error))
    elif rule.name in ("separator", "include"):
        known = tuple(SEPARATORS) if rule.name == "separator" else INCLUDED
        if folded(rule.value) not in known:
            words = suggest(folded(rule.value), known) if rule.name == "include" else f"write one of {' '.join(known)}"
            fault("value", f"the rule {rule.name} does not know this value; {words}")
    elif rule.name in ("keep", "drop"):
        compared = COMPARED.fullmatch(rule.value)
        if compared and number(compared[2])[1] and not DAY.fullmatch(compared[2]):
            fault("value", f"write a number or a day behind {compared[1]}, such as {compared[1]} 100")
    elif rule.name == "wave" and bool(rule.question) == (folded(rule.value) == SHEETS):
        fault("question", "write the header of the column of waves here, or sheets in the column value")
    elif rule.name == "wave" and rule.question and rule.value:
        fault("value", "the rule wave does not use this cell beside a question; leave it empty")


def rules_of(given: Rules | TableSource | None, codebook: object, faults: Faults) -> Rules:
    """The rules that were given, else those on the sheet `rules` of the codebook's workbook."""
    if isinstance(given, Rules):
        return given
    source, sheet = given, None
    if given is None and isinstance(codebook, OpenedFile) and codebook.is_workbook and codebook.has_rows("rules"):
        source = codebook
    if isinstance(source, OpenedFile) and source.is_workbook and source.sheet("rules"):
        sheet = "rules"
    return NO_RULES if source is None else faults.take(read_rules, source, sheet) or NO_RULES


def added_logs(logs: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """What was set aside in several parts of the answers, a row for each reason (columns of `Entry`)."""
    reasons = [name for name in Entry._fields if name != "count"]
    added = pd.concat(list(logs)).groupby(reasons, sort=False).agg({"count": "sum"}).reset_index()
    return added.reindex(columns=list(Entry._fields))


def natural(name: str) -> list[tuple[int, str]]:
    """Numbers in names count as numbers: wave 9 comes before wave 10.

    >>> sorted(["wave 10", "wave 9"], key=natural)
    ['wave 9', 'wave 10']
    """
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.findall(r"\d+|\D+", name)]


def last_wave(names: Iterable[str]) -> str:
    """The wave that comes last; "" where there is none."""
    return max(names, key=natural, default="")


def listed(rules: Sequence[Rule]) -> str:
    """Where several rules stand.

    >>> listed([Rule(0, 2, "keep", "a", "1", ""), Rule(1, 3, "keep", "a", "2", "")])
    'rules, rows 2, 3'
    """
    return rules[0].place if len(rules) == 1 else f"rules, rows {', '.join(str(rule.row) for rule in rules)}"
