"""Google Forms: one header row with the questions, and options of one question joined in a cell."""

from __future__ import annotations

from dxkit.survey.reading.tools.base import Tool, folded_names


class GoogleForms(Tool):
    """Every export has a column Timestamp; the others depend on the form's settings."""

    name = "google_forms"
    signs = folded_names("Timestamp, Email Address, Username, Score")
    needed = 1
    must = folded_names("Timestamp")
    personal = r"email address|username"
    day = ("timestamp",)
    separators = (";", ", ")
