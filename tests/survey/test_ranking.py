"""Pains in order: published bootstrap values, a bootstrap of our own, laws over generated surveys, and what is said."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import dxkit as dx
from tests import sample
from tests.laws import examples
from tests.places import CASE_FILES
from tests.survey.topic_worlds import codebook, likert, survey

ATTITUDE = json.loads((CASE_FILES / "statistics.json").read_text())["attitude"]
COMPANY = sample.wave()
TRUTH = json.loads(dx.samples.path("company/truth/truth.json").read_text())["waves"]["2026-Q3"]["topics"]


def attitude():
    frame = pd.DataFrame(ATTITUDE["data"])
    book = pd.DataFrame({"item": frame.columns, "text": frame.columns, "kind": "rating", "topic": frame.columns})
    return dx.read_survey(frame, book.assign(scale="0-100"))


def by_topic(ranking):
    return ranking.table.set_index("topic").sort_index()


def bootstrap(burden, m=2, replicates=60_000, seed=0):
    """Share of resamples in which each topic is among the m worst, ties shared."""
    rng, (n, topics) = np.random.default_rng(seed), burden.shape
    answered = ~np.isnan(burden)
    filled, share = np.where(answered, burden, 0.0), np.zeros(topics)
    for _ in range(replicates // 2_000):
        times = rng.multinomial(n, np.full(n, 1 / n), size=2_000).astype(float)
        means = np.round(times @ filled / (times @ answered), 9)
        edge = -np.sort(-means, axis=1)[:, [m - 1]]
        above, level = means > edge, means == edge
        share += (above + level * (m - above.sum(1, keepdims=True)) / level.sum(1, keepdims=True)).sum(axis=0)
    return share / replicates


@pytest.mark.mutation
def test_p_top_is_that_of_r_boot_on_attitude():
    found = by_topic(dx.rank_pains(attitude()))["p_top"]
    for topic, expected in ATTITUDE["bootstrap_20000"]["p_lowest_m_ties_shared"].items():
        assert found[topic] == pytest.approx(expected, abs=0.012), topic


@pytest.mark.mutation
@pytest.mark.parametrize(
    ("n", "missing", "within"),
    [
        (25, 0.1, 0.016),
        (40, 0.0, 0.012),
        pytest.param(100, 0.2, 0.012, marks=pytest.mark.thorough),
        pytest.param(600, 0.3, 0.012, marks=pytest.mark.simulated),
        pytest.param(2400, 0.1, 0.012, marks=pytest.mark.simulated),
    ],
)
def test_p_top_is_that_of_a_bootstrap(n, missing, within):
    rng = np.random.default_rng(n)
    counted = survey(likert(rng.normal(size=14) * 4, n, rng), missing=missing)
    burden = 100 - 25 * (counted.answers.to_numpy() - 1)
    replicates = 60_000 if n < 1_000 else 20_000
    assert by_topic(dx.rank_pains(counted))["p_top"].to_numpy() == pytest.approx(
        bootstrap(burden, replicates=replicates), abs=within
    )


@pytest.mark.mutation
def test_few_answers_are_said_and_are_not_far_from_a_bootstrap(snapshot):
    rng = np.random.default_rng(10)
    counted = survey(likert(rng.normal(size=8) * 8, 10, rng))
    ranking = dx.rank_pains(counted)
    burden = 100 - 25 * (counted.answers.to_numpy() - 1)
    assert by_topic(ranking)["p_top"].to_numpy() == pytest.approx(bootstrap(burden), abs=0.03)
    assert ranking.notes == snapshot
    assert dx.rank_pains(attitude()).notes == snapshot


@pytest.mark.mutation
def test_the_simulation_error_is_as_stated():
    runs = np.array([by_topic(dx.rank_pains(attitude(), seed=seed))["p_top"] for seed in range(12)])
    stated = by_topic(dx.rank_pains(attitude()))["p_top_se"].to_numpy()
    assert (runs.std(axis=0) <= 4 * stated.max()).all()
    assert 0 < stated.max() < 0.004


@pytest.mark.mutation
def test_estimates_and_intervals_are_those_of_scores():
    scores = sample.scores().table.set_index("name")
    hours, severity = by_topic(sample.ranking()), by_topic(sample.ranking(score="severity"))
    for topic in COMPANY.codebook.topics:
        lost = scores.loc[COMPANY.codebook.topic_items(topic, "hours")[0]]
        satisfied = scores.loc[COMPANY.codebook.topic_items(topic, "rating")[0]]
        for column in ("n", "estimate", "low", "high"):
            assert hours.loc[topic, column] == pytest.approx(lost[column], rel=1e-9)
        assert severity.loc[topic, "estimate"] == pytest.approx(100 - satisfied["estimate"], rel=1e-9)
        assert severity.loc[topic, "high"] == pytest.approx(100 - satisfied["low"], rel=1e-9)


@pytest.mark.mutation
@pytest.mark.parametrize("score", ["hours", "impact", "severity"])
def test_the_truth_of_the_sample_company_is_in_the_intervals_and_rank_sets(score):
    ranking = sample.ranking(score=score)
    table = by_topic(ranking)
    true = pd.Series({topic: TRUTH[topic][score] for topic in table.index})
    inside = (table["low"] <= true) & (true <= table["high"])
    ranks = true.rank(ascending=False)
    assert inside.sum() >= 10
    assert ((table["rank_low"] <= ranks) & (ranks <= table["rank_high"])).all()
    assert set(ranks.nsmallest(2).index) <= set(ranking.shortlist)


def test_impact_is_the_mean_of_products_not_the_product_of_means():
    frame = pd.DataFrame(
        {"sat": [1, 1, 5, 5, 3, 3], "imp": [5, 5, 1, 1, 3, 3], "sat2": [3] * 6, "imp2": [3, 3, 3, 3, 2, 4]}
    )
    rows = [("sat", "rating", "A"), ("imp", "importance", "A"), ("sat2", "rating", "B"), ("imp2", "importance", "B")]
    book = pd.DataFrame(rows, columns=["item", "kind", "topic"])
    scale = book["kind"].map({"rating": "satisfaction5", "importance": "importance5"})
    ranking = dx.rank_pains(dx.read_survey(frame, book.assign(text=book["item"], scale=scale)))
    assert ranking.score == "impact"
    assert by_topic(ranking).loc["A", "estimate"] == pytest.approx((100 + 100 + 0 + 0 + 25 + 25) / 6)
    opportunity = by_topic(
        dx.rank_pains(dx.read_survey(frame, book.assign(text=book["item"], scale=scale)), score="opportunity")
    )
    assert opportunity.loc["A", "estimate"] == pytest.approx((20 + 20 + 0 + 0 + 5 + 5) / 6)


codes = st.integers(0, 10_000).map(np.random.default_rng)
matrices = st.tuples(st.integers(6, 40), st.integers(2, 8)).flatmap(
    lambda shape: arrays.arrays(float, shape, elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0]))
)
few = examples(12)


@pytest.mark.mutation
@few
@given(matrices, st.integers(1, 3), st.sampled_from([0.0, 0.15]))
def test_p_top_sums_to_the_number_chosen(answers, top, missing):
    ranking = dx.rank_pains(survey(answers, min_group=3, missing=missing), top_n=top)
    table = ranking.table
    if table["rank"].notna().all():
        assert table["p_top"].sum() == pytest.approx(min(top, answers.shape[1]), abs=1e-9)
        assert 0 <= ranking.p_pair <= 1
        assert ranking.regret >= -1e-9
        assert set(ranking.top) <= set(ranking.shortlist)
    assert (table["rank_low"] <= table["rank"])[table["rank"].notna()].all()
    assert (table["rank"] <= table["rank_high"])[table["rank"].notna()].all()


@pytest.mark.mutation
@few
@given(matrices)
def test_a_topic_that_is_worse_for_everybody_never_ranks_below(answers):
    answers[:, 0] = np.minimum(answers[:, 0], 4)
    answers[:, 1] = answers[:, 0] + 1  # more satisfied, so a lighter burden
    table = by_topic(dx.rank_pains(survey(answers, min_group=3)))
    if table["rank"].notna().all():
        first, second = table.iloc[0], table.iloc[1]
        assert first["rank"] < second["rank"]
        assert first["p_top"] >= second["p_top"] - 1e-9
        assert first["rank_low"] <= second["rank_low"]
        assert first["rank_high"] <= second["rank_high"]


def hours(values, min_group=3):
    names = [f"t{t:02d}" for t in range(values.shape[1])]
    return dx.read_survey(
        pd.DataFrame(values, columns=names), codebook(values.shape[1], "hours", "hours"), min_group=min_group
    )


@pytest.mark.mutation
@few
@given(matrices, st.floats(0, 20))
def test_an_equal_constant_for_all_leaves_ranks_and_sets(answers, constant):
    one, two = by_topic(dx.rank_pains(hours(answers))), by_topic(dx.rank_pains(hours(answers + constant)))
    columns = ["rank", "rank_low", "rank_high"]
    assert one[columns].equals(two[columns])
    assert one["p_top"].to_numpy() == pytest.approx(two["p_top"].to_numpy(), abs=2e-3, nan_ok=True)


@pytest.mark.mutation
@few
@given(matrices)
def test_everybody_counted_twice_never_widens_a_rank_set(answers):
    one = by_topic(dx.rank_pains(survey(answers, min_group=3)))
    two = by_topic(dx.rank_pains(survey(np.vstack([answers, answers]), min_group=3)))
    if one["rank"].notna().all() and two["rank"].notna().all():
        assert (two["rank_low"] >= one["rank_low"]).all()
        assert (two["rank_high"] <= one["rank_high"]).all()


@pytest.mark.mutation
@few
@given(matrices, codes)
def test_the_order_of_people_is_nothing_and_the_same_call_gives_the_same_figures(answers, rng):
    one = dx.rank_pains(survey(answers, min_group=3))
    two = dx.rank_pains(survey(answers[rng.permutation(len(answers))], min_group=3))
    pd.testing.assert_frame_equal(one.table, two.table, atol=1e-9)
    assert one.p_pair == pytest.approx(two.p_pair, abs=1e-3, nan_ok=True)
    pd.testing.assert_frame_equal(one.table, dx.rank_pains(survey(answers, min_group=3)).table)


def test_merged_tallies_rank_as_the_whole():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(likert([8, 6, 3, 0], 200, rng), columns=["t00", "t01", "t02", "t03"])
    book = dx.read_codebook(codebook(4))
    whole = dx.rank_pains(dx.tally(frame, codebook=book))
    parts = dx.rank_pains(dx.tally([frame[:70], frame[70:]], codebook=book))
    pd.testing.assert_frame_equal(whole.table, parts.table, atol=1e-9)


def test_two_topics_one_topic_and_nothing_to_choose(snapshot):
    two = dx.rank_pains(survey(likert([5, 0], 30, np.random.default_rng(0))))
    assert (two.verdict, two.p_pair, two.regret) == ("clear", 1.0, 0.0)
    assert two.notes == snapshot
    one = dx.rank_pains(survey(likert([5], 30, np.random.default_rng(0))), top_n=1)
    assert one.table["p_top"].tolist() == [1.0]
    assert "Topic 00" in one.plot().get_title(loc="left")


@pytest.mark.parametrize("answers", [np.array([[1.0, 2.0, 3.0]]), np.full((4, 3), 2.0)])
def test_too_few_to_show_is_said_and_nothing_is_ranked(answers, snapshot):
    ranking = dx.rank_pains(survey(answers))
    assert ranking.top == []
    assert ranking.verdict == "open"
    assert not ranking.table["shown"].any()
    assert ranking.notes == snapshot
    ranking.plot()


def test_everybody_of_one_mind_ties_and_shares(snapshot):
    ranking = dx.rank_pains(survey(np.full((20, 4), 3.0)))
    assert ranking.table["p_top"].tolist() == [0.5] * 4
    assert ranking.p_pair == pytest.approx(1 / 6)
    assert ranking.table["rank_high"].tolist() == [4.0] * 4
    assert np.isinf(ranking.more_answers)
    assert ranking.notes == snapshot


def test_the_tipping_point_is_where_the_order_reverses():
    rng = np.random.default_rng(4)
    answered = likert([20, 10, 4, 0, -5], 60, rng)
    ranking = dx.rank_pains(survey(answered, population=100))
    worst = by_topic(ranking)["estimate"].sort_values(ascending=False).to_numpy()
    gap = worst[1] - worst[2]
    assert ranking.gap == pytest.approx(gap)
    assert 60 * gap - 40 * ranking.tipping_point == pytest.approx(0)
    assert dx.rank_pains(survey(answered)).tipping_point is None
    assert np.isinf(dx.rank_pains(survey(answered, population=60)).tipping_point)


def test_when_everybody_has_answered_nothing_is_uncertain():
    ranking = dx.rank_pains(survey(likert([20, 10, 4, 0, -5], 60, np.random.default_rng(4)), population=60))
    assert (ranking.verdict, ranking.p_pair, ranking.more_answers) == ("clear", 1.0, 0.0)
    assert (ranking.table["rank_low"] == ranking.table["rank_high"]).all()


def test_more_answers_have_the_power_they_promise():
    """The gap and spread of a survey taken for the truth: the stated number finds the gap in 80% of new surveys."""
    rng = np.random.default_rng(6)
    first = hours(np.maximum(0, rng.normal([6, 4, 3.5, 1], 1.5, size=(40, 4))))
    ranking = dx.rank_pains(first)
    one, two = (first.answers[name].to_numpy() for name in ("t01", "t02"))
    assert ranking.more_answers > 0
    n = 40 + ranking.more_answers
    draws = rng.normal(ranking.gap, (one - two).std(ddof=1), size=(4_000, int(n)))
    t = draws.mean(axis=1) / (draws.std(axis=1, ddof=1) / np.sqrt(n))
    assert (t > 1.96).mean() == pytest.approx(0.8, abs=0.03)


@pytest.mark.mutation
def test_robustness_names_the_two_under_every_score():
    table = sample.ranking().robustness.set_index("score")
    assert list(table.index) == ["hours", "impact", "severity", "opportunity"]
    alone = sample.ranking(score="severity")
    assert table.loc["severity", "top"] == "; ".join(alone.top)
    assert table.loc["severity", "p_pair"] == alone.p_pair


@pytest.mark.mutation
def test_groups_are_ranked_only_where_every_topic_may_be_shown():
    ranking = sample.ranking(by="team")
    groups = ranking.groups.set_index("team")
    for team, rows in ranking.table.groupby("team"):
        hidden = not rows["shown"].all()
        assert (groups.loc[team, "worst 1"] == "hidden") == hidden
        assert rows["rank"].isna().all() == hidden
        assert rows.loc[~rows["shown"], ["n", "estimate", "p_top", "shrunken"]].isna().all(axis=None)
        assert (rows.loc[rows["shown"], "n"] >= 5).all()
    assert ranking.top == sample.ranking().top


@pytest.mark.mutation
@pytest.mark.parametrize("by", ["team", pytest.param(("team", "role"), marks=pytest.mark.thorough)], ids=str)
def test_a_release_holds_scores_and_ranking_to_one_promise(by):
    """Scores by team then the ranking of the others: what the first shows hides what the second would give away."""
    alone = sample.ranking(score="severity", by="role").table["shown"].sum()
    report = dx.Release()
    dx.scores(COMPANY, release=report)
    dx.scores(COMPANY, by=by, release=report)
    assert dx.rank_pains(COMPANY, score="severity", by="role", release=report).table["shown"].sum() <= alone


@pytest.mark.mutation
def test_new_joiners_hurt_elsewhere():
    """Planted in the sample company: documentation hurts people in their first six months most."""
    groups = sample.ranking(by="tenure").groups.set_index("tenure")
    assert groups.loc["Under 6 months", "worst 1"] == "Finding documentation"


@pytest.mark.parametrize(
    ("change", "options", "named"),
    [
        pytest.param({"topic": ""}, {}, ["column topic"], id="codebook's column topic"),
        pytest.param({}, {"score": "hours"}, [], id="no question of hours"),
        pytest.param({}, {"score": "pain"}, ["pain"], id="'pain' is not known; use one of hours"),
        pytest.param({}, {"top_n": 0}, [], id="at least 1, got 0"),
        pytest.param({}, {"by": "team"}, ["team"], id="no segment 'team'"),
    ],
)
def test_what_cannot_be_ranked_is_said(change, options, named, refusal):
    frame = pd.DataFrame(np.full((8, 3), 2), columns=["t00", "t01", "t02"])
    with refusal(*named):
        dx.rank_pains(dx.read_survey(frame, codebook(3).assign(**change)), **options)


def importance_only(items, per_topic=1):
    """A codebook that asks only how important topics are."""
    rows = [(f"{topic}{k}", f"{topic} {k}?", "importance", topic, "1-5") for topic in items for k in range(per_topic)]
    return dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "topic", "scale"]))


@pytest.mark.parametrize("per_topic", [1, 2])
@pytest.mark.parametrize("held", ["survey", "tally", "saved"])
def test_where_only_importance_was_asked_a_ranking_says_what_it_needs_and_offers_that(
    per_topic, held, tmp_path, refusal
):
    rng = np.random.default_rng(3)
    book = importance_only(["CI", "Docs", "Tests"], per_topic)
    frame = pd.DataFrame({item: rng.integers(1, 6, 30) for item in book.measured})
    survey = dx.read_survey(frame, book)
    if held != "survey":
        survey = dx.tally(survey)
    if held == "saved":
        survey.save(tmp_path / "a.tally")
        survey = dx.Tally.load(tmp_path / "a.tally")
    with refusal("score='importance'", error=dx.Missing):
        dx.rank_pains(survey)
    table = dx.rank_pains(survey, score="importance").table.set_index("topic")
    for topic in ("CI", "Docs", "Tests"):
        own = frame[[item for item in book.measured if item.startswith(topic)]]
        assert table.loc[topic, "estimate"] == pytest.approx((25.0 * (own - 1)).mean(axis=1).mean())


def test_importance_is_never_chosen_by_itself_and_is_no_row_of_the_robustness(refusal):
    rows = [
        (f"{kind}{topic}", f"{kind} {topic}", kind, topic, "1-5") for topic in "AB" for kind in ("rating", "importance")
    ]
    book = dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "topic", "scale"]))
    frame = pd.DataFrame({item: np.tile([1, 2, 4, 5], 5) for item in book.measured})
    ranked = dx.rank_pains(dx.read_survey(frame, book))
    assert ranked.score == "impact"
    assert "importance" not in set(ranked.robustness["score"])
    hours = importance_only(["A", "B"]).items.assign(kind=["importance", "hours"], scale=["1-5", ""])
    with refusal("of kind hours: A", error=dx.Missing):
        dx.rank_pains(dx.read_survey(pd.DataFrame({"A0": [1, 2] * 5, "B0": [1, 2] * 5}), hours))
