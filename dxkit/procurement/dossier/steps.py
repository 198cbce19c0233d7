"""Reads the sheet steps: tiers of a price, a ramp of prices, adoption, what is owed by month.

See docs/tables.md, "steps"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dxkit.files.errors import Faults, suggest
from dxkit.files.table import Table
from dxkit.procurement.dossier.columns import Row, rows_of
from dxkit.procurement.dossier.dossier import Figure, Step
from dxkit.procurement.dossier.estimates import amount_of, claim_of, single
from dxkit.procurement.dossier.units import COUNT, CREDIT, MONEY, MONTHS, SHARE, Unit

TIERS = ("graduated", "volume", "band")
_UNITS: Mapping[str, Unit] = {"adoption": SHARE, "liability": SHARE}


@dataclass(eq=False)
class Ladder:
    """The steps of one line, or of a vendor, of one kind; the row of each in the sheet."""

    what: str
    steps: list[Step] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


class Steps(dict[tuple[str, str, str], Ladder]):
    """The steps of a dossier by vendor, line and kind; line "" is for every line of the vendor that can take them."""

    def of(self, vendor: str, line: str, what: str) -> tuple[Step, ...]:
        """The steps of a line, else those of its vendor."""
        ladder = self.get((vendor, line, what)) or self.get((vendor, "", what))
        return tuple(ladder.steps) if ladder else ()


def read_steps(
    table: Table | None, lines: Mapping[str, Sequence[str]], credits: set[tuple[str, str]], faults: Faults
) -> Steps:
    """The steps, each ladder ascending. lines: the names of the lines of cost of each vendor; credits: those that pay
    back."""
    steps = Steps()
    for row in rows_of(table, faults):
        vendor, line, what = row["vendor"], row["line"], row["what"]
        if vendor not in lines:
            row.fault("vendor", f"'{vendor[:40]}' has no line in sheet costs; {suggest(vendor, list(lines))}")
            continue
        if line and line not in lines[vendor]:
            row.fault("line", f"'{line[:40]}' is not a line of {vendor[:40]}; {suggest(line, lines[vendor])}")
            continue
        if not what:
            row.fault("what", "the cell is empty; write graduated, volume, band, price, adoption or liability")
            continue
        if not line and what not in ("adoption", "liability"):
            row.fault("line", f"{what} belongs to one line; name it")
            continue
        step = _step(row, (vendor, line) in credits)
        if step is not None:
            ladder = steps.setdefault((vendor, line, what), Ladder(what))
            ladder.steps.append(step)
            ladder.rows.append(row)
            _check(ladder)
    for (vendor, line, what), ladder in steps.items():
        kinds = [other for other in TIERS if (vendor, line, other) in steps]
        if what in kinds[1:]:
            message = f"the line has {kinds[0]} tiers too; a line has one kind of tiers"
            ladder.rows[0].fault("what", message)
    return steps


def _step(row: Row, credit: bool) -> Step | None:
    vendor, line, what = row["vendor"], row["line"], row["what"]
    by_units = what in TIERS
    key, name = (
        f"step|{vendor}|{line}|{what}|{row['from']}",
        f"{vendor}: {line or 'all lines'} {what} from {row['from']}",
    )
    start = single(row, "from", COUNT if by_units else MONTHS, name=name, key=f"{key}|from")
    if start is None:
        if not row["from"]:
            row.fault("from", f"the cell is empty; write the {'units' if by_units else 'month'}")
        return None
    unit = _UNITS.get(what, CREDIT if credit else MONEY)
    amount = amount_of(row, unit)
    fixed = single(row, "fixed", MONEY, name=f"{name}, fixed", key=f"{key}|fixed")
    if fixed is not None and what not in TIERS[:2]:
        row.fault("fixed", f"{what} has no fixed money; leave the cell empty")
    if amount is None:
        return None
    figure = Figure(label=name, key=f"{key}|amount", unit=unit, claims=(claim_of(row, amount),))
    return Step(start=start, amount=figure, fixed=fixed)


def _check(ladder: Ladder) -> None:
    """Tiers begin at 0 units, what is owed at month 1, and each step lies above the one before."""
    now, row = ladder.steps[-1].start.mean, ladder.rows[-1]
    if len(ladder.steps) == 1:
        if ladder.what in TIERS and now != 0:
            row.fault("from", f"{now:g}: the first tier begins at 0")
        if ladder.what == "liability" and now > 1:
            row.fault("from", f"{now:g}: what is owed is said from month 1 on")
    elif now <= (before := ladder.steps[-2].start.mean):
        row.fault("from", f"{now:g} does not lie above {before:g}; write the steps in ascending order")
