"""REDCap: a column of completion for each form, an option in a column such as `tools___1` or `Tools? (choice=Git)`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dxkit.files.cells import normal
from dxkit.survey.reading.tools.base import Heading, Tool, cells_under, folded_names

_CHOICE = re.compile(r"(.+\S)\s*\(choice=(.+)\)", flags=re.DOTALL)
_STATES = ("0", "incomplete", "1", "2", "unverified", "complete")


class Redcap(Tool):
    """An answer is finished when one of its forms is Complete or Unverified, for not everybody is asked every form."""

    name = "redcap"
    signs: frozenset[str] = folded_names(
        "record_id, redcap_event_name, redcap_survey_identifier, redcap_repeat_instrument, redcap_repeat_instance, "
        "redcap_data_access_group, Record ID, Event Name, Survey Identifier, Survey Timestamp, Repeat Instrument, "
        "Repeat Instance, Data Access Group, Complete?"
    )
    must: tuple[frozenset[str], ...] = (folded_names("record_id"), folded_names("Record ID"))
    needed = 1
    technical = r".+_timestamp|.+_complete"
    respondent: tuple[str, ...] = ("record_id", "record id")

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

    def is_finished(self, cell: str) -> bool:
        return normal(cell) in _STATES[2:]
