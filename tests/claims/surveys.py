"""Surveys of people whose every answer is known, by `dx.read_survey` and `dx.scores`: what their intervals hold."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

import dxkit as dx
from dxkit.statistics.intervals import t_quantile
from tests.claims.worlds import WORLDS, truth

WIDE = 100  # questions of a survey without a roster; no two of them know of each other but those of a dimension


def without_roster(world, n, runs):
    """Shares of intervals of questions, of dimensions of two, and of Student's t, that hold the mean of a world."""
    each, true, inside, of_two, student = WORLDS[world], truth(world), [], [], []
    names = [f"q{j}" for j in range(WIDE)]
    book = pd.DataFrame({"item": names, "text": names, "kind": each.kind, "scale": each.scale})
    if each.kind == "rating":
        book["dimension"] = [f"d{j // 2}" for j in range(WIDE)]
    book = dx.read_codebook(book)
    for part in range(runs // WIDE):
        rng = np.random.default_rng([31, n, part])
        shared = np.repeat(rng.normal(size=(n, WIDE // 2)), 2, axis=1)
        codes = each.answer(np.sqrt(0.4) * shared + np.sqrt(0.6) * rng.normal(size=(n, WIDE)))
        survey = dx.read_survey(pd.DataFrame(codes, columns=names), book, min_group=3)
        table = dx.scores(survey).table
        held = ((table["low"] <= true) & (true <= table["high"])).to_numpy()
        inside.append(held[table["level"] == "item"])
        of_two.append(held[table["level"] == "dimension"])
        units = each.units(codes)
        half = t_quantile(np.array(n - 1.0), 0.975) * units.std(axis=0, ddof=1) / np.sqrt(n)
        student.append(np.abs(units.mean(axis=0) - true) <= half)
    kinds = inside, of_two, student
    return [float(np.concatenate(each).mean()) if each[0].size else np.nan for each in kinds]


def half_way(stopped, runs, dimensions=10, questions=9):
    """The share of intervals of dimensions that hold the mean, where so many of 100 people left before all of them."""
    names = [f"d{d} q{q}" for d in range(dimensions) for q in range(questions)]
    book = pd.DataFrame({"item": ["first", *names], "text": ["first", *names], "kind": "rating", "scale": "1-5"})
    book = dx.read_codebook(book.assign(dimension=["", *(name.split()[0] for name in names)]))
    each, inside = WORLDS["ratings"], []
    for run in range(runs // dimensions):
        rng = np.random.default_rng([32, stopped, run])
        shared = np.repeat(rng.normal(size=(100, dimensions)), questions, axis=1)
        codes = each.answer(np.sqrt(0.4) * shared + np.sqrt(0.6) * rng.normal(size=(100, len(names)))).astype(float)
        codes[:stopped] = np.nan
        answers = pd.DataFrame(codes, columns=names).assign(first=3)
        table = dx.scores(dx.read_survey(answers, book)).table.query("level == 'dimension'")
        inside += ((table["low"] <= truth("ratings")) & (truth("ratings") <= table["high"])).tolist()
    return float(np.mean(inside))


QUESTIONS = [
    *["ratings"] * 5,
    "ratings near the ceiling",
    "two classes of respondents",
    "6% very unhappy",
    "recommendation",
    "half lose no hour",
    "heaped hours",
    "hours with a long tail",
]
NAMES = [f"q{j}" for j in range(len(QUESTIONS))]
DIMENSIONS = {"A": NAMES[:2], "B": NAMES[2:4], "C": NAMES[4:6]}
MARGINS = ["team", "role", "site"]
SCORED = [*NAMES, *DIMENSIONS, "overall"]
FAVOURABLE = NAMES[:5]


def _codebook(margins):
    of = {name: dimension for dimension, names in DIMENSIONS.items() for name in names}
    rows = [
        {
            "item": name,
            "text": name,
            "kind": WORLDS[world].kind,
            "scale": WORLDS[world].scale,
            "dimension": of.get(name, ""),
        }
        for name, world in zip(NAMES, QUESTIONS, strict=True)
    ]
    rows += [{"item": name, "text": name, "kind": "segment", "scale": "", "dimension": ""} for name in margins]
    return dx.read_codebook(pd.DataFrame(rows))


BOOKS = {number: _codebook(MARGINS[:number]) for number in (1, 3)}


@dataclass(frozen=True, kw_only=True)
class Staff:
    """So many people in teams, what each answers, and how they come to answer a survey.

    Teams of `teams` people answer at a rate of their own, from `response`; of their answers a share is `skipped`.
    """

    people: int
    margins: int = 3
    teams: tuple = (4, 12)
    response: tuple = (0.2, 0.95)
    skipped: float = 0.04

    def everybody(self, rng):
        """A row per person, with the codes of all answers, and team, role and site."""
        low, high = self.teams
        sizes = []
        while sum(sizes) < self.people:
            sizes.append(int(rng.integers(low, high + 1)))
        sizes[-1] -= sum(sizes) - self.people
        if sizes[-1] < low:
            last = sizes.pop()
            sizes[-1] += last
        team = np.repeat(np.arange(len(sizes)), sizes)
        feel = 0.5 * rng.normal(size=(self.people, 1)) + 0.4 * rng.normal(size=(len(sizes), 1))[team]
        feel = feel + 0.77 * rng.normal(size=(self.people, len(NAMES)))
        feel[:, :6] += 0.3 * rng.normal(size=6)
        codes = [WORLDS[world].answer(feel[:, j]) for j, world in enumerate(QUESTIONS)]
        frame = pd.DataFrame(dict(zip(NAMES, codes, strict=True)))
        frame["team"] = np.char.add("t", np.char.zfill(team.astype(str), 3))
        frame["role"] = rng.choice([*"abcd"], self.people, p=[0.4, 0.3, 0.2, 0.1])
        frame["site"] = rng.choice([*"xyz"], self.people, p=[0.5, 0.3, 0.2])
        return frame

    def answered(self, frame, rng):
        """Who answered, with what they left blank."""
        team = frame["team"].str[1:].astype(int).to_numpy()
        rate = rng.uniform(*self.response, team.max() + 1)[team]
        came = frame[rng.random(len(frame)) < rate].copy()
        said = came[NAMES].to_numpy(copy=True)
        said[rng.random(said.shape) < self.skipped] = np.nan
        came[NAMES] = said
        return came.drop(columns=MARGINS[self.margins :])


def true_scores(frame, by):
    """The scores of all staff by group: units, dimensions, overall, then favourable shares."""
    units = pd.DataFrame({name: WORLDS[w].units(frame[name]) for name, w in zip(NAMES, QUESTIONS, strict=True)})
    for dimension, names in DIMENSIONS.items():
        units[dimension] = units[names].mean(axis=1)
    units["overall"] = units[[*DIMENSIONS]].mean(axis=1)
    for name in FAVOURABLE:
        units[f"{name} favourable"] = 1.0 * (frame[name] >= 4)
    return units.groupby(frame[by] if by else np.zeros(len(frame))).mean()


@dataclass(frozen=True, kw_only=True)
class Held:
    """Shares of intervals that hold the truth, by kind of score; of samples: how many have no width.

    `width` is the mean width of intervals of ratings in that of Student's t of the same answers, `student` the share of
    these that hold the truth, `student_flat` how many have no width (by group).
    """

    inside: dict
    flat: int
    width: float
    student: float
    student_flat: int


def held(staff, runs, by=None):
    """What the intervals of five answers or more of surveys of a staff hold, by group where asked for."""
    inside, flat, widths, peer, peer_width, peer_flat = defaultdict(list), 0, [], [], [], 0
    for run in range(runs):
        rng = np.random.default_rng([32, staff.people, staff.margins, run])
        frame = staff.everybody(rng)
        came = staff.answered(frame, rng)
        if len(came) < 5:
            continue
        margins = MARGINS[: staff.margins]
        roster = frame.groupby(margins).size().rename("headcount").reset_index()
        survey = dx.read_survey(came, BOOKS[staff.margins], roster)
        table = dx.scores(survey, by=by).table
        table = table[table["low"].notna() & (table["n"] >= 5)]
        true = true_scores(frame, by)
        size = frame[by].value_counts() if by else pd.Series({0.0: len(frame)})
        groups = table[by] if by else pd.Series(0.0, index=table.index)
        row, name = true.index.get_indexer(groups), table["name"].to_numpy(dtype=str)
        wanted = true.to_numpy()[row, true.columns.get_indexer(name)]
        low, high = table["low"].to_numpy(dtype=float), table["high"].to_numpy(dtype=float)
        n, people = table["n"].to_numpy(dtype=float), size.loc[groups].to_numpy(dtype=float)
        ok = (low <= wanted + 1e-7) & (wanted <= high + 1e-7)
        for each in np.unique(name):
            inside[kind_of(each)] += ok[name == each].tolist()
        flat += int(((low == high) & (n < people)).sum())
        liked = np.isin(name, FAVOURABLE)
        share = true.to_numpy()[row[liked], true.columns.get_indexer([f"{each} favourable" for each in name[liked]])]
        ends = table.loc[liked, ["favourable_low", "favourable_high"]].to_numpy(dtype=float).T
        inside["favourable"] += ((ends[0] <= share + 1e-7) & (share <= ends[1] + 1e-7)).tolist()
        if by:
            said = came.groupby(by)[FAVOURABLE]
            spread, answers = 25 * said.std(), said.count()
            at = spread.index.get_indexer(groups[liked]), spread.columns.get_indexer(name[liked])
            s, count = spread.to_numpy()[at], answers.to_numpy()[at].astype(float)
            half = t_quantile(count - 1, 0.975) * s * np.sqrt(np.maximum(1 / count - 1 / people[liked], 0))
            mean = 25 * (said.mean().to_numpy()[at] - 1)
            peer += (np.abs(mean - wanted[liked]) <= half + 1e-7).tolist()
            peer_flat += int(((half == 0) & (count < people[liked])).sum())
            peer_width.append(2 * half.sum())
            widths.append((high - low)[liked].sum())
    return Held(
        inside={kind: (float(np.mean(each)), len(each)) for kind, each in inside.items()},
        flat=flat,
        width=float(np.sum(widths) / np.sum(peer_width)) if by else np.nan,
        student=float(np.mean(peer)) if by else np.nan,
        student_flat=peer_flat,
    )


def kind_of(name):
    """The world of a question, or dimension or overall."""
    if name in NAMES:
        return QUESTIONS[NAMES.index(name)]
    return "overall" if name == "overall" else "dimensions"
