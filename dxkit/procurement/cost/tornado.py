"""Which inputs cause the uncertainty of an amount of money, read off the draws themselves.

See docs/methods/ownership_cost.md, "Tornado"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from dxkit.procurement.cost.expressions import inputs_of
from dxkit.procurement.cost.leaving import results_sheet
from dxkit.procurement.cost.run import Run, event_key
from dxkit.procurement.cost.simulation import WAYS, every_figure
from dxkit.procurement.dossier.dossier import Dossier

COLUMNS = ("vendor", "basis", "input", "share", "low", "high")
_BINS = 32
_EVENTS = {"forced": "whether and when it must be left", "voluntary": "whether and when it is left by choice"}
_ROWS = {"pv": "pv", "pv_served": "pv_served", "exit": "expected"}


def tornado(dossier: Dossier, run: Run, bases: Iterable[str]) -> pd.DataFrame:
    """Each input's share of the variance of a vendor's money, and the money where the input is lowest and highest.

    The share is the variance of the means over 32 equal bins of the input's draws, over the variance of all (Plischke
    2010); low and high are the means in its lowest and highest tenth.
    """
    names = {key: figure.name for key, figure in every_figure(dossier).items()}
    orders: dict[str, np.ndarray] = {}
    rows = []
    for vendor, of in run.vendors.items():
        for basis in bases:
            money = of.by_draw[basis]
            variance = float(np.var(money, dtype=float))
            if variance <= (1e-9 * float(np.abs(money).max())) ** 2:
                continue
            moved = [
                [vendor, basis, name, *_share(money, orders, run.inputs, key, variance)]
                for key, name in _inputs(dossier, run, vendor, basis, names).items()
            ]
            rows += sorted(moved, key=lambda row: -row[3])
    return pd.DataFrame(rows, columns=COLUMNS)


def _inputs(dossier: Dossier, run: Run, vendor: str, basis: str, names: Mapping[str, str]) -> dict[str, str]:
    """The uncertain inputs that a vendor's money rests on: the name of each by key."""
    keys = inputs_of(run.sheets[vendor], [(results_sheet(vendor), _ROWS[basis])])
    found = {key: name for key, name in names.items() if key in keys and key in run.inputs}
    if basis != "pv":
        found |= {event_key(vendor, way): _EVENTS[way] for way in WAYS if event_key(vendor, way) in run.inputs}
    return found


def _share(
    money: np.ndarray, orders: dict[str, np.ndarray], draws: Mapping[str, np.ndarray], key: str, variance: float
) -> list[float]:
    if key not in orders:
        orders[key] = np.argsort(draws[key], kind="stable")
    ordered = money[orders[key]]
    size, tenth = len(ordered), len(ordered) // 10
    means = ordered[: size - size % _BINS].reshape(_BINS, -1).mean(axis=1, dtype=float)
    return [
        float(np.var(means)) / variance,
        float(ordered[:tenth].mean(dtype=float)),
        float(ordered[-tenth:].mean(dtype=float)),
    ]
