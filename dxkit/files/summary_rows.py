"""Rows of a table that hold no data of their own: the header once more, totals, averages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dxkit.files.cells import folded
from dxkit.files.errors import Faults

_OF = r"( (of|per|in) .+| (head ?count|staff|employees|people|costs?|price|amount|weights?|général|general|geral))?"
_TOTAL = re.compile(
    rf"((grand|sub|sous)?[ -]?totals?{_OF}|sum( of .+)?|sums|overall|gesamt(summe|zahl|kosten)?|(zwischen)?summe"
    r"|insgesamt|totaal|totale|sommes?|suma|合計|总计|σ)"
)
_AVERAGE = re.compile(r"average|avg\.?|mean|median|durchschnitt|mittelwert|moyenne|gemiddelde|promedio|ø")
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)%?")
_OPENINGS = ("tot gra sub sou sum ove ges zwi ins som 合計 总计 σ Σ ave avg mea med dur mit moy gem pro ø Ø").split()


def is_total(text: str) -> bool:
    """Whether a label is that of a sum and can be nothing else.

    >>> is_total("TOTAL:"), is_total("Total per year"), is_total("Total Rewards")
    (True, True, False)
    """
    return bool(_TOTAL.fullmatch(_label(text)))


def openings(encoding: str) -> set[bytes]:
    """How the first cell of a row of totals or averages may begin: at most three bytes, with the bit of 32 set."""
    return {bytes(byte | 32 for byte in found) for word in _OPENINGS if (found := word.encode(encoding, "ignore")[:3])}


def check_rows(
    body: Sequence[Sequence[str]],
    headers: Sequence[Sequence[str]],
    rows: Sequence[int],
    at: dict[str, Any],
    faults: Faults,
) -> None:
    """A fault for each row of stripped texts that repeats a header, or sums up the others."""
    header_rows = {tuple(map(_label, header)) for header in headers}
    beginnings = {header[0] for header in header_rows if header}
    firsts = Counter(_label(line[0]) for line in body if line)
    for line, row in zip(body, rows, strict=True):
        first = _label(line[0]) if line else ""
        others = [cell for cell in line[1:] if cell]
        if first in beginnings and tuple(map(_label, line)) in header_rows:
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


def _label(text: str) -> str:
    return folded(text).rstrip(": ")
