"""How often things happen: Garwood's interval, bursts, parts of a record."""

import numpy as np
import pytest
from scipy import stats

from dxkit.statistics.intervals import t_quantile
from dxkit.statistics.rates import dispersion, garwood, in_parts, rate_interval


@pytest.mark.parametrize("count", [0.5, 1, 3, 10.25, 40])
def test_garwoods_ends_are_where_the_gamma_law_leaves_a_fortieth(count):
    expected = stats.gamma.ppf(0.025, count), stats.gamma.ppf(0.975, count + 1)
    assert garwood(count) == pytest.approx(expected)


def test_nothing_seen_may_still_be_often():
    assert garwood(0) == pytest.approx([0, -np.log(0.025)])


def test_dispersion_by_hand():
    assert dispersion([3, 5, 0, 9, 2, 4, 1, 8]) == pytest.approx(18 / 7)
    assert dispersion([0, 4]) == pytest.approx(4)
    for even in ([4, 4, 4, 4], [0, 0], [7], [], [3, 4]):
        assert dispersion(even) == 1


def test_events_fall_into_eighths_or_weeks():
    assert in_parts([0, 6.9, 7, 30, 55.9, 56, 60], 56).tolist() == [2, 1, 0, 0, 1, 0, 0, 3]
    assert in_parts([0, 9, 10, 79, 80], 80).tolist() == [2, 1, 0, 0, 0, 0, 0, 2]
    assert in_parts([0, 1, 8.8, 34], 35.5).tolist() == [2, 1, 0, 0, 1]
    assert in_parts([], 28).tolist() == [0] * 4
    assert in_parts([1, 2], 27.9) is None


def test_bursts_widen_the_interval_as_student_does():
    assert rate_interval(32) == pytest.approx(garwood(32))
    wide = 18 / 7 * (float(t_quantile(7.0, 0.975)) / 1.959964) ** 2
    assert rate_interval(32, 18 / 7) == pytest.approx(wide * garwood(32 / wide))
    wide = 1.5 * (float(t_quantile(4.0, 0.975)) / 1.959964) ** 2
    assert rate_interval(6, 1.5, 5) == pytest.approx(wide * garwood(6 / wide))
