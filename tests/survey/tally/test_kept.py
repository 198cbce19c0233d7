"""What of a tally a file keeps: which groups, which questions, how often each answer, and how questions go together."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.tally.files import storage
from dxkit.survey.tally.files.kept import _enough, _of_questions, _shared, _shared_out, kept
from dxkit.survey.tally.margins import Margins

ITEMS = [
    ("team", "segment", "", ""),
    ("ci", "rating", "agreement5", "builds"),
    ("docs", "rating", "agreement5", "builds"),
    ("lost", "hours", "hours", ""),
]
BOOK = dx.read_codebook(
    pd.DataFrame([(name, name, *rest) for name, *rest in ITEMS], columns=["item", "text", "kind", "scale", "dimension"])
)


def margins(counts, people, sums=(), weights=None):
    """Margins of one question (and hours) in groups."""
    counts, people = np.array(counts)[:, None, :], np.array(people)
    sums = np.array(sums, dtype=float).reshape(len(people), -1, 3)
    heavy = np.zeros((*counts.shape, 0)) if weights is None else np.array(weights, dtype=float)[:, None]
    return Margins(
        groups=pd.DataFrame({"team": [f"t{i}" for i in range(len(people))]}),
        people=people,
        counts=counts,
        sums=sums,
        weighted_counts=heavy,
        weighted_sums=np.zeros((*sums.shape[:2], 0 if weights is None else 3)),
    )


def test_a_group_is_kept_from_twice_the_minimum_on_and_below_four_times_with_answers_that_differ():
    cells = SimpleNamespace(tally=SimpleNamespace(layout=SimpleNamespace(width=3)))
    rows = [
        ([0, 0, 0, 0, 0, 12, 0], 12, 0, True),  # nobody answered
        ([5, 4, 0, 0, 1, 2, 0], 12, 0, False),  # nine did
        ([5, 4, 0, 1, 0, 2, 0], 12, 0, True),  # one of ten between two codes
        ([8, 2, 0, 0, 0, 0, 0], 10, 0, True),
        ([9, 1, 0, 0, 0, 0, 0], 10, 0, False),
        ([18, 1, 0, 0, 0, 0, 0], 19, 0, False),
        ([20, 0, 0, 0, 0, 0, 0], 20, 0, True),
        ([5, 5, 0, 0, 0, 0, 0], 10, 9, False),
        ([5, 5, 0, 0, 0, 0, 0], 10, 10, True),
        ([0, 0, 0, 0, 0, 9, 0], 9, 0, False),
        ([0, 0, 0, 0, 0, 10, 0], 10, 0, True),
    ]
    given = margins([row[0] for row in rows], [row[1] for row in rows], [(row[2], 9.0, 99.0) for row in rows])
    assert _enough(given, cells, 5) == [row[3] for row in rows]


def test_whole_numbers_are_shared_in_proportion_the_largest_remainders_first():
    n, weight = np.array([[7, 0], [3, 5]]), np.zeros((2, 2, 3))
    weight[0, 0], weight[1, 0], weight[1, 1] = [1, 1, 1], [0, 2, 4], [1, 0, 0]
    found = _shared(n, weight)
    assert found.tolist() == [[[3, 2, 2], [0, 0, 0]], [[0, 1, 2], [5, 0, 0]]]
    assert found.dtype == n.dtype
    assert _shared(np.array([[10]]), np.array([[[1.0, 1.9, 3.1]]])).tolist() == [[[2, 3, 5]]]


def test_a_question_that_is_left_out_is_as_if_all_had_skipped_it():
    layout = SimpleNamespace(width=3, summed=np.array([1]))
    tally = SimpleNamespace(layout=layout)
    counts, weights = [[3, 2, 0, 0, 1, 4, 0]], np.arange(14.0).reshape(1, 7, 2)
    given = margins(counts, [10], [(8, 9.0, 99.0)], weights)
    given.weighted_sums[:] = 5.0
    both = _of_questions(given, np.array([True, True]), tally)
    assert both.counts.tolist() == [counts]
    assert both.sums.tolist() == given.sums.tolist()
    none = _of_questions(given, np.array([False, False]), tally)
    assert none.counts.tolist() == [[[0, 0, 0, 0, 0, 10, 0]]]
    assert none.weighted_counts[0, 0].tolist() == [[0, 0]] * 5 + [[42, 49]] + [[0, 0]]
    assert (none.sums.tolist(), none.weighted_sums.tolist()) == ([[[0, 0, 0]]], [[[0, 0, 0]]])
    assert given.counts.tolist() == [counts]  # as it was
    first = _of_questions(given, np.array([True, False]), tally)
    assert (first.counts.tolist(), first.sums.tolist()) == ([counts], [[[0, 0, 0]]])


def test_with_weights_counts_and_squares_are_shared_out_as_weights_are():
    """Of ten who answered three quarters of the weight gave the first, so 8 of 10; the four others all skipped."""
    layout = SimpleNamespace(width=3)
    weights = np.zeros((1, 7, 2))
    weights[0, :, 0], weights[0, :, 1] = [6, 2, 0, 0, 0, 8, 0], [20, 4, 0, 0, 0, 16, 0]
    given = margins([[5, 5, 0, 0, 0, 4, 0]], [14], [(8, 40.0, 300.0)], weights)
    given.weighted_sums[0, 0] = [4, 24, 3]  # a weighted mean of 6 beside the plain one of 5
    found = _shared_out(given, SimpleNamespace(layout=layout))
    assert found.counts.tolist() == [[[8, 2, 0, 0, 0, 4, 0]]]
    assert found.weighted_counts[0, 0, :, 0].tolist() == [6, 2, 0, 0, 0, 8, 0]
    assert found.weighted_counts[0, 0, :, 1].tolist() == [18, 6, 0, 0, 0, 16, 0]
    assert found.sums.tolist() == [[[8, 48, 100 + 8 * 36]]]
    plain = margins([[5, 5, 0, 0, 0, 4, 0]], [14], [(8, 40.0, 300.0)])
    assert _shared_out(plain, SimpleNamespace(layout=layout)) is plain


def test_how_two_questions_go_together_is_kept_about_the_means_of_all_who_answered():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"ci": rng.integers(1, 6, 90), "docs": rng.integers(1, 6, 90), "lost": rng.gamma(2, 2, 90)})
    frame = frame.round(1).mask(rng.random((90, 3)) < 0.1)
    whole = kept(dx.tally(frame.assign(team="A"), codebook=BOOK))
    values = frame.assign(ci=25 * (frame["ci"] - 3), docs=25 * (frame["docs"] - 3)).to_numpy()
    found, mean = whole.comoments, np.nanmean(values, axis=0)
    both = ~np.isnan(values[:, :, None] + values[:, None, :])
    pairs = both.sum(axis=0)
    apart = np.array([[np.cov(*values[both[:, i, j]][:, [i, j]].T)[0, 1] for j in range(3)] for i in range(3)])
    assert (found.pairs.tolist(), found.at.tolist()) == (pairs.tolist(), [0, 1, 2])
    assert found.sums == pytest.approx(pairs * mean[:, None])
    assert found.products == pytest.approx(apart * (pairs - 1) + pairs * np.outer(mean, mean))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 255], "uint8"),
        ([0, 256], "uint16"),
        ([-1, 200], "int16"),
        ([0.0, 255.0], "uint8"),
        ([-129.0, 3.0], "int16"),
        ([0.5, 2.0], "float64"),
        ([2.0**53 - 1], "uint64"),
        ([2.0**53], "float64"),
        ([-(2.0**53)], "float64"),
        ([], "float64"),
    ],
)
def test_numbers_are_written_in_the_smallest_type_that_holds_them(values, kind):
    found = storage._small(np.array(values))
    assert (found.dtype.name, found.tolist()) == (kind, values)
