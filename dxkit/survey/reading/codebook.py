"""What was asked: the questions of a survey and the scales of their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.cells import folded, normal
from dxkit.files.errors import Faults, and_more, nearest, suggest
from dxkit.files.frames import TableSource, opened
from dxkit.files.opening import OpenedFile
from dxkit.files.table import CHOICE, YES_NO, Column, Table, TableSpec, texts
from dxkit.survey.reading.scales import BUILT_IN, CHOSEN, NUMBER, OF_KINDS, Scale, options_of, range_scale, read_scales

OPTIONS = ("choice", "multi", "rank")
MEASURED = ("rating", "importance", "hours", "recommend", *OPTIONS, "number")
KINDS = (*MEASURED, "segment", "comment", "id", "date", "weight", "ignore")
UNLISTED = "(not in the codebook)"
_SHARED = ("dimension", "topic")  # columns that several items may fill alike
HIGH, LOW, NEITHER = "high", "low", "neither"
DEFAULT_SCALE = {"importance": "importance5", "hours": "hours", "recommend": "recommend11", "number": NUMBER}


def split_question(text: str) -> tuple[str, str]:
    """The question and the statement of `Question [Statement]`; the whole text and "" where there is none.

    >>> split_question("Used? [Build, test]"), split_question("Used?"), split_question("Use [CI] [Build [fast]]")
    (('Used?', 'Build, test'), ('Used?', ''), ('Use [CI]', 'Build [fast]'))
    """
    whole = text.rstrip()
    if not whole.endswith("]"):
        return text, ""
    at, open_ = len(whole) - 1, 1
    while open_ and at:
        at -= 1
        open_ += (whole[at] == "]") - (whole[at] == "[")
    at = at if not open_ else whole.find("[")
    statement = whole[at + 1 : -1] if at >= 0 else ""
    return (whole[:at].rstrip(), statement) if statement else (text, "")


class Question(NamedTuple):
    """One row of the codebook, or one option of a question of kind multi or rank."""

    item: str
    text: str
    kind: str
    dimension: str
    topic: str
    scale: str
    good: str
    asked_if: str
    same_as: str
    unit: str
    within: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Codebook:
    """The questions (`items`, one row each, with the columns of `Question` as text) and the scales they use.

    Options of a question of kind multi or rank are items of their own, `item[Option]`. `assumed`: why, if not given;
    `guesses`: file, sheet and cells of a draft that are still yellow, because nobody has looked at them.
    """

    items: pd.DataFrame
    scales: Mapping[str, Scale]
    notes: tuple[str, ...] = ()
    assumed: str = ""
    guesses: tuple[str, str, tuple[str, ...]] = ("", "", ())

    def of_kind(self, *kinds: str, topic: bool = False) -> list[str]:
        """The ids of the items of these kinds, in codebook order; with `topic` only those that measure a pain point."""
        wanted = [options.choice("kind", kind, KINDS) for kind in kinds]
        return [name for name, row in self._rows.items() if row["kind"] in wanted and (row["topic"] or not topic)]

    @cached_property
    def questions(self) -> list[Question]:
        """The rows of `items`, those of kind multi and rank as a row for each option."""
        return [Question(**row) for name, row in self._rows.items() if not name.endswith(f"[{UNLISTED}]")]

    def question_of(self, item: str) -> str:
        """The id of the question that an option belongs to; of any other item the id itself."""
        return self._stems.get(item, item)

    def option(self, item: str) -> str:
        """The label of the option that an item is; "" where it is a whole question."""
        return item[len(self._stems[item]) + 1 : -1] if item in self._stems else ""

    @cached_property
    def measured(self) -> list[str]:
        """The ids of the items whose answers are numbers."""
        return self.of_kind(*MEASURED)

    @cached_property
    def segments(self) -> list[str]:
        """The ids of the items that say which group a person belongs to."""
        return self.of_kind("segment")

    @cached_property
    def within(self) -> dict[str, str]:
        """The segment that a segment lies within, such as the division of a team, of those that lie within one."""
        return {name: above for name in self.segments if (above := self._rows[name].get("within", ""))}

    @cached_property
    def dimensions(self) -> list[str]:
        """The names of the dimensions, in codebook order."""
        return [name for of, name, kind in self._together if of == "dimension" and kind == "rating"]

    @cached_property
    def topics(self) -> list[str]:
        """The pain points that items measure, in codebook order."""
        return list(dict.fromkeys(self._rows[name]["topic"] for name in self.of_kind(*MEASURED, topic=True)))

    def dimension_items(self, dimension: str) -> list[str]:
        """The ids of the ratings of a dimension that were put to everybody."""
        return self._together.get(("dimension", dimension, "rating"), [])

    def topic_items(self, topic: str, kind: str) -> list[str]:
        """The ids of the items of this kind that measure a pain point."""
        return self._together.get(("topic", topic, kind), [])

    def item(self, name: str) -> Mapping[str, Any]:
        """The row of an item, by column."""
        if not isinstance(name, str) or name not in self._rows:
            options.choice("item", name, list(self._rows))
        return self._rows[name]

    def scale(self, item: str) -> Scale:
        """The scale on which an item is answered."""
        return self.scales[self.item(item)["scale"]]

    def label(self, item: str) -> str:
        """What a chart calls an item: the statement of a grid question, both of `Question [line] [Scale 2]`, or all."""
        stem, said = split_question(text := self.item(item)["text"])
        return " ".join((", ".join(filter(None, (split_question(stem)[1], said))) or text).split())

    def is_low_good(self, item: str) -> bool:
        """Whether the low end of the item's scale is the good one."""
        return self.item(item)["good"] == LOW

    def favourable(self, item: str) -> frozenset[float]:
        """The favourable codes of an item: at the other end of its scale where low is good, none where neither is; of
        a recommendation 9 and 10, unless the table of scales marks others."""
        scale, row = self.scale(item), self.item(item)
        if row["kind"] == "recommend" and scale.favourable == frozenset(range(6, 11)):
            return frozenset((9.0, 10.0))
        if row["good"] == NEITHER or row["kind"] in (*OPTIONS, "hours"):
            return frozenset()
        return scale.unfavourable if row["good"] == LOW else scale.favourable

    def index(self, codes: np.ndarray, item: str) -> np.ndarray:
        """Codes as index points 0..100, the favourable end of the question at 100.

        See docs/methods/scores.md, "Index points"."""
        scale = self.scale(item)
        points = 100.0 * (codes - scale.lo) / (scale.hi - scale.lo)
        return 100.0 - points if self.is_low_good(item) else points

    @cached_property
    def _together(self) -> dict[tuple[str, str, str], list[str]]:
        """The items of one kind that share a topic, or a dimension if they were put to everybody."""
        found: dict[tuple[str, str, str], list[str]] = {}
        rows = self.items[["item", "kind", "asked_if", *_SHARED]]
        for item, kind, part, *of in rows.itertuples(index=False, name=None):
            for column, name in zip(_SHARED, of, strict=True):
                if name and not (column == "dimension" and part):
                    found.setdefault((column, name, kind), []).append(item)
        return found

    @cached_property
    def _rows(self) -> dict[str, Mapping[str, Any]]:
        """The row of every item, in codebook order; an option stands in place of its question."""
        rows: dict[str, Mapping[str, Any]] = {}
        for row in cast(list[dict[str, Any]], self.items.to_dict("records")):
            if row["kind"] not in ("multi", "rank"):
                scale = row["scale"] + " or other" * (row["kind"] == "choice")
                scale += f" of {row['unit']}" * (row["kind"] == "number" and bool(row["unit"]))
                rows[row["item"]] = {**row, "scale": scale}
                continue
            options = list(self.scales[row["scale"]].shown.values())
            scale = CHOSEN if row["kind"] == "multi" else f"1-{len(options)}"
            for label in (*options, UNLISTED) if row["kind"] == "multi" else options:
                item, text = f"{row['item']}[{label}]", f"{row['text']} [{label}]"
                same_as = f"{row['same_as']} [{label}]" if row["same_as"] else ""
                rows[item] = {**row, "item": item, "text": text, "scale": scale, "same_as": same_as}
        return rows

    @cached_property
    def _stems(self) -> dict[str, str]:
        """The question of every option."""
        labels = {
            name: (*self.scales[scale].shown.values(), UNLISTED)
            for name, scale, kind in zip(*(self.items[each] for each in ("item", "scale", "kind")), strict=True)
            if kind in ("multi", "rank")
        }
        return {f"{name}[{label}]": name for name, of in labels.items() for label in of}

    def __repr__(self) -> str:
        kinds = self.items["kind"].value_counts()
        asked = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kind in kinds)
        return f"Codebook: {len(self.items)} questions ({asked})"


CODEBOOK = TableSpec(
    kind="codebook",
    columns=(
        *texts("item", "text", "kind", needed=True),
        *texts("dimension", "topic", "scale"),
        Column(name="good", kind=CHOICE, allowed=(HIGH, LOW, NEITHER)),
        *texts("asked_if", "same_as", "unit", "within"),
        Column(name="reverse", kind=YES_NO),
    ),
)
COLUMNS = Question._fields


def read_codebook(items: TableSource, scales: TableSource | None = None) -> Codebook:
    """What was asked: read the table of questions, and the scales of their answers where no built-in one fits.

    Parameters
    ----------
    items : path or data frame
        One row per question, with columns item, text, kind and optionally dimension, topic, scale, good, asked_if,
        same_as, unit, within. A workbook may hold the scales too, on a sheet named `scales`.
    scales : path or data frame, optional
        One row per answer, with columns scale, code, label and optionally favourable. The label of an empty code means
        "no opinion". None for the built-in scales.

    Returns
    -------
    Codebook
        Its `items` has one row per question, its `scales` every scale by name.

    Raises
    ------
    DataError
        Every fault of both tables at once: an unknown kind or scale, an item or a question that appears twice.

    Examples
    --------
    >>> import pandas as pd
    >>> read_codebook(pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["yesno"]}))
    Codebook: 1 questions (1 rating)
    """
    faults, source, sheet, scales_sheet = Faults(), opened(items), None, None
    if isinstance(source, OpenedFile) and source.is_workbook:
        sheet = next((name for name in ("codebook", "items") if source.sheet(name)), None)
        if scales is None and source.has_rows("scales"):
            scales, scales_sheet = source, "scales"
    read, notes = ({}, []) if scales is None else read_scales(scales, faults, scales_sheet)
    by_name = {**BUILT_IN, **OF_KINDS, **read}
    frame = _items(table := CODEBOOK.read(source, sheet), by_name, faults)
    faults.raise_if_any()
    yellow = f"guesses that nobody has confirmed (take the yellow from what you looked at): {and_more(table.marked)}"
    notes = dict.fromkeys([*table.notes, *notes, *([yellow] if table.marked else [])])
    guesses = table.file, table.sheet or "", table.marked
    return Codebook(items=frame, scales=by_name, notes=(*map(str, notes),), guesses=guesses)


def _items(table: Table, by_name: dict[str, Scale], faults: Faults) -> pd.DataFrame:
    frame = table.values(faults)
    frame["kind"] = frame["kind"].map(folded)
    for column in _SHARED:  # one spelling, the first
        spelling: dict[str, str] = {}
        frame[column] = [spelling.setdefault(normal(name), name) if name else "" for name in frame[column]]
    earlier_rows: dict[str, dict[str, int]] = {"item": {}, "text": {}}
    scales: list[str] = []
    for i, row in enumerate(cast(Iterable[Any], frame.itertuples(index=False))):
        _check_row(table, faults, i, row, by_name)
        for column, earlier in earlier_rows.items():
            value = normal(getattr(row, column))
            if row.kind == "ignore" and column == "text":
                continue
            if value and row.kind != "ignore" and value in earlier:
                at = table.rows[earlier[value]]
                table.fault(faults, i, column, f"the same {column} as in row {at}; each question needs its own")
            earlier.setdefault(value, i)
        scale = _scale_of(row, by_name)
        if row.kind in MEASURED and scale not in by_name and (ranged := range_scale(scale)):
            by_name[scale] = ranged
        if row.kind == "number" and row.unit and scale in by_name:
            by_name[f"{scale} of {row.unit}"] = replace(by_name[scale], unit=normal(row.unit))
        if row.kind in OPTIONS and scale in by_name:
            by_name |= options_of(by_name[scale], row.kind, UNLISTED)
        scales.append(scale if row.kind in MEASURED or (row.kind == "segment" and scale in by_name) else "")
    _check_within(table, frame, faults)
    frame["scale"] = pd.Series(scales, dtype=object)
    frame["good"] = np.where((frame["good"] == "") & frame["reverse"], LOW, frame["good"])
    return frame.loc[:, list(COLUMNS)]


def _scale_of(row: Any, by_name: Mapping[str, Scale]) -> str:
    """The scale of a row: the one it names, that of its kind, or for options the one that is called like the item."""
    return row.scale or DEFAULT_SCALE.get(row.kind, "") or (row.item if row.item in by_name else "")


def _check_row(table: Table, faults: Faults, i: int, row, by_name: Mapping[str, Scale]) -> None:
    if not row.item:
        table.fault(faults, i, "item", "the id of the question is empty; write a short id")
    if not row.text and row.kind != "ignore":
        table.fault(faults, i, "text", "the question text is empty; copy it from the header of the export")
    if row.kind not in KINDS:
        table.fault(faults, i, "kind", f"'{row.kind}' is not a kind of question; {suggest(row.kind, KINDS)}")
        return
    scale = _scale_of(row, by_name)
    ranged = by_name.get(scale) or range_scale(scale)
    if row.kind in MEASURED and ranged is None:
        needs = "needs its options in the table scales" if row.kind in OPTIONS else "needs a scale"
        problem = f"'{scale}' is not a known scale" if scale else f"a {row.kind} {needs}"
        near = nearest(scale, by_name)
        known = and_more([name for name in by_name if name not in OF_KINDS], 12)
        advice = f"did you mean '{near}'?" if near else f"use one of {known}, or a range such as 1-7"
        table.fault(faults, i, "scale", f"{problem}; {advice}")
    elif ranged is not None and row.kind == "recommend" and ranged.codes != tuple(range(11)):
        table.fault(faults, i, "scale", f"recommend needs a scale from 0 to 10, not {scale}; write kind rating")
    elif ranged is not None and row.kind in OPTIONS and ranged.numeric:
        table.fault(faults, i, "scale", f"scale {scale} has no options; list them in the table scales")
    for column, can in (("reverse", "can be reverse-keyed"), ("good", "have a good end")):
        if getattr(row, column) and row.kind not in ("rating", "importance"):
            table.fault(faults, i, column, f"only ratings {can}, not {row.kind}; leave it empty")
    if row.reverse and row.good in (HIGH, NEITHER):
        table.fault(faults, i, "good", f"good is {row.good} and reverse is yes; delete the column reverse")
    if row.good == NEITHER and (row.dimension or row.topic):
        of = "dimension" if row.dimension else "topic"
        table.fault(faults, i, of, f"a question that is neither good nor bad has no place in a {of}; leave it empty")


def _check_within(table: Table, frame: pd.DataFrame, faults: Faults) -> None:
    """Spell each `within` as the segment it names; faults where it names none, or where segments lie in a circle."""
    known = {normal(name): name for name in frame.loc[frame["kind"] == "segment", "item"]}
    frame["within"] = [known.get(normal(name), name) for name in frame["within"]]
    above = dict(zip(frame["item"], frame["within"], strict=True))
    for i, (name, kind, found) in enumerate(zip(frame["item"], frame["kind"], frame["within"], strict=True)):
        path = [name, found]
        while path[-1] and path[-1] not in path[:-1]:
            path.append(above.get(path[-1], ""))
        if found and kind != "segment":
            table.fault(faults, i, "within", f"only a segment lies within another, not {kind}; leave it empty")
        elif found and found not in known.values():
            hint = suggest(found, list(known.values()))
            table.fault(faults, i, "within", f"'{found[:60]}' is not a segment of the codebook; {hint}")
        elif path[-1] == name:
            table.fault(faults, i, "within", f"{name} lies within itself: {' in '.join(path)}; leave one cell empty")
