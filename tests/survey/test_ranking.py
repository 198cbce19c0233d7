"""Pains in order: figures worked out by plain sums, laws over generated surveys, and groups."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import t as student

import dxkit as dx
from tests import sample
from tests.laws import examples
from tests.survey.topic_worlds import codebook, hours, likert, survey

pytestmark = pytest.mark.usefixtures("nothing_hidden")

COMPANY = sample.wave()
TRUTH = json.loads(dx.samples.path("company/truth/truth.json").read_text())["waves"]["2026-Q3"]["topics"]


BOTH = ("rating", "importance")


def by_topic(ranking):
    return ranking.table.set_index("topic").sort_index()


def test_figures_worked_out_by_plain_sums():
    """Hours and ratings whose intervals are those of `docs/methods/intervals.md`; a topic's severity is mirrored."""
    alone = hours(np.array([[0.0, 0, 0, 1, 2, 2, 5, 8, 0, 0, 1, 20]] * 2).T)
    row = dx.rank_pains(alone).table.iloc[0]
    assert row[["estimate", "low", "high"]].tolist() == pytest.approx([3.25, 1.255552376, 17.85629120], rel=1e-6)
    codes = np.array([[5.0, 5, 5, 5, 4, 5, 5, 5, 3, 5]] * 2).T
    for people, ends in ((None, (67.24657444, 98.66822816)), (20, (76.32617117, 97.92444075))):
        row = dx.rank_pains(survey(codes, people)).table.iloc[0]
        assert row[["estimate", "low", "high"]].tolist() == pytest.approx([7.5, *(100 - end for end in ends[::-1])])


def plain_t(x):
    """The least t of the first two columns against the others, from answers of 0 to 1 that nobody skipped."""
    n, mean = len(x), x.mean(axis=0)
    m = (n * mean + 0.25) / (n + 0.5)
    variance = (((x - mean) ** 2).sum(axis=0) + (m**2 + (1 - m) ** 2) / 4) / (n - 0.5)
    r = np.corrcoef(x.T)
    v = r * np.sqrt(np.outer(variance, variance)) / n
    return min((mean[i] - mean[j]) / np.sqrt(v[i, i] + v[j, j] - 2 * v[i, j]) for i in (0, 1) for j in (2, 3))


def test_the_verdict_is_that_of_plain_sums():
    codes = likert([30, 25, 5, 0], 40, np.random.default_rng(3))
    ranking = dx.rank_pains(survey(codes))
    assert ranking.top == ["Topic 00", "Topic 01"]
    assert ranking.p_clear == pytest.approx(student.sf(plain_t((5 - codes) / 4), 39), rel=1e-9)
    assert ranking.verdict == "clear"


def test_what_would_reverse_the_choice():
    a, b = [4, 5, 3, np.nan, 6, 2], [3, 6, 1, 2, 4, np.nan]
    site = pd.DataFrame({"item": ["site"], "text": "site", "kind": "segment"})
    book = pd.concat([codebook(2, "hours", "hours"), site])
    frame = pd.DataFrame({"t00": a, "t01": b, "site": "Here"})

    def ranked(people, frame=frame):
        roster = pd.DataFrame({"site": ["Here"], "headcount": [people]})
        return dx.rank_pains(dx.read_survey(frame, book.fillna(""), roster, min_group=3), top_n=1)

    assert ranked(15).tipping_point == pytest.approx(-4 * (20 / 5 - 16 / 5) / 11, rel=1e-6)  # means of all who answered
    assert ranked(6, frame.fillna(2)).tipping_point == -np.inf
    rng = np.random.default_rng(4)
    assert dx.rank_pains(survey(likert([20, 10, 4, 0, -5], 60, rng))).tipping_point is None


def test_weights_can_put_a_topic_ahead_that_is_not_among_those_who_answered(snapshot):
    """Of team B, which is larger, few answered, and they put Docs ahead."""
    frame = pd.DataFrame({"a": [5, 5, 5, 6, 4, 5, 5, 5, 1, 1, 0, 2], "b": [3, 3, 3, 2, 4, 3, 3, 3, 5, 5, 4, 6]})
    rows = [("a", "CI", "hours"), ("b", "Docs", "hours"), ("team", "team", "segment")]
    book = pd.DataFrame(rows, columns=["item", "text", "kind"])
    book["topic"], book["scale"] = ["CI", "Docs", ""], ["hours", "hours", ""]
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [10, 30]})
    ranking = dx.rank_pains(dx.read_survey(frame.assign(team=[*"A" * 8, *"B" * 4]), book, roster), top_n=1)
    assert ranking.top == ["Docs"]
    assert ranking.tipping_point == 0.0
    frame.loc[:7, "a"] += 1
    ranking = dx.rank_pains(dx.read_survey(frame.assign(team=[*"A" * 8, *"B" * 4]), book, roster), top_n=1)
    assert ranking.top == ["Docs"]
    assert ranking.tipping_point == pytest.approx(8 / 28)
    assert dict(ranking.facts)["those who did not answer"] == snapshot


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


@pytest.mark.parametrize("score", ["hours", "impact", "severity"])
def test_the_truth_of_the_sample_company_is_in_the_intervals_and_ranges(score):
    ranking = sample.ranking(score=score)
    table = by_topic(ranking)
    true = pd.Series({topic: TRUTH[topic][score] for topic in table.index})
    inside = (table["low"] <= true) & (true <= table["high"])
    ranks = true.rank(ascending=False)
    assert inside.sum() >= 10
    assert ((table["rank_low"] <= ranks) & (ranks <= table["rank_high"])).sum() >= 11
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


@few
@given(matrices, st.integers(1, 3), st.sampled_from([0.0, 0.15]))
def test_p_top_sums_to_the_number_chosen(answers, top, missing):
    ranking = dx.rank_pains(survey(answers, min_group=3, missing=missing), top_n=top)
    table = ranking.table
    if table["rank"].notna().all():
        assert table["p_top"].sum() == pytest.approx(min(top, answers.shape[1]), abs=1e-9)
        assert (table[["low", "high"]].to_numpy() >= 0).all()
        assert (table[["low", "high"]].to_numpy() <= 100).all()
        assert (table["low"] < table["high"]).all()
        assert 0 <= ranking.p_pair <= by_topic(ranking).loc[ranking.top, "p_top"].min()
        assert ranking.regret >= 0
        assert set(ranking.top) <= set(ranking.shortlist) & set(ranking.possible)
        assert not ranking.more_low > ranking.more_answers
        assert not ranking.more_answers > ranking.more_high
        assert ranking.verdict != "clear" or ranking.more_high == 0 and ranking.p_clear < 0.025
    assert (table["rank_low"] <= table["rank_high"])[table["rank"].notna()].all()


@few
@given(matrices)
def test_a_topic_that_is_worse_for_everybody_never_ranks_below(answers):
    answers[:, 0] = np.minimum(answers[:, 0], 4)
    answers[:, 1] = answers[:, 0] + 1  # more satisfied, so a lighter burden
    table = by_topic(dx.rank_pains(survey(answers, min_group=3)))
    if table["rank"].notna().all():
        first, second = table.iloc[0], table.iloc[1]
        assert first["rank"] < second["rank"]
        assert first["p_top"] >= second["p_top"] - 0.05  # level in a cluster they fall at random


@few
@given(matrices, st.floats(0, 20))
def test_an_equal_constant_for_all_leaves_the_order(answers, constant):
    one, two = by_topic(dx.rank_pains(hours(answers))), by_topic(dx.rank_pains(hours(answers + constant)))
    assert one["rank"].equals(two["rank"])
    assert two["estimate"].to_numpy() == pytest.approx((one["estimate"] + constant).to_numpy(), nan_ok=True)


@few
@given(matrices, st.sampled_from([0.5, 2.0, 4.0]))
@pytest.mark.thorough
def test_hours_in_another_unit_are_the_same_order(answers, times):
    one, two = dx.rank_pains(hours(answers)), dx.rank_pains(hours(times * answers))
    same = ["rank", "rank_low", "rank_high", "p_top"]
    pd.testing.assert_frame_equal(by_topic(one)[same], by_topic(two)[same])
    for name in ("estimate", "low", "high", "shrunken"):
        scaled = times * by_topic(one)[name].to_numpy()
        assert by_topic(two)[name].to_numpy() == pytest.approx(scaled, rel=1e-9, nan_ok=True)
    assert (two.p_pair, two.verdict) == (pytest.approx(one.p_pair, nan_ok=True), one.verdict)
    assert two.regret == pytest.approx(times * one.regret, nan_ok=True)


@few
@given(matrices, codes)
@pytest.mark.thorough
def test_the_order_of_people_is_nothing_and_the_same_call_gives_the_same_figures(answers, rng):
    one = dx.rank_pains(survey(answers, min_group=3))
    two = dx.rank_pains(survey(answers[rng.permutation(len(answers))], min_group=3))
    pd.testing.assert_frame_equal(one.table, two.table, atol=1e-9)
    assert one.p_pair == pytest.approx(two.p_pair, abs=1e-9, nan_ok=True)
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


def test_everybody_of_one_mind_ties():
    ranking = dx.rank_pains(survey(np.full((20, 4), 3.0)))
    assert ranking.table["p_top"].tolist() == pytest.approx([0.5] * 4, abs=0.04)
    assert ranking.p_pair == pytest.approx(1 / 6, abs=0.03)
    assert ranking.table["rank_high"].tolist() == [4.0] * 4
    assert (ranking.verdict, ranking.p_clear, ranking.possible) == ("open", 0.5, [f"Topic 0{k}" for k in range(4)])


def test_when_everybody_has_answered_nothing_is_uncertain():
    ranking = dx.rank_pains(survey(likert([20, 10, 4, 0, -5], 60, np.random.default_rng(4)), population=60))
    assert (ranking.verdict, ranking.p_pair, ranking.p_clear) == ("clear", 1.0, 0.0)
    assert (ranking.more_low, ranking.more_answers, ranking.more_high) == (0, 0, 0)
    assert (ranking.table["rank_low"] == ranking.table["rank_high"]).all()
    assert ranking.possible == ranking.shortlist == ranking.top
    level = dx.rank_pains(survey(np.tile([[1.0, 2, 2], [3, 4, 4]], (10, 1)), population=20))
    assert (level.verdict, level.p_clear) == ("open", 0.5)
    assert level.p_pair == pytest.approx(0.5, abs=0.04)


def test_the_simulation_error_is_as_stated():
    made = survey(likert([8, 6, 5, 4, 0], 40, np.random.default_rng(1)))
    first, *others = (by_topic(dx.rank_pains(made, seed=seed)) for seed in range(9))
    stated = np.sqrt(first["p_top"] * (1 - first["p_top"]) / 4_096)
    assert first["p_top_se"].to_numpy() == pytest.approx(stated.to_numpy())
    runs = np.array([each["p_top"] for each in others])
    assert runs.std(axis=0, ddof=1).mean() == pytest.approx(stated.mean(), rel=0.6)


def test_two_that_stand_out_about_equally_far_are_told_to_be_surer_than_stated(snapshot):
    rng = np.random.default_rng(2)
    ranking = dx.rank_pains(survey(likert([16, 15, *[0] * 20], 30, rng)))
    assert ranking.verdict != "clear"
    assert "equally far out" in dict(ranking.facts)["verdict"]
    assert ranking.facts == snapshot


def test_many_groups_have_the_figures_of_few_and_tell_what_is_ruled_out_on_request(snapshot):
    rng, rows = np.random.default_rng(5), 120 * 6
    book = pd.concat([codebook(4), pd.DataFrame({"item": ["team"], "text": ["team"], "kind": ["segment"]})]).fillna("")
    frame = pd.DataFrame(likert([30, 20, 0, -20], rows, rng), columns=[f"t0{k}" for k in range(4)])
    frame.iloc[:60] = likert([-40, -40, 40, 40], 60, rng)  # ten teams whose pains are the others
    frame["team"] = np.repeat([f"Team {k:03d}" for k in range(120)], 6)
    counted = dx.tally(frame, codebook=book)
    many, asked = dx.rank_pains(counted, by="team"), dx.rank_pains(counted, by="team", ruled_out=True)
    assert set(many.groups["ruled_out"]) == {"–"}
    assert many.notes[-1:] == snapshot
    assert set(asked.groups["ruled_out"]) > {"none"}
    pd.testing.assert_frame_equal(many.table, asked.table)
    assert many.table["p_top_se"].max() == pytest.approx(np.sqrt(0.25 / 512), rel=0.01)
    ranked = many.table.dropna(subset=["rank"])
    assert len(ranked) == 4 * 120
    assert ranked.groupby("team")["p_top"].sum().to_numpy() == pytest.approx(2)
    firsts = frame[frame["team"] < "Team 050"]
    few = dx.rank_pains(dx.tally(firsts, codebook=book), by="team").groups
    assert many.groups[:50][["worst 1", "worst 2"]].equals(few[["worst 1", "worst 2"]])


def test_groups_that_are_ranked_one_at_a_time_are_ranked_as_all_at_once(monkeypatch):
    made = sample.wave()
    together = dx.rank_pains(made, by="tenure")
    monkeypatch.setattr("dxkit.survey.ranking_order._HELD", 1)
    monkeypatch.setattr("dxkit.statistics.verdict._HELD", 1)
    apart = dx.rank_pains(made, by="tenure")
    pd.testing.assert_frame_equal(apart.table, together.table)
    pd.testing.assert_frame_equal(apart.groups, together.groups)


def test_a_small_group_has_its_own_spread_and_everybodys_correlation():
    """A group that is the whole staff is ranked as everybody; its spread is moderated by its own."""
    made = survey(likert([20, 10, 4, 0, -5], 60, np.random.default_rng(4)), population=90)
    one, by = dx.rank_pains(made), dx.rank_pains(made, by="site")
    assert by.groups["worst 1"].tolist() == one.top[:1]
    assert by.groups["p_same"].tolist() == by.groups["p_pair"].tolist()
    assert by.groups["p_clear"].tolist() == pytest.approx([one.p_clear], rel=0.05)


def test_robustness_names_the_two_under_every_score():
    table = sample.ranking().robustness.set_index("score")
    assert list(table.index) == ["hours", "impact", "severity", "opportunity"]
    alone = sample.ranking(score="severity")
    assert table.loc["severity", "top"] == "; ".join(alone.top)
    assert table.loc["severity", "p_clear"] == alone.p_clear
    assert set(table.loc[["impact", "severity", "opportunity"], "verdict"]) <= {"clear", "open"}


def test_robustness_counts_those_who_did_not_answer_as_the_ranking_does():
    whole, alone = (dx.rank_pains(sample.wave(), score=score, fpc=False) for score in (None, "severity"))
    chance = whole.robustness.set_index("score").loc["severity", "p_clear"]
    assert chance == alone.p_clear != sample.ranking(score="severity").p_clear


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


def two_questions(topics=3, people=40):
    """A rating and an importance for each topic, from 1 to 5."""
    rows = [(f"{kind[0]}{k}", f"{kind} {k}", kind, f"T{k}", "1-5") for k in range(topics) for kind in BOTH]
    book = dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "topic", "scale"]))
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({item: rng.integers(1, 6, people) for item in book.measured}).astype(float)
    frame.loc[:4, "r1"] = np.nan
    return dx.read_survey(frame, book), frame


def test_the_action_grid_holds_both_means_of_a_topic_with_their_errors():
    made, frame = two_questions()
    ranking = dx.rank_pains(made)
    grid = ranking.grid
    scores = dx.scores(made).table.query("level == 'item'").set_index("name")
    for k, row in enumerate(grid.table.to_dict("records")):
        assert (row["topic"], row["n"], row["shown"]) == (f"T{k}", 35 if k == 1 else 40, True)
        for kind, name in zip(BOTH, ("satisfaction", "importance"), strict=True):
            assert row[name] == pytest.approx((25 * (frame[f"{kind[0]}{k}"] - 1)).mean())
            assert row[f"var_{name}"] == pytest.approx(scores.loc[f"{kind[0]}{k}", "se"] ** 2, rel=1e-9)
        r = frame[f"r{k}"].corr(frame[f"i{k}"])
        if k != 1:
            covariance = r * np.sqrt(row["var_satisfaction"] * row["var_importance"])
            assert row["covariance"] == pytest.approx(covariance, rel=1e-6)
        assert row["chosen"] == (row["topic"] in ranking.top)
    assert (grid.title, grid.confidence, grid.verdict) == ("Importance and satisfaction", 0.95, ranking.verdict)
    assert grid.notes == (
        "index points, 0 to 100; weighted as the scores are",
        f"chosen: what came out as the worst 2, verdict {ranking.verdict}",
    )


def test_where_there_is_no_action_grid_it_says_why():
    alone = dx.rank_pains(survey(likert([20, 10, 0], 40, np.random.default_rng(4)))).grid
    assert repr(alone) == (
        "Left out: this picture needs one question on satisfaction and one on importance for every pain point"
    )
    few = dx.rank_pains(two_questions(topics=2, people=5)[0]).grid
    assert repr(few) == "Left out: too few answers to show or to rank"


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
