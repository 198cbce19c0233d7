"""No combination of the figures that may be shown is about fewer people than the minimum."""

import time

import numpy as np
import pandas as pd
import pytest

from dxkit.survey.privacy.figures import admitted, decided
from dxkit.survey.privacy.rowspace import needed
from tests.survey.privacy import companies

ROLES = {"A-dev": 11, "A-lead": 1, "B-dev": 7, "B-lead": 5}
ONE, TWO = {"A": 5, "B": 3, "C": 4, "D": 10}, {"A": 9, "B": 8, "C": 3}
CROSSED = {"A-b": 4, "A-c": 1, "B-b": 2, "B-c": 9}
WIDE = {"A-b": 6, "B-b": 2, "B-c": 8, "C-b": 3, "C-c": 9}
LESS = WIDE | {"A-b": 4}


def shown_of(people, cuts, k):
    """Labels of the groups shown besides everybody, with their people; cuts by position in the cell's name."""
    parts = [name.split("-") for name in people]
    labels = [["all"] * len(parts), *(["-".join(part[i] for i in cut) for part in parts] for cut in cuts)]
    names, codes = zip(*(np.unique(each, return_inverse=True) for each in labels), strict=True)
    n = np.array(list(people.values()))
    shown = admitted(codes, n, k)
    assert shown[0].tolist() == [n.sum() >= k]
    return " ".join(
        f"{name}{n[code == g].sum()}"
        for label, code, each in list(zip(names, codes, shown, strict=True))[1:]
        for g, name in enumerate(label)
        if each[g]
    )


@pytest.mark.parametrize(
    ("people", "cuts", "k", "shown"),
    [
        (ONE, ["0"], 5, "A5 D10"),
        (TWO, ["0"], 5, "A9"),
        (TWO, ["0"], 3, "A9 B8 C3"),
        (CROSSED, ["0", "1"], 5, "A5 B11"),
        (CROSSED, ["1", "0"], 5, "b6 c10"),
        (CROSSED, ["0", "1"], 3, "A5 B11 b6 c10"),
        (WIDE, ["0", "1"], 5, "A6 B10 C12 b11 c17"),
        (WIDE, ["0", "1"], 6, "A6 B10 C12"),
        (WIDE, ["0", "1"], 8, "C12 b11 c17"),
        (WIDE, ["0", "1"], 9, "C12 b11 c17"),
        (LESS, ["0", "1"], 5, "C12 b9 c17"),
        (ROLES, ["0", "1"], 5, "A12 B12 dev18 lead6"),
        (ROLES, ["0", "01"], 5, "A12 B12 B-dev7"),
        (ROLES, ["1", "01"], 5, "dev18 lead6 A-dev11 B-dev7"),
    ],
)
def test_the_groups_worked_out_by_hand_are_shown(people, cuts, k, shown):
    assert shown_of(people, [[int(i) for i in cut] for cut in cuts], k) == shown


def test_hidden_groups_stand_in_one_row_where_the_shown_ones_imply_it():
    cuts = [np.zeros(4, dtype=int), np.arange(4)]
    n = np.array([[5, 5], [3, 3], [4, 0], [10, 10]])
    figures = decided(cuts, n[:, 0], n, 5)
    assert figures.figure[1].T.tolist() == [[True, False, False, True], [False, False, False, True]]
    assert [each.tolist() for each in figures.others(5)] == [[False, False], [True, True]]
    assert figures.detail[1].T.tolist() == [[False, False, False, True], [False, False, False, False]]


def test_a_spread_is_hidden_where_that_of_all_who_responded_would_be():
    """Of 12 and 8 people the spread of the 12 leaves 8, fewer than twice 5; it stays hidden where only 12 answered."""
    cuts = [np.zeros(2, dtype=int), np.arange(2)]
    figures = decided(cuts, np.array([12, 8]), np.array([[12, 12], [0, 8]]), 5)
    assert figures.figure[1].tolist() == [[True, True], [False, True]]
    assert figures.detail[1].tolist() == [[False, False], [False, False]]
    assert figures.detail[0].tolist() == [[True, True]]
    assert [each.tolist() for each in figures.people] == [[True], [True, True]]


def leaks(seeds, k=5):
    """Companies in which a set below k follows from what is shown, by `decided` and by a plain minimum.

    tests/claims tries 10,000 of them.
    """
    found = plain = 0
    for seed in seeds:
        codes, answered = companies.company(np.random.default_rng([19, seed]))
        cuts, people, n = companies.as_cells(codes, answered)
        figures = decided(cuts, people, np.column_stack([n, n]), k)
        least = [np.bincount(code, answered) >= k for code in codes]
        shown = [each[:, 0] for each in figures.figure]
        found += companies.smallest_sum(companies.rows_over_people(codes, shown), answered, k) is not None
        plain += companies.smallest_sum(companies.rows_over_people(codes, least), answered, k) is not None
    return found, plain


def test_an_attacker_who_tries_all_sets_finds_nobody():
    found, plain = leaks(range(60))
    assert found == 0
    assert plain > 20


def two_cuts(seed):
    """A company with two cuts, a minimum from 3 to 15, and its cells."""
    rng = np.random.default_rng([91, seed])
    codes, answered = companies.company(rng, 12, 150, cuts=2)
    cuts, _, n = companies.as_cells(codes, answered)
    return rng, cuts, n, int(rng.integers(3, 16))


def compared_with_cuts(seeds):
    """Groups shown of those with enough people; what is shown is held against least edge cuts."""
    shown_groups = enough = 0
    for seed in seeds:
        _, cuts, n, k = two_cuts(seed)
        shown = admitted(cuts, n, k)
        if shown[0].any():
            assert companies.least_cut(cuts[1], cuts[2], shown, n) >= k, seed
        shown_groups += sum(int(each.sum()) for each in shown)
        enough += sum(int((np.bincount(cut, n) >= k).sum()) for cut in cuts)
    return shown_groups / enough


def test_two_cuts_give_away_nothing_by_least_edge_cuts():
    assert compared_with_cuts(range(60)) > 0.85


@pytest.mark.simulated
def test_two_cuts_give_away_nothing_by_least_edge_cuts_in_1_500_companies():
    share = compared_with_cuts(range(1_500))
    print(f"\nshown: {share:.1%} of the groups with enough people")
    assert share > 0.9


@pytest.mark.parametrize("companies_", [80, pytest.param(1_500, marks=pytest.mark.simulated)])
def test_a_breach_is_found_exactly_where_an_edge_cut_is_below_the_minimum(companies_):
    breaches = 0
    for seed in range(companies_):
        rng, cuts, n, k = two_cuts(seed)
        shown = [(np.bincount(cut, n) >= k) & (rng.random(cut.max() + 1) < 0.8) for cut in cuts]
        shown[0][:] = n.sum() >= k
        if shown[0].all():
            below = companies.least_cut(cuts[1], cuts[2], shown, n) < k
            assert (needed(cuts, shown, n, k, 2) is not None) == below, seed
            breaches += below
    assert 0.2 < breaches / companies_ < 0.95


def test_the_decision_is_a_function_of_counts_and_declared_cuts():
    for seed in range(20):
        rng = np.random.default_rng([7, seed])
        codes, answered = companies.company(rng)
        cuts, _, n = companies.as_cells(codes, answered)
        whole = admitted(cuts, n, 5)
        turn = rng.permutation(len(n))
        assert all(map(np.array_equal, whole, admitted([cut[turn] for cut in cuts], n[turn], 5)))
        by_person = admitted(codes, answered, 5)  # as fine as people instead of cells
        assert all(map(np.array_equal, whole, by_person))
        assert all(map(np.array_equal, whole, admitted(cuts[:-1], n, 5)))  # a cut declared last changes none before


def test_details_are_figures_and_questions_show_no_group_that_people_do_not():
    for seed in range(10):
        rng = np.random.default_rng([8, seed])
        codes, _ = companies.company(rng, 30, 60, cuts=2)
        answers = [companies.as_cells(codes, rng.random(len(codes[0])) < share) for share in (1, 0.9, 0.7)]
        cuts, people = answers[0][0], answers[0][1]
        figures = decided(cuts, people, np.column_stack([n for _, _, n in answers]), 5)
        for of_people, figure, detail in zip(figures.people, figures.figure, figures.detail, strict=True):
            assert not (detail & ~figure).any()
            assert not (figure & ~of_people[:, None]).any()


def large(people, teams, seed=3):
    """Codes of four cuts and answers to 40 questions with 5% blanks."""
    rng = np.random.default_rng(seed)
    cuts = {"team": rng.integers(0, teams, people), "role": rng.choice(8, people, p=rng.dirichlet(np.full(8, 2.0)))}
    cuts |= {"tenure": rng.integers(0, 5, people), "site": rng.integers(0, 4, people)}
    answers = rng.integers(1, 6, (people, 40)).astype(float)
    answers[rng.random(answers.shape) < 0.05] = np.nan
    return pd.DataFrame(cuts), answers


@pytest.mark.simulated
@pytest.mark.parametrize(
    ("people", "teams", "k", "limit"),
    [(500, 50, 5, 3), (500, 50, 10, 20), (5_000, 1_000, 5, 30), (5_000, 1_000, 10, 30)],
)
def test_deciding_takes_a_few_times_what_counting_takes(people, teams, k, limit):
    frame, answers = large(people, teams)
    table = pd.concat([frame, pd.DataFrame(answers)], axis=1)
    start = time.perf_counter()
    for cut in frame:
        table.groupby(cut)[list(range(40))].agg(["mean", "count", "std"])
    counted = time.perf_counter() - start
    codes = [np.zeros(people, dtype=int), *(np.unique(frame[cut], return_inverse=True)[1] for cut in frame)]
    cuts, cell = np.unique(np.vstack(codes), axis=1, return_inverse=True)
    n = np.column_stack([np.bincount(cell.ravel(), ~np.isnan(column)) for column in answers.T])
    start = time.perf_counter()
    first = admitted(list(cuts), np.bincount(cell.ravel()), k)
    for column in n.T:
        admitted(list(cuts), column, k, first)
    taken = time.perf_counter() - start
    print(f"\n{people} people, {teams} teams, k {k}: {taken:.2f} s, {taken / counted:.1f} times counting")
    assert taken < limit * counted
