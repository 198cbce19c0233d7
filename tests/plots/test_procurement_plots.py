"""Pictures of cost draw the figures of their tables, and every label fits."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

import dxkit as dx
from dxkit.plots import procurement as plots
from dxkit.results.words import speaking
from tests import sample
from tests.plots.test_decision_plots import fits, texts
from tests.procurement.cost.worlds import dossier


@pytest.fixture(scope="module")
def portal():
    return sample.portal()


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


def test_the_tornado_of_leaving_is_of_the_vendor_that_is_dearest_to_leave(portal):
    result = sample.leaving()
    axes = result.plot_tornado()
    dearest = result.expected.sort_values("expected")["vendor"].iloc[-1]
    shares = result.tornado.query("vendor == @dearest")["share"].head(8)
    assert axes.get_title(loc="left").startswith(f"{dearest}: the largest part of the uncertainty is in whether")
    assert [100 * each for each in shares[::-1]] == pytest.approx([patch.get_width() for patch in axes.patches])
    assert "leaving" in axes.get_xlabel()
    assert "chance of leaving by choice" in [label.get_text() for label in axes.get_yticklabels()]
    assert fits(axes)


def dossier_of(*amounts):
    lines = {"line": "seats", "category": "licence", "timing": "yearly", "likely": amounts}
    return dx.read_dossier({"costs": pd.DataFrame({"vendor": list("ABCDEF")[: len(amounts)], **lines})})


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [(2e3, 1, "money (i"), (3e6, 1e3, "thousands"), (3e7, 1e6, "millions"), (3e11, 1e9, "billions")],
)
def test_amounts_of_any_size_stand_in_a_unit_that_the_axis_names(amount, unit, words):
    result = dx.tco(dossier_of(amount, amount / 2))
    for axes in (result.plot(), result.plot_years()):
        assert words in f"{axes.get_xlabel()}{axes.get_ylabel()}"
    heights = [patch.get_height() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert sum(heights) * unit == pytest.approx(result.table["mean"].sum())


@pytest.mark.parametrize("amounts", [(10.0,), (10.0, 10.0), (10.0, 10.0, 20.0), (0.0, 0.0)], ids=str)
def test_a_title_names_a_vendor_only_where_it_costs_less_than_the_others(amounts, snapshot):
    dossier = dossier_of(*amounts)
    cost = dx.tco(dossier)
    axes = [cost.plot(), cost.plot_years(), dx.exit_cost(dossier).plot()]
    assert [each.get_title(loc="left") for each in axes] == snapshot


def test_the_tornado_tells_a_line_from_the_driver_of_its_name():
    costs = {"vendor": ["A"], "line": "seats", "per": "seats", "low": 1, "likely": 2, "high": 4}
    drivers = {"driver": ["seats"], "low": 80, "likely": 100, "high": 150}
    result = dx.tco(dx.read_dossier({"costs": pd.DataFrame(costs), "drivers": pd.DataFrame(drivers)}))
    assert {label.get_text() for label in result.plot_tornado().get_yticklabels()} == {"seats", "A: seats"}


def test_bars_of_the_years_sum_to_the_cost():
    result = dx.tco(dossier_of(4e4, 5e4))
    axes = result.plot_years()
    heights = [patch.get_height() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert sum(heights) * 1e3 == pytest.approx(result.table["mean"].sum())
    assert fits(axes)


def test_inputs_of_leaving_have_plain_names_in_each_language(tmp_path):
    def named():
        read = dossier([{"likely": 1000}])
        labels = [label.get_text() for label in dx.exit_cost(read).plot_tornado().get_yticklabels()]
        return labels, read.unsupported["figure"].tolist()

    english = named()
    with speaking("de"):
        german, listed = named()
    assert "chance of leaving by choice" in english[0]
    assert "all: chance of leaving by choice" in english[1]
    assert "Chance eines gewollten Ausstiegs" in german
    assert "all: Chance eines gewollten Ausstiegs" in listed
    dx.write_workbook(dossier([{"likely": 1000}]), tmp_path / "twin.xlsx")
    cells = [row[1] for row in openpyxl.load_workbook(tmp_path / "twin.xlsx")["Inputs"].values]
    assert "all: chance of leaving by choice" in cells
    assert not any("_" in str(cell) for cell in cells)


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


@pytest.mark.thorough
def test_hostile_vendor_names_are_only_text():
    names = ["$_$ to $5", "<b>x</b>", "_private", "long " * 40]
    costs = pd.DataFrame({"vendor": names, "line": "=1+1", "timing": "yearly", "likely": [1000, 2000, 3000, 4000]})
    read = dx.read_dossier({"costs": costs.assign(low=costs["likely"] / 2, high=costs["likely"] * 2)})
    result = dx.tco(read)
    for axes in (result.plot(), result.plot_years(), result.plot_tornado(), dx.exit_cost(read).plot()):
        assert fits(axes)
    assert "<b>x" not in result._repr_html_()


def test_the_dot_of_a_certain_cost_is_whole_at_the_edge_of_its_picture():
    """Costs without a range end where the axis does."""
    costs = pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "likely": [330, 360]})
    axes = dx.tco(dx.read_dossier({"costs": costs})).plot()
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert [line.get_clip_on() for line in dots] == [False, False]
