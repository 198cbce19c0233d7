"""The sliders: what they work out, that moving one changes the picture, and that nothing fails without them."""

import sys

import pandas as pd
import pytest

import dxkit as dx
from dxkit.procurement.choice.panel import with_weights
from tests import sample
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


def test_moving_a_slider_changes_the_picture(portal, snapshot):
    widgets = pytest.importorskip("ipywidgets")
    made = dx.panel(portal).widget
    sliders = [each for each in made.children if isinstance(each, widgets.FloatSlider)]
    picture = next(each for each in made.children if isinstance(each, widgets.Image))
    assert sliders[-1].description == snapshot
    before = bytes(picture.value)
    assert before.startswith(b"\x89PNG")
    sliders[1].value = 90
    after = bytes(picture.value)
    assert after != before
    sliders[-1].value = 0.0
    assert bytes(picture.value) != after


def test_all_weights_at_nil_are_said_and_the_picture_stays(portal, snapshot):
    widgets = pytest.importorskip("ipywidgets")
    made = dx.panel(portal).widget
    for each in made.children[:5]:
        each.value = 0
    told = next(each for each in made.children if isinstance(each, widgets.HTML))
    assert told.value == snapshot


def test_without_ipywidgets_it_is_a_line_of_text(portal, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    made = dx.panel(portal)
    assert made.widget is None
    assert made._repr_mimebundle_() == {"text/plain": repr(made)}
