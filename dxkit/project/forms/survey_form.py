"""The workbook in which a survey is described: its questions, scales and roster."""

import tempfile
from pathlib import Path

from dxkit.files.errors import DataError
from dxkit.files.opening import open_file
from dxkit.files.writing import new_workbook
from dxkit.project.forms import form
from dxkit.survey.reading.codebook import COLUMNS, KINDS
from dxkit.survey.reading.scales import BUILT_IN

_TOLD = form.FORMS["survey"]


def write_survey_workbook(path: Path) -> None:
    """A workbook with the sheets codebook (example questions), scales and roster, with drop-downs and notes."""
    with new_workbook(path) as book:
        codebook = form.add_sheet(book, "codebook", COLUMNS, {"text": 60}, 18)
        for j, column in enumerate(COLUMNS):
            codebook.write_comment(
                0,
                j,
                _TOLD["notes"][column].format(kinds=", ".join(KINDS)),
                {"author": "dxkit", "width": 320, "height": 110},
            )
        for number, row in enumerate(_TOLD["questions"], 1):
            codebook.write_row(number, 0, row)
        form.offer(codebook, COLUMNS.index("kind"), KINDS)
        form.offer(codebook, COLUMNS.index("scale"), tuple(BUILT_IN), only=False)
        form.offer(codebook, COLUMNS.index("good"), ("high", "low", "neither"))
        form.add_sheet(book, "scales", ("scale", "code", "label", "favourable"), {}, 18)
        roster = form.add_sheet(book, "roster", ("team", "headcount"), {}, 18)
        form.at_least_zero(roster, 1, "A headcount is a whole number of people.", whole=True)


def is_untouched(path: Path) -> bool:
    """Whether a workbook is the form as `write_survey_workbook` writes it, with no cell filled in or changed."""
    with tempfile.TemporaryDirectory() as made:
        form_itself = Path(made) / "form.xlsx"
        write_survey_workbook(form_itself)
        try:
            return _cells(path) == _cells(form_itself)
        except DataError:
            return False


def _cells(path: Path) -> list[tuple[str, list[list[str]]]]:
    return [(str(sheet.sheet), sheet.cells) for sheet in open_file(path).sheets]
