"""What blocks contributors of Kubernetes, 2018: the ranking, its verdict and what is hidden, beside plain sums."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import dxkit as dx
from tests.public import plain, surveys

pytestmark = pytest.mark.skipif(not surveys.FOLDER.is_dir(), reason=surveys.WHY_NOT)

NAMES = list(surveys.BLOCKERS.values())
DRAWS = 20_000


@pytest.fixture(scope="module")
def burden():
    """0 (not a problem) to 1 (a frequent blocker) of those who came to this page of the form, a column a topic."""
    file = plain.raw(surveys.FOLDER / "kubernetes_2018.csv")
    steps = [plain.codes(file[f"Blocker: {_header(file, name)}"], list("12345"), 0) / 4 for name in NAMES]
    table = np.array(steps).T
    assert (np.isnan(table).any(axis=1) == np.isnan(table).all(axis=1)).all()  # all nine or none
    return table[~np.isnan(table).any(axis=1)]


def _header(file, name):
    return next(header for header in file if header.strip() == f"Blocker: {name}").removeprefix("Blocker: ")


@pytest.fixture(scope="module")
def order(burden):
    """Mean burdens, their covariance, and the true ranks (draws, topics) that these leave possible."""
    x, v = burden.mean(axis=0), plain.covariance(burden)
    true = plain.true_scores(x, v, len(burden), DRAWS)
    return x, v, true, 1 + (-true).argsort(axis=1).argsort(axis=1)


def test_every_burden_and_its_interval(burden):
    table = surveys.pains().table.set_index("topic")
    assert table["shown"].all()
    for name, answers in zip(NAMES, burden.T, strict=True):
        n, *right = plain.scored(pd.Series(100 * answers), 0, 100)
        row = table.loc[name]
        assert (row["n"], len(burden)) == (n, 116)
        assert [row[column] for column in ("estimate", "se", "low", "high")] == pytest.approx(right, rel=1e-9)
    assert table["estimate"].is_monotonic_decreasing
    assert table["rank"].tolist() == list(range(1, 10))


def test_the_verdict_and_what_it_rests_on(burden, order):
    ranking, (x, v, _, ranks) = surveys.pains(), order
    top = np.argsort(-x)[:2]
    assert ranking.top == [NAMES[k] for k in top]
    p = stats.t.sf(plain.lead(x, v, top), len(burden) - 1)
    assert ranking.p_clear == pytest.approx(p, rel=1e-7)
    right = (ranks[:, top] <= 2).all(axis=1).mean()
    assert ranking.p_pair == pytest.approx(right, abs=luck(right))
    assert p > 0.025
    assert right < 0.8
    assert ranking.verdict == "open"
    assert ranking.robustness[["score", "verdict"]].to_numpy().tolist() == [["severity", "open"]]


def luck(p, draws=4096):
    """Four simulation errors of a probability from dxkit's draws and from those beside it, and a little."""
    return 4 * np.sqrt(p * (1 - p) * (1 / draws + 1 / DRAWS)) + 1e-3


def test_every_probability_and_range_of_ranks(order):
    table, (x, _, true, ranks) = surveys.pains().table.set_index("topic").loc[NAMES], order
    worst = (ranks <= 2).mean(axis=0)
    assert (abs(table["p_top"] - worst) < [luck(p) for p in worst]).all()
    assert table["shrunken"].to_numpy() == pytest.approx(100 * true.mean(axis=0), abs=0.2)
    for k, (low, high) in enumerate(table[["rank_low", "rank_high"]].to_numpy()):
        for at, tail in ((low, 0.025), (high, 0.975)):  # the cumulated share passes the tail there, within luck
            assert (ranks[:, k] < at).mean() < tail + luck(tail)
            assert (ranks[:, k] <= at).mean() > tail - luck(tail)
    chosen = np.argsort(-x)[:2]
    best = np.sort(true, axis=1)[:, -2:].sum(axis=1)
    assert surveys.pains().regret == pytest.approx(100 * (best - true[:, chosen].sum(axis=1)).mean(), abs=0.06)


def test_the_shortlist_holds_the_two_in_nine_of_ten(order):
    _, _, _, ranks = order
    listed = [NAMES.index(name) for name in surveys.pains().shortlist]
    assert (ranks[:, listed] <= 2).sum(axis=1).tolist().count(2) / DRAWS > 0.9 - luck(0.9)
    for one in listed[2:]:  # without any of them it would not
        rest = [k for k in listed if k != one]
        assert ((ranks[:, rest] <= 2).sum(axis=1) == 2).mean() < 0.9 + luck(0.9)


def test_possible_are_those_whose_set_is_not_rejected(burden, order):
    x, v, *_ = order
    rng, people = np.random.default_rng(7), len(burden)
    noise = rng.multivariate_normal(np.zeros(9), v, DRAWS) * np.sqrt(
        (people - 1) / rng.chisquare(people - 1, (DRAWS, 1))
    )
    first = np.argsort(-x)[:2]
    for k, name in enumerate(NAMES):
        if k in first:
            continue
        inside = [first[0], k]
        pairs = [(j, i) for j in range(9) for i in inside if j not in inside]
        error = {(j, i): np.sqrt(v[j, j] + v[i, i] - 2 * v[j, i]) for j, i in pairs}
        leads = {pair: (x[pair[0]] - x[pair[1]]) / error[pair] for pair in pairs}
        near = [pair for pair in pairs if leads[pair] > -2.6]
        largest = np.max([(noise[:, j] - noise[:, i]) / error[j, i] for j, i in near], axis=0)
        limit = np.quantile(largest, 0.95)
        assert abs(max(leads.values()) - limit) > 0.1, "too near to say"
        assert (name in surveys.pains().possible) == (max(leads.values()) <= limit)


def test_further_answers_are_those_of_each_draw(burden, order):
    _, _, true, _ = order
    place = np.argsort(-true, axis=1)
    draws = np.arange(DRAWS)
    gap = true[draws, place[:, 1]] - true[draws, place[:, 2]]
    spread = len(burden) * plain.covariance(burden)
    own = np.diag(spread)
    between = own[place[:, 1]] + own[place[:, 2]] - 2 * spread[place[:, 1], place[:, 2]]
    needed = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2 * between / gap**2 - len(burden)
    low, high = np.quantile(needed, [0.1, 0.9])
    assert surveys.pains().more_low == pytest.approx(low, rel=0.15)
    assert high > 10_000
    assert surveys.pains().more_high == np.inf


def test_regions_that_are_hidden_are_few_or_would_give_few_away(burden):
    file = plain.raw(surveys.FOLDER / "kubernetes_2018.csv")
    table = dx.scores(surveys.kubernetes(), by="region").table
    for item, name in surveys.BLOCKERS.items():
        given = plain.codes(file[f"Blocker: {_header(file, name)}"], list("12345"), 0)
        people = file["World Region"][given.notna()].value_counts()
        scores = table[table["name"] == item].set_index("region")
        hidden = sorted(scores.index[~scores["shown"]])
        assert hidden == ["Asia", "South America"]
        assert scores.loc[hidden, ["n", "estimate", "low", "high", "favourable"]].isna().all(axis=None)
        # everybody less the regions that are shown, less any others that were shown too, would be fewer than five
        few = [set(left) for r in (1, 2) for left in combinations(hidden, r) if people[list(left)].sum() < plain.LEAST]
        assert few == [{"South America"}]
        for region in scores.index[scores["shown"]]:
            answers = 100 - 25 * given[(file["World Region"] == region) & given.notna()]
            row = scores.loc[region]
            assert (row["n"], row["estimate"]) == (people[region], pytest.approx(answers.mean(), rel=1e-12))
            assert row["favourable"] == pytest.approx((answers > 50).mean(), rel=1e-12)
    assert people["South America"] < plain.LEAST <= people["Asia"]


def test_nothing_is_told_of_a_region_that_is_hidden():
    survey = surveys.kubernetes()
    tables = dx.answers(survey, by="region").table, dx.scores(survey, by="region").table
    for table in (*tables, dx.rank_pains(survey, by="region").table):
        assert set(table.loc[table["shown"], "region"]) == {"Europe", "North America"}
    groups = dx.rank_pains(survey, by="region").groups.set_index("region")
    assert groups.loc[["Asia", "South America"], ["p_pair", "p_clear", "p_same"]].isna().all(axis=None)
