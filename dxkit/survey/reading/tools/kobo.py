"""KoboToolbox and ODK: groups in front of a column's name, and a column with 0 or 1 for each option."""

from __future__ import annotations

from collections.abc import Sequence

from dxkit.files.cells import normal
from dxkit.survey.reading.tools.base import Heading, Tool, folded_names

_TABLE = r"(.*/)?(generated_table_list_label|reserved_name_for_field_list_labels)_\d+"  # what ODK adds to a grid


class Kobo(Tool):
    """Only answers that were sent arrive; one that a reviewer rejected counts as unfinished.

    `group/tools` is the question, joined by spaces, and `group/tools/git` one of its options; ODK
    Central writes a hyphen in place of the slash.
    """

    name = "kobo"
    signs: frozenset[str] = folded_names(
        "start, end, _id, _uuid, _submission_time, _validation_status, _status, _submitted_by, __version__, _index, "
        "_tags, _notes, formhub/uuid, meta/instanceID, meta/rootUuid, SubmissionDate, KEY, ReviewState, DeviceID, "
        "FormVersion, AttachmentsPresent, AttachmentsExpected, instanceID"
    )
    needed = 3
    must: tuple[frozenset[str], ...] = (
        folded_names("_submission_time, _uuid"),
        folded_names("_submission_time, _id"),
        folded_names("SubmissionDate, KEY"),
    )
    technical = r"today|edits|_xform_id_string|_bamboo_dataset_id|_attachments|_parent_.*|meta/.*|" + _TABLE
    personal = (
        r"_?submitted_by|submittername|submitterid|deviceid|phonenumber|subscriberid|simserial|_geolocation|_gps.*"
    )
    respondent: tuple[str, ...] = ("_uuid", "key", "_id")
    separators: tuple[str, ...] = (" ",)
    finished_in: tuple[str, ...] = ("_validation_status", "reviewstate")
    divider = "/"  # of groups
    keeps_order = True

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
