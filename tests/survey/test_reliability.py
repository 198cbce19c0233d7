"""Alpha, omega and item statistics against R, and their laws."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.statistics.internal_consistency import (
    alpha_if_dropped,
    cronbach_alpha,
    item_rest_correlation,
    omega_total,
    one_factor_loadings,
)
from tests.laws import examples
from tests.places import CASE_FILES

pytestmark = pytest.mark.usefixtures("nothing_hidden")

ATTITUDE = json.loads((CASE_FILES / "statistics.json").read_text())["attitude"]
DATA = pd.DataFrame(ATTITUDE["data"])


def attitude_survey(frame=DATA):
    book = pd.DataFrame(
        {"item": frame.columns, "text": frame.columns, "kind": "rating", "dimension": "attitude", "scale": "0-100"}
    )
    return dx.read_survey(frame, book)


def test_alpha_equals_r_psych():
    row = dx.reliability(attitude_survey()).table.iloc[0]
    assert (row["items"], row["n"], row["n_complete"]) == (7, 30, 30)
    assert row["alpha"] == pytest.approx(ATTITUDE["alpha"], abs=1e-9)


def test_the_interval_of_eight_people_is_the_worked_one():
    frame = pd.DataFrame([[*map(int, each)] for each in "544 445 232 554 333 122 455 223".split()], columns=[*"abc"])
    book = pd.DataFrame({"item": [*"abc"], "text": [*"abc"], "kind": "rating", "dimension": "d", "scale": "agreement5"})
    survey = dx.read_survey(frame, book, min_group=3)
    parts = [dx.tally(part, codebook=book, min_group=3) for part in (frame[:3], frame[3:])]
    for source in (survey, dx.tally(survey), sum(parts[1:], parts[0])):
        row = dx.reliability(source).table.iloc[0]
        wanted = [0.9304812834, 0.4141642172, 0.9917505006]
        assert row[["alpha", "alpha_low", "alpha_high"]].tolist() == pytest.approx(wanted, rel=1e-6)


def test_equal_totals_have_no_alpha():
    frame = pd.DataFrame({"a": [1, 2, 3, 4, 5] * 2, "b": [5, 4, 3, 2, 1] * 2})
    result = dx.reliability(attitude_survey(20 * frame))
    assert result.table.empty
    assert "left out: attitude; too few answers, or all alike" in result.notes


def test_item_statistics_equal_r_psych():
    items = dx.reliability(attitude_survey()).items.set_index("item")
    for name in DATA:
        assert items.loc[name, "alpha_if_dropped"] == pytest.approx(ATTITUDE["alpha_if_dropped"][name], abs=1e-9)
        assert items.loc[name, "item_rest"] == pytest.approx(ATTITUDE["item_rest"][name], abs=1e-9)


def test_omega_and_loadings_equal_r_psych():
    # R stops its optimiser at about 1e-6; the fit here goes on to 1e-13
    expected = ATTITUDE["omega_total_one_factor_minres_correlation"]
    loadings = one_factor_loadings(DATA.corr().to_numpy())
    assert loadings == pytest.approx([expected["loadings"][name] for name in DATA], abs=1e-5)
    assert omega_total(loadings) == pytest.approx(expected["model_implied"], abs=1e-6)
    assert dx.reliability(attitude_survey()).table["omega"][0] == pytest.approx(expected["model_implied"], abs=1e-6)


def test_three_items_are_fitted_exactly():
    true = np.array([0.9, 0.6, 0.5])
    correlation = np.outer(true, true)
    np.fill_diagonal(correlation, 1)
    assert one_factor_loadings(correlation) == pytest.approx(true, abs=1e-9)


def test_two_items_have_alpha_and_no_omega_and_say_so(snapshot):
    result = dx.reliability(attitude_survey(DATA[["rating", "complaints"]]))
    assert np.isfinite(result.table["alpha"][0])
    assert np.isnan(result.table["omega"][0])
    assert result.notes == snapshot
    assert result.items["alpha_if_dropped"].isna().all()


def test_a_dimension_with_an_item_that_does_not_vary_is_left_out_and_the_item_is_not_named():
    result = dx.reliability(attitude_survey(DATA.assign(raises=50.0)))
    assert result.table.empty
    assert result.notes == ("left out: attitude; too few answers, or all alike",)


def test_n_is_the_fewest_who_answered_a_pair_and_n_complete_who_answered_all():
    gaps = DATA.copy()
    gaps.loc[0:3, "rating"] = np.nan
    gaps.loc[29, "raises"] = np.nan
    assert dx.reliability(attitude_survey(gaps)).table[["n", "n_complete"]].iloc[0].tolist() == [25, 25]


def test_alpha_from_missing_answers_is_pairwise():
    gaps = DATA.copy()
    gaps.loc[0:5, "rating"] = np.nan
    gaps.loc[4:9, "critical"] = np.nan
    assert dx.reliability(attitude_survey(gaps)).table["alpha"][0] == pytest.approx(
        cronbach_alpha(gaps.cov().to_numpy()), abs=1e-12
    )


@examples(30)
@given(st.integers(2, 8), st.integers(0, 2**32 - 1))
def test_reversing_an_item_and_its_flag_together_changes_nothing(k, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.integers(1, 6, (20, k)), columns=[f"q{i}" for i in range(k)])
    book = pd.DataFrame(
        {
            "item": frame.columns,
            "text": frame.columns,
            "kind": "rating",
            "dimension": "d",
            "scale": "agreement5",
            "reverse": "",
        }
    )
    turned = book.assign(reverse=["yes"] + [""] * (k - 1))
    one = dx.reliability(dx.read_survey(frame, book)).table.iloc[0, 3:].astype(float)
    two = dx.reliability(dx.read_survey(frame.assign(q0=6 - frame["q0"]), turned)).table.iloc[0, 3:].astype(float)
    assert two.to_numpy() == pytest.approx(one.to_numpy(), abs=1e-9, nan_ok=True)


def test_the_pieces_agree_with_each_other():
    covariance = DATA.cov().to_numpy()
    assert alpha_if_dropped(covariance)[0] == pytest.approx(cronbach_alpha(covariance[1:, 1:]))
    rest = DATA.iloc[:, 1:].sum(axis=1)
    assert item_rest_correlation(covariance)[0] == pytest.approx(np.corrcoef(DATA.iloc[:, 0], rest)[0, 1])
