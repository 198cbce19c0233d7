"""When leaving pays and what deciding later is worth: by hand, by integration, and by its laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.procurement.cost.switching import option_value
from dxkit.statistics.finance import annuity
from tests import sample
from tests.laws import examples

few = examples(40)


@pytest.fixture(scope="module")
def portal():
    return sample.portal()


def certain(a=90_000, b=30_000, start=20_000):
    rows = [
        ["A", "seats", "licence", "yearly", a],
        ["B", "seats", "licence", "yearly", b],
        ["B", "roll-out", "implementation", "once", start],
    ]
    costs = pd.DataFrame(rows, columns=["vendor", "line", "category", "timing", "likely"])
    return dx.read_dossier({"costs": costs})


def test_the_break_even_saving_by_hand():
    read = certain()
    moved = dx.switching(read, "B")
    planned = dx.exit_cost(read).totals.query("vendor == 'A'")["planned"].to_numpy()
    assert moved.table["move"].to_numpy() == pytest.approx(planned + 20_000)
    assert moved.table["needed"].to_numpy() == pytest.approx((planned + 20_000) / annuity(0.1, 3))
    assert moved.table["saving"].tolist() == pytest.approx([60_000] * 13)
    pays = np.flatnonzero(moved.table["needed"] <= 60_000)
    first = moved.first.iloc[0]["first_quarter"]
    assert first == pays[0] if len(pays) else np.isnan(first)


def test_the_break_even_saving_is_the_one_at_which_the_present_values_meet():
    moved = dx.switching(certain(), "B").table.iloc[4]
    assert moved["needed"] * sum(1.1**-t for t in (1, 2, 3)) == pytest.approx(moved["move"])


def test_what_pays_at_once_says_so():
    moved = dx.switching(certain(a=900_000), "B")
    assert moved.first[["first_quarter", "saving"]].values.tolist() == [[0, pytest.approx(870_000)]]
    assert moved._printed()[0]["pays"].tolist() == ["from the start"]


def test_what_never_pays_says_so(snapshot):
    moved = dx.switching(certain(a=31_000), "B")
    assert np.isnan(moved.first.iloc[0]["first_quarter"])
    assert repr(moved) == snapshot


def test_deciding_at_a_renewal_equals_the_integral():
    """Running cost is uniform on 0 to 2, seen in year 1; leaving costs 2: E[a + min(2a, 2)] = 2.5."""
    a = 2 * (np.arange(200_000) + 0.5) / 200_000
    found = option_value(3 * a, {4: a + 2}, {4: a[:, None]})
    assert found["stay"] == pytest.approx(3.0)
    assert found["plan"] == pytest.approx(3.0)
    assert found["decide"] == pytest.approx(2.5, abs=1e-6)
    assert found["value"] == pytest.approx(found["at_most"], abs=1e-6)
    assert found["p_leaves"] == pytest.approx(0.5, abs=1e-4)
    beside = np.column_stack([a, np.full(len(a), 1e10)])  # what is large and certain tells nothing
    assert option_value(3 * a, {4: a + 2}, {4: beside})["decide"] == pytest.approx(2.5, abs=1e-6)


def test_two_renewals_wait_where_waiting_is_better():
    """Leaving costs 5 at the first renewal and 1 at the second; running cost is 2 or 4 a year: leave at the second."""
    a = np.repeat([2.0, 4.0], 5_000)
    found = option_value(3 * a, {4: a + 5, 8: 2 * a + 1}, {4: a[:, None], 8: a[:, None]})
    assert found["plan_quarter"] == 8
    assert found["decide"] == pytest.approx(np.mean(2 * a + 1))


@few
@given(st.integers(0, 10_000), st.sampled_from([[], [4], [4, 8], [2, 4, 6, 8, 10]]))
def test_to_know_more_never_costs_more(seed, dates):
    made = np.random.default_rng(seed)
    stay = made.gamma(2.0, 50.0, 400)
    leave, known = {q: made.gamma(2.0, 48.0, 400) for q in dates}, {q: made.normal(size=(400, 2)) for q in dates}
    found = option_value(stay, leave, known)
    assert found["decide"] <= found["plan"] * (1 + 1e-12)
    assert found["plan"] <= found["stay"] * (1 + 1e-12)
    assert -1e-9 <= found["value"] <= found["at_most"] + 1e-9
    if not dates:
        assert (found["value"], found["p_leaves"]) == (0.0, 0.0)


def test_certain_costs_leave_little_to_decide_later():
    worth = dx.switching(certain(), "B").option.iloc[0]
    assert worth["value"] <= 0.01 * worth["plan"]
    assert worth["decide"] == pytest.approx(worth["plan"], rel=0.01)


@pytest.mark.thorough
def test_every_other_vendor_has_its_rows(portal):
    moved = dx.switching(portal, "Port")
    assert moved.first["vendor"].tolist() == [name for name in portal.vendors if name != "Port"]
    assert len(moved.table) == 3 * 13
    assert moved.table["p_pays"].between(0, 1).all()
    stay = sample.cost().totals.query("basis == 'pv'").set_index("vendor")["mean"]
    assert moved.option.set_index("vendor")["stay"].to_dict() == pytest.approx(stay.drop("Port").to_dict())


def test_what_is_no_dossier_is_said():
    with pytest.raises(dx.DataError, match="^dossier=5: give a dossier"):
        dx.switching(5, "B")


def test_an_unknown_or_a_lone_vendor_is_said(portal, refusal):
    with refusal("Compass"):
        dx.switching(portal, "Compass")
    alone = dx.read_dossier({"costs": pd.DataFrame({"vendor": ["A"], "line": "x", "timing": "yearly", "likely": [1]})})
    with refusal():
        dx.switching(alone, "A")
