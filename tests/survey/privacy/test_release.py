"""An attacker with all published tables works out no group below the minimum."""

import itertools

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.privacy.attack import find_breach
from tests.survey import worlds

CUTS = ([], ["team"], ["tenure"], ["site"], ["role"], ["team", "role"], ["team", "site"], ["tenure", "site"])


def population(rng):
    """People with four attributes, and who answered the item."""
    n = int(rng.integers(20, 160))
    sizes = {"team": rng.integers(3, 12), "tenure": 4, "site": rng.integers(2, 4), "role": rng.integers(2, 6)}
    people = {name: rng.choice(size, n, p=rng.dirichlet(np.full(size, 2.0))) for name, size in sizes.items()}
    frame = pd.DataFrame(people)
    return frame[rng.random(n) > rng.uniform(0, 0.4)].reset_index(drop=True)


def tables_of(frame, rng):
    """A report: some cuts in some order, each with its groups as 0/1 rows over people."""
    chosen = [CUTS[i] for i in rng.permutation(len(CUTS))[: rng.integers(2, len(CUTS) + 1)]]
    for cut in chosen:
        code = frame.groupby(cut).ngroup().to_numpy() if cut else np.zeros(len(frame), dtype=int)
        yield (np.arange(code.max() + 1)[:, None] == code).astype(float)


def attacker(rows, least=5):
    """The smallest group below the minimum that is determined, by plain linear algebra; None where there is none.

    People whom no published row tells apart are one unknown. Every union of up to four unknowns is tried: its sum is
    determined when it is a combination of the published rows.
    """
    _, first, code = np.unique(rows.T, axis=0, return_index=True, return_inverse=True)
    size = np.bincount(code.ravel())
    table = rows[:, first]
    small = np.flatnonzero((size < least) & table.any(axis=0))
    _, values, basis = np.linalg.svd(table, full_matrices=False)
    basis = basis[values > 1e-9 * values.max()]
    hidden = np.eye(table.shape[1]) - basis.T @ basis  # what the rows leave open of each unknown
    blur = hidden[small] @ np.random.default_rng(1).standard_normal(table.shape[1])
    people = size[small]
    for count in (1, 2, 3, 4):
        for group in vanishing(blur, count):
            atoms = small[list(group)]
            if people[list(group)].sum() < least and np.abs(hidden[atoms].sum(axis=0)).max() < 1e-8:
                return int(size[atoms].sum())
    return None


def vanishing(values, count):
    """Groups of so many different positions whose values sum to zero."""
    if count == 1:
        return [(int(i),) for i in np.flatnonzero(np.abs(values) < 1e-9)]
    half = list(itertools.combinations(range(len(values)), count // 2))
    rest = list(itertools.combinations(range(len(values)), count - count // 2))
    one = np.array([sum(values[i] for i in g) for g in half])
    two = np.array([sum(values[i] for i in g) for g in rest])
    if not len(one) or not len(two):
        return []
    order = np.argsort(two)
    low, high = (np.searchsorted(two[order], -one + shift) for shift in (-1e-9, 1e-9))
    return [
        (*half[k], *rest[m])
        for k in np.flatnonzero(high > low)
        for m in order[low[k] : high[k]]
        if not set(half[k]) & set(rest[m])
    ]


def run(seed, release):
    """Publish one random report, by the plain minimum or by the ledger; return what the attacker finds."""
    rng = np.random.default_rng(seed)
    frame = population(rng)
    if len(frame) < 5:
        return None
    keys, ones = np.arange(len(frame)), np.ones(len(frame))
    published = []
    for rows in tables_of(frame, rng):
        plain = rows.sum(axis=1) >= 5
        shown = release.admit("q", rows, keys, ones, np.zeros(len(rows), dtype=bool)) if release else plain
        published.append(rows[shown])
    published = np.vstack(published)
    return attacker(published) if len(published) else None


def leak_of_four_waves(seed, release):
    """As `run`, for four waves in which people come and go; all cuts of each are published in some order.

    Who answers twice is taken to answer the same, which helps the attacker most.
    """
    rng = np.random.default_rng([4, seed])
    everybody = population(rng).iloc[: int(rng.integers(8, 26))].reset_index(drop=True)
    n, rate = len(everybody), rng.uniform(0.5, 0.98)
    staff, published = rng.random(n) < 0.9, []
    codes = {tuple(cut): everybody.groupby(cut).ngroup().to_numpy() if cut else np.zeros(n, dtype=int) for cut in CUTS}
    for _ in range(4):
        came = np.flatnonzero(staff & (rng.random(n) < rate))
        ones = np.ones(len(came))
        for cut in (CUTS[i] for i in rng.permutation(len(CUTS))) if len(came) >= 5 else ():
            code = codes[tuple(cut)][came]
            rows = (np.unique(code)[:, None] == code).astype(float)
            plain = rows.sum(axis=1) >= 5
            shown = release.admit("q", rows, came, ones, np.zeros(len(rows), dtype=bool)) if release else plain
            published.append(np.zeros((int(shown.sum()), n)))
            published[-1][:, came] = rows[shown]
        staff = np.where(rng.random(n) < 0.05, ~staff, staff)
    published = np.vstack([np.zeros((0, n)), *published])
    return attacker(published) if len(published) else None


@pytest.mark.mutation
@pytest.mark.parametrize("times", [5, pytest.param(20, marks=pytest.mark.thorough)])
def test_no_release_gives_away_a_small_group_and_a_plain_minimum_does_in_most(times):
    assert not any(leak_of_four_waves(seed, dx.Release(min_group=5)) for seed in range(10_000, 10_000 + times))
    leaks = sum(run(seed, dx.Release(min_group=5)) is not None for seed in range(5 * times))
    plain = sum(run(seed, None) is not None for seed in range(2 * times))
    assert leaks == 0
    assert plain / (2 * times) > 0.6, f"a plain minimum of 5 leaks in {plain / (2 * times):.0%}"


def levels_of(rng, depth):
    """Groups within groups of so many levels, each as the group of every person; everybody comes first or last."""
    n = int(rng.integers(12, 120))
    code, levels = np.zeros(n, dtype=np.int64), []
    for _ in range(depth):
        parts = code * 8 + rng.choice(8, n, p=rng.dirichlet(np.full(8, 0.7)))
        code = np.unique(parts, return_inverse=True)[1]
        levels.append(code)
    whole = np.zeros(n, dtype=np.int64)
    return [whole, *levels] if rng.random() < 0.7 else [*levels, whole]


def published(levels, weights, nested, least=5):
    """The rows over people that a ledger shows of these tables: by the closed form, or by the audit by attack."""
    release, rows, n = dx.Release(least), [], np.ones((len(weights), 1))
    for code in levels:
        every, never = (
            np.equal.outer(np.arange(code.max() + 1), code) * weights,
            np.zeros((code.max() + 1, 1), dtype=bool),
        )
        keys = np.arange(len(weights))
        if nested:
            shown = release.admit_groups(["q"], code, keys, n, never, weights=weights[:, None])[:, 0]
        else:
            shown = release.admit("q", every, keys, n[:, 0], never[:, 0])
        rows.append(every[shown])
    return np.vstack(rows)


@pytest.mark.parametrize("times", [15, pytest.param(300, marks=pytest.mark.thorough)])
def test_groups_of_one_level_are_hidden_in_closed_form_as_by_the_attack(times):
    for seed in range(times):
        rng = np.random.default_rng([1, seed])
        levels = levels_of(rng, 1)
        weights = rng.choice([1.0, 2.5], len(levels[0])) if seed % 2 else np.ones(len(levels[0]))
        assert np.array_equal(published(levels, weights, True), published(levels, weights, False))


@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize("times", [15, pytest.param(300, marks=pytest.mark.thorough)])
def test_of_groups_within_groups_the_attack_works_out_none_below_the_minimum(depth, times):
    for seed in range(times):
        rng = np.random.default_rng([2, depth, seed])
        levels = levels_of(rng, depth)
        ones, weights = np.ones(len(levels[0])), rng.choice([1.0, 2.5], len(levels[0]))
        rows = published(levels, ones, True)
        assert not len(rows) or attacker(rows) is None
        if seed % 3 == 0:  # sums of weighted answers
            counts, atoms = np.ones(len(ones)), published(levels, weights, True)
            assert find_breach(atoms, counts, 5, np.vstack([ones, weights])) is None


def test_groups_within_groups_by_hand():
    """Of 9, 6, 3 only 9 is shown; of parents 3, 8, 17 the last, and of what is in it both the 10 and the 7."""
    for sizes, shown in (([9, 6, 3], [True, False, False]), ([9, 6, 2, 3], [True, True, False, False])):
        group = np.repeat(np.arange(len(sizes)), sizes)
        never = np.zeros((len(sizes), 1), dtype=bool)
        found = dx.Release(5).admit_groups(["q"], group, np.arange(len(group)), np.ones((len(group), 1)), never)
        assert found[:, 0].tolist() == shown
    parent, child = np.repeat([0, 1, 2, 2], [3, 8, 10, 7]), np.repeat([0, 1, 2, 3], [3, 8, 10, 7])
    across = np.arange(28) // 14  # splits the 10, so it is for the attack, which knows what was shown before
    release, rows = dx.Release(5), []
    for code, shown in ((parent, [0, 0, 1]), (child, [0, 0, 1, 1]), (across, [0, 0]), (parent, [0, 0, 1])):
        never = np.zeros((code.max() + 1, 1), dtype=bool)
        found = release.admit_groups(["q"], code, np.arange(28), np.ones((28, 1)), never)[:, 0]
        assert found.tolist() == shown
        rows.append(np.equal.outer(np.flatnonzero(found), code) * 1.0)
    assert attacker(np.vstack(rows)) is None


def test_two_hidden_groups_are_not_solved_from_weighted_and_unweighted_totals():
    weights = np.array([3.0] * 10 + [1.0] * 3 + [2.0] * 3)
    keys, ones = np.arange(16), np.ones(16)
    teams = np.zeros((3, 16))
    teams[0, :10] = teams[1, 10:13] = teams[2, 13:] = 1
    release, never = dx.Release(), np.zeros(3, dtype=bool)
    assert release.admit("q", np.ones((1, 16)), keys, ones, never[:1]).all()
    assert release.admit("q", teams, keys, ones, never).tolist() == [True, False, False]
    # 1 a + 1 b and 1 a + 2 b together would solve both groups of three
    assert not release.admit("q", weights[None, :], keys, ones, never[:1]).any()


def test_a_late_answer_is_not_shown_by_difference():
    frame = worlds.answers(30, missing=0, teams=1)
    late = pd.concat([frame, worlds.answers(1, missing=0, teams=1, seed=9)], ignore_index=True)
    release, book = dx.Release(), worlds.codebook()
    assert dx.scores(dx.read_survey(frame, book), release=release).table["shown"].all()
    assert not dx.scores(dx.read_survey(late, book), release=release).table["shown"].any()
    assert dx.scores(dx.read_survey(frame, book), release=release).table["shown"].all()


def test_one_leaver_between_waves_is_not_shown_by_difference():
    book = pd.concat([worlds.codebook(), pd.DataFrame([{"item": "who", "text": "Who", "kind": "id"}])]).fillna("")
    first = worlds.answers(20, missing=0, teams=1).assign(who=[f"p{i}" for i in range(20)])
    second = worlds.answers(20, missing=0, teams=1, seed=3).assign(who=first["who"]).iloc[:-1]
    release = dx.Release()
    assert dx.scores(dx.read_survey(first, book, wave="1"), release=release).table["shown"].all()
    assert not dx.scores(dx.read_survey(second, book, wave="2"), release=release).table["shown"].any()


def test_the_same_table_twice_shows_the_same():
    survey, release = worlds.survey(80, teams=6), dx.Release()
    one, two = (dx.scores(survey, by="team", release=release).table for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.mutation
def test_order_of_the_people_does_not_matter():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows = list(tables_of(population(rng), rng))
        turn = rng.permutation(rows[0].shape[1])
        one, two = dx.Release(), dx.Release()
        ones = np.ones(len(turn))
        for table in rows:
            never = np.zeros(len(table), dtype=bool)
            assert (
                one.admit("q", table, np.arange(len(turn)), ones, never)
                == two.admit("q", table[:, turn], turn, ones, never)
            ).all()


@pytest.mark.mutation
def test_hiding_is_monotone_in_the_minimum():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        for table in tables_of(population(rng), rng):
            keys, never = np.arange(table.shape[1]), np.zeros(len(table), dtype=bool)
            shown = [
                dx.Release(min_group=k).admit("q", table, keys, np.ones(len(keys)), never) for k in (3, 4, 5, 6, 8)
            ]
            for less, more in itertools.pairwise(shown):
                assert not (more & ~less).any()


def test_a_minimum_counts_per_item():
    frame = worlds.answers(24, missing=0, teams=2)
    frame.loc[frame.index[frame["team"] == "Team A"][4:], "q0"] = np.nan
    table = dx.scores(dx.read_survey(frame, worlds.codebook()), by="team").table.set_index(["name", "team"])
    assert not table.loc[("q0", "Team A"), "shown"]
    assert table.loc[("q1", "Team A"), "shown"]
    assert np.isnan(table.loc[("q0", "Team A"), "n"])


def test_nothing_of_hidden_rows_is_in_any_text():
    survey = worlds.survey(60, teams=12)
    result = dx.scores(survey, by="team")
    hidden = result.table[~result.table["shown"]]
    assert len(hidden)
    assert hidden[["n", "estimate", "se", "low", "high", "favourable"]].isna().all(axis=None)
    assert "hidden" in repr(result)


def test_a_group_of_the_minimum_is_shown_beside_smaller_ones_that_hide_each_other():
    sizes = [5, 3, 4, 10]
    rows = np.repeat(np.eye(4), sizes, axis=1)
    shown = dx.Release(min_group=5).admit("q", rows, np.arange(22), np.ones(22), np.zeros(4, dtype=bool))
    assert shown.tolist() == [True, False, False, True]
