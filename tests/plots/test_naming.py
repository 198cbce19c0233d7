"""No title, alt text, note or mark names a group, question or topic that cannot be told from the others.

In one world nothing differs: every team gives the same answers to every question, in another order of people. Whatever
is sorted, something comes out last there, and nothing may say so. In the other one team and one topic lie far out.
"""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

import dxkit as dx
from dxkit.plots import answers, ranking, survey
from dxkit.plots.style import RED
from dxkit.results.result import Result

TEAMS, TOPICS, QUESTIONS = [f"Team{k}" for k in range(8)], [f"Topic{k}" for k in range(6)], range(6)
CODES, HOURS = [1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5], [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4, 8]
NAMES = [
    *TEAMS,
    *TOPICS,
    *(f"{kind}{k}" for kind in ("Rated", "Matters", "Lasts", "Dimension", "Agreed") for k in range(6)),
]
NAMES += ["Alpha", "Beta", "Gamma"]


def world(differs=False, wave=""):
    rng = np.random.default_rng(len(wave))
    rows = [
        row
        for k in QUESTIONS
        for row in (
            (f"r{k}", f"Rated{k}", "rating", "satisfaction5", f"Dimension{k // 2}", TOPICS[k], ""),
            (f"i{k}", f"Matters{k}", "importance", "", "", TOPICS[k], ""),
            (f"h{k}", f"Lasts{k}", "hours", "", "", TOPICS[k], ""),
        )
    ]
    rows += [(f"y{k}", f"Agreed{k}", "choice", "yesno", "", "", "") for k in range(3)]
    rows += [("m", "Used", "multi", "tools", "", "", ""), ("nps", "Recommend", "recommend", "", "", "", "")]
    rows += [("team", "team", "segment", "", "", "", "")]
    book = pd.DataFrame(rows, columns=["item", "text", "kind", "scale", "dimension", "topic", "good"])
    scales = pd.DataFrame({"scale": "tools", "code": [1, 2, 3], "label": ["Alpha", "Beta", "Gamma"]})
    parts = []
    for team in TEAMS:
        part = {f"{of}{k}": rng.permutation(HOURS if of == "h" else CODES) for of in "rih" for k in QUESTIONS}
        part |= {f"y{k}": rng.permutation(["Yes", "No"] * 6) for k in range(3)}
        part |= {"m": rng.permutation(["Alpha", "Beta", "Gamma"] * 4), "nps": rng.permutation([*range(11), 8])}
        if differs and team == TEAMS[3]:
            part |= {f"r{k}": np.minimum(part[f"r{k}"], 2) for k in QUESTIONS}
            part |= {f"y{k}": ["Yes"] * 12 for k in range(3)} | {"m": ["Beta"] * 12}
        parts.append(pd.DataFrame(part).assign(team=team))
    frame = pd.concat(parts, ignore_index=True)
    if differs:
        frame[["h1", "h2"]] += 6.0
    heads = pd.DataFrame({"team": TEAMS, "headcount": 15})
    return dx.read_survey(frame, dx.read_codebook(book, scales), heads, wave=wave)


def everything(one):
    """Every result of a survey that has a picture, by the function that draws it."""
    of, by = dx.answers(one), dx.answers(one, by="team")
    scores, split = dx.scores(one), dx.scores(one, by="team")
    worst = dx.rank_pains(one)
    return [
        (survey.scores, scores),
        *((survey.scores, scores.only(kind=kind)) for kind in ("rating", "importance", "hours", "dimension")),
        *((survey.heat, split.only(kind=kind)) for kind in ("rating", "importance", "hours", "dimension")),
        *((survey.scores, split.only(names=[name])) for name in ("r0", "h0", "nps", "Dimension0")),
        (survey.response_rate, dx.response_rate(one)),
        *((answers.answers, of.only(kind=kind)) for kind in ("rating", "importance", "choice", "multi")),
        *((answers.answers, by.only([name])) for name in ("r0", "i0", "y0", "nps")),
        (answers.shares, by.only(kind="multi")),
        (answers.shares, of.only(kind="choice")),
        (ranking.pains, worst),
        (ranking.groups, dx.rank_pains(one, by="team")),
        (ranking.action_grid, worst.grid),
        (survey.change, dx.compare(world(wave="earlier"), one)),
    ]


def seen(result):
    """The title and alt text of the picture of a result with what stands in its notes; and how much is marked."""
    axes = result.plot()
    frames = [patch for patch in axes.patches if isinstance(patch, Rectangle) and not patch.get_fill()]
    red = [line for line in axes.lines if line.get_color() == RED]
    plt.close(axes.figure)
    return [axes.get_title(loc="left"), axes.figure.dxkit_alt, *result.notes], len(frames) + len(red)


@pytest.fixture(scope="module")
def level():
    return everything(world())


def test_every_picture_of_a_survey_is_tried(level):
    drawn = {
        function
        for module in (answers, ranking, survey)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and next(iter(inspect.signature(function).parameters), "") == "result"
        and function.__module__ == module.__name__
    }
    assert drawn == {function for function, _ in level}


@pytest.mark.thorough
def test_where_nothing_differs_nothing_is_named_or_marked(level):
    for _, result in level:
        assert isinstance(result, Result)
        texts, marks = seen(result)
        assert not [(name, text) for text in texts for name in NAMES if name in text]
        assert not marks


def test_where_nothing_differs_words_without_a_picture_name_nothing():
    one = world()
    assert not [(name, text) for text in dx.drivers(one, "nps").notes for name in NAMES if name in text]
    result = dx.rank_pains(one)
    assert result.verdict == "open"
    assert "the worst 2" not in dict(result.facts)


@pytest.mark.thorough
def test_what_lies_far_out_is_named_and_marked():
    one = world(differs=True)
    split, worst = dx.scores(one, by="team"), dx.rank_pains(one)
    found = [split, *(dx.answers(one, by="team").only([name]) for name in ("r0", "y0"))]
    found += [worst, worst.grid, dx.rank_pains(one, by="team")]
    titles, marks = zip(*((texts[0], marks) for texts, marks in map(seen, found)), strict=True)
    assert all("Team3" in title for title in titles[:3])
    assert titles[3].startswith("The worst 2 of 6 topics: Topic1 and Topic2 (clear")
    assert titles[4] == "Worst: Topic1 and Topic2 (clear)"
    assert titles[5] == "The worst 2 by team: clear in 8 of 8 groups"
    assert (marks[0], marks[5]) == (3, 16)
