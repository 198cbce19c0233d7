"""Relative weights and LMG against R, pingouin and exact arithmetic, and their laws."""

import json
import re
import time
from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.statistics.relative_importance import johnson, lmg, resampled
from tests.places import CASE_FILES
from tests.survey import worlds

pytestmark = pytest.mark.usefixtures("nothing_hidden")

CASES = json.loads((CASE_FILES / "drivers.json").read_text())
ATTITUDE = pd.DataFrame(json.loads((CASE_FILES / "statistics.json").read_text())["attitude"]["data"])
COLLINEAR = pd.DataFrame(CASES["collinear"]["data"])
MTCARS = pd.DataFrame(CASES["mtcars"]["data"])


def survey_of(frame, min_group=5, **columns):
    book = {"item": list(frame), "text": [f"Is {name} fine?" for name in frame], "kind": "rating", "scale": "0-100"}
    return dx.read_survey(frame, pd.DataFrame(book | columns), min_group=min_group)


def estimates(result, method, column="estimate"):
    return result.table[result.table["method"] == method].set_index("predictor")[column].to_dict()


def shapley(corr):
    """LMG by its definition: the gain in R^2 of each predictor, averaged over every order of entry."""
    p = len(corr) - 1

    def r2(chosen):
        chosen = sorted(chosen)
        return corr[chosen, p] @ np.linalg.solve(corr[np.ix_(chosen, chosen)], corr[chosen, p]) if chosen else 0.0

    parts = np.zeros(p)
    for order in permutations(range(p)):
        for k, j in enumerate(order):
            parts[j] += (r2(order[: k + 1]) - r2(order[:k])) / factorial(p)
    return parts


def random_correlations(p, seed, shape=()):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(*shape, p + 1, p + 6)) + rng.normal(size=(*shape, 1, p + 6))
    covariance = x @ np.swapaxes(x, -1, -2)
    deviation = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    return covariance / (deviation[..., :, None] * deviation[..., None, :])


correlations = st.builds(random_correlations, st.integers(1, 6), st.integers(0, 2**32 - 1))


# the same figures as others


def test_lmg_equals_pingouin_and_r():
    found = dx.drivers(survey_of(ATTITUDE), "rating", replicates=0)
    case = CASES["attitude"]
    assert estimates(found, "lmg") == pytest.approx(case["pingouin_relimp"]["lmg"], abs=1e-12)
    assert estimates(found, "lmg") == pytest.approx(case["r_lmg"]["parts"], abs=1e-12)
    assert found.r2 == pytest.approx(case["pingouin_relimp"]["r2"], abs=1e-12)
    assert found.n == 30


def test_relative_weights_equal_r():
    found = dx.drivers(survey_of(ATTITUDE), "rating", replicates=0)
    assert estimates(found, "johnson") == pytest.approx(CASES["attitude"]["r_johnson"]["parts"], abs=1e-12)


def test_published_figures_of_domir_and_rwa_are_met():
    for name, method in (("domir_lmg", lmg), ("rwa_johnson", johnson)):
        expected = CASES["mtcars"][name]["parts"]
        corr = MTCARS[[*expected, "mpg"]].corr().to_numpy()
        assert method(corr) == pytest.approx(list(expected.values()), abs=5.1e-8)  # printed to seven digits


def test_predictors_that_correlate_at_0_99999_get_their_exact_parts():
    found = dx.drivers(survey_of(COLLINEAR), "y", replicates=0)
    exact = CASES["collinear"]["mpmath"]
    assert COLLINEAR["a"].corr(COLLINEAR["b"]) > 0.99999 - 1e-6
    assert estimates(found, "lmg") == pytest.approx(exact["lmg"], abs=1e-9)
    assert estimates(found, "lmg") == pytest.approx(CASES["collinear"]["pingouin_relimp"]["lmg"], abs=1e-9)
    assert estimates(found, "johnson") == pytest.approx(exact["johnson"], abs=1e-9)
    assert found.r2 == pytest.approx(exact["r2"], abs=1e-9)


@pytest.mark.parametrize("p", range(1, 8))
@pytest.mark.thorough
def test_lmg_is_the_average_over_all_orders_of_entry(p):
    corr = random_correlations(p, seed=p)
    assert lmg(corr) == pytest.approx(shapley(corr), abs=1e-11)


# laws


@given(correlations)
def test_the_parts_of_each_method_sum_to_r2_and_none_is_negative(corr):
    r2 = corr[-1, :-1] @ np.linalg.solve(corr[:-1, :-1], corr[:-1, -1])
    for method in (johnson, lmg):
        assert method(corr).sum() == pytest.approx(r2, abs=1e-10)
        assert (method(corr) > -1e-12).all()


@given(correlations, st.randoms(use_true_random=False))
def test_the_order_of_the_predictors_changes_nothing(corr, random):
    order = list(range(len(corr) - 1))
    random.shuffle(order)
    turned = corr[np.ix_([*order, len(order)], [*order, len(order)])]
    for method in (johnson, lmg):
        assert method(turned) == pytest.approx(method(corr)[order], abs=1e-10)


@given(st.integers(1, 6), st.integers(0, 1000))
def test_a_stack_of_matrices_gives_the_parts_of_each(p, seed):
    stack = random_correlations(p, seed, shape=(3, 2))
    for method in (johnson, lmg):
        each = np.array([[method(corr) for corr in row] for row in stack])
        assert method(stack) == pytest.approx(each, abs=1e-12)


def test_two_predictors_have_the_same_parts_by_both_methods():
    corr = random_correlations(2, seed=5)
    assert johnson(corr) == pytest.approx(lmg(corr), abs=1e-12)


def test_predictors_that_do_not_correlate_get_their_own_r2():
    corr = np.eye(4)
    corr[3, :3] = corr[:3, 3] = [0.5, -0.4, 0.0]
    for method in (johnson, lmg):
        assert method(corr) == pytest.approx([0.25, 0.16, 0.0], abs=1e-15)


def test_the_unit_and_direction_of_a_question_change_nothing():
    plain = dx.drivers(survey_of(ATTITUDE), "rating", replicates=50)
    other = ATTITUDE.assign(raises=ATTITUDE["raises"] / 2 + 7, learning=100 - ATTITUDE["learning"])
    moved = dx.drivers(survey_of(other), "rating", replicates=50)
    figures = ["estimate", "low", "high", "share", "share_low", "share_high"]
    assert moved.table[figures].to_numpy() == pytest.approx(plain.table[figures].to_numpy(), abs=1e-10)


def test_shares_of_each_method_sum_to_one():
    found = dx.drivers(worlds.survey(80, missing=0), "q0", ["q1", "q2", "D1"], replicates=0)
    assert found.table.groupby("method")["share"].sum().tolist() == pytest.approx([1, 1])
    assert found.table.groupby("method")["estimate"].sum().tolist() == pytest.approx([found.r2] * 2)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_a_tally_has_the_estimates_of_its_survey_and_no_intervals(missing, snapshot):
    survey = worlds.survey(120, missing=missing)
    whole, counted = (dx.drivers(source, "q0", ["q1", "q2", "q3"]) for source in (survey, dx.tally(survey)))
    same = ["predictor", "method", "n", "label", "shown"]
    assert whole.table[same].equals(counted.table[same])
    for column in ("estimate", "share"):
        assert whole.table[column].to_numpy() == pytest.approx(counted.table[column].to_numpy(), abs=1e-12)
    assert (counted.n, counted.r2) == (whole.n, pytest.approx(whole.r2))
    assert counted.table[["low", "high", "share_low", "share_high"]].isna().all(axis=None)
    assert counted.notes == snapshot
    assert whole.table[["low", "high"]].notna().all(axis=None)


def test_missing_answers_are_left_out_pair_by_pair_and_it_is_said(snapshot):
    frame = worlds.answers(80, missing=0.15, seed=2)[["q1", "q2", "q3", "q0"]]
    found = dx.drivers(worlds.survey(80, missing=0.15, seed=2), "q0", ["q1", "q2", "q3"], replicates=0)
    covariance = frame.cov().to_numpy()
    corr = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    assert list(estimates(found, "lmg").values()) == pytest.approx(shapley(corr), abs=1e-10)
    both = [frame[[name, "q0"]].dropna().shape[0] for name in ("q1", "q2", "q3")]
    assert list(estimates(found, "lmg", "n").values()) == both
    assert found.notes == snapshot


# what is set beside what


def codebook(dimensions):
    names = [f"q{i}" for i in range(len(dimensions))]
    book = pd.DataFrame(
        {"item": names, "text": names, "kind": "rating", "scale": "agreement5", "dimension": dimensions}
    )
    return dx.tally(dx.read_survey(worlds.answers(40, items=len(names), missing=0)[names], book))


@pytest.mark.parametrize(
    ("dimensions", "outcome", "expected"),
    [
        (["A", "A", "B", "B", "C"], "q0", ["B", "C"]),
        (["A", "A", "B", "B", "C"], "A", ["B", "C"]),
        (["A", "A", "B", "B", ""], "q4", ["A", "B"]),
        (["A", "A", "B", "B", ""], "A", ["q2", "q3", "q4"]),
        (["A", "A", "B", "", ""], "overall", ["q3", "q4"]),
        (["", "", ""], "q1", ["q0", "q2"]),
    ],
)
def test_by_default_nothing_that_holds_the_outcome_stands_beside_it(dimensions, outcome, expected, snapshot):
    found = dx.drivers(codebook(dimensions), outcome)
    assert found.table["predictor"].tolist() == expected * 2
    assert found.notes == snapshot


def test_a_predictor_that_holds_the_outcome_is_named(snapshot):
    found = dx.drivers(codebook(["A", "A", "B", "B", "C"]), "q0", ["A", "B"])
    assert found.notes == snapshot


def test_above_twelve_predictors_there_are_relative_weights_alone(snapshot):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.integers(0, 101, (60, 14)), columns=[f"v{i}" for i in range(14)])
    found = dx.drivers(survey_of(frame), "v0", replicates=20)
    assert found.table["method"].unique().tolist() == ["johnson"]
    assert found.notes == snapshot
    assert "lmg" not in repr(found).split("\n")[2]


# what is refused, and how it is said


@pytest.mark.parametrize(
    ("outcome", "predictors", "named"),
    [
        pytest.param("ratnig", None, ["ratnig", "rating"], id="a misspelt outcome"),
        pytest.param("rating", ["raises", "zzz"], ["zzz"], id="an unknown predictor"),
        pytest.param("rating", ["rating", "raises"], ["rating"], id="'rating' is among the predictors"),
        pytest.param("rating", [], ["rating"], id="no predictors"),
    ],
)
def test_wrong_names_are_told_with_what_would_do(outcome, predictors, named, refusal):
    with refusal(*named):
        dx.drivers(survey_of(ATTITUDE), outcome, predictors)


def test_the_whole_has_nothing_beside_it(refusal):
    with refusal("overall"):
        dx.drivers(codebook(["A", "B"]), "overall")


def test_where_everybody_answered_alike_nothing_is_shown_and_the_note_does_not_say_which_of_the_two_it_was():
    for frame, names in (
        (ATTITUDE.assign(raises=50.0), ["raises", "complaints"]),
        (ATTITUDE.assign(rating=50.0), None),
    ):
        found = dx.drivers(survey_of(frame), "rating", names)
        assert not found.table["shown"].any()
        assert "hidden: too few answers, or all alike" in found.notes
        lines = repr(found).splitlines()
        assert lines[1:3] == ["explained variance (R²): hidden", found.notes[0]]  # no row of which nothing is shown
        assert "hidden: too few answers, or all alike" in lines


def test_of_predictors_that_nobody_named_those_that_can_tell_nothing_are_left_out_and_noted(snapshot):
    few = ATTITUDE.assign(raises=50.0)
    few.loc[4:, "learning"] = np.nan
    found = dx.drivers(survey_of(few), "rating", replicates=0)
    rest = [name for name in ATTITUDE if name not in ("rating", "raises", "learning")]
    assert found.r2 == dx.drivers(survey_of(ATTITUDE), "rating", rest, replicates=0).r2
    assert found.notes[1] == snapshot


def test_too_few_answers_for_so_many_predictors_are_counted(refusal):
    with refusal():
        dx.drivers(survey_of(ATTITUDE.head(7), min_group=3), "rating")
    assert dx.drivers(survey_of(ATTITUDE.head(8), min_group=3), "rating", replicates=0).r2 <= 1


def test_a_combination_of_predictors_is_named_with_its_parts(refusal):
    frame = ATTITUDE.assign(critical=ATTITUDE["complaints"] / 4 + ATTITUDE["raises"] / 2 + 3)
    with refusal():
        dx.drivers(survey_of(frame), "rating")
    with refusal():
        dx.drivers(survey_of(ATTITUDE.assign(learning=100 - ATTITUDE["complaints"])), "rating")
    assert dx.drivers(survey_of(frame), "rating", ["complaints", "critical"], replicates=0).r2 > 0


def test_an_outcome_that_is_a_combination_of_its_predictors_has_r2_of_one():
    frame = ATTITUDE.assign(rating=ATTITUDE["complaints"] / 2 + ATTITUDE["raises"] / 2)
    found = dx.drivers(survey_of(frame), "rating", replicates=30)
    assert found.r2 == pytest.approx(1, abs=1e-12)
    assert found.table["low"].notna().all()


def test_gaps_that_make_the_correlations_contradict_each_other_are_told(refusal):
    a, gap = np.tile([20.0, 40.0, 60.0, 80.0], 8), np.nan
    frame = pd.DataFrame({"a": a, "b": a, "c": a, "y": np.roll(a, 1)})
    frame.loc[:9, "a"], frame.loc[10:19, "b"], frame.loc[20:, "c"] = gap, gap, gap
    frame.loc[20:, "b"] = 100 - frame.loc[20:, "b"]  # with a against it, though both go with c
    with refusal():
        dx.drivers(survey_of(frame), "y")


# privacy


def test_below_the_smallest_group_nothing_is_shown(snapshot):
    few = ATTITUDE.copy()
    few.loc[4:, "raises"] = np.nan
    found = dx.drivers(survey_of(few), "rating", [name for name in ATTITUDE if name != "rating"])
    assert not found.table["shown"].any()
    assert found.table[["n", "estimate", "low", "high", "share", "share_low", "share_high"]].isna().all(axis=None)
    assert np.isnan(found.r2)
    assert found.n is None
    assert found.notes == snapshot
    assert repr(found).splitlines()[1] == snapshot


# the bootstrap


def test_the_bootstrap_is_that_of_refitting_to_drawn_respondents():
    values = worlds.answers(40, items=4, missing=0.1, seed=3)[["q1", "q2", "q3", "q0"]].to_numpy()
    found = resampled(values, np.eye(4), ["johnson", "lmg"], 25, seed=7)
    rng = np.random.default_rng(7)
    expected = []
    for rows in rng.integers(40, size=(25, 40)):
        covariance = pd.DataFrame(values[rows]).cov().to_numpy()
        corr = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
        expected.append([johnson(corr), shapley(corr)])
    assert found == pytest.approx(np.array(expected), abs=1e-10)


def test_a_seed_repeats_the_intervals_and_they_hold_the_estimates():
    survey = worlds.survey(100, missing=0)
    one, two, other = (dx.drivers(survey, "q0", seed=seed, predictors=["q1", "q2", "q3"]) for seed in (1, 1, 2))
    assert one.table.equals(two.table)
    assert not one.table.equals(other.table)
    assert (one.table["low"] <= one.table["estimate"]).all()
    assert (one.table["estimate"] <= one.table["high"]).all()


@pytest.mark.parametrize("worlds", [60, pytest.param(150, marks=pytest.mark.thorough)])
def test_intervals_hold_the_true_parts_about_as_often_as_they_say(worlds):
    # 150 worlds: the standard error of a coverage of 0.95 is 0.018, of all eight together less; of 60 it is 0.028
    rng, true = np.random.default_rng(12), np.full((5, 5), 0.4) + 0.6 * np.eye(5)
    true[4, :4] = true[:4, 4] = [0.6, 0.5, 0.4, 0.3]
    parts = np.stack([johnson(true), lmg(true)])
    root, hits = np.linalg.cholesky(true), []
    for world in range(worlds):
        spread = resampled(rng.normal(size=(150, 5)) @ root.T, np.eye(5), ["johnson", "lmg"], 300, seed=world)
        low, high = np.quantile(spread, [0.025, 0.975], axis=0)
        hits.append((low <= parts) & (parts <= high))
    assert 0.90 <= np.mean(hits) <= 0.98
    assert np.mean(hits, axis=0).min() >= 0.87


def test_samples_without_a_solution_are_dropped_and_counted():
    frame = pd.DataFrame(
        {"a": [10, 10, 10, 10, 10, 10, 90], "b": [5, 9, 30, 20, 60, 70, 50], "y": [20, 30, 10, 50, 60, 70, 90]}
    )
    found = dx.drivers(survey_of(frame, min_group=3), "y", replicates=400)
    said = re.search(r"(\d+) of 400", " ".join(found.notes))
    assert 90 <= int(said[1]) <= 190  # the one who differs is not drawn in (6/7)^7 = 34% of them
    assert found.table["low"].notna().all()


def test_where_most_samples_have_no_solution_there_are_no_intervals(snapshot):
    frame = ATTITUDE.head(8)
    found = dx.drivers(survey_of(frame, min_group=3), "rating", replicates=200)
    assert found.table["low"].isna().all()
    assert [re.sub(r"\d+ of 200", "<n> of 200", note) for note in found.notes] == snapshot


@pytest.mark.thorough
def test_a_thousand_replicates_take_seconds():
    # measured 0.02 s for 4 predictors, 0.3 s for 12; the bounds leave room for a slow machine
    rng = np.random.default_rng(0)
    for p, seconds in ((4, 1.0), (12, 10.0)):
        values = rng.normal(size=(200, p + 1))
        start = time.perf_counter()
        assert len(resampled(values, np.eye(p + 1), ["johnson", "lmg"], 1000, seed=0)) == 1000
        assert time.perf_counter() - start < seconds


# how it shows itself


def test_it_shows_the_largest_share_first_and_says_goes_with(snapshot):
    found = dx.drivers(survey_of(ATTITUDE), "rating")
    lines = repr(found).splitlines()
    assert lines[:3] == snapshot
    assert lines[3].startswith("Is complaints fine?  30    50%")
    assert lines[3].endswith("51%")
    assert repr(dx.drivers(dx.tally(survey_of(ATTITUDE)), "rating")) == snapshot
    assert found.notes == snapshot
    assert "Is raises fine?" in found._repr_html_()


def test_a_survey_of_comments_alone_has_no_drivers():
    book = pd.DataFrame({"item": ["why"], "text": ["Why?"], "kind": ["comment"]})
    survey = dx.read_survey(pd.DataFrame({"why": ["builds", "none", "reviews"]}), book)
    with pytest.raises(dx.DataError):
        dx.drivers(survey)
