"""Sliders for the weights and the discount rate of a scorecard, where ipywidgets is installed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

from dxkit.files.errors import DataError, Missing
from dxkit.files.options import instance
from dxkit.procurement.choice.points import judged
from dxkit.procurement.choice.scorecard import NO_CRITERIA, Scorecard, scorecard
from dxkit.procurement.choice.values import check_needs, weights_of
from dxkit.procurement.cost.exit_cost import exit_cost
from dxkit.procurement.cost.ownership import tco
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier, certain
from dxkit.procurement.dossier.judging import Criterion
from dxkit.results.result import Result
from dxkit.statistics.estimate import estimate

_TEXT = "Sliders for the weights and the discount rate: run this in JupyterLab, with the extra dxkit[lab]"
_DRAWS = 4_096  # enough for a picture that follows the hand


class Panel:
    """What `panel` returns: the sliders in JupyterLab, a line of text where there are none."""

    def __init__(self, widget: Any = None):
        self.widget = widget

    def __repr__(self) -> str:
        return _TEXT

    def _repr_mimebundle_(self, include: object = None, exclude: object = None, **_: object) -> dict[str, object]:
        shown: dict[str, object] = {"text/plain": _TEXT}
        if self.widget is not None:
            view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
            shown["application/vnd.jupyter.widget-view+json"] = view
        return shown


def panel(dossier: Dossier, needs: Result | None = None) -> Panel:
    """What would the scorecard say under other weights? Sliders that redraw its picture as they move.

    Where the sheet has `worth`, a slider is money, and a criterion of money has none: it is worth its swing.

    Parameters
    ----------
    dossier : Dossier
        The vendors and their figures, from `read_dossier`. It needs sheet criteria.
    needs : Ranking, optional
        Weighs the topics of sheet fit by their burden, from `rank_pains`; None weighs them alike.

    Returns
    -------
    Panel
        Without ipywidgets (`pip install "dxkit[lab]"`) it is a line of text, and nothing fails.

    Raises
    ------
    DataError
        Something other than a dossier or a ranking; a dossier without criteria.

    Examples
    --------
    >>> import dxkit as dx
    >>> dx.panel(dx.read_dossier(dx.samples.path("portal")))
    Sliders for the weights and the discount rate: run this in JupyterLab, with the extra dxkit[lab]
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    check_needs(needs)
    if not dossier.criteria_read:
        raise Missing(NO_CRITERIA)
    try:
        import ipywidgets as widgets
    except ImportError:
        return Panel()
    criteria = judged(dossier)
    free = {each.name for each in criteria if not (each.kind == "worth" and each.money)}  # money is worth its swing
    names = [each.name for each in criteria]
    weights = {name: weight for name, weight in zip(names, weights_of(criteria), strict=True) if name in free}
    most = 10.0 ** math.ceil(math.log10(max(weights.values(), default=0) or 1.0))
    wide = {
        "layout": widgets.Layout(width="460px"),
        "style": {"description_width": "180px"},
        "continuous_update": False,
    }
    sliders = {
        name: widgets.FloatSlider(
            value=weight, min=0, max=most, step=most / 100, description=name[:28], readout_format=".3g", **wide
        )
        for name, weight in weights.items()
    }
    rate = widgets.FloatSlider(
        value=dossier.rate,
        min=0,
        max=max(0.3, dossier.rate),
        step=0.01,
        description="discount rate",
        readout_format=".0%",
        **wide,
    )
    picture = widgets.Image(format="png", layout=widgets.Layout(max_width="900px"))
    message = widgets.HTML()
    figures: dict[float, dict[str, Any]] = {}  # of the present rate: moving a weight changes none of them

    def redraw(_=None) -> None:
        try:
            if rate.value not in figures:
                figures.clear()
                figures[rate.value] = _figures(dossier, rate.value)
            chosen = {name: slider.value for name, slider in sliders.items()}
            card = with_weights(dossier, chosen, rate.value, needs, figures[rate.value])
        except DataError as problem:
            message.value = escape(str(problem))
            return
        picture.value, message.value = _png(card), escape(card.reasons[0])

    for slider in (*sliders.values(), rate):
        slider.observe(redraw, names="value")
    redraw()
    return Panel(widgets.VBox([*sliders.values(), rate, message, picture]))


def with_weights(
    dossier: Dossier,
    weights: Mapping[str, float],
    rate: float,
    needs: Result | None = None,
    figures: dict[str, Any] | None = None,
) -> Scorecard:
    """The scorecard with other weights, or worth in money, taken as certain, and another discount rate.

    `figures` are its costs."""
    criteria = tuple(
        _weighing(each, weights[each.name]) if each.name in weights else each for each in dossier.criteria_read
    )
    other = replace(_at(dossier, rate), criteria_read=criteria)
    return scorecard(other, needs=needs, draws=_DRAWS, **(_figures(dossier, rate) if figures is None else figures))


def _weighing(criterion: Criterion, weight: float) -> Criterion:
    kind = "worth" if criterion.kind == "worth" else "weight"  # an order gives way to the weight chosen
    return replace(criterion, weight=estimate(weight), order=0, kind=kind)


def _at(dossier: Dossier, rate: float) -> Dossier:
    numbers = {**dossier.numbers, "discount_rate": certain(dossier.numbers["discount_rate"], rate)}
    return replace(dossier, decision={**dossier.decision, "discount_rate": rate}, numbers=numbers)


def _figures(dossier: Dossier, rate: float) -> dict[str, Any]:
    """What owning and leaving cost at this rate, where a criterion measures it."""
    other, measures = _at(dossier, rate), {each.measure for each in judged(dossier)}
    found = {"tco": tco(other, draws=_DRAWS)} if measures & {"tco", "cost"} else {}
    return found | ({"exit_cost": exit_cost(other)} if "exit_cost" in measures else {})


def _png(card: Scorecard) -> bytes:
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.5, 1.9 + 0.55 * len(card.table)))
    FigureCanvasAgg(figure)
    card.plot(ax=figure.add_subplot())
    image = io.BytesIO()
    figure.savefig(image, format="png", bbox_inches="tight", dpi=100)
    return image.getvalue()
