"""Companies of 8 to 60 people that never were, with what small companies have: teams of two, blanks, one opinion."""

import csv
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np

import dxkit as dx
from tests.own.pages import write_page
from tests.places import ROOT

SEGMENTS = {
    "team": ("Kestrel", "Osprey", "Heron", "Plover", "Curlew", "Dunlin", "Avocet", "Sanderling", "Whimbrel", "Godwit"),
    "tenure": ("up to a year", "some years", "many years"),
    "role": ("Developer", "Tester", "Lead", "Designer"),
    "site": ("North quay", "South quay"),
}
TOPICS = ("Slow builds", "Old manuals", "Night calls", "Many meetings")
STATEMENTS = {
    "Calm": ("I can end the day on time", "Nobody calls me at night", "Plans hold for a week"),
    "Craft": ("I am proud of our code", "We have time to tidy up"),
}
_IMPORTANT = ("Not important", "Slightly important", "Moderately important", "Very important", "Extremely important")
LABELS = {
    "satisfaction5": ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"),
    "importance5": _IMPORTANT,
    "agreement5": ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"),
    "yesno": ("No", "Yes"),
}
KINDS = {
    "sat": ("rating", "satisfaction5", "How satisfied are you?"),
    "imp": ("importance", "importance5", "How important is this?"),
    "hrs": ("hours", "hours", "Hours lost in a week?"),
}
WORDS = ("The lift is slow", "More daylight please", "Thanks for asking", "Laptops are old", "Parking", "Too loud")
NOTEBOOKS = ("01_where_does_it_hurt", "02_which_two", "05_did_it_work")


@dataclass(frozen=True)
class Company:
    """Where its tables are, its answers, and who works there."""

    folder: Path
    answers: Path
    people: int


def make(number: int, folder: Path) -> Company:
    """Write the tables of a company: a codebook, two waves of mostly the same people, a roster or none, actions."""
    draw = np.random.default_rng([2319, number])
    people = int(draw.integers(8, 61))
    segments = list(SEGMENTS)[: int(draw.integers(1, 5))]
    staff = [dict(zip(segments, row, strict=True)) for row in _staff(draw, segments, people)]
    topics = TOPICS[: int(draw.integers(2, 5))]
    questions = [(f"{kind}{i}", kind, topic) for kind in KINDS for i, topic in enumerate(topics)]
    stated = [(f"agr_{i}", "agr", text) for i, text in enumerate(text for part in STATEMENTS.values() for text in part)]
    blank, alike = float(draw.choice([0.0, 0.03, 0.1, 0.25])), draw.random() < 0.3
    _write(folder / "codebook.csv", _codebook(segments, questions, stated))
    wrote = draw.random() * 0.7
    for wave, leaving in (("2026-Q2", 0.0), ("2026-Q3", 0.1)):
        asked = [*questions, *stated, ("recommend", "recommend", ""), ("desk", "desk", "")]
        given = {name: _answers(draw, kind, staff, segments[0], blank, alike) for name, kind, _ in asked}
        rows = [["code", *segments, *given, "remark"]]
        for i, person in enumerate(staff):
            if draw.random() < leaving:
                continue
            said = f"{WORDS[i % len(WORDS)]}, {100 + i} times" if draw.random() < wrote else ""
            of = [person[name] if draw.random() > blank / 10 else "" for name in segments]
            rows.append([f"Zq{number:03d}{i:02d}x", *of, *(each[i] for each in given.values()), said])
        _write(folder / f"responses_{wave}.csv", rows)
    if draw.random() < 0.5:
        _write(folder / "roster.csv", _roster(draw, staff, segments))
    head = ["retro_date", "scope", "action", "topic", "owner", "due", "done", "measure"]
    done = ["2026-07-20", "all", "two builds beside each other", topics[0], "platform", "2026-08-10", "2026-08-12", "h"]
    _write(folder / "actions.csv", [head, done])
    return Company(folder, folder / "responses_2026-Q3.csv", people)


def publish(company: Company, out: Path, made: Path, notebooks=NOTEBOOKS, cuts: int | None = None) -> None:
    """Write the pages of the notebooks, and a workbook with all tables that a survey gives, by all or some segments."""
    with ExitStack() as shared:  # all read a file once
        for name in ("open_survey", "open_before", "open_waves"):
            shared.enter_context(patch.object(dx, name, cache(getattr(dx, name))))
        for name in notebooks:
            data = company.folder if name.startswith("05") else company.answers
            write_page(ROOT / "notebooks" / f"{name}.ipynb", data, out, made)
        survey, before = dx.open_survey(company.answers), dx.open_before(company.answers)
    results = {}
    for by in (None, *survey.codebook.segments[:cuts]):
        of = by or "all"
        results |= {f"{what.__name__} {of}": dx.part(what, survey, by=by) for what in (dx.scores, dx.answers)}
        results |= {f"pains {of}": dx.part(dx.rank_pains, survey, by=by)}
        results |= {f"before {of}": dx.part(dx.scores, before, by=by)}
        results |= {f"response {of}": dx.part(dx.response_rate, survey, by=by)} if by else {}
    results |= {"change": dx.part(dx.compare, before, survey), "drivers": dx.part(dx.drivers, survey)}
    results |= {"reliability": dx.part(dx.reliability, survey), "comments": dx.part(dx.comments, survey)}
    dx.write_report({title: each for title, each in results.items() if each}, out / "tables.xlsx")


def _staff(draw, segments, people):
    """Who has which attributes: groups of very different sizes."""
    columns = []
    for name in segments:
        labels = SEGMENTS[name][: max(2, min(len(SEGMENTS[name]), people // 4))]
        columns.append(draw.choice(labels, people, p=draw.dirichlet(np.full(len(labels), 1.2))).tolist())
    return list(zip(*columns, strict=True))


def _codebook(segments, questions, stated):
    yield ["item", "text", "kind", "dimension", "topic", "scale"]
    yield ["code", "Your code", "id", "", "", ""]
    yield from ([name, f"Your {name}", "segment", "", "", ""] for name in segments)
    for name, kind, topic in questions:
        what, scale, stem = KINDS[kind]
        yield [name, f"{stem} [{topic}]", what, "Tools" if kind == "sat" else "", topic, scale]
    for name, _, text in stated:
        of = next(dimension for dimension, texts in STATEMENTS.items() if text in texts)
        yield [name, text, "rating", of, "", "agreement5"]
    yield ["recommend", "Would you recommend us?", "recommend", "", "", "recommend11"]
    yield ["desk", "Do you have a desk of your own?", "choice", "", "", "yesno"]
    yield ["remark", "What else?", "comment", "", "", ""]


def _answers(draw, kind, staff, segment, blank, alike):
    """An answer of each person; in some companies teams mostly agree, often at an end of the scale."""
    if kind == "hrs":
        values = [f"{each:g}" for each in draw.integers(0, 12, len(staff)) / 2]
    elif kind == "recommend":
        values = [str(each) for each in draw.integers(0, 11, len(staff))]
    else:
        scale = {"agr": "agreement5", "desk": "yesno"}.get(kind) or KINDS[kind][1]
        labels = LABELS[scale]
        usual = {group: int(draw.choice([0, len(labels) - 1])) for group in SEGMENTS[segment]}
        own = draw.binomial(len(labels) - 1, draw.uniform(0.15, 0.85), len(staff))
        stays = draw.random(len(staff)) < (0.85 if alike else 0.0)
        values = [labels[usual[p[segment]] if s else o] for p, s, o in zip(staff, stays, own, strict=True)]
    return ["" if draw.random() < blank else value for value in values]


def _roster(draw, staff, segments):
    """How many work there of each kind: all who answered, and some who did not."""
    counts = {}
    for person in staff:
        key = tuple(person.values())
        counts[key] = counts.get(key, 0) + 1 + int(draw.random() < 0.2)
    return [[*segments, "headcount"], *([*key, str(n)] for key, n in counts.items())]


def _write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
