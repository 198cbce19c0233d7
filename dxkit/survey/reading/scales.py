"""Answer scales: the codes of an answer, the labels that people see, and which codes are favourable."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from dxkit.files import table
from dxkit.files.cells import normal, number
from dxkit.files.errors import Faults
from dxkit.files.frames import TableSource
from dxkit.files.shipped import table_beside
from dxkit.files.table import YES_NO, Column, TableSpec, texts
from dxkit.survey.reading.labels.no_opinion import is_no_opinion

HOURS_IN_A_WEEK = 168
NUMBER, CHOSEN = "number", "chosen"
LARGEST = 1e15  # a number beyond it is not an answer
NO_OPINION = tuple(
    "not applicable|n/a|na|does not apply|don't know|do not know|dont know|no opinion|prefer not to say|i don't know|"
    "not sure|unsure|can't say".split("|")
)
NOT_PLACED = "not placed"  # what reading puts into the cell of an option that a person who ranked others left out
NOT_AFFECTED = ("does not affect me", "doesn't affect me", "not affected", "no problem for me", "never affects me")
SCALES = TableSpec(
    kind="scales",
    columns=(
        *texts("scale", "label", needed=True),
        Column(name="code", kind=table.NUMBER, needed=True),
        Column(name="favourable", kind=YES_NO),
    ),
)
_DIGITS = re.compile(r"[-+]?[\d.,]+")
_NUMBERED = re.compile(r"\((-?\d+)\)\s*[-:.=]?\s*(.+)|(-?\d+)\s*[-:.)=]\s*(.+)|(-?\d+)\s*\((.+)\)")


@dataclass(frozen=True, eq=False, kw_only=True)
class Scale:
    """An answer scale: its codes from `lo` to `hi`, the label of each code, and which codes count as favourable.

    `labels` maps a folded label (see `normal`) to its code, or to nan where the label means "no opinion".
    A numeric scale (`hours`, or a wide range such as `0-100`) has no codes and takes any number from lo to hi, also
    with its `unit` behind it.
    """

    name: str
    lo: float
    hi: float
    codes: tuple[float, ...] = ()
    labels: Mapping[str, float]
    shown: Mapping[float, str]
    favourable: frozenset[float] = frozenset()
    unit: str = ""

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
        if (value := _number(folded, str(text))) is not None:
            inside = self.lo <= value <= self.hi if self.numeric else value in self.codes
            return value if inside else None
        if parts := numbered(folded):
            code, label = parts
            if is_no_opinion(label):
                return None if code in self.codes else math.nan
            return code if self.labels.get(label) == code else None
        return math.nan if is_no_opinion(folded) else None

    def label(self, code: float) -> str:
        return self.shown.get(code, f"{code:g}")


def numbered(folded: str) -> tuple[float, str] | None:
    """The number and the label of a folded text that has both, in any of the ways in which tools write them.

    >>> numbered("4 - good"), numbered("(4) good"), numbered("4 (good)"), numbered("good")
    ((4.0, 'good'), (4.0, 'good'), (4.0, 'good'), None)
    """
    parts = _NUMBERED.fullmatch(folded)
    if parts is None:
        return None
    code, label = filter(None, parts.groups())
    return float(code), label


def _number(text: str, written: str) -> float | None:
    """A number as `cells.number` reads it; None for powers of ten, signs and digits that no answer is written with."""
    if not _DIGITS.fullmatch(text) or any(letter.isdigit() and not letter.isdecimal() for letter in written):
        return None
    value, problem = number(text)
    return None if problem else value


def scale_of(name: str, rows: Iterable[tuple[float, str]], favourable: Iterable[float] = ()) -> Scale:
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
    top = frozenset(favourable) or frozenset(code for code in codes if code > middle)
    return Scale(name=name, lo=lo, hi=hi, codes=codes, labels=labels, shown=shown, favourable=top)


def _numeric(name: str, lo: float, hi: float, unit: str = "") -> Scale:
    labels = {normal(label): math.nan for label in NO_OPINION}
    return Scale(name=name, lo=lo, hi=hi, labels=labels, shown={}, unit=unit)


def _labelled() -> Iterator[Scale]:
    """The scales of `scales.toml`; variants of one label are written `one|other`."""
    for name, said in table_beside(__file__, "scales.toml").items():
        steps = enumerate(said["labels"], said["first"])
        yield scale_of(name, [(float(code), label) for code, step in steps for label in step.split("|")])


BUILT_IN: Mapping[str, Scale] = {
    scale.name: scale for scale in (*_labelled(), _numeric("hours", 0, HOURS_IN_A_WEEK, "hours"))
}
OF_KINDS = {  # the scales of kinds that name none: an option of several, and a number
    CHOSEN: scale_of(CHOSEN, [(0.0, "No"), (1.0, "Yes")]),
    NUMBER: _numeric(NUMBER, -LARGEST, LARGEST),
}


def options_of(scale: Scale, kind: str, unlisted: str) -> dict[str, Scale]:
    """The scales that a question needs whose options stand in a scale: of its places, or with a code for other labels.

    >>> list(options_of(BUILT_IN["yesno"], "choice", "(other)")["yesno or other"].shown.values())
    ['No', 'Yes', '(other)']
    """
    if kind == "rank":
        name = f"1-{len(scale.codes)}"
        return {name: scale_of(name, [(float(place), str(place)) for place in range(1, len(scale.codes) + 1)])}
    if kind == "multi":
        return {}
    name, code = f"{scale.name} or other", scale.hi + 1
    extended = replace(scale, name=name, codes=(*scale.codes, code), shown={**scale.shown, code: unlisted}, hi=code)
    return {name: replace(extended, favourable=frozenset())}


def range_scale(name: str) -> Scale | None:
    """A scale named by its ends, such as `1-7` or `0-100`; None where the name is not a range."""
    ends = re.fullmatch(r"(-?\d+)\s*(?:-|to|\.\.)\s*(\d+)", name.strip())
    if not ends or int(ends[1]) >= int(ends[2]):
        return None
    lo, hi = int(ends[1]), int(ends[2])
    if hi - lo > 20:
        return _numeric(name, lo, hi)
    return scale_of(name, [(float(code), str(code)) for code in range(lo, hi + 1)])


def read_scales(source: TableSource, faults: Faults, sheet: str | None = None) -> tuple[dict[str, Scale], list[str]]:
    """The scales of a table by name, and its notes."""
    read = SCALES.read(source, sheet)
    values = read.values(faults)
    scales: dict[str, Scale] = {}
    for name, rows in values.groupby("scale", sort=False):
        code_of: dict[str, float] = {}
        for i, label, code in zip(rows.index, rows["label"], rows["code"], strict=True):
            earlier = code_of.setdefault(normal(label), code)
            if earlier != code and not (math.isnan(earlier) and math.isnan(code)):
                message = f"the label already stands for code {earlier:g}; give each label one code"
                read.fault(faults, i, "label", message)
        if len(set(rows["code"].dropna())) < 2:
            message = f"scale '{name}' has fewer than two codes; an answer scale needs two"
            read.fault(faults, rows.index[0], "code", message)
            continue
        top = rows.loc[rows["favourable"], "code"].dropna()
        scales[str(name)] = scale_of(str(name), zip(rows["code"], rows["label"], strict=True), top)
    return scales, list(read.notes)
