"""What some tools do otherwise than others: how their header is read, and what single cells of theirs mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dxkit.files.cells import normal
from dxkit.survey.reading.codebook import split_question
from dxkit.survey.reading.scales import Scale
from dxkit.survey.reading.tools.base import Heading, Tool, cells_under, folded_names

_DATES = folded_names("StartDate, EndDate, RecordedDate, Progress, Duration (in seconds), ResponseId")
_NOTHING = ("response", "open-ended response")  # in the second row of SurveyMonkey: the question has no parts
_CODED = re.compile(r"([A-Za-z]\w*(?:\[\w+\])*)\.\s(.+)", flags=re.DOTALL)
_CHOICE = re.compile(r"(.+\S)\s*\(choice=(.+)\)", flags=re.DOTALL)
_STATES = ("0", "incomplete", "1", "2", "unverified", "complete")
_GAPS = 3  # nameless columns from which a header may go on in its second row


class Qualtrics(Tool):
    """Two or three header rows: codes, question texts, import ids.

    Legacy exports number their own columns V1, V2, ... and call them in the second row as others do in the first.
    """

    def recognised_by(self, first: Sequence[str], second: Sequence[str]) -> str:
        if _is_legacy(first, second) and (why := super().recognised_by(second, [])):
            return f"{why} in its second row"
        return super().recognised_by(first, second)

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """Three with import ids; two where the second row holds texts in columns of numbers and dates; else one."""
        if any("importid" in cell.casefold() for cell in third):
            return 3
        if _is_legacy(first, second):
            return 2
        filled = cells_under(_DATES, first, second)
        texts = any(filled) and not any(re.search(r"\d", cell) for cell in filled)
        has_id = any(re.fullmatch(r"R_\w+", cell.strip()) for cell in second)  # then it is a row of answers
        return 2 if texts and not has_id else 1

    def headings(self, rows: Sequence[Sequence[str]]) -> list[Heading]:
        if len(rows) == 1:
            return super().headings(rows)
        legacy = _is_legacy(rows[0], rows[1])
        return [
            Heading(
                code=text.strip() if legacy and re.fullmatch(r"V\d+", code.strip()) else code.strip(), stem=text.strip()
            )
            for code, text in zip(rows[0], rows[1], strict=True)
        ]

    def is_no_opinion(self, text: str) -> bool:
        return text.startswith("-") and text[1:].isdigit()


def _is_legacy(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the second row calls a column V1, V2, ... of the first ResponseID."""
    return any(
        re.fullmatch(r"V\d+", code.strip()) and normal(text) == "responseid"
        for code, text in zip(first, second, strict=False)
    )


class SurveyMonkey(Tool):
    """A second header row holds the statements and options of the question above or left of it."""

    def recognised_by(self, first: Sequence[str], second: Sequence[str]) -> str:
        return super().recognised_by(first, second) or _trimmed(first, second)

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """Two where the second row says "Response", or has no id and yet some text."""
        ids = cells_under(folded_names("Respondent ID"), first, second)
        blank = bool(ids) and not any(ids) and any(cell.strip() for cell in second)
        return 2 if blank or not {normal(cell) for cell in second}.isdisjoint(_NOTHING) else 1

    def headings(self, rows: Sequence[Sequence[str]]) -> list[Heading]:
        if len(rows) == 1:
            return super().headings(rows)
        headings, stem = [], ""
        for cell, part in zip(rows[0], rows[1], strict=True):
            stem = cell.strip() or stem
            statement = "" if normal(part) in _NOTHING or not stem else part.strip()
            headings.append(Heading(code=cell.strip(), stem=stem, statement=statement))
        return headings


def _trimmed(first: Sequence[str], second: Sequence[str]) -> str:
    """The sign that is left where somebody has deleted the tool's own columns: what stands under a question."""
    under = [
        cell.strip() for name, cell in zip(first, second, strict=False) if name.strip() and normal(cell) in _NOTHING
    ]
    stray = sum(normal(cell) in _NOTHING for cell in second) - len(under)
    certain = len(under) > 1 or "open-ended response" in map(normal, under) or not all(cell.strip() for cell in first)
    return (
        f"its second row has {', '.join(dict.fromkeys(under))}" if under and certain and 3 * stray <= len(under) else ""
    )


class LimeSurvey(Tool):
    """Headers such as `Q2[SQ001]. text` or full texts, answer codes such as A4."""

    def split(self, cell: str) -> tuple[str, str]:
        """The two parts of a header such as `Q2[SQ001]. text`.

        >>> LimeSurvey(name="").split("Q2[SQ001]. Is CI fast?"), LimeSurvey(name="").split("Is CI fast?")
        (('Q2[SQ001]', 'Is CI fast?'), ('Is CI fast?', 'Is CI fast?'))
        """
        parts = _CODED.fullmatch(cell.strip())
        return (parts[1], parts[2]) if parts else super().split(cell)

    def may_be_statement(self, heading: Heading) -> bool:
        return heading.stem != heading.code and bool(split_question(heading.code)[1])

    def recoded(self, texts: list[str], scale: Scale) -> list[str]:
        """Answer codes such as A4 are codes of the scale, where every answer that it does not know is one."""
        unknown = {text for text in texts if scale.code_of(text) is None}
        if unknown and all(re.fullmatch(r"A\d+", text) for text in unknown):
            return [text[1:] if text in unknown else text for text in texts]
        return texts


class Alchemer(Tool):
    """A column of an option is called `Option:Question`, so is a line of a grid."""

    def headings(self, rows):
        return [self._heading(cell) for cell in rows[0]]

    def _heading(self, cell: str) -> Heading:
        """`Git:Which tools?` as the option Git of that question; other headers whole.

        >>> [Alchemer(name="")._heading(cell).statement for cell in ("Git:Which tools?", "Your team: which?")]
        ['Git', '']
        """
        option, colon, stem = cell.strip().partition(":")
        if colon and option and stem and stem == stem.lstrip():
            return Heading(code=cell.strip(), stem=stem, statement=option, cell=cell.strip())
        return Heading(code=cell.strip(), stem=cell.strip(), cell=cell.strip())


class Redcap(Tool):
    """A column of completion for each form, an option in a column such as `tools___1` or `Tools? (choice=Git)`."""

    def recognised_by(self, first: Sequence[str], second: Sequence[str]) -> str:
        forms = frozenset(self.tells_finished([normal(cell) for cell in first]))
        states = all(normal(cell) in ("", *_STATES) for cell in cells_under(forms, first, second))
        return super().recognised_by(first, second) if forms and states else ""

    def headings(self, rows: Sequence[Sequence[str]]) -> list[Heading]:
        headings = []
        for cell in rows[0]:
            parts = _CHOICE.fullmatch(cell.strip())
            stem, statement = (parts[1], parts[2].strip()) if parts else (cell.strip(), "")
            headings.append(Heading(code=cell.strip(), stem=stem, statement=statement, cell=cell.strip()))
        return headings

    def tells_finished(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if name.endswith("_complete") or name == "complete"]


class Kobo(Tool):
    """`group/tools` is the question, joined by spaces, and `group/tools/git` one of its options; ODK Central writes a
    hyphen in place of the slash."""

    def headings(self, rows: Sequence[Sequence[str]]) -> list[Heading]:
        cells = [cell.strip() for cell in rows[0]]
        if "KEY" in cells:  # ODK Central
            cells = [cell if " " in cell else cell.replace("-", "/") for cell in cells]
        return [self._heading(cell, set(cells)) for cell in cells]

    def _heading(self, cell: str, every: set[str]) -> Heading:
        """A column below another one is an option of it."""
        above, slash, last = cell.rpartition("/")
        if slash and above in every and last:
            return Heading(code=cell, stem=above, statement=last, cell=cell)
        return Heading(code=cell, stem=cell, cell=cell)

    def may_be_statement(self, heading: Heading) -> bool:
        return self.divider not in heading.stem  # an export of labels without their groups

    def is_finished(self, cell: str) -> bool:
        return "not approved" not in normal(cell).replace("_", " ") and normal(cell) != "rejected"


class Plain(Tool):
    """A table that no tool made: the header holds item ids or question texts, the cells codes or labels."""

    def recognised_by(self, first: Sequence[str], second: Sequence[str]) -> str:
        return "its header has no sign of a tool"

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """Two where many names are blank and the second row names the parts of the question to the left of each."""
        blank = [not cell.strip() for cell in first]
        under = [part.strip() for part, gap in zip(second, blank, strict=False) if gap]
        if sum(blank) < max(_GAPS, len(first) / 4) or not all(under):
            return 1
        answers = [cell.strip() for cell in third]
        return 2 if all(cell.strip() for cell in second) and not all(answers) else 1
