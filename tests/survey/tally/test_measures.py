"""Every measure has its unit and limits in one place."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.reading.codebook import KINDS
from dxkit.survey.tally.measures import BURDENS, VARIABLES, enough, label_of, mean_of_answered, unit_of
from dxkit.survey.tally.topics import burdens

pytestmark = pytest.mark.usefixtures("nothing_hidden")


@pytest.mark.parametrize("measure", [*VARIABLES.values(), *BURDENS.values()])
def test_a_measure_sums_about_a_number_it_can_take(measure):
    assert measure.low <= measure.origin <= measure.high
    assert measure.unit


@pytest.mark.parametrize("kind", [*KINDS, "dimension", "overall"])
def test_every_kind_of_question_has_a_unit_and_a_label(kind):
    assert unit_of(kind) in VARIABLES
    assert label_of(kind)


def test_a_mean_counts_from_half_of_the_answers_on():
    parts = np.array([[10.0, 20, np.nan, np.nan], [10, np.nan, np.nan, np.nan], [np.nan] * 4, [1, 2, 3, 6]])
    np.testing.assert_array_equal(mean_of_answered(parts), [15, np.nan, np.nan, 3])
    assert enough(np.array([1, 2, 3]), 3).tolist() == [False, True, True]


BOOK = dx.read_codebook(
    pd.DataFrame(
        [
            ["ci", "CI is fast", "rating", "agreement5", "CI"],
            ["cd", "CD is fast", "rating", "agreement5", "CI"],
            ["weight", "How much it matters", "importance", "agreement5", "CI"],
            ["lost", "Hours lost", "hours", "hours", "CI"],
            ["more", "Hours lost elsewhere", "hours", "hours", "CI"],
        ],
        columns=["item", "text", "kind", "scale", "topic"],
    )
)


@pytest.mark.parametrize(
    ("score", "burden"),
    [
        ("hours", [3.5, np.nan, 6]),
        ("severity", [62.5, 0, 100]),  # 100 less the mean of 25 and 50; of one rating of two; of 0 and 0
        ("importance", [75, 50, np.nan]),
        ("impact", [62.5 * 0.75, 0, np.nan]),
        ("opportunity", [(75 + 37.5) / 10, 5, np.nan]),
    ],
)
def test_the_burdens_of_a_pain_by_hand(score, burden):
    nan = np.nan
    answers = {"ci": [2, nan, 1], "cd": [3, 5, 1], "weight": [4, 3, nan], "lost": [1.5, 1, 4], "more": [2, nan, 2]}
    found = burdens(BOOK, {name: np.array(each, dtype=float) for name, each in answers.items()}, score)
    assert found == pytest.approx(np.array(burden)[:, None], nan_ok=True)


def test_the_burdens_of_a_tally_have_their_units():
    frame = pd.DataFrame({"ci": [2, 3, 1] * 4, "cd": [3, 5, 1] * 4, "weight": 4, "lost": [1.5, 1, 4] * 4, "more": 2.0})
    cells = dx.tally(frame, codebook=BOOK).cut()
    for score in ("hours", "severity", "impact", "opportunity"):
        held = cells.burden(score).variables
        assert held.to_dict("list") == {"level": [score], "name": ["CI"], "unit": [BURDENS[score].unit]}
