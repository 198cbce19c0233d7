"""When a contract ends, renews and asks for notice: dates and months by hand, on both sides of each limit."""

import pytest

from dxkit.procurement.cost.calendar import (
    dates_of,
    day_before,
    effective_notice,
    renewals,
    term_ends,
)
from dxkit.procurement.cost.leaving import (
    day_after,
    free_egress_from,
    in_the_eu,
    leaving_sheet,
    people_driver,
    replaced,
    results_sheet,
)
from tests.procurement.cost.worlds import dossier

START = {"start": "2027-01-31"}
FEE = [{"likely": 9}]


def of(decision=None, **leaving):
    return dossier(FEE, leaving=leaving or None, decision=decision)


def test_notice_is_two_months_at_most_for_data_services_in_the_eu():
    eu = START | {"jurisdiction": "EU"}
    assert effective_notice(of(eu, notice_months=3), "A") == 2
    assert effective_notice(of(eu, notice_months=1), "A") == 1
    assert effective_notice(of(eu, notice_months=3, data_service=0), "A") == 3
    assert effective_notice(of(START, notice_months=3), "A") == 3
    assert effective_notice(of({"jurisdiction": "EU"}, notice_months=3), "A") == 3  # since when is not known
    for name, inside in (("eu", True), (" European Union", True), ("UK", False), ("Europe", False)):
        assert in_the_eu(of(START | {"jurisdiction": name})) == inside


def test_days_are_counted_from_the_start_and_months_where_there_is_none():
    dated, undated = of(START), of()
    assert [day_before(dated, months) for months in (0, 1, 1.9, 12)] == [
        "2027-01-30",
        "2027-02-27",
        "2027-02-27",
        "2028-01-30",
    ]
    assert [day_before(undated, months) for months in (0, 1.5, 12)] == ["month 0", "month 1.5", "month 12"]
    assert dates_of(dated, 12, 3) == [0.75, "2028-01-31", "2027-10-30"]
    assert dates_of(dated, 2, 3) == [0, "2027-03-31", "2026-12-30"]
    assert dates_of(undated, 12, 3) == [0.75, "", ""]
    assert str(day_after(dated, 13)) == "2028-02-29"
    for day, months in (("2027-01-12", 0), ("2027-01-11", 1), ("2026-12-12", 1)):
        assert free_egress_from(of({"start": day})) == months


@pytest.mark.parametrize(
    ("term", "renewal", "horizon", "ends", "quarters"),
    [
        (12, 12, 2, [12, 24], [4]),
        (12, 0, 2, [12], [4]),
        (24, 12, 2, [24], []),
        (25, 12, 2, [], []),
        (12, 12.5, 2, [12], [4]),
        (1.9, 20.5, 2, [1, 22], [7]),
        (2, 99, 2, [2], [1]),
        (1, 1, 1, list(range(1, 13)), [1, 2, 3]),
        (23, 99, 2, [23], []),
        (-1, 3, 1, [], [1, 2, 3]),
        (0, 3, 1, [], [1, 2, 3]),
        (0.5, 0, 1, [0], []),
    ],
)
def test_ends_and_renewals(term, renewal, horizon, ends, quarters):
    assert term_ends(term, renewal, horizon) == ends
    assert renewals(term, renewal, horizon) == quarters


def test_the_driver_of_the_people_is_that_of_the_licence_or_the_only_one_that_counts_some():
    def driver(costs, drivers, **more):
        return people_driver(dossier(costs, drivers=drivers, **more), "A")

    seats, users = {"driver": "seats", "likely": 9, "unit": "seats"}, {"driver": "users", "likely": 7, "unit": "users"}
    jobs = {"driver": "jobs", "likely": 7, "unit": "jobs"}
    assert driver([{"likely": 1, "per": "users"}], [seats, users]) == "users"
    assert driver([{"likely": 1, "per": "jobs"}], [seats, jobs]) == "seats"
    assert driver([{"likely": 1, "per": "jobs"}], [seats, users, jobs]) == ""
    assert driver([{"likely": 1, "per": "users", "category": "support"}], [seats, users]) == ""
    assert driver([{"likely": 1}], [jobs]) == ""
    assert driver([{"likely": 1}], [{"driver": "x", "likely": 7}]) == "x"
    assert driver([{"likely": 1}], [{"driver": "eur per usd", "likely": 7}]) == ""


def test_sheets_are_named_by_their_vendor_and_another_vendor_takes_over_only_where_it_is_another():
    assert (leaving_sheet("A"), results_sheet("A")) == ("A leaving", "A results")
    both = [{"likely": 9}, {"vendor": "B", "likely": 7}]
    for name, other in (("B", True), ("A", False), ("", False)):
        assert replaced(dossier(both, decision={"replacement": name} if name else None), "A") == other
