"""Figures of groups in a table that somebody printed: which question, of whom, how many answers, which value."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from dxkit.project.attack.published import HEADINGS, Place, Seen

_QUESTION, _N, _VALUES = (tuple(HEADINGS[name]) for name in ("question", "answers", "values"))
_OTHERS = {*_QUESTION, *_N, *_VALUES, *HEADINGS["others"]}
USUAL = {*HEADINGS["groups"]}
_PERCENT = {"share", "favourable"}
HOURS = (0.0, 168.0)
_SCALES = {name: (low, high) for name, (low, high) in HEADINGS["scales"].items()}
_MEASURE = HEADINGS["measures"]
_ANY = (-1e6, 1e6)
RESPONDED = "who responded"
_WAVE = re.compile(r"\b(?:19|20)\d\d(?:-(?:Q[1-4]|H[12]|\d\d(?:-\d\d)?))?\b")
_NOTHING = {*HEADINGS["nothing"]}


@dataclass(frozen=True, kw_only=True)
class Shown(Place):
    """One figure: the question with its measure, the group by attribute, answers, and the value as it is written.

    `of_several` says that it is a mean over several questions, such as a dimension. `wave` is empty where all are of
    the same one. `one_answer` says that it is how many gave one of several answers."""

    question: str
    label: str
    n: float
    value: str
    scale: tuple[float, float]
    step: float | None = None
    group: Mapping[str, str] = field(default_factory=dict)
    of_several: bool = False
    wave: str = ""
    one_answer: bool = False

    @property
    def number(self) -> float | None:
        """The value, where it is a plain number."""
        text = self.value.removesuffix("%")
        return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None

    @property
    def unit(self) -> float:
        """Half of the last printed unit."""
        return 0.5 * 10.0 ** -len(self.value.removesuffix("%").partition(".")[2])


def figures_of(table: Seen, people: pd.DataFrame | None) -> Iterator[Shown]:
    """The figures of a table that has a question, a number of answers and a value in each row."""
    question, n = table.column(*_QUESTION), table.column(*_N)
    if n is None:
        yield from _who_responded(table, people)
        return
    if question is None:
        if not (set(_VALUES) & set(table.header) and USUAL & set(table.header)):
            return
        titled = tuple((table.title or table.where, *row) for row in table.rows)
        table = replace(table, header=("question", *table.header), rows=list(titled))
        question, n = 0, n + 1
    answer = table.column("answer") if "answer" in table.header else None
    if answer is None and "code" in table.header and "display" in table.header:
        answer = table.column("label")
    attributes, wave = _attributes(table, question, n, people), _wave(table)
    told, kind, level = {}, table.column("kind"), table.column("level", "kind")
    bound = table.column("bound")
    for row in table.rows:
        answers = _count(row[n])
        if not row[question] or answers is None:
            continue
        group = {**{name: row[at] for name, at in attributes.items() if row[at]}, **wave}
        several = level is not None and row[level] in ("dimension", "overall")
        common = {"file": table.file, "where": table.where, "label": row[question], "n": answers, "group": group}
        common |= {"of_several": several}
        for what, value, scale, step in _values(table, row, question, n, answer, answers):
            if answer is not None and kind is not None and row[kind] not in ("", "rating"):
                what = f"{row[kind]}, {what}"
            name = f"{row[question]} ({what})"
            told[name, *group.items()] = count = told.get((name, *group.items()), 0) + 1
            if count > 1 and kind is None and not table.exact:  # two questions of one label, told apart by their order
                name += f" {count}"
            if bound is not None and value and not what.endswith(("favourable", "count")):
                value = "" if row[bound] == "about" else f"{row[bound]} {value}".strip()
            one = what.endswith((", share", ", count"))
            yield Shown(question=name, value=value, scale=scale, step=step, one_answer=one, **common)


def _who_responded(table: Seen, people: pd.DataFrame | None) -> Iterator[Shown]:
    """How many of each group responded, as counts of a question without a value."""
    n = table.column("responded")
    attributes = {} if n is None else _attributes(table, -1, n, people)
    if n is None or not attributes:
        return
    for row in table.rows:
        answers = _count(row[n])
        group = {**{name: row[at] for name, at in attributes.items() if row[at]}, **_wave(table)}
        if answers is not None:
            told = {"file": table.file, "where": table.where, "scale": (0.0, 1.0), "value": "", "n": answers}
            yield Shown(question=RESPONDED, label=RESPONDED, group=group, **told)


def hidden_in(table: Seen, people: pd.DataFrame | None) -> set[tuple[str, frozenset[str], str]]:
    """Questions of which some group has no figure here, with the attributes that make the groups, and the wave."""
    question, n = table.column(*_QUESTION), table.column(*_N)
    if question is None or n is None:
        return set()
    by = frozenset(_attributes(table, question, n, people))
    wave = _wave(table).get("wave", "")
    return {(row[question], by, wave) for row in table.rows if row[n].casefold() in _NOTHING}


def waves_of(table: Seen) -> list[str]:
    """The waves that the title of a table names."""
    return list(dict.fromkeys(_WAVE.findall(table.title)))


def _wave(table: Seen) -> dict[str, str]:
    waves = waves_of(table)
    return {"wave": waves[0]} if len(waves) == 1 else {}


def of_waves(shown: Sequence[Shown]) -> list[Shown]:
    """The same figures, each with its wave: a table that names none is of the one that its file names, or of the last.

    Where there is one wave in all, it tells nothing apart and is left out."""
    named: dict[str, set[str]] = {}
    for each in shown:
        named.setdefault(each.file, set()).update({each.group["wave"]} if "wave" in each.group else set())
    waves = sorted(set().union(*named.values()))
    found = []
    for each in shown:
        own = named[each.file]
        wave = each.group.get("wave") or (next(iter(own)) if len(own) == 1 else waves[-1]) if len(waves) > 1 else ""
        group = {name: text for name, text in each.group.items() if name != "wave"}
        found.append(replace(each, group=group, wave=wave))
    return found


def _attributes(table: Seen, question: int, n: int, people: pd.DataFrame | None) -> dict[str, int]:
    """Columns that say of whom a figure is: those of the people, and others of text between the question and n."""
    found = {}
    for at, name in enumerate(table.header):
        texts = [row[at] for row in table.rows if row[at]]
        if name in USUAL or (people is not None and name in people.columns and name != "n"):
            found[name] = at
        elif name and name not in _OTHERS and at < n and at != question:
            if texts and not any(_is_value(text) for text in texts):
                found[name] = at
    return found


def _values(table: Seen, row, question: int, n: int, answer: int | None, answers: float):
    """What is measured, the value as written, its scale and the step between answers."""
    if answer is not None:
        share, count = table.column("share"), table.column("count")
        if share is not None and (value := _value(row[share], percent=table.exact)) is not None:
            yield f"{row[answer]}, share", value, (0.0, 100.0), None
        if count is not None and (number := _count(row[count])) is not None and answers:
            yield f"{row[answer]}, count", f"{100 * number / answers:.9f}", (0.0, 100.0), 100.0
        return
    if not any(name in table.header for name in _VALUES):  # a column for each answer
        for at, name in enumerate(table.header):
            if at > question and row[at].endswith("%") and (value := _value(row[at])) is not None:
                yield f"{name}, share", value, (0.0, 100.0), None
        return
    measure, kind, unit = (table.column(name) for name in ("measure", "kind", "unit"))
    what = row[measure] if measure is not None else _MEASURE.get(row[kind], row[kind]) if kind is not None else ""
    what = what or (row[unit] if unit is not None else "") or table.header[question]
    for name in _VALUES:
        at = table.column(name)
        if at is None or name == "count" or (name == "importance" and at < n):
            continue
        percent = table.exact and name in _PERCENT
        value = _value(row[at], percent=percent)
        if value is None:
            continue
        if name == "estimate":
            yield what, value, _SCALES.get(what, _ANY), None
        else:
            known = name in _PERCENT or name in ("satisfaction", "importance")
            yield f"{what}, {name}", value, (0.0, 100.0) if known else _ANY, 100.0 if name == "favourable" else None


def _value(text: str, percent: bool = False) -> str | None:
    """A value as it is written, without separators of thousands; "" where it is hidden, None where it is none."""
    plain = text.strip().replace("\u2212", "-")
    if plain.casefold() in _NOTHING:
        return ""
    plain = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", plain)
    if not _is_value(plain):
        return None
    return f"{100 * float(plain):.4f}" if percent and re.fullmatch(r"-?\d+(\.\d+)?", plain) else plain


def _is_value(text: str) -> bool:
    bound = r"(?:at most|at least|under|over|up to|[<>]=?|≤|≥)?\s*"
    return (
        text.casefold() in _NOTHING or re.fullmatch(rf"{bound}-?\d[\d,]*(\.\d+)?\s?%?", text, re.IGNORECASE) is not None
    )


def _count(text: str) -> float | None:
    plain = text.replace(",", "").strip()
    return float(plain) if re.fullmatch(r"\d+(\.0*)?", plain) else None
