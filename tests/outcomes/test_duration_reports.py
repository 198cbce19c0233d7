"""Durations of which public bug reports told, with neighbours: medians not reached, flat curves, empty groups."""

import numpy as np
import pytest

from dxkit.outcomes.durations import from_times
from dxkit.statistics.survival import log_rank

# weeks in remission of Gehan's 6-MP group (1965), those below 0 still in it
GEHAN = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]


@pytest.mark.parametrize(
    ("times", "over", "median"),
    [
        ([1, 2, 3, 4, 5], [1, 0, 0, 0, 0], None),
        ([1, 2, 3], [0, 0, 0], None),
        ([0, 0, 0], [1, 1, 1], 0.0),
        ([1, 2, 3, 4, 5], [1, 1, 1, 0, 0], 3.0),
    ],
    ids=["one of five over", "none over", "all at once", "three of five over"],
)
def test_a_median_that_is_not_reached_is_none(times, over, median):
    """CamDavidsonPilon/lifelines #755, #902, #296."""
    assert from_times(times, over).median.estimate == median
    clustered = from_times(times, over, cluster=np.arange(len(times)))
    assert clustered.median.estimate == median


def test_the_median_of_a_published_group_and_of_a_curve_that_is_flat_at_one_half():
    """CamDavidsonPilon/lifelines #861; therneau/survival #156; published: 23, from 13 on, log-log."""
    found = from_times(np.abs(GEHAN), np.array(GEHAN) > 0).median
    assert found == (23.0, 13.0, None)
    assert from_times([1, 2, 3, 4], [1, 1, 1, 0]).median.estimate == 2.5
    assert from_times([1, 2, 3, 4], [1, 1, 0, 0]).median.estimate == 3.0


def test_ties_of_ends_and_open_ones_and_groups_that_tell_nothing():
    """JuliaSurv/SurvivalModels.jl #5."""
    assert from_times([5, 5, 5, 5], [1, 1, 0, 0]).table["survival"].tolist() == [0.5]
    assert from_times([5, 5, 5, 5], [1, 1, 0, 0], cluster=np.arange(4)).table["survival"].tolist() == [0.5]
    same, none_over, empty = ([1, 2, 3], [1] * 3), ([1, 2], [0, 0]), ([], [])
    assert log_rank(same, same)[1] == pytest.approx(1.0)
    assert log_rank(none_over, none_over) == (0.0, 1.0)
    for first, second in ((empty, same), (same, empty), (empty, empty)):
        assert log_rank(first, second) == (0.0, 1.0)
