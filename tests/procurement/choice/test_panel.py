"""The sliders: what they work out, that moving one changes the picture, and that nothing fails without them."""

import sys

import pandas as pd
import pytest

import dxkit as dx
from dxkit.procurement.choice.panel import with_weights
from tests import sample
from tests.procurement.choice.test_scorecard import made
from tests.procurement.cost.worlds import worked


@pytest.fixture(scope="module")
def portal():
    return sample.portal()


@pytest.mark.thorough
def test_other_weights_and_rate_are_those_of_a_dossier_that_has_them(portal):
    weights = {"feature fit": 0, "three-year cost": 100, "cost of leaving": 0, "vendor stability": 0, "integration": 0}
    cost = pd.Series({vendor: worked(portal, vendor)("results", "pv")[0] for vendor in portal.vendors})
    card = with_weights(portal, weights, portal.rate)
    expected = (100 * (1_600_000 - cost) / 1_400_000).drop("Backstage, self-hosted")  # which goes beyond the worst
    assert card.table.set_index("vendor")["score"][expected.index].to_dict() == pytest.approx(expected.to_dict())
    dearer = with_weights(portal, weights, 0.0).table.set_index("vendor")["score"]
    assert (dearer < card.table.set_index("vendor")["score"]).all()


@pytest.fixture(scope="module")
def two():
    return made([[4, 2], [3, 4]], [3, 1])


def parts_of(dossier):
    """Sliders, picture and line of text of a panel."""
    widgets = pytest.importorskip("ipywidgets")
    every = dx.panel(dossier).widget.children
    kinds = (widgets.FloatSlider, widgets.Image, widgets.HTML)
    sliders, pictures, lines = ([each for each in every if isinstance(each, kind)] for kind in kinds)
    return sliders, pictures[0], lines[0]


def test_moving_a_slider_changes_the_picture(two, snapshot):
    sliders, picture, _ = parts_of(two)
    assert sliders[-1].description == snapshot
    before = bytes(picture.value)
    assert before.startswith(b"\x89PNG")
    sliders[1].value = 90
    assert bytes(picture.value) != before


@pytest.mark.thorough
def test_another_discount_rate_changes_the_picture(portal):
    sliders, picture, _ = parts_of(portal)
    before = bytes(picture.value)
    sliders[-1].value = 0.0
    assert bytes(picture.value) != before


def test_all_weights_at_nil_are_said_and_the_picture_stays(two, snapshot):
    sliders, picture, line = parts_of(two)
    for each in sliders[:-1]:
        before, each.value = bytes(picture.value), 0
    assert line.value == snapshot
    assert bytes(picture.value) == before


def test_without_ipywidgets_it_is_a_line_of_text(two, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    panel = dx.panel(two)
    assert panel.widget is None
    assert panel._repr_mimebundle_() == {"text/plain": repr(panel)}
