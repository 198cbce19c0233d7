"""Few people of whom the figures of all tables together tell: by adding, subtracting and knowing the scale."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from dxkit.project.attack.figures_shown import HOURS, RESPONDED, USUAL, Shown, hidden_in, of_waves, waves_of
from dxkit.project.attack.published import HEADINGS, Finding, Seen, some
from dxkit.survey.privacy.audit_tables import audit_tables

_HOUR = 1.0  # nobody learns much from a wider range


class Figures:
    """The figures of all tables, and what is known of the people.

    `shown` are those that can be added and subtracted. A dimension is the mean of its questions' means and its n the
    least of theirs, which groups need not add up to. So figures of dimensions that follow from their questions' are
    left out, and so are those whose groups are all shown; `not_counts` is how many of these there are. What is another
    mean, or may be about a hidden group, stays."""

    def __init__(self, every: Sequence[Shown], tables: Sequence[Seen], known: pd.DataFrame | None) -> None:
        self.every, self.tables, self.known = of_waves(every), tables, known
        self.parts = _parts(tables)
        self._named = {_group_of(each): each for each in self.every if each.number is not None}
        hidden = set().union(*(hidden_in(table, known) for table in tables))
        self.attributes = {name for each in self.every for name in each.group}.union(
            *(by for _, by, _ in hidden), USUAL
        )
        self.shown, self.not_counts = [], 0
        for each, read in zip(self.every, every, strict=True):
            follows, wave = self.follows(each), read.group.get("wave", "")
            by = frozenset(each.group)
            if each.of_several or each.label in self.parts:
                counted = follows is False or (follows is None and (not by or (each.label, by, wave) in hidden))
                self.not_counts += follows is None and not counted
                self.shown += [each] if counted else []
            else:
                self.shown.append(each)

    def questions_of(self, dimension: Shown) -> list[Shown]:
        """The figures of a dimension's questions in its group; none unless all of them are shown."""
        names = sorted(self.parts.get(dimension.label, ()))
        found = [self._named.get((name, *_group_of(dimension)[1:])) for name in names]
        return [each for each in found if each is not None] if len(names) > 1 and None not in found else []

    def follows(self, dimension: Shown) -> bool | None:
        """Whether it is the mean of its questions' means; None where they are not all shown."""
        questions = self.questions_of(dimension)
        if not questions or dimension.number is None:
            return None
        plain = sum(each.number or 0.0 for each in questions) / len(questions)
        unit = dimension.unit + sum(each.unit for each in questions) / len(questions)
        return abs(dimension.number - plain) <= unit + 1e-9


def _parts(tables: Sequence[Seen]) -> dict[str, set[str]]:
    """The names of dimensions, and of their questions where some table tells them."""
    parts: dict[str, set[str]] = {}
    for table in tables:
        questions = table.cells("question", "display", "label", "item") or [""] * len(table.rows)
        for dimension, question in zip(table.cells("dimension"), questions, strict=False):
            if dimension:
                parts.setdefault(dimension, set()).update({question} - {""})
    return parts


def _group_of(shown: Shown) -> tuple:
    return (shown.label, shown.scale, shown.wave, *sorted(shown.group.items()))


def worked_out(figures: Figures, least: int) -> Iterator[Finding]:
    """Everybody of whom figures tell something that is about fewer than `least` people."""
    yield from _joined(figures, least)
    yield from _two_counts(figures.every, least)
    yield from _over_people(figures, least)
    yield from _seen_twice(figures, least)
    yield from _few(figures, least)


def _joined(figures: Figures, least: int) -> Iterator[Finding]:
    """Joins all tables and audits them by wave and question; who works there is known of the last wave."""
    last = max((each.wave for each in figures.shown), default="")
    for scale, step, wave in sorted({(each.scale, each.step or 0, each.wave) for each in figures.shown}):
        part = [each for each in figures.shown if (each.scale, each.step or 0, each.wave) == (scale, step, wave)]
        attributes = list(dict.fromkeys(name for each in part for name in each.group))
        known = figures.known if wave == last else None
        names = [] if known is None else [name for name in attributes if name in known]
        several = {id(each) for each in part if each.of_several or each.label in figures.parts}
        inside = [e for e in part if known is not None and set(e.group) <= set(names) and id(e) not in several]
        counted = {id(each) for each in inside}
        others = [each for each in part if id(each) not in counted]
        for some_of, people, columns in ((inside, known, names), (others, None, attributes)):
            if some_of:
                yield from _audited(some_of, people, columns, scale, step or None, least)


def _audited(figures: Sequence[Shown], people, columns: Sequence[str], scale, step, least: int) -> Iterator[Finding]:
    rows = [(each.question, each.n, each.value, *(each.group.get(name, "") for name in columns)) for each in figures]
    table = pd.DataFrame(rows, columns=["question", "n", "value", *columns])
    if people is not None:
        people = people[[*columns, *(["n"] if "n" in people else [])]]
    found = audit_tables(table, people, scale=scale, step=step, min_group=least).table
    places: dict[tuple[str, str], list[str]] = {}
    for each in figures:
        label = ", ".join(f"{name} {each.group[name]}" for name in columns if each.group.get(name)) or "everybody"
        places.setdefault((each.question, label), []).append(f"{each.file}, {each.where}")
    answers = {(each.label, each.question) for each in figures if each.one_answer}
    of = Counter(label for label, _ in answers)
    answers = {question for label, question in answers if of[label] > 2}
    answers |= {each.question for each in figures if each.question.endswith("favourable)")}
    for row in found.to_dict("records"):
        if not row["determined"] and _only_near(row, scale, row["question"] in answers):
            continue
        if np.isnan(row["low"]):
            ends = "known, though the figures contradict each other"
        elif row["question"] == RESPONDED:
            ends = "how many they are"
        else:
            ends = f"mean from {row['low']:g} to {row['high']:g}"
        wave = f" of {figures[0].wave}" if figures[0].wave else ""
        known = [
            place
            for (question, label), where in places.items()
            if question == row["question"]
            for place in where
            if label in str(row["from"])
        ]
        file, _, where = (known or ["all files, joined"])[0].partition(", ")
        more = sorted({place for place in known if place != f"{file}, {where}"})
        who = f"{some(row['people'])} ({row['who']})"
        how = f"{row['question']}{wave}: {ends}, from {row['from']}" + (f"; with {'; '.join(more[:3])}" if more else "")
        yield Finding(file=file, where=where, who=who, how=how)


def _only_near(row, scale: tuple[float, float], one_answer: bool) -> bool:
    """Whether an end of the scale tells little: hours from 0 to many, or answers that nobody gave."""
    if scale == HOURS:
        return row["high"] - row["low"] > _HOUR
    return one_answer and (row["low"] == 0 or "favourable)" in row["question"])


def _two_counts(shown: Sequence[Shown], least: int) -> Iterator[Finding]:
    """The same figure with a few answers more or fewer: the difference is theirs."""
    same: dict[tuple, dict[float, Shown]] = {}
    for each in shown:
        if each.value:
            same.setdefault((each.question, each.wave, *sorted(each.group.items())), {}).setdefault(each.n, each)
    for by_n in same.values():
        counts = sorted(by_n)
        for fewer, more in zip(counts, counts[1:], strict=False):
            if more - fewer < least:
                one, two = by_n[fewer], by_n[more]
                label = ", ".join(one.group.values()) or "everybody"
                how = f"{one.question} of {label}: {fewer:g} answers here, {more:g} in {two.file}, {two.where}"
                yield one.tells(f"{some(more - fewer)} who came or left", how)


def _over_people(figures: Figures, least: int) -> Iterator[Finding]:
    """A mean over people's own means, less the means of its questions, is about those who skipped one."""
    for whole in figures.every:
        questions = figures.questions_of(whole)
        skipped = sum(whole.n - each.n for each in questions)
        if 0 < skipped < least and figures.follows(whole) is False:
            who = f"{some(skipped)} who skipped a question of {whole.label}"
            how = "the dimension is a mean over people, and less its questions it is about them"
            yield whole.tells(who, how)


def _seen_twice(figures: Figures, least: int) -> Iterator[Finding]:
    """A change of those who answered twice, beside the figure of all: the difference is of those who answered once."""
    everybody: dict[tuple[str, str], list[Shown]] = {}
    for each in figures.every:
        if not each.group and each.number is not None:
            everybody.setdefault((each.label, each.wave), []).append(each)
    for table in figures.tables:
        both, waves = table.column("both times"), waves_of(table)
        label, of_row = table.column("question", "label", "topic", "name"), table.column("wave")
        if both is None or label is None or not waves:
            continue
        several = any(wave for _, wave in everybody)
        for row in table.rows:
            for name, wave in (("before", waves[0]), ("after", waves[-1] if of_row is None else row[of_row])):
                all_of_it = everybody.get((row[label], wave if several else ""), [])
                at, count = table.column(name), row[both]
                if at is None or not count.isdigit() or not all_of_it:
                    continue
                value = Shown(file="", where="", question="", label="", n=int(count), value=row[at], scale=(0, 1))
                left = {each.n - int(count): each for each in all_of_it if 0 < each.n - int(count) < least}
                number = value.number
                if number is not None and left:
                    if all(abs(number - (each.number or 0.0)) > value.unit + each.unit for each in all_of_it):
                        few, other = min(left.items())
                        how = f"{row[label]} of {wave}: the mean of all stands in {other.file}, {other.where}"
                        who = f"{some(few)} who answered only once"
                        yield table.tells(who, how)


_COUNTS, _OF_PEOPLE = HEADINGS["counts"], {*HEADINGS["of_people"]}


def _few(figures: Figures, least: int) -> Iterator[Finding]:
    """A number of people below the minimum, in a table of which no figures could be made."""
    told = {(each.file, each.where) for each in figures.every}
    for table in figures.tables:
        if (table.file, table.where) in told or not (_OF_PEOPLE | figures.attributes) & set(table.header):
            continue
        for name in (name for name in _COUNTS if name in table.header):
            for row, count in zip(table.rows, table.cells(name), strict=True):
                if count.isdigit() and 0 < int(count) < least:
                    what = ", ".join(text for text in row if text and not text[0].isdigit())[:80]
                    how = f"the column '{name}' counts them"
                    yield table.tells(f"{some(int(count))} ({what})", how)
