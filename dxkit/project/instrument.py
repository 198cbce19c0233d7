"""A survey to start from: dxkit's own questions, as files for survey tools, with their codebook.

See docs/instrument.md."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dxkit.files import csv_file
from dxkit.files.cells import normal
from dxkit.files.errors import DataError, and_more, fault_at
from dxkit.files.opening import OpenedFile, open_file
from dxkit.files.options import choice, instance
from dxkit.files.writing import replacing
from dxkit.project import instrument_files
from dxkit.project.draft import Draft
from dxkit.project.forms.survey_form import is_untouched
from dxkit.survey.reading.codebook import read_codebook
from dxkit.survey.reading.instrument.asked import LANGUAGES, TEAM, asked, choices, lines_of, questions, tables

CODEBOOK = "survey.xlsx"
_FILES = {
    "limesurvey.txt": instrument_files.limesurvey,
    "xlsform.xlsx": instrument_files.xlsform,
    "google_form.gs": instrument_files.google_form,
}
_WORDS_A_MINUTE, _START, _COMMENT, _LINE, _OTHER = 238, 20.0, 60.0, 3.5, 6.0  # seconds
SLOW = 1.5
_NATIVE = "translated by the makers of dxkit; a native reader should check all texts before the survey is sent"


def instrument(teams: Sequence[str] | None = None, lang: str = "en") -> Draft:
    """Which questions can a developer survey begin with? Fifty-five of our own, free for any use (CC0).

    They ask for team, role, tenure and place of work; for twelve pains how easy, how important and how many hours lost;
    for twelve statements on feedback loops, cognitive load, flow and psychological safety; whether people would
    recommend the company; and for two comments.

    Parameters
    ----------
    teams : list of str, optional
        The names to choose from in the question for the team; None lets people type it.
    lang : "en" or "de"
        The language of the questions.

    Returns
    -------
    Draft
        Its `items` and `scales` make the codebook; `sources` has the construct and the literature of each question.

    Raises
    ------
    DataError
        An unknown language, or a team that is named twice.

    Examples
    --------
    >>> instrument(["Red", "Blue"]).items["kind"].value_counts().to_dict()["hours"]
    12
    """
    lang, named = choice("lang", lang, tuple(LANGUAGES)), _teams(teams)
    items, scales = tables(lang, named)
    read_codebook(items, scales)
    doubts = [] if lang == "en" else [("team", "text", questions()["questions"][0][lang], _NATIVE)]
    sources = [(each.item, each.construct(), each.sources()) for each in asked()]
    return Draft(
        items,
        scales,
        pd.DataFrame(columns=["rule", "question", "value", "to", "note"], dtype=object),
        pd.DataFrame(doubts, columns=["item", "cell", "guess", "why"], dtype=object),
        tuple(named),
        own=len(items),
        sources=pd.DataFrame(sources, columns=["item", "construct", "source"], dtype=object),
    )


def minutes(lang: str) -> float:
    """How long it takes to read and answer the questions: see docs/instrument.md, "How long it takes"."""
    texts, seconds = [questions()["title"][lang], questions()["intro"][lang]], _START
    for question in questions()["questions"]:
        labels = [each.label for each in choices(question["scale"], lang)] if "scale" in question else []
        lines = [line[lang] for line in lines_of(question)]
        ends = [question[end][lang] for end in ("low", "high") if end in question]
        texts += [question[lang], *lines, *labels, *ends]
        seconds += _LINE * len(lines) or (_COMMENT if question["kind"] == "comment" else _OTHER)
    return sum(len(text.split()) for text in texts) / _WORDS_A_MINUTE + seconds / 60


def write_instrument(folder: str | os.PathLike[str], teams: str | None = None, lang: str = "en") -> list[Path]:
    """Write the questions for each survey tool, and their codebook, into a folder; nothing is ever overwritten.

    `teams` is a file with the name of a team on each line, or a table with a column `team`, such as a roster.
    """
    named = [] if teams is None else _teams(_listed(open_file(teams)))
    made, place = instrument(named, lang), Path(folder)
    if place.exists() and not place.is_dir():
        raise DataError(f"{place} is a file; name a folder")
    there = [name for name in (*_FILES, CODEBOOK) if (place / name).exists() and not is_untouched(place / name)]
    if there:
        raise DataError(f"{place} already has {and_more(there)}, which are never overwritten; name another folder")
    place.mkdir(parents=True, exist_ok=True)
    for name, write in _FILES.items():
        with replacing(place / name) as temporary:
            write(temporary, lang, named)
    made.write(place / CODEBOOK)
    return [place / name for name in (*_FILES, CODEBOOK)]


def _listed(file: OpenedFile) -> list[str]:
    """The names in a file: a line each, or those in the column `team` of a table, where a team may have many rows."""
    lines = [] if file.is_workbook else csv_file.decoded(file.data(), file.name)[0].strip().splitlines()
    tables = [separator for separator in csv_file.SEPARATORS if len(lines) > 1 and all(separator in x for x in lines)]
    if lines and not tables:
        return lines[normal(lines[0]) == TEAM :]
    grid = file.choose(wanted=lambda sheet: TEAM in map(normal, sheet.cells[0]))
    header = [normal(cell) for cell in grid.cells[0]]
    if TEAM not in header:
        wrong = f"no column is named {TEAM}; name the one with the teams so, or write the name of a team on each line"
        raise fault_at(wrong, file=file.name, sheet=grid.sheet)
    names = pd.Series([row[header.index(TEAM)] for row in grid.cells[1:]], dtype=object)
    return names[~names.map(normal).duplicated()].tolist()


def _teams(names: Sequence[str] | None) -> list[str]:
    """The names without those that are blank."""
    given = instance("teams", [] if names is None else names, (list, tuple), "a list of names")
    if not all(isinstance(name, str) for name in given):
        raise DataError("teams: write each name as text")
    listed = [text for name in given if (text := " ".join(str(name).split()))]
    first: dict[str, str] = {}
    twice = [name for name in listed if first.setdefault(normal(name), name) is not name]
    if twice:
        raise DataError(f"teams: {and_more(twice)} is named more than once; keep one of each")
    return listed
