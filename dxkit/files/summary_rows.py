"""Rows of a table that hold no data of their own: the header once more, totals, averages."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from dxkit.files.cells import folded
from dxkit.files.errors import Faults

_OF = r"( (of|per|in) .+| (head ?count|staff|employees|people|costs?|price|amount|weights?|général|general|geral))?"
_TOTAL = re.compile(
    rf"((grand|sub|sous)?[ -]?totals?{_OF}|sum( of .+)?|sums|overall|gesamt(summe|zahl|kosten)?|(zwischen)?summe"
    r"|insgesamt|totaal|totale|sommes?|suma|合計|总计|σ)"
)
_AVERAGE = re.compile(r"average|avg\.?|mean|median|durchschnitt|mittelwert|moyenne|gemiddelde|promedio|ø")
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)%?")
_OPENINGS = frozenset("tot gra sub sou sum ove ges zwi ins som ave avg mea med dur mit moy gem pro".split())


def is_total(text: str) -> bool:
    """Whether a label is that of a sum and can be nothing else.

    >>> is_total("TOTAL:"), is_total("Total per year"), is_total("Total Rewards")
    (True, True, False)
    """
    return bool(_TOTAL.fullmatch(label_of(text)))


def may_sum_up(texts: Sequence[str], times: np.ndarray | None = None) -> np.ndarray:
    """Which texts may begin a row that sums up others: a total, an average; one that stands once where `times` says how
    often each is first in a row."""
    found = np.zeros(len(texts), dtype=bool)
    averages: dict[str, list[int]] = {}
    for at in _may_begin(texts):
        label = label_of(texts[at])
        found[at] = bool(_TOTAL.fullmatch(label))
        if _AVERAGE.fullmatch(label):
            averages.setdefault(label, []).append(at)
    for places in averages.values():
        found[places] = times is None or times[places].sum() == 1
    return found


def _may_begin(texts: Sequence[str]) -> list[int]:
    """The places of texts that have the first letters of a total or an average, or none that is plain."""
    begin = {text[:3] for text in texts}
    perhaps = {each for each in begin if not (each.isascii() and each[:1].isalnum()) or each.lower() in _OPENINGS}
    return [k for k, text in enumerate(texts) if text[:3] in perhaps] if perhaps else []


def check_rows(
    body: Sequence[Sequence[str]],
    headers: Sequence[Sequence[str]],
    rows: Sequence[int],
    at: dict[str, Any],
    faults: Faults,
) -> None:
    """A fault for each row of stripped texts that repeats a header, or sums up the others."""
    header_rows = {tuple(map(label_of, header)) for header in headers}
    beginnings = {header[0] for header in header_rows if header}
    firsts = Counter(label_of(line[0]) for line in body if line)
    for line, row in zip(body, rows, strict=True):
        first = label_of(line[0]) if line else ""
        others = [cell for cell in line[1:] if cell]
        if first in beginnings and tuple(map(label_of, line)) in header_rows:
            message = "the header is repeated here; delete the row"
        elif _TOTAL.fullmatch(first):
            message = "this looks like a row of totals; delete it, because dxkit computes totals"
        elif _AVERAGE.fullmatch(first) and firsts[first] == 1 and _only_figures(others, len(line) - 1):
            message = "this looks like a row of averages; delete it, because dxkit computes averages"
        else:
            continue
        place: dict[str, Any] = {**at, "row": row}
        faults.add(message, **place)


def _only_figures(others: Sequence[str], most: int) -> bool:
    """Whether the filled cells are numbers and some are empty: who answers "average" also gives words, or all."""
    return 0 < len(others) < most and all(_NUMBER.fullmatch(cell) for cell in others)


def label_of(text: str) -> str:
    """A label as it is compared with those of totals and headers."""
    return folded(text).rstrip(": ")
