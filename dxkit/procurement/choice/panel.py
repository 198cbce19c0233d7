"""Sliders for the weights and the discount rate of a scorecard, where ipywidgets is installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

from dxkit.files.errors import DataError
from dxkit.files.options import instance
from dxkit.procurement.choice.points import judged
from dxkit.procurement.choice.scorecard import Scorecard, scorecard
from dxkit.procurement.choice.values import check_needs, weights_of
from dxkit.procurement.dossier.dossier import A_DOSSIER, Dossier, certain
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
        Something other than a dossier or a ranking.

    Examples
    --------
    >>> import dxkit as dx
    >>> dx.panel(dx.read_dossier(dx.samples.path("portal")))
    Sliders for the weights and the discount rate: run this in JupyterLab, with the extra dxkit[lab]
    """
    instance("dossier", dossier, Dossier, A_DOSSIER)
    check_needs(needs)
    try:
        import ipywidgets as widgets
    except ImportError:
        return Panel()
    likely = dict(zip([each.name for each in judged(dossier)], weights_of(judged(dossier)), strict=True))
    wide = {
        "layout": widgets.Layout(width="460px"),
        "style": {"description_width": "180px"},
        "continuous_update": False,
    }
    sliders = {
        name: widgets.FloatSlider(
            value=weight,
            min=0,
            max=max(100.0, 2 * weight),
            step=1,
            description=name[:28],
            readout_format=".0f",
            **wide,
        )
        for name, weight in likely.items()
    }
    rate = widgets.FloatSlider(
        value=dossier.rate, min=0, max=0.3, step=0.01, description="discount rate", readout_format=".0%", **wide
    )
    picture = widgets.Image(format="png", layout=widgets.Layout(max_width="900px"))
    message = widgets.HTML()

    def redraw(_=None) -> None:
        try:
            card = with_weights(dossier, {name: slider.value for name, slider in sliders.items()}, rate.value, needs)
        except DataError as problem:
            message.value = escape(str(problem))
            return
        picture.value, message.value = _png(card), escape(card.reasons[0])

    for slider in (*sliders.values(), rate):
        slider.observe(redraw, names="value")
    redraw()
    return Panel(widgets.VBox([*sliders.values(), rate, message, picture]))


def with_weights(dossier: Dossier, weights: Mapping[str, float], rate: float, needs: Result | None = None) -> Scorecard:
    """The scorecard with other weights, taken as certain, and another discount rate."""
    criteria = tuple(
        replace(each, weight=estimate(weights[each.name]), order=0) if each.name in weights else each
        for each in dossier.criteria_read
    )
    numbers = {**dossier.numbers, "discount_rate": certain(dossier.numbers["discount_rate"], rate)}
    decision = {**dossier.decision, "discount_rate": rate}
    changed = replace(dossier, criteria_read=criteria, decision=decision, numbers=numbers)
    return scorecard(changed, needs=needs, draws=_DRAWS)


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
