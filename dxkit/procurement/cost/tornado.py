"""Which inputs cause the uncertainty of an amount of money, read off the draws themselves.

See docs/methods/ownership_cost.md, "Tornado"."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from dxkit.procurement.cost.expressions import inputs_of
from dxkit.procurement.cost.leaving import results_sheet
from dxkit.procurement.cost.run import Run
from dxkit.procurement.cost.simulation import WAYS, event_key, every_figure
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.results.formatting import tied
from dxkit.results.words import say

COLUMNS = ("vendor", "basis", "input", "share", "low", "high")
_BINS = 32
_EVENTS = {"forced": "exit.forced", "voluntary": "exit.voluntary"}  # whether and when a vendor is left
_ROWS = {"pv": "pv", "pv_served": "pv_served", "exit": "expected"}


def tornado(dossier: Dossier, run: Run, bases: Iterable[str]) -> pd.DataFrame:
    """Each input's share of the variance of a vendor's money, and the money where the input is lowest and highest.

    The share is the variance of the means over 32 equal bins of the input's draws, over the variance of all (Plischke
    2010); low and high are the means in its lowest and highest tenth.
    """
    names = {key: figure.name for key, figure in every_figure(dossier).items()}
    wanted, variances = {}, {}
    for vendor, of in run.vendors.items():
        for basis in bases:
            variance = float(np.var(of.by_draw[basis], dtype=float))
            if variance > (1e-9 * float(np.abs(of.by_draw[basis]).max())) ** 2:
                wanted[vendor, basis] = _inputs(dossier, run, vendor, basis, names)
                variances[vendor, basis] = variance
    rows: dict[tuple[str, str], list[list]] = {each: [] for each in wanted}
    for key in dict.fromkeys(key for inputs in wanted.values() for key in inputs):  # one order is held at a time
        order = _order(run.inputs[key])
        for (vendor, basis), inputs in wanted.items():
            if key in inputs:
                ordered = run.vendors[vendor].by_draw[basis][order]
                rows[vendor, basis].append([vendor, basis, inputs[key], *_share(ordered, variances[vendor, basis])])
    order = {each: np.argsort(-tied([row[3] for row in of]), kind="stable") for each, of in rows.items()}
    return pd.DataFrame([rows[each][at] for each, places in order.items() for at in places], columns=COLUMNS)


def _inputs(dossier: Dossier, run: Run, vendor: str, basis: str, names: Mapping[str, str]) -> dict[str, str]:
    """The uncertain inputs that a vendor's money rests on: the name of each by key."""
    keys = inputs_of(run.sheets[vendor], [(results_sheet(vendor), _ROWS[basis])])
    found = {key: name for key, name in names.items() if key in keys and key in run.inputs}
    if basis != "pv":
        ways = [way for way in WAYS if event_key(vendor, way) in run.inputs]
        found |= {event_key(vendor, way): say(_EVENTS[way]) for way in ways}
    return found


def _order(draws: np.ndarray) -> np.ndarray:
    """The places of draws, ascending, the earlier first where they are level, as far as bins and tenths can tell.

    They are put into 65,536 steps, and only those steps that a bin or tenth divides are sorted themselves.
    """
    size, low = len(draws), draws.min()
    width = max(float(draws.max() - low), 1e-30)
    step = ((draws - low) * np.float32(65_535 / width)).astype(np.uint16)
    order = np.argsort(step, kind="stable")
    ordered = step[order]
    ends = np.unique([*range(size // _BINS, size, size // _BINS), size // 10, size - size // 10])
    for start, end in zip(*(np.searchsorted(ordered, ordered[ends], side) for side in ("left", "right")), strict=True):
        level = order[start:end]
        order[start:end] = level[np.argsort(draws[level], kind="stable")]
    return order


def _share(ordered: np.ndarray, variance: float) -> list[float]:
    """The share of an input in the variance of money that is ordered by it, and the money in its outer tenths."""
    size, tenth = len(ordered), len(ordered) // 10
    means = ordered[: size - size % _BINS].reshape(_BINS, -1).mean(axis=1, dtype=float)
    return [
        float(np.var(means)) / variance,
        float(ordered[:tenth].mean(dtype=float)),
        float(ordered[-tenth:].mean(dtype=float)),
    ]
