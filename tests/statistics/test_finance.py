"""Money over years: published cases, LibreOffice's and R's figures, and the laws of discounting."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.statistics.finance import annuity, discount_factors, roi
from tests.laws import examples
from tests.places import CASE_FILES

FINANCE = json.loads((CASE_FILES / "finance.json").read_text())["cases"]
PUBLISHED = {case["id"]: case for case in json.loads((CASE_FILES / "procurement.json").read_text())}
money = st.lists(st.integers(-1_000, 1_000), min_size=2, max_size=8).filter(any)
rates = st.floats(-0.5, 2.0)
few = examples(100)


@pytest.mark.parametrize("case", FINANCE, ids=lambda case: case["name"])
def test_the_figures_of_r_and_libreoffice(case):
    flows, rate = case["cashflows"], case["rate"]
    scale = max(map(abs, flows))
    assert dx.npv(rate, flows) == pytest.approx(case["libreoffice"]["NPV_t0"], abs=1e-9 * scale)
    assert dx.irr(flows) == pytest.approx([r for r in case["r"]["real_irrs"] if -1 < r <= 10], abs=1e-9)
    for kind, options in (("payback_simple", {}), ("payback_discounted", {"rate": rate})):
        for which, stays in (("first", False), ("last", True)):
            known = case["r"][kind][which]
            found = dx.payback(flows, stays=stays, **options)
            assert found is None if known is None else found == pytest.approx(known, abs=1e-9), (kind, which)


def test_a_rate_that_is_none_is_named():
    with pytest.raises(dx.DataError, match="rate"):
        dx.npv(float("nan"), [1, 2])
    with pytest.raises(dx.DataError, match="above -100%, such as 0.1 for 10%, not -100%$"):
        dx.npv(-1, [1, 2])


def test_a_return_on_less_than_one_unit_of_money():
    assert roi(3, 0.5) == 5


def test_rates_are_exact_to_the_last_digits():
    """An annuity of 60 years, whose polynomial has roots that eigenvalues alone give to 14 digits."""
    for paid in (85 / 3, 12):
        (rate,) = dx.irr([-1_000, *[paid] * 60])
        assert annuity(rate, 60) * paid == pytest.approx(1_000, rel=1e-14)


def test_forresters_tei_of_salesloft():
    case = PUBLISHED["tei_salesloft"]
    costs, benefits, rate = (case["inputs"][name] for name in ("costs", "benefits", "rate"))
    net = np.subtract(benefits, costs)
    assert round(dx.npv(rate, costs)) == case["expected"]["pv_costs"]
    assert round(dx.npv(rate, benefits)) == case["expected"]["pv_benefits"]
    assert abs(dx.npv(rate, net) - case["expected"]["npv"]) <= 1
    assert round(100 * roi(dx.npv(rate, benefits), dx.npv(rate, costs))) == case["expected"]["roi_pct"]
    assert dx.payback(net) < 0.5


def test_a_course_worksheet_with_discounted_payback():
    case = PUBLISHED["sheet1_8pct"]
    costs, benefits, rate = (case["inputs"][name] for name in ("costs", "benefits", "rate"))
    net = np.subtract(benefits, costs)
    assert round(dx.npv(rate, net)) == case["expected"]["npv"]
    assert np.cumsum(net * discount_factors(rate, 3)).round() == pytest.approx(case["expected"]["cum_disc"], abs=1)
    assert dx.payback(net, rate) == pytest.approx(0.945, abs=5e-4)
    assert 100 * roi(dx.npv(rate, benefits), dx.npv(rate, costs)) == pytest.approx(case["expected"]["roi_pct"], abs=0.1)


@pytest.mark.parametrize("name", ["npf_irr_doc", "npf_issue44"])
def test_rates_of_return_where_numpy_financial_is_right_and_where_it_is_wrong(name):
    case = PUBLISHED[name]
    assert dx.irr(case["inputs"]["values"])[-1] == pytest.approx(case["expected"]["irr"], abs=1e-9)


def test_a_last_small_loss_has_a_second_rate_near_minus_100_percent():
    """numpy-financial gives this one alone; the list holds both, and the flows change sign twice."""
    flows = PUBLISHED["npf_issue44"]["inputs"]["values"]
    assert dx.irr(flows) == pytest.approx([-0.99979, 1.00427], abs=1e-5)


@pytest.mark.parametrize(
    ("flows", "rates"),
    [
        ([-10_000] + [327.24625] * 16, [-0.067654]),
        ([-50, -100, 600, 300, -100], [-0.768895, 1.854418]),
        ([-100, 0, 0, -7], []),
        ([-172_545.848122807] + [787.735232517999] * 480, [0.00384]),
        ([-1_000, 3_900, -4_990, 2_090], [0, 0.338197, 0.561803]),
    ],
    ids=["a loss", "two", "none", "480 months", "three"],
)
def test_flows_of_public_reports_have_all_their_rates(flows, rates):
    """numpy/numpy-financial #98, #44, #28; numpy/numpy #4210; Anexen/pyxirr #24."""
    assert dx.irr(flows) == pytest.approx(rates, abs=6e-7)


def test_the_examples_of_excels_help():
    expected = PUBLISHED["excel_irr"]["expected"]
    flows = PUBLISHED["excel_irr"]["inputs"]["values"]
    for years, name in ((5, "irr_5y"), (4, "irr_4y"), (2, "irr_2y")):
        assert dx.irr(flows[: years + 1])[0] == pytest.approx(expected[name], abs=5e-5)
    assert dx.npv(0.05, PUBLISHED["npf_npv"]["inputs"]["values"]) == pytest.approx(122.89485495094269, rel=1e-12)
    assert dx.npv(0.1, [0, -10000, 3000, 4200, 6800]) == pytest.approx(1188.44, abs=5e-3)
    assert dx.npv(0.08, [-40000, 5000, 8000, 12000, 30000]) == pytest.approx(3065.222668179522, rel=1e-12)
    second = PUBLISHED["excel_npv2"]
    for flows, name in (([], "npv"), ([-9000], "npv_with_year6_loss_9000")):
        found = dx.npv(second["inputs"]["rate"], [*second["inputs"]["values"], *flows])
        assert found == pytest.approx(second["expected"][name], abs=5e-3)


@few
@given(money, rates)
def test_npv_is_linear_and_plain_at_rate_nil(flows, rate):
    assert dx.npv(0.0, flows) == pytest.approx(sum(flows))
    more = [flows[0] + 7.0, *flows[1:]]
    assert dx.npv(rate, more) - dx.npv(rate, flows) == pytest.approx(7.0, rel=1e-9)
    assert dx.npv(rate, np.multiply(3, flows)) == pytest.approx(3 * dx.npv(rate, flows), rel=1e-9, abs=1e-6)


@few
@given(st.lists(st.floats(-0.6, 2.0).map(lambda r: round(r, 2)), min_size=1, max_size=4, unique=True))
def test_every_rate_that_was_built_in_is_found_and_no_other(built):
    flows = np.poly([1 + rate for rate in built]) * -100  # a polynomial with just these roots
    found = dx.irr(flows)
    assert found == pytest.approx(sorted(built), abs=1e-6)


@few
@given(money)
def test_at_every_rate_found_nothing_is_left(flows):
    for rate in dx.irr(flows):
        size = np.abs(np.array(flows) * discount_factors(rate, len(flows) - 1)).sum()
        assert abs(dx.npv(rate, flows)) <= 1e-8 * size
    assert dx.irr(np.multiply(5, flows)) == pytest.approx(dx.irr(flows), abs=1e-6)


def test_a_rate_of_a_thousand_per_cent_is_the_highest():
    assert dx.irr([-100, 1_100]) == pytest.approx([10.0], abs=1e-12)
    assert dx.irr([-100, 1_100.1]) == []
    assert dx.irr([-100, 1e-9]) == pytest.approx([-1 + 1e-11], abs=1e-12)


def test_a_double_root_is_one_rate():
    assert dx.irr([-100, 220, -121]) == pytest.approx([0.1], abs=1e-6)
    assert dx.irr([-1, 16, -64]) == pytest.approx([7.0], abs=1e-6)


def test_many_cases_at_once_and_an_annuity():
    flows = np.array([[-100.0, 60, 60], [-50, 30, 30]])
    assert dx.npv(0.1, flows) == pytest.approx([dx.npv(0.1, row) for row in flows])
    assert annuity(0.1, 3) == pytest.approx(dx.npv(0.1, [0, 1, 1, 1]))


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda: dx.npv(0.1, []), id="no flows"),
        pytest.param(lambda: dx.npv(-1, [1, 2]), id="above -100%"),
        pytest.param(lambda: dx.npv(0.1, [1, np.nan]), id="missing or not finite"),
        pytest.param(lambda: dx.irr([0, 0]), id="every flow is 0"),
        pytest.param(lambda: dx.irr([[1, 2], [3, 4]]), id="one case"),
        pytest.param(lambda: roi(5, 0), id="costs above 0"),
    ],
)
def test_what_cannot_be_is_said(work, refusal):
    with refusal():
        work()


def test_flows_that_are_none_are_told_in_full():
    asked = "give the money of time 0, year 1, year 2 and so on"
    for flows in (["x"], [1, None, "y"], [[1, 2], [3]]):
        with pytest.raises(dx.DataError, match=f"^the flows are not all numbers; {asked}$"):
            dx.npv(0.1, flows)
    for flows in ([], 5, [[], []]):
        with pytest.raises(dx.DataError, match=f"^there are no flows; {asked}$"):
            dx.npv(0.1, flows)
    one = "^payback takes the flows of one case: a list of the money of time 0, year 1 and so on$"
    with pytest.raises(dx.DataError, match=one):
        dx.payback([[1, 2], [3, 4]])
