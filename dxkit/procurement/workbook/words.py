"""The sheets of words: About, Lines, Steps, criteria, evidence, and the dossier itself, hidden.

See docs/methods/ownership_cost.md, "The workbook"."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version

import pandas as pd

from dxkit.files.cells import as_text
from dxkit.procurement.dossier.clauses import BILLED
from dxkit.procurement.dossier.dossier import USUAL, Dossier
from dxkit.procurement.workbook.pages import Book, Page

ABOUT, LINES, STEPS, HIDDEN = "About", "Lines", "Steps", "dossier"
_MOST = 30_000  # characters of a cell
_KEYS = (
    *("title", "currency", "start", "horizon_years", "discounting", "replacement", "jurisdiction", "budget", "status"),
)
_HOW = (
    "Yellow cells are for you: the figures on sheet Inputs, and five rows for finance at the end of each vendor's "
    "sheet. All else is protected, without a password.",
    "Choose low, likely or high on sheet Inputs. Every figure then takes that value at once, so low and high are "
    "extremes and unlikely to happen. Grey figures were simulated by dxkit and do not change. P10 and P90: 10% and 90% "
    "of the simulations are below.",
    f"A figure with the source `{USUAL}` on sheet Inputs is not in the dossier. Put in your own.",
    "Each vendor has a sheet by month: what its lines serve and what falls due. A second one, by quarter, has what "
    "leaving costs then.",
    "Owning: to the horizon. With exit: the money that this vendor causes, if it may be left earlier. Served: the same "
    "plus what serves the need after that; vendors are compared on owning and on served.",
    "Checks: what must hold; the top of each sheet says whether every check holds.",
    "dxkit reads a changed workbook back: dx.read_dossier of this file lists every difference. Words on About, Lines, "
    "Steps, criteria and evidence are changed in the dossier, not here.",
)
_LINE = (
    *("kind", "vendor", "line", "category", "timing", "per", "growth", "billed", "rises", "committed", "ratchet"),
    *("currency", "ledger", "declared"),
)


def write_about(page: Page, dossier: Dossier) -> None:
    page.put(0, 1, f"{dossier.decision['title']} ({dossier.status})", "title")
    page.put(1, 1, f"made by dxkit {version('dxkit')}", "quiet")
    for row, key in enumerate(_KEYS, 3):
        value = dossier.decision[key]
        text = "; ".join(f"{each:g}" for each in value) if isinstance(value, tuple) else as_text(value)
        usual = any(figure.name == key for figure in dossier.assumed)
        page.key(row, key)
        page.put(row, 1, key, "head")
        page.put(row, 2, f"{text} ({USUAL}: the dossier gives none)" if usual else text, "wrap")
    for k, text in enumerate(_HOW):
        row = 4 + len(_KEYS) + k
        page.key(row, f"how|{k}")
        page.put(row, 1, "" if k else "how to read it", "head" if not k else "")
        page.put(row, 2, text, "wrap")
        page.heights[row] = 15.0 * -(-len(text) // 95)


def write_lines(book: Book, dossier: Dossier) -> None:
    """How each line is worked out, in words; its numbers are on sheet Inputs."""
    page = book.page(LINES, [9, 24, 34, 16, 9, 16, 14, 20, 10, 11, 8, 9, 8, 40], freeze=(1, 4))
    for j, name in enumerate(_LINE, 1):
        page.put(0, j, name, "head")
    for row, line in enumerate((*dossier.costs, *dossier.benefits), 1):
        billed = next(name for name, months in BILLED.items() if months == line.billed)
        said = {name: getattr(line, name, "") for name in _LINE} | {
            "kind": "benefit" if line.ledger else "cost",
            "growth": line.growth if isinstance(line.growth, str) else "",
            "billed": "" if line.once else f"{billed} in {'advance' if line.advance else 'arrears'}",
            "rises": line.rises if line.growth is not None else "",
            "ratchet": "yes" if line.ratchet else "",
        }
        page.key(row, line.key)
        for j, name in enumerate(_LINE, 1):
            page.put(row, j, str(said[name]))


def write_steps(book: Book, dossier: Dossier) -> None:
    """The steps as they were given; their numbers are on sheet Inputs."""
    frame = dossier.tables.get("steps")
    if frame is not None:
        _copy(book.page(STEPS, [24, 34, 14, 12], freeze=(1, 2)), frame)


def write_judging(book: Book, dossier: Dossier) -> None:
    """Criteria and evidence as they were given."""
    for name in ("criteria", "evidence"):
        if (frame := dossier.tables.get(name)) is not None:
            _copy(book.page(name, [24, 26, 14], freeze=(1, 2)), frame)


def _copy(page: Page, frame: pd.DataFrame) -> None:
    for j, name in enumerate(frame.columns, 1):
        page.put(0, j, str(name), "head")
        for i, text in enumerate(frame[name], 1):
            page.put(i, j, str(text))
    for i in range(1, len(frame) + 1):
        page.key(i, f"row {i}")


def hide(book: Book, dossier: Dossier, more: Mapping[str, object]) -> None:
    """The dossier as JSON, on a page that no menu shows: what the workbook was made from."""
    tables = {
        name: {"columns": [*map(str, frame)], "rows": frame.values.tolist()} for name, frame in dossier.tables.items()
    }
    text = json.dumps({**more, "tables": tables}, ensure_ascii=True, sort_keys=True)
    page = book.page(HIDDEN, [40], hidden=True)
    for k in range(0, len(text), _MOST):
        page.key(k // _MOST, f"part {k // _MOST + 1}")
        page.put(k // _MOST, 1, text[k : k + _MOST])
