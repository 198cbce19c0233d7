"""What two waves show together: nothing that is about fewer people than the minimum."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx


def wave(answers, team, ids, min_group=5, weight=None):
    """A wave of one question, 1 to 5."""
    frame = pd.DataFrame({"q": answers, "team": team, "who": ids})
    items = pd.DataFrame(
        {
            "item": ["q", "team", "who"],
            "text": ["q", "team", "who"],
            "kind": ["rating", "segment", "id"],
            "scale": ["1-5", "", ""],
        }
    )
    if weight is not None:
        frame["w"] = weight
        items.loc[len(items)] = ["w", "w", "weight", ""]
    return dx.read_survey(frame, items, min_group=min_group)


def change(*waves):
    return dx.compare(*waves).table.iloc[0]


def test_with_fewer_than_twice_the_minimum_errors_are_the_widest_that_can_be():
    """What is shown then says nothing of how answers are spread: other answers with the same means give the same."""
    ids = [f"p{k}" for k in range(9)]
    one, two = ([1, 2, 3, 4, 5, 2, 3, 4, 3], [2, 2, 3, 4, 5, 3, 3, 4, 4])
    other = ([3, 3, 3, 3, 3, 3, 3, 3, 3], [3, 3, 3, 3, 3, 3, 4, 4, 4])
    assert [sum(each) for each in (one, two)] == [sum(each) for each in other]
    found = [change(wave(first, "A", ids), wave(second, "A", ids)) for first, second in ((one, two), other)]
    pd.testing.assert_series_equal(*found)
    assert found[0]["se"] > dx.compare(*(wave(each, "A", ids, 3) for each in (one, two))).table["se"].iloc[0]
    assert np.isnan(found[0]["g"])


def test_a_change_is_the_difference_of_two_figures_whoever_answered_twice():
    """The change of those seen twice would be a figure of theirs: that of two other waves less few people beside it
    would give these away."""
    rng = np.random.default_rng(3)
    both, others = [f"p{k}" for k in range(20)], [f"n{k}" for k in range(9)]
    row = change(wave(rng.integers(1, 6, 29), "A", both + others), wave(rng.integers(1, 6, 20), "A", both))
    assert row["n_both"] == 20
    assert row["estimate"] == row["after"] - row["before"]


def test_errors_of_few_weighted_answers_are_rounded():
    rng = np.random.default_rng(6)
    ids = [f"p{k}" for k in range(16)]
    row = change(*(wave(rng.integers(1, 6, 16), "A", ids, weight=rng.uniform(0.5, 2, 16).round(3)) for _ in range(2)))
    for name in ("before", "after", "estimate", "se"):
        assert row[name] == pytest.approx(round(row[name], 1), abs=1e-9)


def test_ids_are_compared_stripped_and_in_any_case_unless_that_makes_two_people_one():
    answers = [1, 2, 3, 4, 5] * 4
    ids = [f"p{k}" for k in range(20)]
    first = wave(answers, "A", ids)
    again = wave(answers, "A", [f" {name.upper()} " for name in ids])
    assert change(first, again)["n_both"] == 20
    two = wave([*answers, 1], "A", [*ids, "P0"])
    assert len(set(two.keys.tolist())) == 21
    assert change(first, two)["n_both"] == 20  # p0 is still p0
