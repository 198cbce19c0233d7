"""What was asked: the questions of a survey, their scales, and how answer labels become codes."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dxkit.faults import Faults

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MEASURED = ("rating", "importance", "hours", "recommend")
KINDS = (*MEASURED, "segment", "comment", "id", "date", "weight", "ignore")
DEFAULT_SCALE = {"importance": "importance5", "hours": "hours", "recommend": "recommend11"}
HOURS_IN_A_WEEK = 168

NO_OPINION = (
    "not applicable", "n/a", "na", "does not apply", "don't know", "do not know", "dont know", "no opinion",
    "prefer not to say", "i don't know", "not sure", "unsure", "can't say",
)  # fmt: skip

NOT_AFFECTED = ("does not affect me", "doesn't affect me", "not affected", "no problem for me", "never affects me")

_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-"})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def normal(text: object) -> str:
    """Fold a label for comparing: case, spaces of every sort, invisible characters, curly quotes, end punctuation.

    >>> normal("  Strongly\\u00a0AGREE. ") == normal("strongly agree")
    True
    """
    text = folded(text)
    return text.rstrip(".:;,!?* ") or text


def folded(text: object) -> str:
    """Fold a text as `normal` does, its end punctuation kept."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", str(text))).translate(_QUOTES)
    return " ".join(plain.split()).casefold()


def split_question(text: str) -> tuple[str, str]:
    """The question and the statement of `Question [Statement]`; the whole text and "" where there is none.

    >>> split_question("Used? [Build, test]"), split_question("Used?")
    (('Used?', 'Build, test'), ('Used?', ''))
    """
    stem, bracket, statement = text.rstrip().removesuffix("]").partition("[")
    whole = not (bracket and statement and text.rstrip().endswith("]"))
    return (text, "") if whole else (stem.rstrip(), statement)


@dataclass(frozen=True, eq=False, kw_only=True)
class Scale:
    """An answer scale: its codes from `lo` to `hi`, the label of each code, and which codes count as favourable.

    `labels` maps a folded label (see `normal`) to its code, or to nan where the label means "no opinion".
    A numeric scale (`hours`, or a wide range such as `0-100`) has no codes and takes any number from lo to hi.
    """

    name: str
    lo: float
    hi: float
    codes: tuple[float, ...] = ()
    labels: Mapping[str, float]
    shown: Mapping[float, str]
    favourable: frozenset[float] = frozenset()

    @property
    def numeric(self) -> bool:
        return not self.codes

    @cached_property
    def unfavourable(self) -> frozenset[float]:
        return frozenset(self.lo + self.hi - code for code in self.favourable) & frozenset(self.codes)

    def code_of(self, text: object) -> float | None:
        """The code a label or number stands for: nan for "no opinion" and blank, None where the scale knows no such."""
        folded = normal(text)
        if not folded:
            return math.nan
        if folded in self.labels:
            return self.labels[folded]
        if (number := _number(folded, str(text))) is not None:
            inside = self.lo <= number <= self.hi if self.numeric else number in self.codes
            return number if inside else None
        if numbered := re.fullmatch(r"(-?\d+)\s*[-:.)=]\s*(.+)", folded):
            code = float(numbered[1])
            return code if self.labels.get(numbered[2]) == code else None
        return None

    def label(self, code: float) -> str:
        return self.shown.get(code, f"{code:g}")


def _number(text: str, written: str) -> float | None:
    """A number; none where the comma may stand between thousands, or where a digit is a superscript."""
    if not re.fullmatch(r"[-+]?(\d+([.,]\d+)?|[.,]\d+)", text) or re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", text):
        return None
    if any(character.isdigit() and not character.isdecimal() for character in written):
        return None
    return float(text.replace(",", "."))


def _scale(name: str, rows: Iterable[tuple[float, str]], favourable: Iterable[float] = ()) -> Scale:
    """A scale from (code, label) rows; the first label of a code is the one shown, code nan is "no opinion"."""
    labels = {normal(label): math.nan for label in NO_OPINION}
    shown: dict[float, str] = {}
    for code, label in rows:
        labels[normal(label)] = code
        if not math.isnan(code):
            shown.setdefault(code, label)
    codes = tuple(sorted(shown))
    lo, hi = codes[0], codes[-1]
    middle = (lo + hi) / 2
    top = frozenset(favourable) or frozenset(code for code in codes[-2:] if code > middle)
    return Scale(name=name, lo=lo, hi=hi, codes=codes, labels=labels, shown=shown, favourable=top)


def _labelled(name: str, first: int, *labels: str) -> Scale:
    """A built-in scale; variants of one label are written `one|other`."""
    rows = [(float(code), label) for code, line in enumerate(labels, first) for label in line.split("|")]
    return _scale(name, rows)


def _numeric(name: str, lo: float, hi: float) -> Scale:
    return Scale(name=name, lo=lo, hi=hi, labels={normal(label): math.nan for label in NO_OPINION}, shown={})


BUILT_IN: Mapping[str, Scale] = {
    scale.name: scale
    for scale in (
        _labelled(
            "agreement5", 1, "Strongly disagree", "Disagree|Somewhat disagree",
            "Neither agree nor disagree|Neutral|Neither|Undecided", "Agree|Somewhat agree", "Strongly agree",
        ),
        _labelled(
            "satisfaction5", 1, "Very dissatisfied", "Dissatisfied|Somewhat dissatisfied",
            "Neither|Neither satisfied nor dissatisfied|Neither dissatisfied nor satisfied|Neutral",
            "Satisfied|Somewhat satisfied", "Very satisfied",
        ),
        _labelled("frequency5", 1, "Never", "Rarely|Seldom", "Sometimes|Occasionally", "Often|Frequently", "Always"),
        _labelled(
            "importance5", 1, "Not important|Not at all important", "Slightly important", "Moderately important",
            "Very important", "Extremely important",
        ),
        _labelled(
            "agreement7", 1, "Strongly disagree", "Disagree", "Somewhat disagree|Slightly disagree",
            "Neither agree nor disagree|Neutral|Neither", "Somewhat agree|Slightly agree", "Agree", "Strongly agree",
        ),
        _labelled(
            "recommend11", 0, "0|0 - Not at all likely|Not at all likely", *map(str, range(1, 10)),
            "10|10 - Extremely likely|Extremely likely",
        ),
        _labelled("yesno", 0, "No|n|False|Not selected|Unchecked", "Yes|y|True|Selected|Checked"),
        _numeric("hours", 0, HOURS_IN_A_WEEK),
    )
}  # fmt: skip


def _range_scale(name: str) -> Scale | None:
    """A scale named by its ends, such as `1-7` or `0-100`; None where the name is not a range."""
    ends = re.fullmatch(r"(-?\d+)\s*(?:-|to|\.\.)\s*(\d+)", name.strip())
    if not ends or int(ends[1]) >= int(ends[2]):
        return None
    lo, hi = int(ends[1]), int(ends[2])
    if hi - lo > 20:
        return _numeric(name, lo, hi)
    return _scale(name, [(float(code), str(code)) for code in range(lo, hi + 1)])


@dataclass(frozen=True, eq=False, kw_only=True)
class Codebook:
    """The questions (`items`, one row each) and the scales they use.

    `items` has the columns item, text, kind, dimension, topic, scale, reverse (bool), asked_if; all text but reverse.
    """

    items: pd.DataFrame
    scales: Mapping[str, Scale]
    notes: tuple[str, ...] = ()

    def of_kind(self, *kinds: str, topic: bool = False) -> list[str]:
        """The ids of the items of these kinds, in codebook order; with `topic` only those that measure a pain point."""
        return [name for name, row in self._rows.items() if row["kind"] in kinds and (row["topic"] or not topic)]

    @cached_property
    def measured(self) -> list[str]:
        return self.of_kind(*MEASURED)

    @cached_property
    def segments(self) -> list[str]:
        return self.of_kind("segment")

    @cached_property
    def dimensions(self) -> list[str]:
        return list(self._by_dimension)

    @cached_property
    def topics(self) -> list[str]:
        return list(dict.fromkeys(self._rows[name]["topic"] for name in self.of_kind(*MEASURED, topic=True)))

    def dimension_items(self, dimension: str) -> list[str]:
        return self._by_dimension.get(dimension, [])

    def topic_items(self, topic: str, kind: str) -> list[str]:
        return self._by_topic.get((topic, kind), [])

    def item(self, name: str) -> Mapping[str, object]:
        """The row of an item, by column."""
        return self._rows[name]

    def scale(self, item: str) -> Scale:
        return self.scales[self.item(item)["scale"]]

    def label(self, item: str) -> str:
        """What a chart calls an item: the statement of a grid question, else the question text."""
        text = self.item(item)["text"]
        _, bracket, statement = text.rstrip().removesuffix("]").rpartition("[")
        named = bracket and statement and text.rstrip().endswith("]")
        return " ".join((statement if named else text).split())

    def favourable(self, item: str) -> frozenset[float]:
        """The favourable codes of an item; those of a reverse-keyed item are at the other end of its scale."""
        scale = self.scale(item)
        return scale.unfavourable if self.item(item)["reverse"] else scale.favourable

    def index(self, codes: np.ndarray, item: str) -> np.ndarray:
        """Codes as index points 0..100, the favourable end of the question at 100 (MODELS 1)."""
        scale = self.scale(item)
        points = 100.0 * (codes - scale.lo) / (scale.hi - scale.lo)
        return 100.0 - points if self.item(item)["reverse"] else points

    @cached_property
    def _by_topic(self) -> dict[tuple[str, str], list[str]]:
        return self.items.groupby(["topic", "kind"], sort=False)["item"].agg(list).to_dict()

    @cached_property
    def _by_dimension(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.of_kind("rating"):
            if dimension := self._rows[name]["dimension"]:
                found.setdefault(dimension, []).append(name)
        return found

    @cached_property
    def _rows(self) -> dict[str, Mapping[str, object]]:
        return {row["item"]: row for row in self.items.to_dict("records")}

    def __repr__(self) -> str:
        kinds = self.items["kind"].value_counts()
        asked = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kind in kinds)
        return f"Codebook: {len(self.items)} questions ({asked})"


COLUMNS = ("item", "text", "kind", "dimension", "topic", "scale", "reverse", "asked_if")


def read_codebook(items, scales=None) -> Codebook:
    """Read the table of questions, and the table of scales where the built-in ones do not do.

    Parameters
    ----------
    items : path or DataFrame
        One row per question; columns item, text, kind and optionally dimension, topic, scale, reverse, asked_if.
        A workbook may hold the scales too, in a sheet named `scales`.
    scales : path or DataFrame, optional
        Columns scale, code, label and optionally favourable. An empty code is a "no opinion" label.

    Raises
    ------
    DataError
        With every fault of both tables: an unknown kind or scale, a repeated item, a question asked twice.

    Examples
    --------
    >>> import pandas as pd
    >>> read_codebook(pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["yesno"]}))
    Codebook: 1 questions (1 rating)
    """
    from dxkit import tables

    faults = Faults()
    scales = _scales_sheet(items) if scales is None else scales
    known, notes = dict(BUILT_IN), []
    if scales is not None:
        own, scale_notes = _read_scales(scales, faults)
        known.update(own)
        notes += scale_notes
    named = {(grid.sheet or "").casefold() for grid in _grids(items)}
    sheet = next((name for name in ("codebook", "items") if name in named), None)
    table = tables.read_table(
        items, required=("item", "text", "kind"), optional=COLUMNS[3:], sheet=sheet, kind="codebook"
    )
    frame = _items(table, known, faults)
    faults.raise_if_any()
    return Codebook(items=frame, scales=known, notes=(*table.notes, *notes))


def _grids(source) -> list:
    """The sheets of a workbook source; none for other sources."""
    from dxkit import grids

    return grids.read_grids(source) if str(source).lower().endswith((".xlsx", ".xlsm")) else []


def _scales_sheet(source):
    from dxkit import tables

    filled = {(grid.sheet or "").casefold() for grid in _grids(source) if len(grid.cells) > 1}
    return tables.read_table(source, sheet="scales", kind="scales").frame if "scales" in filled else None


def _read_scales(source, faults: Faults) -> tuple[dict[str, Scale], list[str]]:
    from dxkit import tables

    table = tables.read_table(source, required=("scale", "code", "label"), optional=("favourable",), kind="scales")
    names, labels = table.text("scale", faults=faults), table.text("label", faults=faults)
    codes = table.numbers("code", required=False, faults=faults)
    favourable = table.flags("favourable", default=False, faults=faults) if "favourable" in table.frame else None
    scales: dict[str, Scale] = {}
    for name in dict.fromkeys(names):
        at = [i for i, value in enumerate(names) if value == name]
        rows = [(float(codes.iloc[i]), labels.iloc[i]) for i in at]
        seen: dict[str, float] = {}
        for i, (code, label) in zip(at, rows, strict=True):
            earlier = seen.setdefault(normal(label), code)
            if earlier != code and not (math.isnan(earlier) and math.isnan(code)):
                table.fault(
                    faults, i, "label", f"the label stands for code {earlier:g} above; give each label one code"
                )
        if sum(not math.isnan(code) for code in {code for code, _ in rows}) < 2:
            table.fault(faults, at[0], "code", f"scale '{name}' has fewer than two codes; an answer scale needs two")
            continue
        top = [rows[k][0] for k, i in enumerate(at) if favourable is not None and favourable.iloc[i]]
        scales[name] = _scale(name, rows, [code for code in top if not math.isnan(code)])
    return scales, list(table.notes)


def _items(table, known: dict[str, Scale], faults: Faults) -> pd.DataFrame:
    import pandas as pd

    columns = {name: table.text(name, default="", faults=faults).str.strip() for name in COLUMNS if name != "reverse"}
    frame = pd.DataFrame(columns, dtype=object)
    frame["reverse"] = table.flags("reverse", default=False, faults=faults).astype(bool)
    frame["kind"] = frame["kind"].str.casefold()
    for column in ("dimension", "topic"):  # one spelling, the first
        spelling: dict[str, str] = {}
        frame[column] = [spelling.setdefault(normal(name), name) if name else "" for name in frame[column]]
    seen: dict[str, dict[str, int]] = {"item": {}, "text": {}}
    scales: list[str] = []
    for i, row in enumerate(frame.itertuples(index=False)):
        _check_row(table, faults, i, row, known)
        for column, earlier in seen.items():
            value = normal(getattr(row, column))
            if value and row.kind != "ignore" and value in earlier:
                at = table.rows[earlier[value]]
                table.fault(faults, i, column, f"the same {column} as in row {at}; each question needs its own")
            earlier.setdefault(value, i)
        scale = row.scale or DEFAULT_SCALE.get(row.kind, "")
        if row.kind in MEASURED and scale not in known and (ranged := _range_scale(scale)):
            known[scale] = ranged
        scales.append(scale if row.kind in MEASURED else "")
    frame["scale"] = pd.Series(scales, dtype=object)
    return frame[list(COLUMNS)]


def _check_row(table, faults: Faults, i: int, row, known: Mapping[str, Scale]) -> None:
    if not row.item:
        table.fault(faults, i, "item", "the id of the question is empty; write a short id")
    if not row.text and row.kind != "ignore":
        table.fault(faults, i, "text", "the question text is empty; write it as the export's header has it")
    if row.kind not in KINDS:
        table.fault(faults, i, "kind", f"'{row.kind}' is not a kind of question; use one of {', '.join(KINDS)}")
        return
    scale = row.scale or DEFAULT_SCALE.get(row.kind, "")
    if row.kind in MEASURED and scale not in known and not _range_scale(scale):
        found = f"'{scale}' is not a known scale" if scale else "a rating needs a scale"
        table.fault(faults, i, "scale", f"{found}; use one of {', '.join(known)}, or a range such as 1-7")
    if row.reverse and row.kind not in ("rating", "importance"):
        table.fault(faults, i, "reverse", f"only ratings can be reverse-keyed, not {row.kind}; leave it empty")


def with_items(codebook: Codebook, extra: pd.DataFrame) -> Codebook:
    """The codebook with further rows at its end."""
    import pandas as pd

    return replace(codebook, items=pd.concat([codebook.items, extra], ignore_index=True))
