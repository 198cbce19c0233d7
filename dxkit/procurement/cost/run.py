"""A dossier worked out over all draws at once: owning, leaving, and leaving as an event, by vendor and draw.

See docs/methods/ownership_cost.md, "Shared draws"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from dxkit.procurement.cost.expressions import Sheet, Values
from dxkit.procurement.cost.leaving import COMPONENTS, RUSHED, leaving_sheet, results_sheet, sheets_of
from dxkit.procurement.cost.schedule import exit_figure, year_of
from dxkit.procurement.cost.simulation import DRAWS, WAYS, Draw, Inputs, block_rows, drawn, drawn_apart, quarter_left
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.statistics.sampling import SCRAMBLES, points_for

_RESULTS = ("nominal", "pv", "certain", "expected", "p_exit")
_DRAWN = ("pv_with_exit", "pv_served", "exit", "quarter", "forced")
_QUARTERS = (*COMPONENTS, *(f"forced {name}" for name in RUSHED[:3]), "planned", "forced", "unused", "yearly")
_IN_FULL = 2**17  # more draws are kept in single precision, enough for quantiles; means are summed in full


@dataclass(eq=False)
class OfVendor:
    """What a vendor costs, by draw (S,): nominal, pv, pv_with_exit, pv_served, exit (discounted, 0 where it stays),
    certain (planned exit at the end, discounted), expected (exit, by its hazards) and p_exit; quarter (0: it stays) and
    whether it was forced.

    cells      by category (H + 1, S), nominal, by year;   sums: their sums over the draws
    gains      present value by ledger (S,);   gained: sums of it by year (H + 1,)
    leaving    by row of its sheet of quarters (Q, S)
    """

    by_draw: dict[str, np.ndarray]
    cells: dict[str, np.ndarray] = field(default_factory=dict)
    sums: dict[str, np.ndarray] = field(default_factory=dict)
    gains: dict[str, np.ndarray] = field(default_factory=dict)
    leaving: dict[str, np.ndarray] = field(default_factory=dict)
    flows: np.ndarray = field(default_factory=lambda: np.zeros(0))
    gained: np.ndarray = field(default_factory=lambda: np.zeros(0))


@dataclass(eq=False)
class Run:
    """All draws of a dossier; rows of the draws are in the same order for every vendor. inputs: the draws of every
    uncertain figure, by key, and of each vendor's ways out."""

    size: int
    vendors: dict[str, OfVendor]
    sheets: dict[str, dict[str, Sheet]]
    inputs: dict[str, np.ndarray] = field(default_factory=dict)


_kept: WeakKeyDictionary[Dossier, dict[tuple, Run]] = WeakKeyDictionary()


def worked_out(dossier: Dossier, seed: int = 0, draws: int = DRAWS, *, shared: bool = True) -> Run:
    """The run of a dossier; the last one of the usual size is kept, because several results are read off it."""
    key = (seed, points_for(draws), shared)
    if (found := _kept.get(dossier, {}).get(key)) is None:
        found = _worked_out(dossier, seed, draws, shared)
        if found.size <= _IN_FULL:
            _kept[dossier] = {key: found}
    return found


def _worked_out(dossier: Dossier, seed: int, draws: int, shared: bool) -> Run:
    size, rows = points_for(draws) * SCRAMBLES, block_rows(draws)
    kind = np.float64 if size <= _IN_FULL else np.float32
    sheets = {vendor: sheets_of(dossier, vendor) for vendor in dossier.vendors}
    names = (*_RESULTS, *_DRAWN)
    run = Run(size, {each: OfVendor({name: np.empty(size, dtype=kind) for name in names}) for each in sheets}, sheets)
    apart = None if shared else drawn_apart(dossier, seed, draws)
    at = 0
    for draw in drawn(dossier, seed, draws):
        of_lines = next(apart) if apart else None
        for vendor, own in sheets.items():
            values = Values(own, draw.values)
            if of_lines is not None:
                _put_apart(values, dossier, vendor, own, of_lines)
            _add(run.vendors[vendor], dossier, vendor, values, draw, slice(at, at + rows), kind, size)
        ways = {event_key(vendor, way): u[vendor] for way, u in draw.ways.items() for vendor in sheets}
        for key, each in {**draw.values, **ways}.items():
            if len(each) > 1:
                run.inputs.setdefault(key, np.empty(size, dtype=np.float32))[at : at + rows] = each
        at += rows
    return run


def event_key(vendor: str, way: str) -> str:
    """What the draws are called by which a vendor is left: by force, or by choice."""
    return f"event|{vendor}|{way}"


def _put_apart(values: Values, dossier: Dossier, vendor: str, own: Mapping, of_lines: list[Inputs]) -> None:
    """Take each line's rows from draws of its own."""
    for line, inputs in zip(dossier.costs, of_lines, strict=True):
        if line.vendor == vendor:
            alone = Values(own, inputs)
            for name in (f"{line.key}|service", f"{line.key}|paid"):
                values.put(vendor, name, alone.row(vendor, name))


def _add(
    of: OfVendor, dossier: Dossier, vendor: str, values: Values, draw: Draw, rows: slice, kind: type, size: int
) -> None:
    """Work out a block of draws of one vendor."""
    count, horizon = rows.stop - rows.start, dossier.horizon
    quarters, results = leaving_sheet(vendor), results_sheet(vendor)
    for line in dossier.lines_of(vendor):
        cost = by_year(values.full(vendor, f"{line.key}|paid"), line, horizon)
        if line.category not in of.cells:
            of.cells[line.category] = np.zeros((horizon + 1, size), dtype=kind)
            of.sums[line.category] = np.zeros(horizon + 1)
        of.cells[line.category][:, rows] += cost.T
        of.sums[line.category] += cost.sum(axis=0) * (count / len(cost))
    paid = values.row(vendor, "paid")
    of.flows = (of.flows if of.flows.size else 0) + paid.sum(axis=0) * (count / len(paid))
    for line in dossier.benefits:
        if line.vendor == vendor:
            gain = values.full(vendor, f"{line.key}|paid")
            of.gained = (of.gained if of.gained.size else 0) + gain.sum(axis=0) * (count / len(gain))
    for ledger in dict.fromkeys(line.ledger for line in dossier.benefits if line.vendor == vendor):
        of.gains.setdefault(ledger, np.zeros(size, dtype=kind))[rows] = values.row(vendor, f"gained|{ledger}").sum(
            axis=1
        )
    for name in _QUARTERS if size <= _IN_FULL else ():
        found = values.full(quarters, name)
        of.leaving.setdefault(name, np.empty((found.shape[1], 1 if len(found) == 1 else size)))[
            :, slice(0, 1) if len(found) == 1 else rows
        ] = found.T
    left, forced = when_left(dossier, vendor, draw)
    by = of.by_draw
    by["quarter"][rows], by["forced"][rows] = left, forced
    for name in _RESULTS:
        by[name][rows] = values.row(results, name)[:, 0]
    for name in ("pv_with_exit", "pv_served"):
        by[name][rows] = _as_event(vendor, values, name, left, forced)
    factor = values.full(quarters, "factor")
    planned, by_force = (_picked(values.full(quarters, name) * factor, left) for name in ("planned", "forced"))
    by["exit"][rows] = np.where(left > 0, np.where(forced, by_force, planned), 0.0)


def by_draw(dossier: Dossier, vendor: str, sheets: Mapping[str, Sheet], draw: Draw, basis: str) -> np.ndarray:
    """A vendor's money on one basis in each draw of a block (B,)."""
    values = Values(sheets, draw.values)
    left, forced = when_left(dossier, vendor, draw)
    if basis in ("pv_with_exit", "pv_served"):
        return _as_event(vendor, values, basis, left, forced)
    return np.broadcast_to(values.row(results_sheet(vendor), basis)[:, 0], left.shape)


def _as_event(vendor: str, values: Values, basis: str, left: np.ndarray, forced: np.ndarray) -> np.ndarray:
    """The money of the quarter in which the vendor is left, or that of owning to the horizon."""
    what = "with exit" if basis == "pv_with_exit" else "served"
    planned, by_force = (
        _picked(values.full(leaving_sheet(vendor), f"{what}, {mode}"), left) for mode in ("planned", "forced")
    )
    return np.where(left > 0, np.where(forced, by_force, planned), values.row(results_sheet(vendor), "pv")[:, 0])


def when_left(dossier: Dossier, vendor: str, draw: Draw) -> tuple[np.ndarray, np.ndarray]:
    """The quarter in which a vendor is left in each draw, 0 where it stays to the horizon; and whether by force."""
    forced, planned = (
        quarter_left(draw.values[exit_figure(dossier, vendor, f"hazard_{way}")[0].key], draw.ways[way][vendor])
        for way in WAYS
    )
    quarter = np.minimum(forced, planned)
    inside = quarter <= 4 * dossier.horizon
    return np.where(inside, quarter, 0).astype(int), inside & (forced <= planned)


def by_year(paid: np.ndarray, line, horizon: int) -> np.ndarray:
    """What is paid for a line in each year, (S, H + 1)."""
    year = year_of(line, np.arange(paid.shape[1], dtype=float))
    return paid @ (year[:, None] == np.arange(horizon + 1)).astype(float)


def _picked(row: np.ndarray, quarter: np.ndarray) -> np.ndarray:
    """The value of a row (S or 1, Q) in the quarter of each draw (S,)."""
    if len(row) == 1:
        return row[0][quarter]
    return row[np.arange(len(row)), quarter]
