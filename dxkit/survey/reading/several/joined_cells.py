"""The answers in cells that hold several: which separator a column has, and which option each piece is."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dxkit.files.cells import folded, normal
from dxkit.survey.reading.scales import NOT_PLACED, Scale

SPARE = ("|", " ")  # separators that no tool writes by itself; taken only where the usual ones explain little
_LONGEST_JOINT, _TRIED = 6, 1000  # letters of a separator, and cells that are looked at for one


@dataclass(frozen=True, eq=False, kw_only=True)
class Multiple:
    """A question with several choices: its options by folded label, and the scale that knows "no opinion"."""

    name: str
    stem: str
    kind: str
    items: list[str]
    options: dict[str, str]
    scale: Scale

    @property
    def old(self) -> bool:
        """Whether it is written as ratings on yesno, one for each option."""
        return self.kind == "rating"

    def is_no_opinion(self, text: str) -> bool:
        if normal(text) in self.options:
            return False
        code = self.scale.code_of(text)
        return code is not None and math.isnan(code)


def split_cells(
    times: Mapping[str, int], asked: Multiple, separators: Sequence[str], spare: Sequence[str]
) -> tuple[dict[str, list[str]], list[list[str]], str]:
    """The mark of each option in joined cells that occur so often, what else stands there, and the separator. A column
    has one: that which leaves the fewest cells unexplained; a spare one where it explains nearly all and the others
    little."""
    distinct = {cell: f" {folded(cell)} " for cell in times if cell and not asked.is_no_opinion(cell)}
    total = max(1, sum(times[cell] for cell in distinct))
    ways = []
    for separator in (*separators, *spare):
        most = 1 + max(text.count(separator) for text in asked.options)
        parsed = {
            cell: _parsed(_cut(cell, text, separator), separator, asked.options, most)
            for cell, text in distinct.items()
        }
        strange = sum(times[cell] for cell, pieces in parsed.items() if any(item is None for item, _ in pieces))
        named = sum(times[cell] * sum(item is not None for item, _ in pieces) for cell, pieces in parsed.items())
        ways.append((strange, -named, parsed, separator))
    best = min(ways[: len(separators)], key=lambda way: way[:2])
    other = min(ways[len(separators) :], key=lambda way: way[:2], default=best)
    best = other if other[0] <= total / 20 and best[0] > total / 5 else best
    pieces_of = [best[2].get(cell, []) for cell in times]
    found = {item: [_mark(asked, [each for each, _ in pieces], item) for pieces in pieces_of] for item in asked.items}
    unlisted = []
    for cell, pieces in zip(times, pieces_of, strict=True):
        written = {folded(part): part.strip() for part in cell.split(best[3])} if pieces else {}
        unlisted.append([written.get(text, text) for item, text in pieces if item is None])
    return found, unlisted, best[3]


def _cut(cell: str, text: str, separator: str) -> list[str]:
    """The pieces of a cell, or of its folded text, which has no line breaks any more."""
    return cell.split(separator) if separator == "\n" else text.split(separator)


def between(times: Mapping[str, int], asked: Multiple) -> list[str]:
    """What stands most often between two options at the start of a cell, as a separator that no tool writes."""
    options = sorted(map(folded, asked.options), key=len, reverse=True)
    starts = re.compile(
        f"(?:{'|'.join(map(re.escape, options))})(.{{1,{_LONGEST_JOINT}}}?)(?={'|'.join(map(re.escape, options))})"
    )
    found: Counter[str] = Counter()
    for cell, n in Counter(times).most_common(_TRIED):
        if begins := starts.match(folded(cell)):
            found[begins[1]] += n
    return [joint for joint, _ in found.most_common(1)]


def _mark(asked: Multiple, pieces: Sequence[str | None], item: str) -> str:
    """Yes or No, or the place of an option among the pieces of a cell."""
    if asked.kind == "rank":
        return str(pieces.index(item) + 1) if item in pieces else NOT_PLACED
    return "Yes" if item in pieces else "No"


def _parsed(pieces: list[str], separator: str, items: Mapping[str, str], most: int) -> list[tuple[str | None, str]]:
    """The pieces of a cell in their order, each with the option it is, or None; an option may hold the separator."""
    n = len(pieces)
    best: list[tuple[int, int]] = [(0, 0)] * (n + 1)  # unexplained pieces and options from here to the end
    step: list[tuple[int, str | None]] = [(n, None)] * n
    for start in range(n - 1, -1, -1):
        unexplained, count = best[start + 1]
        best[start], step[start] = (unexplained + bool(normal(pieces[start])), count), (start + 1, None)
        for end in range(start + 1, min(start + most, n) + 1):
            item = items.get(normal(separator.join(pieces[start:end])))
            reached = (best[end][0], best[end][1] + 1)
            if item is not None and reached < best[start]:
                best[start], step[start] = reached, (end, item)
    found, at = [], 0
    while at < n:
        end, item = step[at]
        text = separator.join(pieces[at:end]).strip()
        found += [(item, text)] if item is not None or normal(text) else []
        at = end
    return found
