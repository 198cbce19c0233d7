"""A dossier worked out over all draws at once: owning, leaving, and leaving as an event, by vendor and draw.

See docs/methods/ownership_cost.md, "Shared draws"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from dxkit.procurement.cost.expressions import Sheet, Values
from dxkit.procurement.cost.leaving import COMPONENTS, RUSHED, leaving_sheet, results_sheet, sheets_of
from dxkit.procurement.cost.schedule import exit_figure, year_of
from dxkit.procurement.cost.simulation import DRAWS, WAYS, Draws, Inputs, drawn_apart, event_key, quarter_left
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.statistics.sampling import points_for

_OWNING, _LEAVING = ("nominal", "pv"), ("certain", "expected", "p_exit")
_EVENT = ("pv_with_exit", "pv_served", "exit")
_QUARTERS = (*COMPONENTS, *(f"forced {name}" for name in RUSHED[:3]), "planned", "forced", "unused", "yearly")


@dataclass(eq=False)
class OfVendor:
    """What a vendor costs, by draw (S,): nominal, pv, pv_with_exit, pv_served, exit (discounted, 0 where it stays);
    quarter (0: it stays) and whether it was forced.

    cells      by category (H + 1, S), nominal, by year;   sums: their sums over the draws
    gains      present value by ledger (S,);   gained, flows: sums by month of what comes back and of what is paid (M,)
    leaving    by row of its sheet of quarters (Q, S), and by draw: certain (planned exit at the end, discounted),
               expected (exit, by its hazards) and p_exit; empty until `with_leaving` asks for it
    """

    by_draw: dict[str, np.ndarray]
    cells: dict[str, np.ndarray] = field(default_factory=dict)
    sums: dict[str, np.ndarray] = field(default_factory=dict)
    gains: dict[str, np.ndarray] = field(default_factory=dict)
    leaving: dict[str, np.ndarray] = field(default_factory=dict)
    flows: np.ndarray = field(default_factory=lambda: np.zeros(1))
    gained: np.ndarray = field(default_factory=lambda: np.zeros(1))


@dataclass(eq=False)
class Run:
    """All draws of a dossier; rows of the draws are in the same order for every vendor."""

    inputs: Draws
    sheets: dict[str, dict[str, Sheet]]
    vendors: dict[str, OfVendor]

    @property
    def size(self) -> int:
        return self.inputs.size


_kept: WeakKeyDictionary[Dossier, dict[tuple, Run]] = WeakKeyDictionary()


def worked_out(dossier: Dossier, seed: int = 0, draws: int = DRAWS, *, shared: bool = True) -> Run:
    """The run of a dossier; the last one of the usual size is kept, because several results are read off it."""
    key = (seed, points_for(draws), shared)
    if (found := _kept.get(dossier, {}).get(key)) is None:
        found = _worked_out(dossier, seed, draws, shared)
        if found.inputs.few:
            _kept[dossier] = {key: found}
    return found


def _worked_out(dossier: Dossier, seed: int, draws: int, shared: bool) -> Run:
    inputs = Draws(dossier, seed, draws)
    kind = np.float64 if inputs.few else np.float32  # means are summed in full
    run = Run(inputs, {vendor: sheets_of(dossier, vendor) for vendor in dossier.vendors}, {})
    for vendor in run.sheets:
        names = (*_OWNING, *_EVENT, "quarter", "forced")
        run.vendors[vendor] = OfVendor({name: np.empty(inputs.size, dtype=kind) for name in names})
    apart = None if shared else drawn_apart(dossier, seed, draws)
    for rows, block in inputs.blocks():
        of_lines = next(apart) if apart else []
        for vendor in run.sheets:
            _add(run, dossier, vendor, block, of_lines, rows)
    return run


def with_leaving(dossier: Dossier, seed: int = 0) -> Run:
    """The run of the usual size with what leaving costs at each quarter, worked out when it is first asked for."""
    run = worked_out(dossier, seed)
    if any(of.leaving for of in run.vendors.values()):
        return run
    for rows, block in run.inputs.blocks():
        for vendor, of in run.vendors.items():
            values = Values(run.sheets[vendor], block)
            for name in _QUARTERS:
                found = values.full(leaving_sheet(vendor), name).T
                alike = found.shape[1] == 1
                every = of.leaving.setdefault(name, np.empty((len(found), 1 if alike else run.size)))
                every[:, slice(None) if alike else rows] = found
            for name in _LEAVING:
                of.by_draw.setdefault(name, np.empty(run.size))[rows] = values.row(results_sheet(vendor), name)[:, 0]
    return run


def _add(run: Run, dossier: Dossier, vendor: str, inputs: Inputs, of_lines: Sequence[Inputs], rows: slice) -> None:
    """Work out a block of draws of one vendor."""
    of, sheets, count = run.vendors[vendor], run.sheets[vendor], rows.stop - rows.start
    values, kind = Values(sheets, inputs), of.by_draw["pv"].dtype
    for line, own in zip(dossier.costs, of_lines, strict=False):  # none where lines share their draws
        if line.vendor == vendor:
            alone = Values(sheets, own)
            for name in (f"{line.key}|service", f"{line.key}|paid"):
                values.put(vendor, name, alone.cells(vendor, name))
    months, years = np.arange(len(sheets[vendor].labels), dtype=float), np.arange(dossier.horizon + 1)
    for line in dossier.lines_of(vendor):
        if line.category not in of.cells:
            of.cells[line.category] = np.zeros((len(years), run.size), dtype=kind)
            of.sums[line.category] = np.zeros(len(years))
        in_year = (year_of(line, months) == years[:, None]).astype(float)
        for year, cost in enumerate(values.sums(vendor, f"{line.key}|paid", in_year)):
            if np.any(cost):  # memory that nothing is written to is not taken
                of.cells[line.category][year, rows] += cost
                of.sums[line.category][year] += np.broadcast_to(cost, count).sum()
    gains = [line for line in dossier.benefits if line.vendor == vendor]
    for line in gains:
        of.gained = of.gained + values.over_draws(vendor, f"{line.key}|paid", count)
    if gains:
        of.flows = of.flows + values.over_draws(vendor, "paid", count)
    for ledger in dict.fromkeys(line.ledger for line in gains):
        (gained,) = values.sums(vendor, f"gained|{ledger}", np.ones((1, len(months))))
        of.gains.setdefault(ledger, np.zeros(run.size, dtype=kind))[rows] = gained
    owned = {name: values.row(results_sheet(vendor), name)[:, 0] for name in _OWNING}
    for name, found in (owned | _as_event(dossier, vendor, values, inputs)).items():
        of.by_draw[name][rows] = found


def by_draw(dossier: Dossier, vendor: str, sheets: Mapping[str, Sheet], inputs: Inputs, basis: str) -> np.ndarray:
    """A vendor's money on one basis in each draw of a block (B,)."""
    values = Values(sheets, inputs)
    if basis in _EVENT:
        return _as_event(dossier, vendor, values, inputs)[basis]
    return np.broadcast_to(values.row(results_sheet(vendor), basis)[:, 0], inputs[event_key(vendor, WAYS[0])].shape)


def _as_event(dossier: Dossier, vendor: str, values: Values, inputs: Inputs) -> dict[str, np.ndarray]:
    """What a vendor costs if it may be left, each (B,): what owning to the horizon costs where it stays.

    Only the draws in which it is left are worked out here, each at its quarter.
    """
    quarter, forced = when_left(dossier, vendor, inputs)
    stays = np.broadcast_to(values.row(results_sheet(vendor), "pv")[:, 0], quarter.shape)
    found = {"pv_with_exit": stays.copy(), "pv_served": stays.copy(), "exit": np.zeros(quarter.shape)}
    if (left := np.flatnonzero(quarter)).size:
        sheet = leaving_sheet(vendor)
        values = values.at(left, sheet, 3.0 * quarter[left])
        for name, row in (("pv_with_exit", "with exit, "), ("pv_served", "served, "), ("exit", "")):
            planned, by_force = (values.row(sheet, row + mode)[:, 0] for mode in ("planned", "forced"))
            found[name][left] = np.where(forced[left], by_force, planned)
        found["exit"][left] *= values.row(sheet, "factor")[:, 0]
    return {**found, "quarter": quarter, "forced": forced}


def when_left(dossier: Dossier, vendor: str, inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """The quarter in which a vendor is left in each draw, 0 where it stays to the horizon; and whether by force."""
    forced, planned = (
        quarter_left(inputs[exit_figure(dossier, vendor, f"hazard_{way}")[0].key], inputs[event_key(vendor, way)])
        for way in WAYS
    )
    quarter = np.minimum(forced, planned)
    inside = quarter <= 4 * dossier.horizon
    return np.where(inside, quarter, 0).astype(int), inside & (forced <= planned)
