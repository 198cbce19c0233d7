"""What was left out of each table and why, before any figure: used and left out add up to the rows that were given.

See docs/methods/delivery.md, "Audit"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.shipped import table_beside

USED, BUT = "used", "used, but "
COLUMNS = ["table", "reason", "n", "of", "share", "examples", "advice"]
_EXAMPLES = 3
_ADVICE = table_beside(__file__, "advice.toml")  # by reason


class Audit:
    """The rows of each table, sorted by reason. A row that is left out has the first reason that applies."""

    def __init__(self) -> None:
        self._rows: list[list[object]] = []

    def count(self, table: str, ids: Iterable[object], reasons: np.ndarray, said: dict[str, np.ndarray]) -> None:
        """`reasons` is "" for a row that is used; `said` are remarks on used rows, each a mask."""
        of = len(reasons)
        if not of:
            return
        names = np.array(list(ids), dtype=object)
        self._add(table, USED, names[reasons == ""], of)
        for reason in dict.fromkeys(reasons[reasons != ""]):
            self._add(table, reason, names[reasons == reason], of)
        for reason, rows in said.items():
            if (rows & (reasons == "")).any():
                self._add(table, BUT + reason, names[rows & (reasons == "")], of)

    def _add(self, table: str, reason: str, ids: np.ndarray, of: int) -> None:
        shown = "" if reason == USED else ", ".join(str(name)[:40] for name in ids[:_EXAMPLES])
        advice = _ADVICE.get(reason.removeprefix(BUT), "")
        if reason.startswith("not production"):
            advice = "name it in production= if it is one"
        self._rows.append([table, reason, len(ids), of, len(ids) / of, shown, advice])

    @property
    def frame(self) -> pd.DataFrame:
        """table, reason, n, of, share, examples (up to three ids), advice."""
        return pd.DataFrame(self._rows, columns=COLUMNS).astype({"n": int, "of": int, "share": float})

    def facts(self) -> tuple[tuple[str, str], ...]:
        """A line for each table: how many rows are used, and why the others are not."""
        lines = []
        rows: Any
        for table, rows in self.frame.groupby("table", sort=False):
            used = rows.loc[rows["reason"] == USED, "n"].sum()
            gone = rows[~rows["reason"].str.startswith(USED)].sort_values("n", ascending=False, kind="stable")
            said = rows[rows["reason"].str.startswith(BUT)]
            text = f"{used:,} of {rows['of'].iloc[0]:,} used"
            for name, part in (("left out: ", gone), ("of these ", said)):
                counts = zip(part["n"], part["reason"], strict=True)
                listed = ", ".join(f"{n:,} {reason.removeprefix(BUT)}" for n, reason in counts)
                text += f"; {name}{listed}" if listed else ""
            lines.append((str(table), text))
        return tuple(lines)


class Reasons:
    """The first reason that applies to each row of a table, added in order."""

    def __init__(self, count: int) -> None:
        self.first: np.ndarray = np.full(count, "", dtype=object)

    def add(self, reason: str | np.ndarray, rows: np.ndarray) -> None:
        """Set aside rows that no earlier reason has."""
        rows = np.asarray(rows, dtype=bool) & self.left
        self.first[rows] = reason[rows] if isinstance(reason, np.ndarray) else reason

    @property
    def left(self) -> np.ndarray:
        """Rows without a reason so far."""
        return self.first == ""
