"""Estimates and intervals worked out beforehand by plain sums and root finding, to the digits printed."""

import numpy as np
import pytest

from dxkit.statistics.means import coverage, score_intervals, spread, weights
from dxkit.statistics.means.spread import BOUNDED, HOURS
from tests.statistics.means.counted import count, score


def same(value):
    return pytest.approx(value, rel=1e-6)


def index(answers):
    """Answers 1 to 5 as a column from 0 to 1; nan stays."""
    return (np.array(answers, dtype=float)[:, None] - 1) / 4


ABOUT_RIGHT = [5, 5, 5, 5, 4, 5, 5, 5, 3, 5]
RECOMMENDED = [10, 9, 9, 8, 8, 7, 6, 5, 3, 10]


@pytest.mark.parametrize(
    ("answers", "headcount", "estimate", "ends"),
    [
        (ABOUT_RIGHT, np.inf, 92.5, (67.24657444, 98.66822816)),
        (ABOUT_RIGHT, 20, 92.5, (76.32617117, 97.92444075)),
        ([5] * 12, np.inf, 100, (71.24056556, 100)),
        ([3] * 12, np.inf, 50, (43.43319252, 56.56680748)),
        ([5] * 12, 12, 100, (100, 100)),
    ],
)
def test_five_points(answers, headcount, estimate, ends):
    found = score(count(index(answers)), headcount=headcount)
    assert 100 * found.estimate[0] == same(estimate)
    assert (100 * found.low[0], 100 * found.high[0]) == same(ends)


def test_phi_of_nearly_equal_answers():
    assert score(count(index(ABOUT_RIGHT))).spread.phi[0] == same(0.5658067868)


def test_recommendation_and_hours():
    promoters = np.array([(x >= 9) - (x <= 6) for x in RECOMMENDED])
    found = score(count((promoters[:, None] + 1) / 2))
    assert 200 * found.estimate[0] - 100 == same(10)
    assert (200 * found.low[0] - 100, 200 * found.high[0] - 100) == same((-46.25030090, 60.51044671))
    two = score(count(np.full((8, 1), 2.0)), HOURS)
    assert (two.low[0], two.high[0]) == same((1.576502085, 2.619851872))
    none = score(count(np.zeros((8, 1))), HOURS)
    assert (none.low[0], none.high[0]) == same((0, 0.6989309814))


def test_skewed_hours():
    hours = np.array([0, 0, 0, 1, 2, 2, 5, 8, 0, 0, 1, 20.0])[:, None]
    found = score(count(hours), HOURS)
    assert (found.estimate[0], found.spread.phi[0]) == same((3.25, 7.003901621))
    assert (found.low[0], found.high[0]) == same((1.255552376, 17.85629120))
    finite = score(count(hours), HOURS, headcount=30)
    assert (finite.low[0], finite.high[0]) == same((1.491828341, 11.25183735))


@pytest.mark.parametrize(
    ("yes", "n", "headcount", "ends"),
    [
        (7, 10, np.inf, (0.3967781475, 0.8922087326)),
        (7, 10, 20, (0.45, 0.85)),
        (0, 8, 20, (0, 0.25)),
        (8, 8, 9, (8 / 9, 1)),
    ],
)
def test_shares(yes, n, headcount, ends):
    a = 1 / n - 1 / headcount
    found = score_intervals.shares(np.array(yes / n), np.array(a), np.array(n), headcount, True)
    assert tuple(map(float, found)) == same(ends)


def test_two_teams_post_stratified():
    cell = np.array([0] * 4 + [1] * 3)
    counted = count(index([5, 4, 4, 5, 2, 3, 1]), cell, 2)
    margins = weights.merged(counted.people, np.array([[0, 1]]), [np.array([6.0, 10.0])])
    found = score(counted, margins=margins, headcount=16, group=np.array([0, 1]), headcounts=np.array([6.0, 10.0]))
    whole = found.everybody
    assert 100 * whole.estimate[0] == same(48.4375)
    assert (whole.coverage[0], whole.spread.phi[0]) == same((0.1028645833, 0.2275436332))
    assert 100 * np.sqrt(whole.coverage[0]) * whole.spread.sd[0] == same(7.646284966)
    assert (100 * whole.low[0], 100 * whole.high[0]) == same((30.35505952, 66.93852895))
    assert (100 * found.estimate[:, 0]).tolist() == same([87.5, 25])
    assert found.spread.phi[:, 0].tolist() == same([0.3104651362, 0.3007475301])
    assert (100 * found.low[0, 0], 100 * found.high[0, 0]) == same((68.25319028, 95.79682101))
    assert (100 * found.low[1, 0], 100 * found.high[1, 0]) == same((7.293283976, 58.54682587))


def test_a_dimension_of_two_questions():
    answers = np.hstack([index([4, 5, 3, 4, 2, 5]), index([3, 3, 4, np.nan, 1, 4])])
    counted = count(answers)
    found = score(counted, headcount=9)
    assert found.correlation[0, 1] == same(0.6984302958)
    half, one = np.full((1, 2), 0.5), np.zeros(1, dtype=int)
    counts = found.weights, counted.n, counted.people, one, np.array([9.0]), found.answering
    variance = coverage.contrast_variance(half, found.spread.sd[None, :], found.correlation, *counts)[0, 0]
    assert (100 * found.estimate.mean(), 1e4 * variance) == same((60.41666667, 59.92907779))
    low, high = score_intervals.contrasts(
        found.estimate.mean(), variance, found.spread.middle.mean(), found.spread.df.min(), found.spread.n.min()
    )
    assert (100 * float(low), 100 * float(high)) == same((39.04635625, 78.43295582))
    a = coverage.joint_coverage(*counts)[0]
    sd = found.spread.sd
    assert half[0] @ (a * found.correlation * np.outer(sd, sd)) @ half[0] == pytest.approx(variance, rel=1e-12)


def test_raking_of_two_margins():
    cells = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    n = np.array([[3.0], [2.0], [1.0], [4.0]])
    margins = weights.merged(n[:, 0], cells, [np.array([12.0, 8.0]), np.array([7.0, 13.0])])
    found, met = weights.weights(n, margins)
    assert found.ravel().tolist() == pytest.approx([1.963990, 3.054015, 1.108030, 1.722993], abs=5e-7)
    assert met.tolist() == [2]
    assert coverage.coverage(found, n, np.zeros(4, dtype=int), np.array([20.0]))[0, 0] == same(0.0583208212)


def test_where_it_reduces_to_wilson():
    from dxkit.statistics.intervals import wilson

    share, n = np.linspace(0, 1, 21), 20.0
    assert np.array(score_intervals.shares(share, np.full(21, 1 / n), np.full(21, n))) == pytest.approx(
        np.array(wilson(share, n)), abs=1e-12
    )
    widest = spread.Spread(
        n=np.full(21, n), middle=share, phi=np.ones(21), df=np.full(21, np.inf), form=np.full(21, BOUNDED)
    )
    assert np.array(score_intervals.means(share, np.full(21, 1 / n), widest)) == pytest.approx(
        np.array(wilson(share, n)), abs=1e-12
    )
