"""A promise of hours against what was reported."""

import pytest

import dxkit as dx
from tests.outcomes.test_business_case import hours

RANKING = hours(CI=2.0, docs=3.0)


@pytest.mark.parametrize(
    ("claimed", "topics", "verdict", "needed"),
    [
        (6.0, None, "impossible", 1.2),
        (4.0, None, "doubtful", 0.8),
        (2.5, None, "possible", 0.5),
        (2.5, ["CI"], "impossible", 1.25),
        (2.0, ["CI"], "doubtful", 1.0),
    ],
)
def test_a_claim_is_held_against_the_hours_of_its_pains(claimed, topics, verdict, needed):
    found = dx.claim_check(RANKING, claimed, topics)
    assert (found.verdict, found.needed) == (verdict, pytest.approx(needed))
    assert found.reported == pytest.approx((2.0 if topics else 5.0,) * 3)


@pytest.mark.parametrize(
    ("claimed", "topics", "named"),
    [
        pytest.param(0, None, [], id="is no saving"),
        pytest.param(float("nan"), None, [], id="is no saving"),
        pytest.param(1, ["Lunch"], ["Lunch"], id="no topic 'Lunch'"),
        pytest.param(1, [], [], id="no topic is left"),
    ],
)
def test_what_cannot_be_asked(claimed, topics, named, refusal):
    with refusal(*named):
        dx.claim_check(RANKING, claimed, topics)
