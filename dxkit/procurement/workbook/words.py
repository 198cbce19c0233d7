"""The sheets of words: About, Lines, Steps, criteria, evidence, and the dossier itself, hidden.

See docs/methods/ownership_cost.md, "The workbook"."""

import json
from collections.abc import Mapping
from importlib.metadata import version

import pandas as pd

from dxkit.files.cells import as_text
from dxkit.procurement.dossier.clauses import BILLED
from dxkit.procurement.dossier.dossier import USUAL, Dossier
from dxkit.procurement.workbook.pages import TEXTS, Book, Page

ABOUT, LINES, STEPS, HIDDEN = "About", "Lines", "Steps", "dossier"
_MOST = 30_000  # characters of a cell
_LINE = (
    *("kind", "vendor", "line", "category", "timing", "per", "growth", "billed", "rises", "committed", "ratchet"),
    *("currency", "ledger", "declared"),
)


def write_about(page: Page, dossier: Dossier) -> None:
    page.put(0, 1, f"{dossier.decision['title']} ({dossier.status})", "title")
    page.put(1, 1, f"made by dxkit {version('dxkit')}", "quiet")
    keys = [key for key in dossier.decision if key not in dossier.numbers]  # numbers stand on sheet Inputs
    for row, key in enumerate(keys, 3):
        value = dossier.decision[key]
        text = "; ".join(f"{each:g}" for each in value) if isinstance(value, tuple) else as_text(value)
        usual = any(figure.key == f"decision|{key}" for figure in dossier.assumed)
        page.key(row, key)
        page.put(row, 1, key, "head")
        page.put(row, 2, f"{text} ({USUAL}: the dossier gives none)" if usual else text, "wrap")
    for k, text in enumerate(each.format(usual=USUAL) for each in TEXTS["how"]):
        row = 4 + len(keys) + k
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
