"""What dxkit knows about a survey tool: how its export is recognised, and how its columns are read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dxkit.files.cells import normal
from dxkit.survey.reading.scales import Scale


def folded_names(text: str) -> frozenset[str]:
    """Column names, written one after the other as the tool spells them.

    >>> sorted(folded_names("#, StartDate, IP Address"))
    ['#', 'ip address', 'startdate']
    """
    return frozenset(normal(name) or name.strip() for name in text.split(","))


def line_and_step(option: str) -> tuple[str, str] | None:
    """The line of a grid and its step, where the option of a column names both.

    >>> line_and_step("Build times - Very satisfied"), line_and_step("Build times")
    (('Build times', 'Very satisfied'), None)
    """
    line, divider, step = option.rpartition(" - ")
    return (line, step) if divider and line.strip() and step.strip() else None


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What the header says of one column: a code, the question, the statement of a grid; `cell` is a header cell
    that holds code and question together."""

    code: str
    stem: str
    statement: str = ""
    cell: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Tool:
    """A survey tool, with what `tools.toml` says of it; those of `kinds.py` override what they do otherwise.

    name             as users write it in `source=`
    signs            column names of the tool's exports; `needed` of them must be there, and all of one set of `must`
    technical        pattern of further columns that the tool adds and that are not questions
    personal         pattern of columns that tell who or where somebody is
    code_endings     endings of a column code that make the column technical, and `text_endings` those of columns that
                     hold what was written beside the option "Other"
    respondent       columns with the id of a submission: the first one there counts
    separators       what may stand between several chosen options in one cell
    finished_in      columns that tell whether a submission is finished: the first one there counts. It is where the
                     cell is one of `finished`, or without these not blank or none of `unfinished`
    preview_in       the column that tells whether it is a test: where the cell is none of `real`
    by_hand          whether a person made the table: it has no technical columns, and no name may come twice
    numbers_repeats  whether a number follows a header that comes for the second time
    keeps_order      whether columns stand in the order of the questions, which tells bare statements apart
    bare_statements  whether any heading may be the statement of a grid without the grid's question
    other_follows    whether a bare column "Other" right behind the options belongs to them
    divider          what stands between a group and its questions in a header
    header           pattern of a header that says more than the question: it has parts code, stem or statement
    whole            what stands in the second row under a question that has no parts
    """

    name: str
    signs: frozenset[str] = frozenset()
    needed: int = 0
    must: tuple[frozenset[str], ...] = (frozenset(),)
    technical: str = ""
    personal: str = ""
    code_endings: tuple[str, ...] = ()
    text_endings: tuple[str, ...] = ()
    respondent: tuple[str, ...] = ()
    separators: tuple[str, ...] = (";",)
    finished_in: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    preview_in: str = ""
    real: tuple[str, ...] = ()
    by_hand: bool = False
    numbers_repeats: bool = False
    keeps_order: bool = False
    bare_statements: bool = False
    other_follows: bool = False
    divider: str = ""
    header: str = ""
    whole: tuple[str, ...] = ()

    def recognised_by(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> str:
        """By which signs in its first three rows a file is one of this tool, in words; "" where it is not."""
        present = {normal(cell) or cell.strip() for cell in first} | {normal(self.heading(cell).code) for cell in first}
        signs = sorted(self.signs & present)
        fits = len(signs) >= self.needed and any(must <= present for must in self.must)
        return f"its header has {', '.join(signs[:4])}" if fits else ""

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """How many of a file's first rows are header; a row of answers never is, for that would lose a person."""
        return 1

    def headings(self, rows: Sequence[Sequence[str]]) -> list[Heading]:
        """The heading of each column, from the header rows.

        Of two rows the first goes on where it is blank, and the second has the lines of a grid; else it has the texts.
        """
        if len(rows) < 2:
            return [self.heading(cell) for cell in rows[0]]
        pairs = [(cell.strip(), part.strip()) for cell, part in zip(rows[0], rows[1], strict=True)]
        if not self.whole and not any(part and not cell for cell, part in pairs):
            return [Heading(code=code, stem=text or code) for code, text in pairs]
        headings, stem = [], ""
        for code, part in pairs:
            stem = code or stem
            statement = "" if normal(part) in self.whole or not stem else part
            headings.append(Heading(code=code, stem=stem, statement=statement))
        return headings

    def heading(self, cell: str) -> Heading:
        """The heading in one cell.

        >>> limesurvey = Tool(name="", header=r"(?P<code>\\w+)\\. (?P<stem>.+)")
        >>> [limesurvey.heading(cell).stem for cell in ("Q2. Is CI fast?", "Is CI fast?")]
        ['Is CI fast?', 'Is CI fast?']
        """
        whole = cell.strip()
        parts = re.fullmatch(self.header, whole, flags=re.DOTALL) if self.header else None
        return Heading(**{"code": whole, "stem": whole} | (parts.groupdict() if parts else {}), cell=whole)

    def may_be_statement(self, heading: Heading) -> bool:
        """Whether a heading may be the statement of a grid without the grid's question."""
        return self.bare_statements

    def tells_finished(self, names: Sequence[str]) -> list[str]:
        """The columns, of these folded names, that tell whether a submission is finished: in one of them is enough."""
        return [name for name in self.finished_in if name in names][:1]

    def is_finished(self, cell: str) -> bool:
        """Whether a cell of such a column says that the submission is finished."""
        if self.finished:
            return normal(cell) in self.finished
        return normal(cell) not in self.unfinished if self.unfinished else bool(cell)

    def is_preview(self, cell: str) -> bool:
        """Whether a cell of the column `preview_in` says that the submission is a test."""
        return normal(cell) not in self.real

    def is_no_opinion(self, text: str) -> bool:
        """Whether an answer that its scale does not know is how the tool exports "not applicable"."""
        return False

    def recoded(self, texts: list[str], scale: Scale) -> list[str]:
        """Distinct answers as labels or codes of their scale, where the tool exports codes of its own."""
        return texts


def cells_under(names: frozenset[str], header: Sequence[str], row: Sequence[str]) -> list[str]:
    """The cells of a row that stand under these column names, stripped."""
    return [cell.strip() for name, cell in zip(header, row, strict=False) if normal(name) in names]
