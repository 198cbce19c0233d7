"""The point score: what evidence and likely figures say, without draws, as one formula that the workbook prints too.

See docs/methods/scorecard.md, "Point score"."""

from dataclasses import dataclass

import numpy as np

from dxkit.procurement.choice.values import anchors, burden_of, by_fit, rating_of, weights_of
from dxkit.procurement.cost.expressions import Each, Expr, Input, Row, Sheet, Values, formula, least, most, total
from dxkit.procurement.cost.leaving import results_sheet, sheets_of
from dxkit.procurement.cost.simulation import Inputs, at_scenario
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.procurement.dossier.judging import MONEY_MEASURES, Criterion
from dxkit.results.result import Result

SHEET = "scorecard"
_ROW = {"tco": "pv", "cost": "pv_served", "exit_cost": "certain"}


@dataclass(frozen=True, eq=False)
class Points:
    """By vendor and criterion: the value from 0 to 1 (V, C), the weights, which sum to 1 (C,), and the score (V,)."""

    values: np.ndarray
    weights: np.ndarray
    scores: np.ndarray


def judged(dossier: Dossier) -> list[Criterion]:
    """The criteria that have a weight."""
    return [each for each in dossier.criteria_read if each.weighted]


def score_sheet(dossier: Dossier) -> Sheet:
    """The scorecard by vendor: what is judged, its value, its points, and the score."""
    criteria, vendors = judged(dossier), dossier.vendors
    sheet = Sheet(SHEET, np.arange(float(len(vendors))))
    rows = sheet.rows
    whole = total([Input(weight_key(each)) for each in criteria])
    for each in criteria:
        worst, best = (Input(f"criterion|{each.name}|{name}") for name in ("worst", "best"))
        rows[f"{each.name}|judged"] = Each(*(_judged(dossier, each, vendor) for vendor in vendors))
        share = (Row(f"{each.name}|judged") - worst) / (best - worst)
        rows[f"{each.name}|value"] = least(1, most(0, share))
        rows[f"{each.name}|points"] = 100 * Input(weight_key(each)) / whole * Row(f"{each.name}|value")
    rows["score"] = total([Row(f"{each.name}|points") for each in criteria])
    return sheet


def weight_key(criterion: Criterion) -> str:
    return f"criterion|{criterion.name}|weight"


def _judged(dossier: Dossier, criterion: Criterion, vendor: str) -> Expr:
    if criterion.measure in MONEY_MEASURES:
        return Row(_ROW[criterion.measure], results_sheet(vendor))
    return formula(Input(f"rating|{vendor}|{criterion.name}"))


def score_inputs(dossier: Dossier, needs: Result | None = None) -> dict[str, float]:
    """The figures of the scorecard by key: weights, anchors, and what evidence or claims of fit say."""
    criteria, found = judged(dossier), {}
    for each, weight in zip(criteria, weights_of(criteria), strict=True):
        worst, best = anchors(dossier, each)
        found |= {weight_key(each): weight}
        found |= {f"criterion|{each.name}|worst": worst, f"criterion|{each.name}|best": best}
        if each.measure not in MONEY_MEASURES:
            for vendor in dossier.vendors:
                found[f"rating|{vendor}|{each.name}"] = _rating(dossier, each, vendor, needs)
    return found


def _rating(dossier: Dossier, criterion: Criterion, vendor: str, needs: Result | None) -> float:
    """What is known of a vendor: the weighted mean of its evidence, the worst where there is none."""
    if by_fit(dossier, criterion):
        topics = list(dict.fromkeys(each.topic for each in dossier.fit_read))
        burden = dict(zip(topics, burden_of(needs, topics), strict=True))
        return float(sum(burden[each.topic] * each.share.mean for each in dossier.fit_read if each.vendor == vendor))
    rating = rating_of(dossier, vendor, criterion)
    return rating.mean if rating.known else criterion.worst


def unjudged(dossier: Dossier, criterion: Criterion, vendor: str) -> bool:
    """Whether nobody has judged a vendor on a criterion, so that it counts as the worst."""
    if by_fit(dossier, criterion):
        return all(each.vendor != vendor for each in dossier.fit_read)
    return criterion.measure == "rating" and not rating_of(dossier, vendor, criterion).known


def points_of(dossier: Dossier, needs: Result | None = None) -> Points:
    """The point score of every vendor, worked out by the formulas of `score_sheet`."""
    found = _worked_out(dossier, at_scenario(dossier, "likely"), needs)
    criteria = judged(dossier)
    weights = np.array(weights_of(criteria))
    values = np.array([found.full(SHEET, f"{each.name}|value")[0] for each in criteria]).T
    return Points(values, weights / weights.sum(), found.full(SHEET, "score")[0])


def point_scores(dossier: Dossier, inputs: Inputs) -> np.ndarray:
    """The point score of each vendor for values of all figures, each (S,) or (1,): (V, S)."""
    return _worked_out(dossier, inputs).full(SHEET, "score").T


def _worked_out(dossier: Dossier, inputs: Inputs, needs: Result | None = None) -> Values:
    sheets = {name: sheet for vendor in dossier.vendors for name, sheet in sheets_of(dossier, vendor).items()}
    given = {key: np.array([value]) for key, value in score_inputs(dossier, needs).items()}
    return Values({**sheets, SHEET: score_sheet(dossier)}, {**inputs, **given})
