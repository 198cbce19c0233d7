"""Every measure has its unit and limits in one place."""

import numpy as np
import pytest

from dxkit.survey.reading.codebook import KINDS
from dxkit.survey.tally.measures import BURDENS, VARIABLES, enough, label_of, mean_of_answered, unit_of

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
