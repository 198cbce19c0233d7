"""The scorecard: published cases, exact areas and intervals, its laws, and what may be said.

See docs/methods/scorecard.md, "Laws that the tests hold"."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.procurement.choice.ratings import Rating, met, rate
from dxkit.procurement.choice.robustness import information, ranks, rating_changes, stability, wins
from dxkit.procurement.dossier.judging import Evidence
from tests import sample
from tests.laws import examples
from tests.places import CASE_FILES

CASES = {case["id"]: case for case in json.loads((CASE_FILES / "procurement.json").read_text())}
few = examples(60)


def made(ratings, weights, *, musts=None, kind="trial", status="quoted", extra=()):
    """A dossier of vendors V0, V1, ... whose ratings are given, (V, C)."""
    ratings = np.asarray(ratings, dtype=float)
    vendors = [f"V{i}" for i in range(len(ratings))]
    criteria = [f"c{k}" for k in range(ratings.shape[1])]
    rows = [
        {
            "vendor": v,
            "criterion": c,
            "rating": ratings[i, k],
            "kind": kind,
            "rater": "x",
            "trial_week": 4,
            "similar_environment": "yes",
        }
        for i, v in enumerate(vendors)
        for k, c in enumerate(criteria)
        if not np.isnan(ratings[i, k])
    ]
    listed = [{"criterion": c, "weight": w} for c, w in zip(criteria, weights, strict=True)]
    if musts:
        listed.append({"criterion": "sso", "must": "yes"})
        rows += [
            {"vendor": v, "criterion": "sso", "rating": said, "kind": "documentation"}
            for v, said in zip(vendors, musts, strict=True)
        ]
    sheets = {
        "costs": pd.DataFrame({"vendor": vendors, "line": "x", "timing": "yearly", "likely": 1000}),
        "criteria": pd.DataFrame(listed).astype(object),
        "evidence": pd.DataFrame([*rows, *extra]).astype(object),
        "decision": pd.DataFrame({"key": ["status"], "value": [status]}),
    }
    return dx.read_dossier(sheets)


@pytest.fixture(scope="module")
def portal():
    return sample.portal()


@pytest.fixture(scope="module")
def card():
    return sample.card()


def test_partial_values_of_the_published_case():
    case = CASES["smaa_pvf"]
    cutoffs, expected = case["inputs"]["cutoffs"], case["expected"]["v"]
    worst, best = cutoffs[-1], cutoffs[0]
    found = [min(1.0, max(0.0, (x - worst) / (best - worst))) for x in case["inputs"]["x"]]
    assert [found[i] for i in (0, 2, 3, 4, 5, 6)] == [expected[i] for i in (0, 2, 3, 4, 5, 6)]


def test_the_weighted_sum_of_a_published_case():
    """Scores of Kracka's six heating systems with their scaling; ours are the sums and ranks of given values."""
    case = CASES["wsm_kracka2010"]
    matrix = np.array(case["inputs"]["matrix"], dtype=float)
    scaled = np.column_stack(
        [
            column if aim == "max" else 1 / column
            for column, aim in zip(matrix.T, case["inputs"]["objectives"], strict=True)
        ]
    )
    scores = scaled / scaled.sum(axis=0) @ np.full(7, 1 / 7)
    assert scores == pytest.approx(case["expected"]["score"], abs=5e-9)
    place = ranks(np.tile(scores, (8, 1))).argmax(axis=1) + 1
    assert place.tolist() == case["expected"]["rank"]


def test_the_nearest_weight_makes_a_tie(card):
    criterion, now, then, winner = card.nearest_weight
    mean = card.contributions.pivot(index="vendor", columns="criterion", values="value")
    weights = card.contributions.drop_duplicates("criterion").set_index("criterion")["weight"]
    rest = weights.drop(criterion) / weights.drop(criterion).sum() * (1 - then)
    scores = mean[rest.index] @ rest + mean[criterion] * then
    assert now == pytest.approx(weights[criterion])
    assert scores[winner] == pytest.approx(scores[card.winner], abs=1e-9)
    assert scores.max() == pytest.approx(scores[winner], abs=1e-9)


def test_the_published_rank_reversal_does_not_happen_here():
    """TOPSIS changes its winner for a vendor that is worse than it on everything; fixed anchors do not."""
    case = CASES["rankrev_topsis"]
    matrix, weights = np.array(case["inputs"]["matrix"], dtype=float), np.array(case["inputs"]["weights"])
    more = np.vstack([matrix, case["inputs"]["dominated_addition"]])
    assert topsis(matrix, weights) == pytest.approx(case["expected"]["before"], abs=5e-5)
    assert topsis(more, weights) == pytest.approx(case["expected"]["after"], abs=5e-5)
    assert np.argmax(topsis(matrix, weights)) != np.argmax(topsis(more, weights))
    ours = [dx.scorecard(made(1 + each / 2.5, weights, kind="production")) for each in (matrix, more)]
    assert ours[0].winner == ours[1].winner
    assert ours[0].table["vendor"].tolist() == [v for v in ours[1].table["vendor"] if v != "V3"]


def topsis(matrix, weights):
    """Closeness to the ideal after dividing each criterion by its length (Hwang and Yoon 1981)."""
    scaled = matrix / np.sqrt((matrix**2).sum(axis=0)) * weights
    best, worst = (np.sqrt(((scaled - end) ** 2).sum(axis=1)) for end in (scaled.max(axis=0), scaled.min(axis=0)))
    return worst / (best + worst)


def test_acceptabilities_converge_to_exact_areas():
    """Three criteria, uniform weights on the triangle: V_i leads where w_i is largest, so each is first in a third."""
    made_ = np.random.default_rng(0).dirichlet(np.ones(3), 200_000)
    shares = ranks(made_ @ np.eye(3))
    assert shares == pytest.approx(np.full((3, 3), 1 / 3), abs=0.005)
    assert ranks(made_ @ np.array([[1, 0.0], [0, 0.5], [0, 0.5]]))[0, 0] == pytest.approx(4 / 9, abs=0.005)  # w1 > 1/3


@few
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 6))
def test_ranks_and_wins_sum_to_one(seed, vendors, size):
    scores = np.random.default_rng(seed).integers(0, 3, (40 * size, vendors)).astype(float)
    shares = ranks(scores)
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert shares.sum(axis=0) == pytest.approx(1.0)
    won = wins(scores)
    assert (won + won.T)[~np.eye(vendors, dtype=bool)] == pytest.approx(1.0)


@few
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 5))
def test_the_stability_interval_is_that_of_brute_force(seed, vendors, criteria):
    made_ = np.random.default_rng(seed)
    values, weights = made_.random((vendors, criteria)), made_.dirichlet(np.ones(criteria))
    best = int(np.argmax(values @ weights))
    for k in range(criteria):
        low, high, below, above = stability(values, weights, k)
        assert low <= weights[k] + 1e-12 <= high + 2e-12

        def leader(x, k=k):
            others = np.delete(weights, k) / np.delete(weights, k).sum() * (1 - x)
            return int(np.argmax(values @ np.insert(others, k, x)))

        for end, other, step in ((low, below, -1e-9), (high, above, 1e-9)):
            assert leader(end - step) == best
            if other is not None and 0 <= end + step <= 1:
                assert leader(end + step) == other
            elif other is None:
                assert end in (0.0, 1.0)


def test_a_changed_weight_at_its_end_is_a_tie():
    values, weights = np.array([[0.9, 0.1, 0.5], [0.2, 0.8, 0.6]]), np.array([0.6, 0.3, 0.1])
    low, *_ = stability(values, weights, 0)
    rest = weights[1:] / weights[1:].sum() * (1 - low)
    scores = values @ np.array([low, *rest])
    assert scores[0] == pytest.approx(scores[1], abs=1e-12)


def test_a_changed_rating_is_a_tie():
    points = np.array([[4.0, 3.0], [3.0, 3.5]])
    ends, weights = np.array([[1, 5], [1, 5]]), np.array([0.6, 0.4])
    values = (points - 1) / 4
    for i, k, now, to, other in rating_changes(values, weights, points, ends):
        moved = values.copy()
        moved[i, k] = (to - 1) / 4
        assert now == points[i, k]
        assert np.ptp(moved @ weights) == pytest.approx(0, abs=1e-12)
        assert other == 1


def test_changes_that_are_alike_but_for_rounding_keep_the_order_of_the_vendors():
    """Machines add up products in different orders; with equal weights that decides nothing."""
    points = np.array([[3.6, 3.8, 4.1], [3.0, 4.0, 4.2]])
    ends, weights = np.array([[1, 5]] * 3), np.full(3, 1 / 3)
    values = (points - 1) / 4
    plain = [row[:2] for row in rating_changes(values, weights, points, ends)]
    assert plain == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    for seed in range(20):
        near = values * (1 + 2e-16 * np.random.default_rng(seed).integers(-3, 4, values.shape))
        assert [row[:2] for row in rating_changes(near, weights, points, ends)] == plain


def test_information_by_hand():
    """A is 0.5 for sure; B is 0 or 0.8 alike: knowing B gains (0.5 + 0.8) / 2 - 0.5 = 0.15."""
    values = np.zeros((1000, 2, 1))
    values[:, 0, 0], values[:500, 1, 0] = 0.5, 0.8
    of_criteria, of_cells, whole = information(values, np.array([1.0]))
    assert of_criteria[0] == pytest.approx(0.15)
    assert of_cells[:, 0] == pytest.approx([0.0, 0.15])
    assert whole == pytest.approx(0.15)


def judged(rating, kind="trial", rater="a", week=4.0, similar=True, day=None, verdict=""):
    return Evidence(
        vendor="A",
        criterion="c",
        rating=rating,
        verdict=verdict,
        kind=kind,
        rater=rater,
        day=day,
        trial_week=week,
        similar=similar,
    )


def test_a_rating_weighs_by_kind_and_by_disagreement(snapshot):
    one = rate([judged(4.0), judged(2.0, "demo")], spread={"trial": 0.5, "demo": 1.0})
    between = ((4 * (4 - 3.6) ** 2 + (2 - 3.6) ** 2) - 1) / (5 - 17 / 5)
    weights = np.array([1 / (0.25 + between), 1 / (1 + between)])
    assert one.mean == pytest.approx(weights @ [4, 2] / weights.sum())
    assert one.sd == pytest.approx(weights.sum() ** -0.5)
    assert one.flags == snapshot
    assert rate([judged(1.0), judged(5.0)]).sd > 4 * rate([judged(3.0), judged(3.0)]).sd


def test_thin_evidence_is_flagged(snapshot):
    assert rate([judged(4, "demo"), judged(5, "demo")]).flags == snapshot
    assert rate([judged(4, week=2.0)]).flags == snapshot
    assert rate([judged(4, similar=False)]).flags == snapshot
    assert rate([judged(4)]).flags == ()
    assert rate([]) == Rating(mean=3.0, sd=rate([]).sd, known=False, flags=("no evidence",)) or not rate([]).known


def test_a_must_is_passed_failed_or_unknown():
    said = {"pass": [judged(np.nan, verdict="pass")], "fail": [judged(np.nan, verdict="fail")]}
    assert [met(each) for each in said.values()] == ["pass", "fail"]
    assert met([]) == met(said["pass"] + said["fail"]) == "unknown"


def test_scores_are_the_weighted_sum_and_contributions_add_up(card):
    sums = card.contributions.groupby("vendor")["contribution"].sum()
    assert card.table.set_index("vendor")["score"].to_dict() == pytest.approx(sums.to_dict())
    assert card.why("Port", "Cortex")["difference"].sum() == pytest.approx(sums["Port"] - sums["Cortex"])


@examples(15)
@given(st.floats(0.1, 1000))
@pytest.mark.thorough
def test_rescaling_weights_changes_nothing(factor):
    ratings = [[4, 2, 3], [3, 3, 3.5], [2, 5, 1]]
    one, two = (dx.scorecard(made(ratings, np.array([3, 2, 1]) * f), draws=1024) for f in (1.0, factor))
    assert two.table["score"].to_numpy() == pytest.approx(one.table["score"].to_numpy())
    assert two.winner == one.winner


def test_a_score_by_hand():
    """Ratings 4 and 2 on anchors 1 to 5 are 75 and 25 points; three quarters of the weight lies on the first."""
    found = dx.scorecard(made([[4, 2], [2, 4]], [30, 10])).table.set_index("vendor")["score"]
    assert found["V0"] == pytest.approx(0.75 * 75 + 0.25 * 25, abs=0.05)
    assert found["V1"] == pytest.approx(0.75 * 25 + 0.25 * 75, abs=0.05)


def test_a_dominated_vendor_never_ranks_first_and_a_further_one_reorders_nobody():
    ratings = [[4, 4, 4], [3, 3, 3], [5, 2, 3]]
    two, three = (dx.scorecard(made(ratings[:n], [1, 1, 1], kind="production")) for n in (2, 3))
    assert two.table["vendor"].tolist() == [v for v in three.table["vendor"] if v != "V2"]
    for low in np.random.default_rng(1).dirichlet(np.ones(3), 200):
        assert (np.array(ratings, dtype=float) @ low)[1] < (np.array(ratings, dtype=float) @ low)[0]


def test_weight_one_on_a_criterion_gives_its_order():
    ratings = [[4, 1], [2, 5], [3, 3]]
    assert dx.scorecard(made(ratings, [1, 0])).table["vendor"].tolist() == ["V0", "V2", "V1"]


def test_recommended_is_never_said_while_something_blocks_it():
    ratings = [[5, 5], [2, 2]]
    free = dx.scorecard(made(ratings, [1, 1], musts=["pass", "pass"]))
    assert free.recommended
    assert "V0 is recommended" in repr(free)
    for blocked in (
        dx.scorecard(made(ratings, [1, 1], musts=["unknown", "pass"])),
        dx.scorecard(made(ratings, [1, 1], kind="demo")),
        dx.scorecard(made([[5, 2], [2, np.nan]], [1, 1])),
    ):
        assert not blocked.recommended
        assert blocked.winner == "V0"
        for text in (repr(blocked), blocked._repr_html_(), " ".join(blocked.reasons)):
            assert "recommended" not in text
    assert any("sso" in reason for reason in dx.scorecard(made(ratings, [1, 1], musts=["unknown", "pass"])).reasons)


def test_a_toss_up_is_not_recommended():
    card = dx.scorecard(made([[4.0, 3.0], [3.0, 4.0], [3.5, 3.5]], [1.01, 1.0]))
    assert card.table["p_first"].max() < 0.5
    assert not card.recommended
    assert "recommended" not in repr(card)


def test_a_failed_must_knocks_out_the_best(snapshot):
    card = dx.scorecard(made([[5, 5], [2, 2]], [1, 1], musts=["fail", "pass"]))
    assert (card.winner, card.recommended) == ("V1", True)
    assert card.table.set_index("vendor").loc["V0", "p_first"] == 0
    assert card.reasons == snapshot


def test_all_knocked_out_single_equal_and_one_criterion(snapshot):
    out = dx.scorecard(made([[5], [2]], [1], musts=["fail", "fail"]))
    assert (out.winner, out.recommended) == (None, False)
    assert out.reasons == snapshot
    alone = dx.scorecard(made([[4, 4]], [1, 1]))
    assert (alone.winner, alone.recommended) == ("V0", False)
    assert alone.reasons[0] == "one vendor alone: nothing was compared"
    assert alone.stability.empty
    level = dx.scorecard(made([[4, 3], [4, 3]], [1, 1]))
    assert level.winner is None
    assert level.reasons[0] == snapshot
    assert dx.scorecard(made([[4], [2]], [1])).stability[["low", "high"]].to_numpy().tolist() == [[0.0, 1.0]]


def test_a_vendor_that_costs_nothing_has_the_best_value():
    """Half of the weight on a fit of 3 from 1 to 5, half on cost from 5,000 to 0; 1,200 a year is worth 3,118.65."""
    sheets = {
        "costs": pd.DataFrame({"vendor": ["A", "B"], "line": "fee", "timing": "yearly", "likely": [0, 1200]}),
        "criteria": pd.DataFrame(
            {
                "criterion": ["fit", "cost"],
                "weight": 50,
                "worst": [1, 5000],
                "best": [5, 0],
                "measure": ["rating", "tco"],
            }
        ),
        "evidence": pd.DataFrame({"vendor": ["A", "B"], "criterion": "fit", "rating": 3, "kind": "trial"}),
    }
    scores = dx.scorecard(dx.read_dossier(sheets)).table.set_index("vendor")["score"]
    assert scores.to_dict() == pytest.approx({"A": 75, "B": 25 + 50 * (1 - 3118.645845 / 5000)}, rel=1e-6)


def test_weights_in_percent_are_one_fault_a_cell(refusal):
    costs = pd.DataFrame({"vendor": ["A"], "line": "fee", "likely": [1]})
    criteria = pd.DataFrame({"criterion": ["fit", "support"], "weight": "50%"})
    with refusal("2 faults", "row 1, column weight", "row 2, column weight"):
        dx.read_dossier({"costs": costs, "criteria": criteria})


def test_what_cannot_be_scored_is_said(refusal):
    with refusal():
        dx.scorecard(made([[4, 3], [2, 3]], [0, 0]))
    with refusal():
        dx.scorecard(dx.read_dossier({"costs": pd.DataFrame({"vendor": ["A"], "line": "x", "likely": [1]})}))
    with refusal("X"):
        dx.scorecard(made([[4], [2]], [1])).why("X", "V0")


def test_pains_weigh_the_fit(portal):
    ranking = sample.ranking()
    values = dx.scorecard(portal, needs=ranking).contributions.query("criterion == 'feature fit'").set_index("vendor")
    burden = ranking.table.set_index("topic")["estimate"]
    shares = {(each.vendor, each.topic): each.share.mean for each in portal.fit_read}
    for vendor in portal.vendors:
        expected = (
            sum(burden[topic] * share for (name, topic), share in shares.items() if name == vendor) / burden.sum()
        )
        assert values.loc[vendor, "value"] == pytest.approx(expected / 0.3, rel=1e-3)


@pytest.mark.parametrize(
    ("sheet", "change", "named"),
    [
        pytest.param(
            "criteria", {"weight": [1, -1]}, ["row 2", "column weight"], id="row 2, column weight: -1 is too small"
        ),
        pytest.param(
            "criteria", {"weight": [1, ""]}, ["row 2", "column weight"], id="row 2, column weight: the cell is empty"
        ),
        pytest.param(
            "criteria",
            {"worst": [1, 5], "best": [5, 5]},
            ["row 2", "column best"],
            id="row 2, column best: worst and best are both 5",
        ),
        pytest.param(
            "criteria",
            {"measure": ["rating", "tco"]},
            ["row 2", "column worst"],
            id="row 2, column worst: money needs the amounts",
        ),
        pytest.param("criteria", {"criterion": ["c0", "c0"]}, [], id="stands twice"),
        pytest.param(
            "evidence",
            {"rating": [6, 2]},
            ["row 1", "column rating"],
            id="row 1, column rating: a rating is a number from 1 to 5",
        ),
        pytest.param(
            "evidence", {"criterion": ["c", "c1"]}, ["c", "sheet criteria"], id="'c' is not in sheet criteria"
        ),
        pytest.param(
            "evidence",
            {"vendor": ["V00", "V0"]},
            ["V00", "V0", "sheet costs"],
            id="'V00' is not in sheet costs; did you mean 'V0'?",
        ),
        pytest.param("evidence", {"kind": ["demos", "trial"]}, ["demo"], id="did you mean 'demo'?"),
        pytest.param(
            "evidence", {"date": ["soon", ""]}, ["row 1", "column date"], id="row 1, column date: this is no day"
        ),
        pytest.param(
            "fit", {"likely": [1.2, 0.1]}, ["row 1", "column likely"], id="row 1, column likely: 1.2 is too large"
        ),
    ],
)
def test_each_fault_is_said_with_its_cell(sheet, change, named, refusal):
    sheets = {
        "costs": pd.DataFrame({"vendor": ["V0", "V1"], "line": "x", "likely": [1, 2]}),
        "criteria": pd.DataFrame({"criterion": ["c0", "c1"], "weight": [1, 2]}).astype(object),
        "evidence": pd.DataFrame(
            {"vendor": ["V0", "V0"], "criterion": ["c0", "c1"], "rating": [3, 2], "kind": "trial"}
        ).astype(object),
        "fit": pd.DataFrame({"vendor": ["V0", "V1"], "topic": "t", "likely": [0.1, 0.2]}).astype(object),
    }
    sheets[sheet] = sheets[sheet].assign(**change)
    with refusal(*named):
        dx.read_dossier(sheets)


def test_a_record_says_what_was_chosen_and_what_would_change_it(portal, card, tmp_path):
    text = dx.decision_record(card, portal, tmp_path / "decision.md")
    assert (tmp_path / "decision.md").read_text(encoding="utf-8") == text
    assert "recommended" not in text  # the leader's single sign-on is not known
    assert card.reasons[0].split(" scores")[0] in text
    assert f"{card.table['score'].iloc[0]:.0f}" in text
    assert "platform\\_team" not in text
    assert text.count("\n## ") == 5


@pytest.mark.parametrize("name", ["made", pytest.param("portal", marks=pytest.mark.thorough)])
def test_the_digest_is_that_of_the_inputs_wherever_they_stand(portal, tmp_path, name):
    from dxkit.procurement.choice.record import digest

    read = portal if name == "portal" else made([[4, 2], [3, 4]], [3, 1])
    assert digest(dx.read_dossier(dx.write_workbook(read, tmp_path / "twin.xlsx"))) == digest(read)
    assert digest(read) != digest(made([[4], [2]], [1]))
    evidence = [replace(each, similar=bool(each.similar)) for each in read.evidence_read]
    assert digest(replace(read, evidence_read=tuple(evidence))) == digest(read)  # numpy's own words differ by version


def test_the_digest_of_the_sample_is_that_of_its_file(portal):
    from dxkit.procurement.choice.record import digest

    assert digest(portal) == digest(dx.read_dossier(dx.samples.path("portal")))


def test_the_input_that_changed_the_choice_is_named():
    old, new = made([[4, 2], [3, 4]], [3, 1]), made([[4, 2], [3, 4]], [1, 3])
    found = dx.compare_decisions(old, new).table.set_index("input")
    assert found.index[found["changed"]].tolist() == ["criteria"]
    assert found.loc["criteria", "winner_with_it"] == "V1"
    assert found["changes_winner"].sum() == 1
