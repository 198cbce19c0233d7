"""The business case: a published calculator's example, what the hours must become, and what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.outcomes.business_case import break_even
from dxkit.outcomes.saved_hours import hourly_rate
from tests import sample as samples


def hours(**topics):
    """A ranking of a census in which everybody reports the same hours."""
    rows = [(f"h{k}", topic, "hours", topic, "hours") for k, topic in enumerate(topics)]
    items = pd.DataFrame([*rows, ("site", "site", "segment", "", "")], columns="item text kind topic scale".split())
    answers = pd.DataFrame({f"h{k}": [value] * 12 for k, value in enumerate(topics.values())}).assign(site="Here")
    staff = pd.DataFrame({"site": ["Here"], "headcount": [12]})
    return dx.rank_pains(dx.read_survey(answers, dx.read_codebook(items), staff), score="hours", top_n=1)


def made(costs, fit, benefits=None, *, years=1, rate=0.0):
    tables = {
        "decision": pd.DataFrame({"key": ["horizon_years", "discount_rate"], "value": [years, rate]}),
        "costs": pd.DataFrame(costs, columns=["vendor", "line", "timing", "likely"]),
        "fit": pd.DataFrame(fit, columns=["vendor", "topic", "likely"]),
        "exit": pd.DataFrame({"vendor": "A", "input": ["hazard_forced", "hazard_voluntary"], "likely": [0, 0]}),
    }
    if benefits is not None:
        columns = ["vendor", "line", "ledger", "timing", "likely", "category"][: len(benefits[0])]
        tables["benefits"] = pd.DataFrame(benefits, columns=columns)
    return dx.read_dossier(tables)


def case(ranking, dossier, **options):
    options = {"bias": 1.0} | options  # the reports as they are
    return dx.business_case(ranking, dossier, dx.tco(dossier), dx.exit_cost(dossier), **options)


@pytest.fixture(scope="module")
def sample():
    return samples.ranking(), samples.portal(), samples.cost(), samples.leaving()


def test_the_example_of_doras_calculator():
    """dora.dev's calculator of returns of AI-assisted development, default figures (2026): hard costs 5,065,000,
    learning 3,300,000, capacity 11,000,000, more features 990,000, more downtime 344,000; its return is 39%.

    More features are what the saved hours become, so they are not counted beside the hours: the share is 79%.
    """
    assert 5_065_000 + 3_300_000 == 8_365_000
    assert 11_000_000 + 990_000 - 344_000 == 11_646_000
    assert f"{(11_646_000 - 8_365_000) / 8_365_000:.0%}" == "39%"
    dossier = made(
        [
            ["A", "licences", "once", 5_065_000],
            ["A", "learning", "once", 3_300_000],
            ["A", "more downtime", "once", 344_000],
        ],
        [["A", "all", 1.0]],
    )
    found = case(hours(all=5.0), dossier, people=500, hourly=100, weeks=44, ramp=(1.0,))
    ledgers = found.ledgers.set_index("ledger")["mean"]
    assert ledgers["capacity"] == pytest.approx(11_000_000)
    assert ledgers["cost"] == pytest.approx(8_709_000)
    assert [f"{share:.0%}" for share in found.rho_break_even] == ["79%"] * 3
    assert found.rho_break_even[1] == pytest.approx(8_709_000 / 11_000_000, rel=1e-12)


def test_it_pays_exactly_at_the_break_even_share():
    dossier = made([["A", "licence", "yearly", 30_000]], [["A", "CI", 0.5], ["A", "docs", 0.25]], years=3, rate=0.1)
    ranking = hours(CI=2.0, docs=4.0)
    options = {"people": 20, "hourly": 50, "ramp": (0.5, 1.0)}
    found = case(ranking, dossier, **options)
    assert found.ledgers.set_index("ledger").loc["capacity", "mean"] == pytest.approx(
        20 * 44 * 50 * 2.0 * sum((0.5 if m <= 12 else 1) * 1.1 ** (-m / 12) / 12 for m in range(1, 37))
    )
    at = case(ranking, dossier, rho=found.rho_break_even[1], **options)
    assert at.npv["mean"].iloc[0] == pytest.approx(0.0, abs=1e-6)


def test_two_products_do_not_save_the_same_hour_twice():
    dossier = made([["A", "licence", "yearly", 100]], [["A", "CI", 0.5]], years=1)
    twice = made([["A", "licence", "yearly", 100]], [["A", "CI", 1.0]], years=1)
    one, all_of_it = (case(hours(CI=2.0), each, people=1, hourly=1, ramp=(1.0,)) for each in (dossier, twice))
    assert all_of_it.ledgers.set_index("ledger").loc["capacity", "mean"] == pytest.approx(88)
    assert one.ledgers.set_index("ledger").loc["capacity", "mean"] == pytest.approx(44)
    capped = case(hours(CI=2.0), twice, people=1, hourly=1, ramp=(1.0,), most_hours=0.5)
    assert capped.ledgers.set_index("ledger").loc["capacity", "mean"] == pytest.approx(22)


def test_headcount_from_which_a_platform_engineer_pays(snapshot):
    """220 days of 8 hours, against 2 hours of each person in 44 weeks, half of them output: 40 people."""
    found = case(hours(CI=4.0), made([["A", "licence", "yearly", 1]], [["A", "CI", 0.5]]), people=10, hourly=70)
    assert found.headcount[["low", "mid", "high"]].iloc[0].tolist() == pytest.approx([40.0] * 3)
    assert found.facts == snapshot


def test_the_ledgers_of_the_sample_are_those_of_tco_and_exit(sample, snapshot):
    found = dx.business_case(*sample)
    table = found.ledgers.set_index(["vendor", "ledger"])["mean"]
    totals = sample[2].totals.query("basis == 'pv'").set_index("vendor")["mean"]
    served = sample[2].totals.query("basis == 'pv_served'").set_index("vendor")["mean"]
    for vendor in sample[1].vendors:
        assert table[vendor, "cost"] == pytest.approx(totals[vendor], rel=1e-12)
        assert table[vendor, "exit"] == pytest.approx(served[vendor] - totals[vendor], rel=1e-9)
    assert "risk" not in found.ledgers["ledger"].tolist()
    assert found.notes == snapshot
    assert (found.break_even["low"] < found.break_even["mid"]).all()
    again = dx.business_case(*sample)
    pd.testing.assert_frame_equal(found.ledgers, again.ledgers)


@pytest.mark.parametrize(
    ("category", "line"),
    [
        ("hours", "shorter waiting"),
        ("incidents", "fewer incidents"),
        ("onboarding", "faster onboarding"),
        ("licences", "wiki licence retired"),
    ],
)
def test_what_would_be_counted_twice_is_refused_until_declared(category, line, snapshot):
    dossier = made([["A", "licence", "yearly", 100]], [["A", "CI", 0.5]], [["A", line, "cash", "yearly", 50, category]])
    with pytest.raises(dx.DataError, match=f"{category}, perhaps in"):
        case(hours(CI=2.0), dossier, people=1, hourly=1)
    with pytest.raises(dx.DataError, match=f"{category}, perhaps in"):
        case(hours(CI=2.0), dossier, people=1, hourly=1, declared={category: " "})
    found = case(hours(CI=2.0), dossier, people=1, hourly=1, declared={category: "not asked"})
    assert found.ledgers.set_index("ledger").loc["cash", "mean"] == pytest.approx(50)
    assert found.notes == snapshot


@pytest.mark.parametrize("category", ["infrastructure", "other"])
def test_other_benefits_need_no_reason_and_their_words_do_not_matter(category):
    line = "servers of the incident tool, licence and onboarding"
    dossier = made([["A", "licence", "yearly", 100]], [["A", "CI", 0.5]], [["A", line, "cash", "yearly", 50, category]])
    found = case(hours(CI=2.0), dossier, people=1, hourly=1)
    assert found.ledgers.set_index("ledger").loc["cash", "mean"] == pytest.approx(50)


def test_a_benefit_without_a_category_is_refused(refusal):
    dossier = made([["A", "licence", "yearly", 100]], [["A", "CI", 0.5]], [["A", "servers", "cash", "yearly", 50]])
    with refusal("servers", "infrastructure"):
        case(hours(CI=2.0), dossier, people=1, hourly=1)


def test_day_rates_of_single_vendors_alone_need_an_hourly_rate(sample, refusal):
    _, dossier, *_ = sample
    (_, figure), *_ = [(key, one) for key, one in dossier.exit.items() if key[1] == "engineer_day_rate"]
    rest = {key: one for key, one in dossier.exit.items() if key[1] != "engineer_day_rate"}
    alone = {("Port", "engineer_day_rate"): figure}
    with refusal("hourly="):
        hourly_rate(replace(dossier, exit=rest | alone), {}, 8)
    everybody = {("all", "engineer_day_rate"): figure}
    found = hourly_rate(replace(dossier, exit=rest | alone | everybody), {}, 8)
    assert found.tolist() == pytest.approx([figure.mean / 8])


def test_the_part_of_reported_hours_that_is_real_is_a_judgement(sample):
    plain, judged = dx.business_case(*sample, bias=1.0), dx.business_case(*sample)
    assert judged.rho_break_even[1] > plain.rho_break_even[1]
    assert any("0.4 to 0.7 to 1" in note and "judgements" in note for note in judged.notes)


def test_a_line_declares_for_itself_alone(refusal, snapshot):
    lines = pd.DataFrame(
        [["A", "wiki licence retired", 50, "it is in no cost"], ["A", "old portal retired", 5, ""]],
        columns=["vendor", "line", "likely", "declared"],
    ).assign(category="licences")
    dossier = made([["A", "licence", "yearly", 100]], [["A", "CI", 0.5]])
    with refusal() as refused:
        case(hours(CI=2.0), replace(dossier, benefits=with_benefits(lines)), people=1, hourly=1)
    assert "wiki" not in str(refused.value)
    found = case(hours(CI=2.0), replace(dossier, benefits=with_benefits(lines[:1])), people=1, hourly=1)
    assert found.notes == snapshot


def with_benefits(lines):
    costs = pd.DataFrame([["A", "licence", "yearly", 100]], columns=["vendor", "line", "timing", "likely"])
    return dx.read_dossier({"costs": costs, "benefits": lines.assign(ledger="cash", timing="yearly")}).benefits


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9), st.floats(1, 1e9))
def test_the_break_even_share_closes_the_gap(cost, cash, risk, capacity):
    share = float(break_even(cost, capacity, cash, risk))
    assert cash + risk + share * capacity - cost == pytest.approx(0.0, abs=1e-3 + 1e-9 * (cost + cash + risk))


def test_nothing_saved_never_pays_and_enough_cash_needs_no_hours(snapshot):
    assert break_even(10.0, 0.0, 0.0, 0.0) == np.inf
    assert break_even(10.0, 0.0, 20.0, 0.0) == 0.0
    found = case(hours(CI=2.0), made([["A", "licence", "yearly", 100]], [["A", "other", 0.5]]), people=1, hourly=1)
    assert found.rho_break_even == (np.inf,) * 3
    assert (found.facts, found.notes) == snapshot
    rich = made(
        [["A", "licence", "yearly", 10]],
        [["A", "CI", 0.5]],
        [["A", "sold hardware", "cash", "yearly", 50, "infrastructure"]],
    )
    assert case(hours(CI=2.0), rich, people=1, hourly=1).facts == snapshot


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"rho": 1.5}, id="is no share"),
        pytest.param({"vendor": "Z"}, id="no vendor of the dossier"),
        pytest.param({"people": "ghosts"}, id="whose hours"),
        pytest.param({"declared": {"x": "y"}}, id="is no overlap"),
    ],
)
def test_options_that_cannot_be(sample, options, refusal):
    with refusal():
        dx.business_case(*sample, **options)


@pytest.mark.thorough
def test_a_ranking_of_something_else_and_a_dossier_without_fit_are_refused(sample, refusal):
    _, dossier, tco, leaving = sample
    severity = dx.rank_pains(dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv")), score="severity")
    with refusal():
        dx.business_case(severity, dossier, tco, leaving)
    costs = pd.DataFrame({"vendor": ["A"], "line": "seats", "timing": "yearly", "likely": [1000]})
    bare = dx.read_dossier({"costs": costs})
    with refusal("sheet fit"):
        dx.business_case(sample[0], bare, dx.tco(bare), dx.exit_cost(bare))


def test_the_smallest_headcount_is_one_of_whole_people_that_is_enough(snapshot):
    """1760 hours against 0.9 x 44 x 0.5 of each person: 88.9, so 88 are not enough."""
    found = case(hours(CI=1.8), made([["A", "licence", "yearly", 1]], [["A", "CI", 0.5]]), people=10, hourly=70)
    assert found.headcount["mid"].tolist() == [89.0]
    none = case(hours(CI=1.8), made([["A", "licence", "yearly", 1]], [["A", "CI", 0.5]]), people=10, rho=0)
    assert np.isinf(none.headcount["mid"]).all()
    assert none.facts == snapshot


@pytest.mark.parametrize(
    ("options", "named"),
    [
        pytest.param({"rho": "0.5"}, [], id="is no share"),
        pytest.param({"ramp": ()}, [], id="ramp"),
        pytest.param({"ramp": (-1.0,)}, [], id="ramp"),
        pytest.param({"weeks": -1}, [], id="weeks=-1"),
        pytest.param({"people": -3}, [], id="people=-3"),
        pytest.param({"most_hours": "2"}, ["2"], id="most_hours='2'"),
        pytest.param({"declared": ["x"]}, [], id="got list"),
    ],
)
def test_numbers_that_cannot_be(sample, options, named, refusal):
    with refusal(*named):
        dx.business_case(*sample, **options)


def test_costs_of_another_dossier_are_refused(sample, refusal):
    other = made([["A", "licence", "yearly", 1]], [["A", "CI", 0.5]])
    with refusal():
        dx.business_case(sample[0], sample[1], dx.tco(other), sample[3], vendor="Port")
    with refusal():
        dx.business_case(sample[0], sample[1], sample[2], dx.exit_cost(other))
