"""What a ranking says of the worst topics, in lines.

See docs/methods/ranking.md, "Verdict"."""

import math
from collections.abc import Iterator

import numpy as np

from dxkit.results.formatting import percent, two_digits
from dxkit.statistics import verdict
from dxkit.survey.ranking_order import Orders, TippingPoint
from dxkit.survey.tally.measures import BURDENS


def warnings(order: Orders, top_n: int, count: int) -> list[str]:
    """Why there is nothing to rank or to choose, where that is so."""
    if not len(order.groups):
        return ["too few answers to show or to rank"]
    return ["there is nothing to choose: no more topics than you want to fix"] if count <= top_n else []


def facts(
    order: Orders, names: np.ndarray, score: str, tip: TippingPoint | None, silent: float
) -> Iterator[tuple[str, str]]:
    """What a manager asks of everybody's order; `silent` people have not answered, infinity where nobody knows."""
    if order.told is None or order.possible is None or not len(order.groups):
        return
    told, said, top_n = order.told, order.verdicts[0], order.top_n
    unit, digits = f" {BURDENS[score].points}", BURDENS[score].digits
    yield f"the worst {top_n}" if said in verdict.NAMING else "came out first", " and ".join(names[order.chosen[0]])
    surely = f"{said}, these are the worst {top_n} with {percent(told.p_pair[0])} probability"
    cautious = "; probably more, because they stand about equally far out of the others"
    yield "verdict", surely + (cautious if said != "clear" and order.far_out else "")
    if said != "clear":
        possible = ", ".join(names[order.first(order.possible[0])])
        yield "possible, guaranteed to hold the true ones at 95%", possible
    yield "shortlist, probably holds the true ones (90%)", ", ".join(names[order.first(told.shortlist[0])])
    prior = "; it supposes that pains come in clusters, and may be twice that where several stand equally far out"
    loss = f"{told.regret[0]:.{digits}f}{unit}"
    yield "expected loss if others are worse", loss + (prior if said == "open" else "")
    if tip is not None:
        yield "those who did not answer", _silent(tip, names, f"{abs(tip.lean):.{digits}f}{unit}")
    if told.more[0, 2] > 0:
        yield "more answers", _more(told.more[0], silent)


def _silent(tip: TippingPoint, names: np.ndarray, lean: str) -> str:
    if math.isinf(tip.lean):
        return "everybody has answered"
    one, other = names[tip.chosen], names[tip.other]
    if tip.lean <= 0:
        return f"{one} stays ahead unless the other {tip.others} put {other} ahead of it by more than {lean}"
    return (
        f"among those who answered {other} is ahead; {one} is chosen as the weights take the other {tip.others} to "
        f"lean to it by more than {lean}"
    )


def _more(more: np.ndarray, silent: float) -> str:
    """The range alone: its middle would be taken for the number. Nobody can have more answers than people."""
    low, _, high = more
    everybody = f"all of the {silent:.0f} who did not answer"
    if low >= silent and math.isfinite(silent):
        return f"about {everybody} would be needed for a clear verdict"
    most = f"{verdict.MOST_MORE:,}"
    if math.isinf(low):
        return f"more than {most} would be needed for a clear verdict"
    least = two_digits(low) if low >= 1 else "a few"
    upper = f"more than {most}" if math.isinf(high) else two_digits(max(high, 1.0))
    upper = everybody if high >= silent and math.isfinite(silent) else upper
    return f"between {least} and {upper} would make the verdict clear"
