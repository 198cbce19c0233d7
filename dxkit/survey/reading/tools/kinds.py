"""What some tools do otherwise than others: how their header is read, and what single cells of theirs mean."""

import re
from collections.abc import Sequence

from dxkit.files.cells import normal
from dxkit.survey.reading.codebook import split_question
from dxkit.survey.reading.scales import Scale
from dxkit.survey.reading.tools.base import Heading, Tool, cells_under, folded_names

_DATES = folded_names("StartDate, EndDate, RecordedDate, Progress, Duration (in seconds), ResponseId")
_STATES = ("0", "incomplete", "1", "2", "unverified", "complete")
_GAPS = 3  # nameless columns from which a header may go on in its second row


class Qualtrics(Tool):
    """Two or three header rows: codes, question texts, import ids.

    Legacy exports number their own columns V1, V2, ... and call them in the second row as others do in the first.
    """

    def recognised_by(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> str:
        if _is_legacy(first, second) and (why := super().recognised_by(second, [], [])):
            return f"{why} in its second row"
        ids = "its third row has import ids" if _has_import_ids(third) else ""
        return super().recognised_by(first, second, third) or ids

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """Three with import ids; two where the second row holds texts in columns of numbers and dates; else one."""
        if _has_import_ids(third):
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


def _has_import_ids(row: Sequence[str]) -> bool:
    return any("importid" in cell.casefold() for cell in row)


def _is_legacy(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the second row calls a column V1, V2, ... of the first ResponseID."""
    return any(
        re.fullmatch(r"V\d+", code.strip()) and normal(text) == "responseid"
        for code, text in zip(first, second, strict=False)
    )


class SurveyMonkey(Tool):
    """A second header row holds the statements and options of the question above or left of it."""

    def recognised_by(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> str:
        return super().recognised_by(first, second, third) or self._trimmed(first, second)

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """Two where the second row says "Response", or has no id and yet some text."""
        ids = cells_under(folded_names("Respondent ID"), first, second)
        blank = bool(ids) and not any(ids) and any(cell.strip() for cell in second)
        return 2 if blank or not {normal(cell) for cell in second}.isdisjoint(self.whole) else 1

    def _trimmed(self, first: Sequence[str], second: Sequence[str]) -> str:
        """The sign that is left where somebody has deleted the tool's own columns: what stands under a question."""
        said = [(name.strip(), cell.strip()) for name, cell in zip(first, second, strict=False)]
        under = [cell for name, cell in said if name and normal(cell) in self.whole]
        stray = sum(normal(cell) in self.whole for cell in second) - len(under)
        text = "open-ended response" in map(normal, under)
        certain = len(under) > 1 or text or not all(cell.strip() for cell in first)
        told = bool(under) and certain and 3 * stray <= len(under)
        return f"its second row has {', '.join(dict.fromkeys(under))}" if told else ""


class LimeSurvey(Tool):
    """Headers such as `Q2[SQ001]. text` or full texts, answer codes such as A4."""

    def may_be_statement(self, heading: Heading) -> bool:
        return heading.stem != heading.code and bool(split_question(heading.code)[1])

    def recoded(self, texts: list[str], scale: Scale) -> list[str]:
        """Answer codes such as A4 are codes of the scale, where every answer that it does not know is one."""
        unknown = {text for text in texts if scale.code_of(text) is None}
        if unknown and all(re.fullmatch(r"A\d+", text) for text in unknown):
            return [text[1:] if text in unknown else text for text in texts]
        return texts


class Redcap(Tool):
    """A column of completion for each form, an option in a column such as `tools___1` or `Tools? (choice=Git)`."""

    def recognised_by(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> str:
        forms = frozenset(self.tells_finished([normal(cell) for cell in first]))
        states = all(normal(cell) in ("", *_STATES) for cell in cells_under(forms, first, second))
        return super().recognised_by(first, second, third) if forms and states else ""

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

    def recognised_by(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> str:
        return "its header has no sign of a tool"

    def header_rows(self, first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
        """Two where many names are blank and the second row names the parts of the question to the left of each."""
        blank = [not cell.strip() for cell in first]
        under = [part.strip() for part, gap in zip(second, blank, strict=False) if gap]
        if sum(blank) < max(_GAPS, len(first) / 4) or not all(under):
            return 1
        answers = [cell.strip() for cell in third]
        return 2 if all(cell.strip() for cell in second) and not all(answers) else 1
