"""From answer labels to codes. A message on an unknown answer does not repeat what a person wrote."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dxkit.files.cells import normal, numbers
from dxkit.files.errors import Faults, and_more, nearest
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.distinct import counts, looked_up, texts_of
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.labels.no_opinion import is_no_opinion
from dxkit.survey.reading.scales import NOT_AFFECTED, NOT_PLACED, NUMBER, Scale, numbered
from dxkit.survey.reading.tools.base import Tool

UNAFFECTED = "not affected, taken as no burden"
STATES = ("answered", "no opinion", "skipped", "not asked")
ANSWERED, NO_OPINION, SKIPPED, NOT_ASKED = range(4)
_MOST_PLACES = 5
_LONGEST = 40
_UNSHOWN = "the text in this cell"
_HOURS = r"h|hrs?|hours?|std|stunden?|heures?|horas?|時間"
_NUMBERS = re.compile(
    r"[-+(]?[\d., ']*\d[\d., ']*\)? ?(%|h|hrs?|hours?|min|mins|minutes)?|-?inf|none|zero|half|one|two|three|four|five|"
    r"six|seven|eight|nine|ten|eleven|twelve"
)


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """What a scale does not know, and in which rows: one fault for each, however many cells and questions."""

    cells: dict[tuple[str, str], list[tuple[str, str, np.ndarray]]] = field(default_factory=dict)

    def add(self, scale: Scale, item: str, texts: Mapping[int, str], codes: np.ndarray, rows: np.ndarray) -> None:
        """Keep where these texts, by their codes, are answers to an item; `rows` are those of the codes."""
        strange = np.zeros(int(codes.max()) + 1, dtype=bool)
        strange[list(texts)] = True
        at = np.flatnonzero(looked_up(strange, codes))
        at = at[np.argsort(codes[at], kind="stable")]
        starts = np.flatnonzero(np.diff(codes[at], prepend=-1))
        where = {int(codes[found[0]]): rows[found] for found in np.split(at, starts[1:])}
        for code, text in texts.items():
            self.cells.setdefault((scale.name, normal(text)), []).append((item, text, where[code]))

    def tell(self, export: Export, book: Codebook, faults: Faults) -> None:
        """Add the faults."""
        for found in self.cells.values():
            _unknown(export, book.scale(found[0][0]), found, faults)


def coded_texts(
    export: Export, book: Codebook, item: str, rows: np.ndarray | slice, unknown: Unknown, unaffected: dict[str, int]
) -> tuple[np.ndarray, np.ndarray]:
    """The code and the state of each distinct text of an item, of those in these rows; adds what its scale does not
    know, and how many are not affected."""
    cells, scale = export.answers[item], book.scale(item)
    texts, codes = texts_of(cells), cells.codes[rows]
    often = counts(codes, len(texts))
    used = sorted(np.flatnonzero(often).tolist(), key=texts.__getitem__)
    values, states = np.full(len(texts), np.nan), np.full(len(texts), SKIPPED, dtype=np.int8)
    told = told_by_column(scale, [texts[u] for u in used])
    strange = {}
    for u in used:
        text = texts[u]
        code, spared = (told[text], False) if text in told else meaning(book, item, text, export.tool)
        if spared:
            unaffected[item] = unaffected.get(item, 0) + int(often[u])
        if code is None:
            strange[u], code = text, math.nan
        values[u], states[u] = code, state_of(code, text)
    if strange:
        unknown.add(scale, item, strange, codes, np.arange(len(cells))[rows])
    return values, states


def told_by_column(scale: Scale, texts: Sequence[str]) -> dict[str, float]:
    """The codes of texts that only the whole column tells: numbers by its format, and labels with a number.

    `4 - Good` is 4 on a range if each number has one label.

    >>> from dxkit.survey.reading.scales import range_scale
    >>> told_by_column(range_scale("0-2"), ["(0) None at all.", "(1) Small.", "2"])
    {'(0) None at all.': 0.0, '(1) Small.': 1.0}
    """
    if scale.numeric:
        units = _HOURS if scale.unit.startswith("hour") else re.escape(normal(scale.unit))
        return {text: value for text, value in numbers(texts, units).items() if scale.lo <= value <= scale.hi}
    if not all(normal(label) == f"{code:g}" for code, label in scale.shown.items()):
        return {}
    unknown = {text: numbered(normal(text)) for text in texts if scale.code_of(text) is None}
    labels = {text: parts for text, parts in unknown.items() if parts and _in_words(parts[1])}
    of_number: dict[float, set[str]] = {}
    for code, label in labels.values():
        of_number.setdefault(code, set()).add(label)
    return {text: code for text, (code, _) in labels.items() if code in scale.codes and len(of_number[code]) == 1}


def _in_words(label: str) -> bool:
    return any(map(str.isalpha, label)) and not label[0].isdigit() and not is_no_opinion(label)


def meaning(book: Codebook, item: str, text: str, tool: Tool | None = None) -> tuple[float | None, bool]:
    """The code a text stands for (None where the scale knows none), and whether it says "does not affect me"."""
    scale, kind = book.scale(item), book.item(item)["kind"]
    if kind == "rank" and text == NOT_PLACED:
        return math.nan, False
    code = scale.code_of(text)
    if code is None and tool is not None and tool.is_no_opinion(text):
        return math.nan, False
    if code is None and normal(text) in NOT_AFFECTED:
        code = _least_burden(book, item)
        return code, code is not None
    if code is None and kind in ("rating", "importance"):
        return kept_code(scale, text), False
    if code is None and kind == "choice":  # an answer, though not one of the codebook's
        return scale.hi, False
    return code, False


def kept_code(scale: Scale, text: str) -> float | None:
    """The code without words that a scale keeps for this label: one rule orders it with the labels to their codes.

    >>> from dxkit.survey.reading.scales import scale_of
    >>> bad = scale_of("docs", [(1, "1"), (2, "Bad"), (3, "OK"), (4, "Good")])
    >>> kept_code(bad, "Horrible"), kept_code(bad, "Excellent"), kept_code(bad, "Blue")
    (1.0, None, None)
    """
    worded = {label: code for code, label in scale.shown.items() if normal(label) != f"{code:g}"}
    from dxkit.survey.reading.labels.order import label_order  # here: few files need it, and it takes time to load

    if len(worded) < 2 or len(worded) == len(scale.shown) or (found := label_order([*worded, text])) is None:
        return None
    code = found.codes[text]
    told = all(found.codes[label] == known for label, known in worded.items())
    return code if told and code in scale.codes and code not in worded.values() else None


def state_of(code: float, text: str) -> int:
    """The position in STATES of an answer that was put to the respondent."""
    if not math.isnan(code) or text == NOT_PLACED:
        return ANSWERED
    return NO_OPINION if text else SKIPPED


def _least_burden(book: Codebook, item: str) -> float | None:
    """The code of somebody whom the pain point of this item does not affect: severity 0, no hours.

    See docs/methods/ranking.md, "Burden"."""
    row, scale = book.item(item), book.scale(item)
    if not row["topic"] or row["kind"] not in ("rating", "hours"):
        return None
    return scale.lo if row["kind"] == "hours" or book.is_low_good(item) else scale.hi


def _unknown(export: Export, scale: Scale, found: list[tuple[str, str, np.ndarray]], faults: Faults) -> None:
    """One fault for a label or number the scale does not know, with its count, first place and the nearest label."""
    item, text, where = found[0]
    count = sum(len(rows) for _, _, rows in found)
    items = list(dict.fromkeys(item for item, _, _ in found))
    if len(items) > 1:
        times = f"{count} times in {len(items)} questions: {and_more(items)}"
    else:
        places = ", ".join(str(export.rows[i]) for i in where[:_MOST_PLACES])
        more = ", ..." if count > len(where[:_MOST_PLACES]) else ""
        times = f"{count} times, rows {places}{more}" if count > 1 else ""
    if scale.numeric:
        wanted = "a number" if scale.name == NUMBER else f"a number from {scale.lo:g} to {scale.hi:g}"
        quoted = _quoted(text) if _like_a_number(text) else _UNSHOWN
        message = f"{quoted} is not {wanted}" + (" hours a week" if scale.name == "hours" else "")
    else:
        labels = {normal(label): label for label in scale.shown.values()}
        shown = [x if normal(x) == f"{code:g}" else f"{code:g} {x}" for code, x in scale.shown.items()]
        near = nearest(normal(text)[:_LONGEST], labels, cutoff=0.5)
        known = f"did you mean '{labels[near]}'?" if near else f"its answers are {'; '.join(shown)}"
        harmless = _like_a_number(text) or normal(text) in NOT_AFFECTED or is_label(text, count, labels)
        message = f"{_quoted(text) if harmless else _UNSHOWN} is not an answer of scale {scale.name}; {known}"
    faults.add(message + (f" ({times})" if times else ""), **export.place(item, int(where[0])))


def _quoted(text: str) -> str:
    return f"'{' '.join(text.split())}'"


def _like_a_number(text: str) -> bool:
    """Whether a message may repeat a text because it can only be a number; longer ones may tell who somebody is."""
    return len(text) <= _LONGEST and bool(_NUMBERS.fullmatch(normal(text))) and sum(map(str.isdigit, text)) < 6


def is_label(text: str, times: int, known: Iterable[str]) -> bool:
    """Whether a message may repeat a text because it is a label and not what one person wrote, nor an id."""
    if len(text) > _LONGEST or "@" in text:
        return False
    if len(text) == 1 or nearest(normal(text), known, cutoff=0.8):
        return True
    return times > 1 and not (re.search(r"\d", text) and len(text.split()) == 1)
