"""A figure near an end of the scale is a bound, and no linear program over all figures pins anybody's answer."""

import itertools

import numpy as np
import pytest

from dxkit.survey.privacy.ends import AT_LEAST, AT_MOST, Answers, any_number, bounded
from dxkit.survey.privacy.few_weighted import Whole, pins_whole_answers, rounded, unpinned


def answers_of(cuts, cell, answers, step=25.0, detail=None, **scale):
    """Unweighted answers of people on 0 to 100, by the cell that each is in; no shares are shown without `detail`."""
    n, sums = np.bincount(cell), np.bincount(cell, answers)
    given, values = any_number(sums, n.astype(float), scale.pop("reach", 100.0))
    if step:
        values = np.arange(0, 100 + step / 2, step)
        given = np.array([np.bincount(cell, answers == value) for value in values]).T
    groups = [int(cut.max()) + 1 for cut in cuts]
    return Answers(
        n=n,
        given=given,
        values=values,
        weight=n.astype(float),
        share=[1 / np.maximum(np.bincount(cut, n), 1) for cut in cuts],
        detail=detail or [np.zeros(g, dtype=bool) for g in groups],
        coded=bool(step),
        **scale,
    )


def ends_of(groups, k=5, **scale):
    """Ends of one cut, everybody hidden: answers of each group on 0 to 100."""
    codes = np.repeat(np.arange(len(groups)), [len(each) for each in groups])
    cuts = [np.zeros(len(groups), dtype=int), np.arange(len(groups))]
    shown = [np.array([False]), np.bincount(codes) >= k]
    return bounded(cuts, shown, answers_of(cuts, codes, np.concatenate(groups), **scale), k)


@pytest.mark.parametrize(
    ("answers", "bound"),
    [
        ([1, 1, 1, 1, 2], AT_MOST),  # 5.0, shown as at most 20
        ([1, 1, 1, 1, 5], AT_MOST),  # 20.0, the same bound
        ([1, 1, 1, 2, 5], 0),  # 25.0
        ([5, 5, 5, 5, 5], AT_LEAST),
        ([1, 1, 1, 1, 1, 5, 5], 0),
    ],
)
def test_a_mean_that_one_person_alone_could_make_is_a_bound(answers, bound):
    found = ends_of([25 * (np.array(answers) - 1)])
    assert found.shown[1].tolist() == [True]
    assert found.bound[1].tolist() == [bound]


def test_hours_have_no_upper_end():
    found = ends_of([np.array([0, 0, 0, 0.5, 0]), np.full(6, 40.0)], reach=1.0, top=False, step=None)
    assert found.bound[1].tolist() == [AT_MOST, 0]


def test_what_the_rest_gives_away_of_a_bound_is_hidden():
    """Everybody less the other team is the exact sum of the team that all answered alike, so a figure goes."""
    codes = np.repeat([0, 1], [5, 8])
    answers = np.concatenate([np.zeros(5), [50, 75, 25, 50, 100, 75, 0, 50]])
    cuts = [np.zeros(2, dtype=int), np.array([0, 1])]
    found = bounded(cuts, [np.array([True]), np.array([True, True])], answers_of(cuts, codes, answers), 5)
    assert [each.tolist() for each in found.shown] == [[True], [True, False]]
    assert found.bound[1].tolist() == [AT_MOST, 0]
    assert found.others == [False, False]


def test_shares_of_answers_narrow_the_scale():
    """Everybody answered 75 or 100, as the shares of the whole say; so a team of five with 75 would be known."""
    codes = np.repeat([0, 1, 2], [5, 15, 20])
    answers = np.concatenate([np.full(5, 75.0), np.resize([75.0, 100.0, 100.0], 35)])
    cuts = [np.zeros(3, dtype=int), np.array([0, 1, 2])]
    detail = [np.array([True]), np.array([False, True, True])]
    shown = [np.array([True]), np.array([True] * 3)]
    found = bounded(cuts, shown, answers_of(cuts, codes, answers, detail=detail), 5)
    assert [each.tolist() for each in found.shown] == [[True], [False, True, True]] or not found.shown[1][0]
    plain = bounded(cuts, shown, answers_of(cuts, codes, answers), 5)
    assert [each.all() for each in plain.shown] == [True, True]


def test_rounding_weighted_means_of_few_people_leaves_more_than_one_answer_to_most():
    rng, exact, coarse = np.random.default_rng(1), 0, 0
    for _ in range(100):
        weights = rng.uniform(0.5, 3, 7)
        mean = weights @ rng.integers(0, 5, 7) / weights.sum()
        exact += pins_whole_answers(weights, mean - 1e-9, mean + 1e-9, 5)
        at = 4 * rounded(np.array([mean / 4]), np.array([7]), np.array([True]), 0.25)[0]
        coarse += pins_whole_answers(weights, at - 0.05, at + 0.05, 5)
    assert exact == 100
    assert coarse < 2
    assert rounded(np.array([0.12345]), np.array([9]), np.array([True]), 1.0).tolist() == [pytest.approx(0.123)]


def test_whole_answers_are_matched_as_if_all_were_written_down():
    rng = np.random.default_rng(4)
    pinned = 0
    for _ in range(60):
        weights = rng.choice([1.0, 1.37, 1.9, 2.61], int(rng.integers(2, 6)))
        mean = weights @ rng.integers(0, 4, len(weights)) / weights.sum()
        width = rng.choice([1e-9, 0.002, 0.02])
        every = np.array(list(itertools.product(range(4), repeat=len(weights))))
        fits = every[np.abs(every @ weights / weights.sum() - mean) <= width + 1e-12]
        expected = any(
            sums.max() == 0 or sums.min() == 3 * count or (count == 1 and len(np.unique(sums)) == 1)
            for weight in np.unique(weights)
            for count in [(weights == weight).sum()]
            for sums in [fits[:, weights == weight].sum(axis=1)]
        )
        assert pins_whole_answers(weights, mean - width, mean + width, 4) == expected
        pinned += expected
    assert 5 < pinned < 55


def test_rounded_weighted_means_of_up_to_eight_pin_nobody():
    """Of yes and no in made-up companies whose people count differently."""
    rng, before, hidden, figures = np.random.default_rng(21), 0, 0, 0
    for _ in range(60):
        sizes = rng.integers(5, 9, 5)
        cut = np.repeat(np.arange(5), sizes)
        weight = rng.choice([1, 1.21, 1.57, 2.03], len(cut))
        answers = rng.integers(0, 2, len(cut))
        alike = np.ones(len(cut), dtype=bool)
        each = Whole(n=np.ones(len(cut)), sums=weight * answers, weight=weight, alike=alike, top=1)
        everybody, shown = np.zeros(len(cut), dtype=int), [np.ones(1, dtype=bool), np.ones(5, dtype=bool)]
        kept = unpinned([everybody, cut], shown, each)
        figures, hidden = figures + 5, hidden + int((~kept[1]).sum())
        for g in range(5):
            w, x = weight[cut == g], answers[cut == g]
            mean = round(w @ x / w.sum(), 1)
            pins = 0 < w @ x < w.sum() and np.ptp(w) > 0 and pins_whole_answers(w, mean - 0.05, mean + 0.05, 2)
            before += pins
            assert not (pins and kept[1][g])
    assert 0 < before <= hidden < figures


def test_the_hidden_group_does_not_follow_from_exact_figures_of_everybody_and_the_rest():
    """Everybody and two large teams are exact; so the sum of the small third one would be."""
    cut = np.repeat([0, 1, 2], [40, 40, 6])
    weight = np.resize([1, np.sqrt(2), np.sqrt(3), np.sqrt(5), np.sqrt(7), 1.1], 86)
    each = Whole(
        n=np.ones(86), sums=weight * np.resize([0, 4, 2, 3, 1], 86), weight=weight, alike=np.ones(86, bool), top=4
    )
    everybody, shown = np.zeros(86, dtype=int), [np.ones(1, dtype=bool), np.ones(3, dtype=bool)]
    assert unpinned([everybody, cut], shown, each)[1].sum() == 1  # one large team goes as well


@pytest.mark.parametrize("answers", [[1, 1, 1, 1, 1, 1], [0, 1, 1, 0, 1, 1]])
def test_the_last_digits_of_weights_decide_nothing(answers):
    weights, rng = np.array([2.4, 1.9, 1.9, 2.5, 2.4, 2.9]), np.random.default_rng(3)
    kept = set()
    for _ in range(50):
        each = weights * (1 + rng.uniform(-1, 1, 6) * 2e-16)
        whole = Whole(n=np.ones(6), sums=each * answers, weight=each * (1 + 2e-16), alike=np.ones(6, dtype=bool), top=1)
        kept.add(unpinned([np.zeros(6, dtype=int)], [np.array([True])], whole)[0].item())
    assert len(kept) == 1


def test_shares_of_several_cuts_together_leave_nobody_one_answer():
    """Of many cells too: where nobody of a team answered below 4 and nobody of a role above, who is in both gave 4."""
    left, shown = 0, 0
    for run in range(50):
        rng = np.random.default_rng([19, run])
        codes = np.array([np.zeros(250, dtype=int), *(rng.integers(0, groups, 250) for groups in (20, 10, 6))])
        answers = 25.0 * rng.choice(5, 250, p=rng.dirichlet(np.full(5, 0.6)))
        cells, cell = np.unique(codes, axis=1, return_inverse=True)
        cuts, cell = list(cells), cell.ravel()
        sizes = [np.bincount(each) for each in codes]
        given = answers_of(cuts, cell, answers, detail=[size >= 10 for size in sizes])
        found = bounded(cuts, [size >= 5 for size in sizes], given, 5)
        left, shown = left + _told(cuts, found, given), shown + sum(map(np.sum, found.shown))
    assert left == 0
    assert shown > 0.95 * 50 * 37


def _told(cuts, found, answers):
    """How many cells are left one answer by the shares that are shown, but for groups that are all alike."""
    possible, alike = np.ones(answers.given.shape, dtype=bool), np.zeros(len(answers.n), dtype=bool)
    for cut, shown, detail in zip(cuts, found.shown, answers.detail, strict=True):
        gave = np.array([answers.given[cut == group].sum(axis=0) > 0 for group in range(len(shown))])
        possible &= (gave | ~(shown & detail)[:, None])[cut]
        alike |= (shown & detail & (gave.sum(axis=1) == 1))[cut]
    return int(((possible.sum(axis=1) == 1) & ~alike).sum())
