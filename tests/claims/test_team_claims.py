"""Which team is named, how much teams differ, and what their next score is near: `pytest -m simulated tests/claims`.

Tables are worked out by the array functions, thirty times as fast as by `dx.scores`; a test holds both to the same.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.special import ndtri

import dxkit as dx
from dxkit.statistics.means import teams
from tests.claims.worlds import in_percent, least, most
from tests.statistics.means import team_worlds

RUNS = 400
TABLES = [(1, 4), (1, 14), (1, 40), (12, 8), (12, 14), (12, 20)]  # questions and teams


@pytest.mark.parametrize("shift", [0.0, 1.5])
def test_scores_name_the_teams_that_the_array_functions_name(shift, nothing_hidden):
    rng = np.random.default_rng(5)
    latent, cell, sizes, _ = team_worlds.people(rng, 14, 6, 0.0, shift=shift, smallest=6)
    answers = team_worlds.MAKERS["likert"][0](latent)
    y, v, own, s2, df = team_worlds.table(answers, cell, sizes, dimensions=3)
    names = [f"q{j}" for j in range(6)]
    frame = pd.DataFrame(1 + 4 * answers, columns=names).assign(team=[f"t{c:02d}" for c in cell])
    rows = {"item": [*names, "team"], "text": [*names, "team"], "kind": ["rating"] * 6 + ["segment"]}
    book = pd.DataFrame({**rows, "scale": ["agreement5"] * 6 + [""], "dimension": [*"AAABBB", ""]})
    result = dx.scores(dx.read_survey(frame, book, min_group=3), by="team")
    table, of_teams = result.table, teams.between(y, v, s2, df)
    assert table["shown"].all()
    sides = table["stands_out"].map({"below": -1, "": 0, "above": 1}).to_numpy().reshape(-1, 14).T
    assert sides.tolist() == teams.standing_out(y, v, df, own).tolist()
    assert (sides[0] == -1).any() == (shift > 0)
    assert result.between["icc"].to_numpy() == pytest.approx(of_teams.icc, abs=1e-9)
    assert result.between["icc_high"].to_numpy() == pytest.approx(of_teams.icc_high, abs=1e-9)
    pooled = table["pooled"].to_numpy().reshape(-1, 14).T
    assert pooled == pytest.approx(100 * teams.pooled(y, v, of_teams.tau2, df)[0], abs=1e-7)


def test_no_team_is_named_where_none_differs_in_most_tables():
    for maker in ("likert", "6% very unhappy", "hours, half zero"):
        assert team_worlds.named(maker, 14, 6, 25, dimensions=3)[0] <= 0.15


@pytest.mark.simulated
def test_a_team_is_named_only_where_one_differs(claimed):
    found = {
        (maker, items, groups): team_worlds.named(maker, groups, items, RUNS, dimensions=3 if items > 1 else 0)[0]
        for maker in team_worlds.MAKERS
        for items, groups in TABLES
    }
    where = max(found, key=lambda key: found[key])
    assert found[where] <= most(0.06, RUNS), where
    claimed(
        "a table names any team, at any level, though none differs",
        "at most 6%",
        f"{in_percent(found[where])} in the worst ({where[0]}; {where[2]} teams, questions: {where[1]}); "
        f"{in_percent(np.mean([*found.values()]))} on average",
        "6 worlds, 1 question and 12 in four dimensions, 4 to 40 teams of 5 to 12, 400 surveys each",
    )


def lower_by(maker, points):
    """The shift that lowers the mean of all by so many points."""
    z, answer = ndtri((np.arange(100_000) + 0.5) / 100_000), team_worlds.MAKERS[maker][0]
    return brentq(lambda shift: answer(z).mean() - answer(z - shift).mean() - points / 100, 0, 6)


@pytest.mark.simulated
def test_a_team_that_is_lower_by_thirty_points_is_named(claimed):
    found = {
        maker: team_worlds.named(maker, 14, 12, RUNS, shift=lower_by(maker, 30), dimensions=3)[1]
        for maker in ("likert", "ceiling", "6% very unhappy")
    }
    one = team_worlds.named("likert", 14, 1, RUNS, shift=lower_by("likert", 30))[1]
    assert min(found["likert"], found["ceiling"]) >= least(0.7, RUNS)
    assert found["6% very unhappy"] >= 0.6
    claimed(
        "a table names the one of 14 teams of 5 to 12 that is 30 points lower on each of 12 questions",
        "70% or more; 60% where 6% are very unhappy",
        f"{in_percent(found['likert'])}, near the ceiling {in_percent(found['ceiling'])}; 6% very unhappy "
        f"{in_percent(found['6% very unhappy'])}; of one question alone {in_percent(one)}",
        "400 surveys each",
    )


def between(maker, groups, icc, runs, items=3):
    """Coverage of the interval of ICC and of pooled scores, and the error of pooled scores in that of raw ones."""
    answer, form = team_worlds.MAKERS[maker]
    z, rng = ndtri((np.arange(2_000) + 0.5) / 2_000), np.random.default_rng([9, groups])
    levels = ndtri((np.arange(400) + 0.5) / 400) * np.sqrt(icc)
    given = [answer(level + np.sqrt(1 - icc) * z) for level in levels]
    spread_of_means = np.var([each.mean() for each in given])
    true_icc = spread_of_means / (spread_of_means + np.mean([each.var() for each in given]))
    inside, held, raw, drawn = [], [], 0.0, 0.0
    for _ in range(runs):
        latent, cell, sizes, team = team_worlds.people(rng, groups, items, icc)
        y, v, _, s2, df = team_worlds.table(answer(latent), cell, sizes, form)
        found = teams.between(y, v, s2, df)
        value, _, low, high = teams.pooled(y, v, found.tau2, df)
        true = np.array([[answer(m + np.sqrt(1 - icc) * z).mean() for m in row] for row in team])
        inside += ((found.icc_low <= true_icc + 1e-12) & (true_icc <= found.icc_high)).tolist()
        held += ((low <= true) & (true <= high)).ravel().tolist()
        raw, drawn = raw + ((y - true) ** 2).sum(), drawn + ((value - true) ** 2).sum()
    return float(np.mean(inside)), float(np.mean(held)), float(np.sqrt(drawn / raw))


def test_pooled_scores_are_nearer_the_truth():
    assert between("likert", 8, 0.1, 20)[2] < 1


@pytest.mark.simulated
def test_how_much_teams_differ_and_what_their_next_score_is_near(claimed):
    worlds = [
        (maker, groups, icc) for maker in ("likert", "ceiling") for groups in (8, 20) for icc in (0, 0.05, 0.1, 0.3)
    ]
    found = np.array([between(*world, 150) for world in worlds])
    middle = np.array([world[0] == "likert" for world in worlds])
    inside, held, ratio = found.T
    assert inside[middle].min() >= least(0.91, 450), found
    assert held.min() >= least(0.93, 450), found
    assert ratio.max() < 1
    runs = "8 and 20 teams, ICC of 0 to 0.3, 450 scores each"

    def where(at):
        maker, groups, icc = worlds[at]
        return f"{maker}, {groups} teams, ICC {icc:g}"

    claimed(
        "the interval of ICC holds the true one: ratings around the middle",
        "91% or more",
        f"{in_percent(inside[middle].min(), 0.91)} in the worst ({where(np.where(middle, inside, 1).argmin())})",
        runs,
    )
    claimed(
        "the same: ratings near the ceiling",
        "none: it is too low the more teams differ",
        f"{in_percent(inside[~middle].min())} ({where(np.where(middle, 1, inside).argmin())}) to "
        f"{in_percent(inside[~middle].max())}",
        runs,
    )
    claimed(
        "the interval of a team's pooled score holds the score of all people that it could have",
        "93% or more",
        f"{in_percent(held.min(), 0.93)} in the worst ({where(held.argmin())})",
        f"ratings around the middle and near the ceiling; {runs}",
    )
    claimed(
        "error of a team's pooled score, in that of its own score",
        "below 1",
        f"{ratio.min():.2f} to {ratio.max():.2f} ({where(ratio.argmax())})",
        "the same",
    )
