"""The workbook in which a survey is described: its questions, scales and roster."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dxkit.files.errors import DataError
from dxkit.files.opening import open_file
from dxkit.files.writing import new_workbook
from dxkit.project.forms import form
from dxkit.survey.reading.codebook import COLUMNS, KINDS
from dxkit.survey.reading.scales import BUILT_IN

_TOPIC = "Waiting for CI"
_QUESTIONS = (
    ("team", "Your team", "segment"),
    ("sat_ci", f"How satisfied are you with ... [{_TOPIC}]", "rating", "Feedback loops", _TOPIC, "satisfaction5"),
    ("imp_ci", f"How important is this for your work? [{_TOPIC}]", "importance", "", _TOPIC, "importance5"),
    ("hrs_ci", f"Hours lost in a typical week [{_TOPIC}]", "hours", "", _TOPIC, "hours"),
    ("focus", "I have time for deep work on most days", "rating", "Flow", "", "agreement5"),
    ("recommend", "How likely are you to recommend working here?", "recommend", "", "", "recommend11"),
    ("remark", "What else should we know?", "comment"),
)
_NOTES = {
    "item": "A short id of your own.",
    "text": "The question exactly as the header of the export has it. Write a line of a grid as: Question [Line].",
    "kind": f"One of {', '.join(KINDS)}.",
    "dimension": "Ratings of one dimension are averaged per person.",
    "topic": "The pain point it measures. Use the same words for its satisfaction, importance and hours.",
    "scale": "A built-in scale, one of the sheet scales, or a range such as 1-7.",
    "good": "low where agreeing is bad news, neither where an answer is neither good nor bad. Blank is high.",
    "asked_if": "The item or column that shows whether the person was asked this question. Blank, 0 or no: not asked.",
    "same_as": "The id or text of the question in earlier waves, where you have reworded it.",
    "unit": "What a number counts, such as tickets a week.",
    "within": "Of a segment: the segment that it lies within, such as division for team.",
}


def write_survey_workbook(path: Path) -> None:
    """A workbook with the sheets codebook (example questions), scales and roster, with drop-downs and notes."""
    with new_workbook(path) as book:
        codebook = form.add_sheet(book, "codebook", COLUMNS, {"text": 60}, 18)
        for j, column in enumerate(COLUMNS):
            codebook.write_comment(0, j, _NOTES[column], {"author": "dxkit", "width": 320, "height": 110})
        for number, row in enumerate(_QUESTIONS, 1):
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
