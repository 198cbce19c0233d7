"""A figure near an end of the scale is a bound, and no linear program over all figures pins anybody's answer."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from dxkit.survey.privacy import ends
from dxkit.survey.privacy.ends import AT_LEAST, AT_MOST, Answers, any_number, bounded, shares_bounded
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


def page_of(cuts, shown, bound, given, others=None):
    flags = [np.array(each, dtype=bool) for each in shown]
    return ends._Page(
        cuts=[np.array(cut) for cut in cuts],
        shown=flags,
        bound=[np.array(each) for each in bound],
        others=others or [False] * len(cuts),
        given=[np.array(each, dtype=float) for each in given],
    )


def test_a_mean_within_the_reach_of_one_person_of_an_end_is_a_bound():
    """Of five people, 20 of 100 points are one person's share; of 30 answers and more where that is the limit, none."""
    given = np.array([[4.0, 1.0], [3, 2], [1, 4], [2, 3], [5, 0], [0, 0], [4, 1]])
    n, share = given.sum(axis=1), np.full(7, 0.2)
    answers = Answers(n=n, given=given, values=np.array([0.0, 100.0]), weight=n, share=[], detail=[])
    assert (answers.reach, answers.sums.tolist()) == (100.0, [100, 200, 400, 300, 0, 0, 100])
    found = ends._bounds(n, n, given, share, answers)
    assert found.tolist() == [AT_MOST, 0, AT_LEAST, 0, AT_MOST, AT_MOST, AT_MOST]
    assert ends._bounds(n, n, given, share, replace(answers, top=False)).tolist() == [
        AT_MOST,
        0,
        0,
        0,
        AT_MOST,
        AT_MOST,
        AT_MOST,
    ]
    assert ends._bounds(n, n, given, share, replace(answers, below=5)).tolist() == [0] * 5 + [AT_MOST, 0]
    assert ends._bounds(n, n, given, share, replace(answers, below=6)).tolist() == found.tolist()
    assert ends._bounds(n, n, given, share - 0.001, answers).tolist() == [0, 0, 0, 0, AT_MOST, AT_MOST, 0]
    lowest, highest = any_number(np.array([30.0, 200.0]), np.array([4.0, 2.0]), 100.0)[0].T
    assert (lowest.tolist(), highest.tolist()) == ([3.7, 0], [0.3, 2])


def test_the_hidden_have_a_figure_together_where_all_others_are_exact():
    sizes = [np.array([20]), np.array([9, 8, 3]), np.array([15, 5]), np.array([20])]
    shown = [np.array(each, dtype=bool) for each in ([1], [1, 0, 0], [1, 0], [0])]
    none = [np.zeros(len(each), dtype=int) for each in shown]
    assert ends._others(shown, none, sizes, 5) == [False, True, True, False]
    assert ends._others(shown, none, sizes, 6) == [False, True, False, False]
    bound = [none[0], np.array([AT_LEAST, 0, 0]), none[2], none[3]]
    assert ends._others(shown, bound, sizes, 5) == [False, False, True, False]
    assert ends._others(shown, [np.array([AT_MOST]), *none[1:]], sizes, 5) == [False] * 4
    assert ends._others([np.array([False]), *shown[1:]], none, sizes, 5) == [False] * 4


def test_the_figure_to_hide_is_exact_of_the_pinned_cut_and_of_the_fewest():
    sizes = [np.array([20]), np.array([6, 9, 5]), np.array([4, 16])]
    shown = [np.array(each, dtype=bool) for each in ([1], [1, 1, 1], [1, 1])]
    none = [np.zeros(len(each), dtype=int) for each in shown]
    assert ends._least(shown, none, sizes, 1) == (1, 2)
    assert ends._least(shown, none, sizes, 2) == (2, 0)
    assert ends._least(shown, none, sizes, 0) == (2, 0)
    near = [none[0], np.array([0, 0, AT_MOST]), np.array([AT_LEAST, 0])]
    assert ends._least(shown, near, sizes, 1) == (1, 0)
    assert ends._least(shown, near, sizes, 2) == (2, 1)
    only = [shown[0], np.zeros(3, dtype=bool), np.array([True, False])]
    assert ends._least(only, near, sizes, 1) == (2, 0)
    assert ends._least([shown[0], only[1], np.zeros(2, dtype=bool)], none, sizes, 1) == (0, 0)


def test_sums_lie_between_what_a_bound_leaves():
    told, side = np.array([3.0, 1, 9, 5]), np.array([0, AT_MOST, AT_LEAST, 0])
    low, high = ends._within(told, side, np.full(4, 10.0), np.full(4, 0.2))
    assert (low.tolist(), high.tolist()) == ([3, 0, 8, 5], [3, 2, 10, 5])
    assert ends._last(np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=bool)).tolist() == [1, 2, 0]
    assert ends._by_group(np.array([0, 2, 0]), np.array([1.0, 2, 4]), 3).tolist() == [5, 0, 2]
    two = ends._by_group(np.array([0, 2, 0]), np.array([[1.0, 2], [2, 3], [4, 5]]), 3)
    assert two.tolist() == [[5, 7], [0, 0], [2, 3]]
    bounded_, which = shares_bounded(
        np.array([0.0, 0.2, 0.21, 0.79, 0.8, 1.0]), np.array(0.2), np.array([True] * 5 + [False])
    )
    assert bounded_ == pytest.approx([0.2, 0.2, 0.21, 0.79, 0.8, 1.0])
    assert which.tolist() == [AT_MOST, AT_MOST, 0, 0, AT_LEAST, 0]


def test_shares_leave_the_answers_that_all_of_their_groups_gave():
    """Cells of two teams and two roles: the first team gave 0 or 1, the second role 1 or 2, the second team only 2."""
    cuts = [[0, 0, 1, 1], [0, 1, 0, 1]]
    given = [[[3, 2, 0], [0, 0, 5]], [[1, 1, 3], [0, 2, 3]]]
    answers = Answers(
        n=np.full(4, 2.5),
        given=np.ones((4, 3)),
        values=np.array([0.0, 50.0, 100.0]),
        weight=np.full(4, 2.5),
        share=[],
        detail=[np.array([True, True]), np.array([False, True])],
    )
    page = page_of(cuts, [[1, 1], [1, 1]], [[0, 0], [0, 0]], given)
    assert [each.tolist() for each in page.detail(answers)] == [[True, True], [False, True]]
    possible, alike = page.by_shares(answers, np.arange(4))
    assert possible.astype(int).tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]
    assert alike.tolist() == [False, False, True, True]
    hidden = page_of(cuts, [[0, 1], [1, 0]], [[0, 0], [0, 0]], given)
    possible, alike = hidden.by_shares(answers, np.array([1, 2]))
    assert possible.astype(int).tolist() == [[1, 1, 1], [0, 0, 1]]
    assert alike.tolist() == [False, True]


def test_whom_to_look_at_is_who_is_near_an_end_in_some_cut():
    """Two teams and two roles: the first team gave the lowest alone, the second role the highest, of what is left."""
    cuts = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
    given, possible = np.array([[2.0, 0], [2, 0], [1, 1], [0, 2]]), np.ones((4, 2), dtype=bool)
    on, off = np.array([True, True]), np.array([True, False])
    none, first = np.zeros(2, dtype=int), np.array([AT_MOST, 0])

    def found(shown, bound, others=(False, False), top=True, few=False, possible=possible):
        return ends._to_check(cuts, shown, bound, others, given, possible, top, few).tolist()

    assert found([on, on], [none, none]) == [0, 0, 2, 2]
    assert found([on, on], [none, none], few=True) == [1, 1, 1, 1]
    assert found([on, on], [none, first], few=True) == [1, 1, 1, 1]
    assert found([on, on], [first, none], few=True) == [0, 0, 1, 1]
    assert found([off, on], [none, none], few=True) == [1, 1, 1, 1]
    assert found([off, on], [none, none], others=(True, False), few=True) == [1, 1, 0, 0]
    assert found([off, off], [none, none], few=True) == [1, 0, 1, 2]
    left = np.array([[1, 1], [1, 1], [0, 1], [0, 1]], dtype=bool)  # of those of the second team only the highest
    assert found([on, on], [none, none], possible=left) == [0, 1, 2, 1]
    narrow = np.array([[1, 1], [1, 0], [1, 0], [0, 1]], dtype=bool)
    assert found([on, on], [none, none], possible=narrow) == [0, 1, 2, 1]  # of the second role all is at its one end
    high = cuts, [on, on], [none, none], (False, False), given[:, ::-1], possible
    assert ends._to_check(*high, top=True, few=False).tolist() == [0, 0, 2, 2]
    assert ends._to_check(*high, top=False, few=False).tolist() == [2] * 4
