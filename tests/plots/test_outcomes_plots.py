"""Pictures of what came of it show what the results say, and nothing is cut off."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from tests import sample
from tests.outcomes.test_follow_up import ACTIONS, WAVES
from tests.plots.test_decision_plots import fits, texts


def test_the_survival_curve_says_its_median_and_who_is_left(snapshot):
    took = dx.durations(["2026-01-01"] * 4, ["2026-01-03", "2026-01-05", "2026-01-09", ""], "2026-02-01", unit="days")
    ax = took.plot()
    assert ax.get_title(loc="left") == snapshot
    assert ax.get_xticklabels()[0].get_text() == "0\n4"
    fits(ax)
    assert dx.durations(["2026-01-01"], [""], "2026-02-01").plot().get_title(loc="left") == snapshot


def test_an_unusual_value_is_marked_and_the_title_is_the_verdict(snapshot):
    ax = dx.trend([12, 9, 11, 14, 10, 60, 8, 11, 13, 10, 12, 9]).plot()
    assert ax.get_title(loc="left") == snapshot
    assert ax.lines[-1].get_ydata().tolist() == [60]
    fits(ax)
    assert dx.trend([12, 9, 14, 11, 15, 13, 19, 16, 18, 22, 17, 24]).plot().get_title(loc="left") == snapshot


def test_what_moved_is_named(snapshot):
    ax = dx.follow_up(*WAVES, ACTIONS).plot()
    assert ax.get_title(loc="left") == snapshot
    assert texts(ax) == snapshot
    fits(ax)


def test_the_ledgers_show_the_share_that_closes_the_gap():
    found = dx.business_case(sample.ranking(), sample.portal(), sample.cost(), sample.leaving())
    ax = found.plot()
    share = f"{100 * found.rho_break_even[1]:.0f}%"
    assert share in texts(ax)
    assert share in ax.get_title(loc="left")
    assert [bar.get_width() for bar in ax.patches][0] == pytest.approx(
        found.ledgers.set_index(["vendor", "ledger"]).loc[(found.vendor, "capacity"), "mean"]
    )
    fits(ax)


def test_nothing_is_said_where_there_is_nothing(snapshot):
    assert texts(dx.durations([], [], "2026-01-01").plot()) == snapshot
    months = pd.Series(np.arange(10, 34), index=pd.date_range("2024-01-01", periods=24, freq="MS"))
    fits(dx.trend(months).plot())
