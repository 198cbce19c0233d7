"""How often the ellipse of a topic holds its true importance and satisfaction: `pytest -m simulated tests/claims`."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.plots.ranking import _ellipse
from tests.claims.worlds import WORLDS, in_percent, least, truth

pytestmark = pytest.mark.usefixtures("nothing_hidden")

TOPICS = 12
ROWS = [
    {"item": f"{kind[0]}{t}", "text": f"{kind} {t}", "kind": kind, "scale": scale, "topic": f"T{t:02d}"}
    for kind, scale in (("rating", "satisfaction5"), ("importance", "importance5"))
    for t in range(TOPICS)
]
BOOK = dx.read_codebook(pd.DataFrame(ROWS))
PAIRS = [  # satisfaction, importance
    ("ratings", "ratings"),
    ("ratings", "ratings near the ceiling"),
    ("6% very unhappy", "ratings near the ceiling"),
    ("two classes of respondents", "ratings"),
]


def held(pair, n, runs):
    """The share of ellipses that hold the true place of their topic."""
    satisfied, important = (WORLDS[world].answer for world in pair)
    true, inside = np.array([truth(pair[1]), truth(pair[0])]), []
    for run in range(runs):
        rng = np.random.default_rng([n, run])
        feel = rng.normal(size=(n, 2, TOPICS))
        feel[:, 1] = -0.3 * feel[:, 0] + np.sqrt(0.91) * feel[:, 1]
        codes = np.hstack([satisfied(feel[:, 0]), important(feel[:, 1])])
        survey = dx.read_survey(pd.DataFrame(codes, columns=BOOK.items["item"]), BOOK, min_group=3)
        for row in dx.rank_pains(survey, score="impact").grid.table.to_dict("records"):
            width, height, angle = _ellipse(row, 0.95)
            turn = np.radians(angle)
            x, y = np.array([row["importance"], row["satisfaction"]]) - true
            along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
            inside.append((2 * along / width) ** 2 + (2 * across / height) ** 2 <= 1)
    return float(np.mean(inside))


def test_ellipses_of_a_few_surveys_mostly_hold():
    assert held(PAIRS[0], 25, 2) >= 0.75


@pytest.mark.simulated
def test_ellipses(claimed):
    found = {(pair, n): held(pair, n, 25) for pair in PAIRS for n in (12, 25, 80)}
    where = min(found, key=lambda key: found[key])
    assert found[where] >= least(0.94, 300), where
    claimed(
        "the ellipse of a topic holds its true importance and satisfaction",
        "94% or more",
        f"{in_percent(found[where], 0.94)} in the worst (satisfaction: {where[0][0]}, importance: {where[0][1]}, "
        f"{where[1]} answers)",
        "4 worlds, 12 to 80 answers, 25 surveys of 12 topics each",
    )
