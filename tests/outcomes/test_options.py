"""Every option of a public function is checked at the door: the message names the option and what would do."""

import pandas as pd
import pytest

import dxkit as dx

MONTHS = pd.Series([9, 11, 10, 12, 21, 18, 22, 19], index=pd.date_range("2026-01-01", periods=8, freq="MS"))
DAYS = (["2026-01-01", "2026-01-02"], ["2026-01-03", None])
MADE = pd.DataFrame({"deployment": ["d1", "d2"], "time": ["2026-01-05", "2026-01-20"]})
SERVICES = pd.DataFrame({"service": ["shop"], "registered": ["yes"]})


@pytest.mark.parametrize(
    ("call", "option"),
    [
        (lambda: dx.durations(*DAYS, "2026-02-01", unit="weeks"), "unit='weeks'"),
        (lambda: dx.durations(*DAYS, "soon"), "as_of: "),
        (lambda: dx.durations(*DAYS, "2026-02-01", title=3), "title=3"),
        (lambda: dx.before_after(MONTHS, "2026-05-01", "counts"), "did you mean 'count'?"),
        (lambda: dx.before_after(MONTHS, "2026-05-01", unit="years"), "unit='years'"),
        (lambda: dx.before_after(MONTHS, None), "date is missing; name the day of the change"),
        (lambda: dx.before_after(MONTHS, "2026-05-01", "duration", as_of="2026-06-01"), "a table with the columns"),
        (lambda: dx.trend(MONTHS, "counts"), "did you mean 'count'?"),
        (lambda: dx.durations(*DAYS, "2026-02-01", cluster=["a"]), "cluster: 1"),
        (lambda: dx.durations(*DAYS, "2026-02-01", cluster="a"), "cluster: expected"),
        (lambda: dx.durations(*DAYS, "2026-02-01", since="2026-03-01"), "since is not before as_of"),
        (lambda: dx.durations(*DAYS, "2026-02-01", given_up=["2025-01-01", ""]), "given up before the start"),
        (lambda: dx.time_to_first_deploy(MADE, "2026-02-01", min_group=0), "min_group=0"),
        (lambda: dx.dora(MADE, by="taem"), "did you mean 'team'?"),
        (lambda: dx.dora(MADE, production=()), "production=()"),
        (lambda: dx.catalog_health(SERVICES, max_lag=-1), "max_lag=-1"),
        (lambda: dx.catalog_health(SERVICES, timezone="Mars"), "timezone='Mars'"),
        (lambda: dx.time_to_first_deploy(pd.DataFrame({"start": [], "first_deploy": []}), None), "as_of is missing"),
        (lambda: dx.dora(MADE, since="soon"), "since: "),
        (lambda: dx.dora(3), "not int"),
        (lambda: dx.deployments_from_git(None), "path=None"),
        (lambda: dx.deployments_from_git(".", branch=1), "branch=1"),
        (lambda: dx.changes_from_git(".", "d1"), "deployments='d1'"),
        (lambda: dx.changes_from_git(".", MADE), "deployments has no column 'service'"),
        (lambda: dx.break_even("much", 1), "give numbers"),
        (lambda: dx.claim_check(None, 1), "give a ranking of hours"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_option_that_cannot_be_is_named(call, option, refusal):
    with refusal(option):
        call()
