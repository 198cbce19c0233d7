"""Pictures of cost draw the figures of their tables, and every label fits."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

import dxkit as dx
from dxkit.plots import procurement as plots
from tests.plots.test_decision_plots import fits, texts


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def portal():
    return dx.read_dossier(dx.samples.path("portal"))


def test_totals_draw_range_mean_and_chance_and_say_the_status(portal):
    result = dx.tco(portal)
    for basis in ("pv", "pv_served"):
        axes = plots.totals(result, basis=basis)
        rows = result.totals.query("basis == @basis")
        drawn = sorted(tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2)
        assert np.array(drawn) == pytest.approx(np.array(sorted((rows[["p10", "p90"]] / 1e3).itertuples(index=False))))
        assert "illustrative" in axes.get_xlabel()
        assert sum("cheapest" in text for text in texts(axes)) == len(rows)
        assert fits(axes)


def test_bars_of_the_years_sum_to_the_cost(portal):
    result = dx.tco(portal)
    axes = result.plot_years()
    heights = [patch.get_height() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert sum(heights) * 1e3 == pytest.approx(result.table["mean"].sum())
    assert fits(axes)


def test_the_doubt_of_a_vendor_is_its_tornado(portal):
    result = dx.tco(portal)
    axes = result.plot_tornado("Port")
    shares = result.tornado.query("vendor == 'Port'")["share"].head(8)
    assert [bar.get_width() for bar in axes.patches][::-1] == pytest.approx((100 * shares).tolist())
    assert fits(axes)


def test_a_vendor_that_is_not_there_is_said(portal, refusal):
    result = dx.tco(portal)
    with refusal("Acme"):
        result.plot_tornado("Acme")
    assert result.plot_tornado().get_title(loc="left").startswith("Backstage, managed")


def test_leaving_draws_planned_and_forced_and_marks_renewals_and_notice(portal):
    result = dx.exit_cost(portal)
    axes = result.plot()
    lines = [line for line in axes.lines if len(line.get_xdata()) == 13]
    planned = result.totals.groupby("vendor", sort=False)["planned"].apply(list)
    assert [line.get_ydata().tolist() for line in lines[::2]] == [pytest.approx(np.array(p) / 1e3) for p in planned]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [line.get_xdata().tolist() for line in dots] == [[1.0, 2.0]] * 4  # contracts of a year
    bars = [line for line in axes.lines if line.get_marker() == "|"]
    assert [line.get_xdata().tolist() for line in bars] == [pytest.approx([1 - 2 / 12, 2 - 2 / 12])] * 4  # in the EU
    assert fits(axes)


def test_hostile_vendor_names_are_only_text():
    names = ["$_$ to $5", "<b>x</b>", "_private", "long " * 40]
    costs = pd.DataFrame({"vendor": names, "line": "=1+1", "timing": "yearly", "likely": [1000, 2000, 3000, 4000]})
    read = dx.read_dossier({"costs": costs.assign(low=costs["likely"] / 2, high=costs["likely"] * 2)})
    result = dx.tco(read)
    for axes in (result.plot(), result.plot_years(), result.plot_tornado(), dx.exit_cost(read).plot()):
        assert fits(axes)
    assert "<b>x" not in result._repr_html_()
