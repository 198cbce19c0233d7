"""A workbook that came back, held against the one that was delivered, cell by cell.

See docs/methods/ownership_cost.md, "Reading back"."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dxkit.files.grid import letter
from dxkit.procurement.workbook.model import FINANCE
from dxkit.procurement.workbook.pages import Book, Cell, Page
from dxkit.procurement.workbook.words import ABOUT, HIDDEN, LINES, STEPS

_WORDS = (ABOUT, LINES, STEPS, "criteria", "evidence")
_ALIKE = 0.8  # of its keys, for a sheet of another name to be taken for one that is missing
Keys = Mapping[str, Mapping[int, str]]  # by sheet, the key of each row by its number
_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")'
    r"|(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[A-Za-z_][\w.]*))!)?"
    r"\$?(?P<column>[A-Z]{1,3})\$?(?P<row>\d+)(?::\$?(?P<column2>[A-Z]{1,3})\$?(?P<row2>\d+))?(?![\w(])"
    r"|(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?)"
    r"|(?P<other>\S)"
)


@dataclass(frozen=True)
class Difference:
    """One difference: its place now, the key of its row there, and what it is."""

    sheet: str
    cell: str
    key: str
    column: int
    what: str
    delivered: object
    now: object
    page: Page | None = None
    row: int = 0

    @property
    def words(self) -> bool:
        """Whether it is a word that belongs to the dossier."""
        return self.page is not None and self.page.title in _WORDS

    @property
    def place(self) -> dict[str, Any]:
        """Where it is, for a fault."""
        at = re.fullmatch(r"([A-Z]+)(\d+)", self.cell)
        return {"sheet": self.sheet} | ({"column": at[1], "row": int(at[2])} if at else {})

    @property
    def input(self) -> bool:
        """Whether it is a figure that may be changed in the workbook."""
        cell = self.page.cells.get((self.row, self.column)) if self.page else None
        return bool(cell and cell.style in ("input", "words") and self.what == "value changed")


def differences(book: Book, formulas: Any, values: Any) -> list[Difference]:
    """Everything in which the file differs from the workbook in memory. formulas, values: the file by openpyxl."""
    delivered = {page.title: page for page in book.pages if page.title != HIDDEN}
    there = [name for name in formulas.sheetnames if name != HIDDEN]
    names, found = _matched(delivered, there, formulas)
    rows_now = {title: _rows(formulas[name]) for title, name in names.items()}
    back = {name: title for title, name in names.items()}
    before = {title: {at + 1: each for at, each in page.keys.items()} for title, page in delivered.items()}
    if rows_now == before and back == {title: title for title in delivered}:
        rows_now = before  # equal formulas refer to the same
    for title, name in names.items():
        page, sheet, stored = delivered[title], formulas[name], values[name]
        keys, columns = {key: row for row, key in rows_now[title].items()}, defaultdict(set)
        for row, column in page.cells:
            columns[row].add(column)
        for row, key in page.keys.items():
            if key not in keys:
                found.append(Difference(name, "", key, 0, "row gone", "", "", page, row))
                continue
            found += _of_row(page, row, key, columns[row], sheet, stored, keys[key], rows_now, before, back)
        known = {keys[key] for key in page.keys.values() if key in keys}
        found += _without_key(page, sheet, known, rows_now, before, back)
    return found


def _without_key(
    page: Page, sheet: Any, known: set[int], rows_now: Keys, before: Keys, back: Mapping[str, str]
) -> Iterator[Difference]:
    """The differences in titles, headings and other rows without a key: each cell must be one that was delivered."""
    own = [(at, cell) for at, cell in page.cells.items() if at[0] not in page.keys]
    added: dict[tuple[int, int], Difference] = {}
    left = {at: _content(f"={each.formula}" if each.formula else each.value, page, before, {}) for at, each in own}
    for row in sheet.iter_rows(min_col=2):
        for cell in row:
            if cell.value is None or cell.row in known:
                continue
            now = _content(cell.value, page, rows_now, back)
            same = next((at for at, was in left.items() if was == now), None)
            if same is not None:
                del left[same]
            else:
                place, column = f"{cell.column_letter}{cell.row}", cell.column - 1
                added[cell.row - 1, column] = Difference(sheet.title, place, "", column, "added", "", cell.value, page)
    for (row, column), content in left.items():
        if content != ("text", ""):
            was, place = page.cells[row, column], f"{letter(column)}{row + 1}"
            now = added.pop((row, column)).now if (row, column) in added else ""
            what = "formula changed" if was.formula else "value changed"
            yield Difference(sheet.title, place, "", column, what, was.formula or was.value, now, page, row)
    yield from added.values()


def _content(value: Any, page: Page, keys: Keys, back: Mapping[str, str]) -> tuple:
    """What a cell holds, for comparison wherever it stands."""
    if isinstance(value, str) and value.startswith("="):
        return ("formula", *_plain(value[1:], page.title, keys, back))
    if isinstance(value, float | int) and not isinstance(value, bool):
        return ("number", repr(float(value)))
    return ("text", str(value))


def _matched(delivered: Mapping[str, Page], there: list[str], formulas: Any) -> tuple[dict[str, str], list[Difference]]:
    """The sheet that is now each page: by its name, or by its keys where it was renamed."""
    names = {title: title for title in delivered if title in there}
    others, found = [name for name in there if name not in names], []
    for title, page in delivered.items():
        if title in names:
            continue
        keys = set(page.keys.values())
        name = next(
            (o for o in others if keys and len(keys & {*_rows(formulas[o]).values()}) >= _ALIKE * len(keys)), ""
        )
        if name:
            names[title] = name
            others.remove(name)
            found.append(Difference(name, "", "", 0, "sheet renamed", title, name))
        else:
            found.append(Difference(title, "", "", 0, "sheet missing", title, ""))
    return names, found + [Difference(name, "", "", 0, "sheet added", "", name) for name in others]


def _rows(sheet: Any) -> dict[int, str]:
    """The key of each row of a sheet, by its number."""
    cells = ((row, sheet.cell(row, 1).value) for row in range(1, sheet.max_row + 1))
    return {row: str(key) for row, key in cells if key is not None}


def _of_row(
    page: Page,
    row: int,
    key: str,
    delivered: set[int],
    sheet: Any,
    stored: Any,
    number: int,
    rows_now: Keys,
    before: Keys,
    back: Mapping[str, str],
) -> Iterator[Difference]:
    """The differences in one row."""
    columns = delivered | {cell.column - 1 for cell in sheet[number] if cell.value is not None and cell.column > 1}
    for column in sorted(columns):
        was = page.cells.get((row, column), Cell(""))
        now, value = sheet.cell(number, column + 1).value, stored.cell(number, column + 1).value
        formula = now[1:] if isinstance(now, str) and now.startswith("=") else ""
        place = f"{letter(column)}{number}"
        if was.formula and not formula:
            yield Difference(sheet.title, place, key, column, "formula typed over", was.value, now, page, row)
        elif was.formula:
            same = formula == was.formula and rows_now is before
            if not same and _plain(was.formula, page.title, before, {}) != _plain(formula, page.title, rows_now, back):
                yield Difference(sheet.title, place, key, column, "formula changed", was.formula, formula, page, row)
        elif not _same(was.value, value if formula else now):
            what, now = "value changed" if (row, column) in page.cells else "added", value if formula else now
            yield Difference(sheet.title, place, key, column, what, was.value, now, page, row)


def _same(was: object, now: object) -> bool:
    if isinstance(was, float | int) and isinstance(now, float | int) and not isinstance(now, bool):
        return abs(was - now) <= 1e-12 * max(abs(was), abs(now))
    return (was in ("", None) and now in ("", None)) or str(was) == str(now)


def _plain(formula: str, title: str, keys: Keys, back: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A formula as what it refers to: sheets under their delivered names, rows by key, numbers by value."""
    plain = []
    for token in _TOKEN.finditer(formula):
        if token["text"] or token["other"]:
            plain.append((token[0],))
        elif token["number"]:
            plain.append((repr(float(token["number"])),))
        else:
            name = (token["quoted"] or token["plain"] or "").replace("''", "'")
            sheet = back.get(name, name) or title
            ends = [(token["column"], token["row"]), (token["column2"], token["row2"])]
            plain += [(sheet, c, keys.get(sheet, {}).get(int(r), f"row {r}")) for c, r in ends if c]
    return plain


def finance_rows(book: Book, found: list[Difference]) -> dict[tuple[str, str], dict[str, object]]:
    """What finance filled in: by vendor's page and key of the row, the cells by name."""
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for each in found:
        if (
            each.key.startswith("finance|")
            and each.key.count("|") == 2
            and each.page is not None
            and 1 <= each.column <= len(FINANCE)
        ):
            rows.setdefault((each.page.title, each.key), {})[FINANCE[each.column - 1]] = each.now
    return rows
