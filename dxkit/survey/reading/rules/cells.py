"""Rules on single cells: missing codes, labels that are read as others, and cells that are not a number."""

import json
import re
from collections.abc import Callable, Collection, Mapping

from dxkit.files.cells import folded, normal
from dxkit.files.errors import suggest
from dxkit.survey.reading.codebook import split_question
from dxkit.survey.reading.distinct import times
from dxkit.survey.reading.headers import is_option, key
from dxkit.survey.reading.rules.columns import Columns, same
from dxkit.survey.reading.rules.table import CELLS, JOINT, SEPARATORS, Entry, Rule
from dxkit.survey.reading.scales import NOT_AFFECTED
from dxkit.survey.reading.tools.registry import is_technical

MOST_UNREADABLE = 0.05
_JOINTS = rf"[;,/|\n{JOINT}]"


def missing(columns: Columns) -> None:
    """Cells that hold a missing code become blank."""
    ids = {columns.at[item] for item in columns.book.of_kind("id") if item in columns.at}
    everywhere = [
        c.position for c in columns.header if c.position not in ids and not is_technical(columns.tool, c.code)
    ]
    for rule in columns.rules.of("missing"):
        met = 0
        for position in columns.find(rule) if rule.question else everywhere:
            met += columns.change(position, lambda text, rule=rule: "" if same(text, rule.value) else text)
        _count(columns, rule, f"read as blank: {rule.value[:60]}", met)


def labels(columns: Columns) -> None:
    """Cells are read as the label that a rule names, each once; a rule on one question comes before one on all."""
    wanted: dict[int, dict[str, Rule]] = {}
    for rule in sorted(columns.rules.of("label"), key=lambda rule: not rule.question):
        for position in _label_columns(columns, rule):
            wanted.setdefault(position, {}).setdefault(normal(rule.value), rule)
    met = dict.fromkeys((rule.place for rule in columns.rules.of("label")), 0)
    for position, rules in wanted.items():
        cells, joined = columns.body[position], any(is_option(columns.rows[i]) for i in columns.items.get(position, ()))
        new = {}
        for text, n in zip(cells.categories, times(cells).tolist(), strict=True):
            new[text], used = _relabelled(text, rules, joined)
            for rule in used:
                met[rule.place] += n
        columns.change(position, new.__getitem__)
    for rule in columns.rules.of("label"):
        _count(columns, rule, f"{rule.value[:60]} read as {rule.to[:60]}", met[rule.place])


def _label_columns(columns: Columns, rule: Rule) -> list[int]:
    """The columns in which a label rule counts; a fault where no question knows the label it leads to."""
    if not rule.question:
        found = [
            j for j, items in columns.items.items() if any(_labels_of(columns, item) is not None for item in items)
        ]
    else:
        found = columns.find(rule)
    known = [j for j in found if any(_knows(columns, item, rule.to) for item in columns.items.get(j, ()))]
    if found and not known:
        answers: dict[str, None] = {}
        for j in found:
            for item in columns.items.get(j, ()):
                answers.update(dict.fromkeys(_labels_of(columns, item) or ()))
        hint = suggest(rule.to, list(answers)) if answers else "name a question of the codebook"
        columns.rules.fault(columns.faults, rule, "to", f"'{rule.to[:60]}' is not an answer of the question; {hint}")
    return known


def _labels_of(columns: Columns, item: str) -> list[str] | None:
    """The answers that a question knows; None where it takes any text."""
    row = columns.rows[item]
    if is_option(row):
        stem = key(split_question(row.text)[0])
        options = [split_question(other.text) for other in columns.book.questions if is_option(other)]
        return [option for text, option in options if key(text) == stem] + ["Yes", "No"]
    if row.scale not in columns.book.scales or row.kind in ("segment", "comment", "id", "date", "ignore"):
        return None
    return list(columns.book.scales[row.scale].shown.values())


def _knows(columns: Columns, item: str, label: str) -> bool:
    """Whether a label or number is an answer of this question."""
    known, row = _labels_of(columns, item), columns.rows[item]
    if known is None or normal(label) in map(normal, known):
        return True
    return not is_option(row) and columns.book.scales[row.scale].code_of(label) is not None


def separators(columns: Columns) -> None:
    """Cells of several answers are written with one separator, whatever the file has between them."""
    for rule in columns.rules.of("separator"):
        written, met = SEPARATORS[folded(rule.value)], 0
        for position in columns.find(rule):
            items = columns.items.get(position, ())
            known = {normal(label) for item in items for label in _labels_of(columns, item) or ()}
            met += columns.change(
                position, lambda text, written=written, known=known: JOINT.join(_pieces(text, written, known))
            )
        _count(columns, rule, f"answers split by {rule.value}", met)


def _pieces(text: str, separator: str, known: Collection[str]) -> list[str]:
    """The answers in a cell; a known one may hold the separator. What is not JSON stays one answer.

    >>> _pieces("vim visual studio", " ", {"visual studio"}), _pieces('["a;b", "c"]', "json", ())
    (['vim', 'visual studio'], ['a;b', 'c'])
    """
    if separator == "json":
        try:
            read = json.loads(text) if text else None
        except ValueError:
            return [text]
        return [str(piece) for piece in (read if isinstance(read, list) else [read]) if piece not in (None, "")]
    parts = [part.strip() for part in text.split(separator)]
    found, at = [], 0
    while at < len(parts):
        ends = range(len(parts), at, -1)
        whole = (end for end in ends if normal(separator.join(parts[at:end])) in known)
        end = next(whole, at + 1)
        found.append(separator.join(parts[at:end]))
        at = end
    return list(filter(None, found))


def unreadable(columns: Columns) -> None:
    """Cells that should hold a number and do not become blank, where they are few."""
    for rule in columns.rules.of("unreadable"):
        numeric = [columns.at[item] for item in columns.rows if item in columns.at and _reads_number(columns, item)]
        found = columns.find(rule) if rule.question else numeric
        met = 0
        for position in dict.fromkeys(found):
            read = _reads_number(columns, *columns.items.get(position, ()))
            cells = columns.body[position]
            strange = {text for text in cells.categories if text and (read is None or read(text) is None)}
            counted = list(zip(cells.categories, times(cells).tolist(), strict=True))
            filled = sum(n for text, n in counted if text)
            unread = sum(n for text, n in counted if text in strange)
            if read is None:
                columns.rules.fault(
                    columns.faults, rule, "question", "this question does not ask for a number; delete the rule"
                )
            elif unread > MOST_UNREADABLE * filled:
                message = f"{unread} of {filled} cells in {columns.header[position].place} are not a number; at most "
                message += f"{MOST_UNREADABLE:.0%} may be left out, so correct them or add rules label"
                columns.rules.fault(columns.faults, rule, "question" if rule.question else "rule", message)
            else:
                met += columns.change(position, lambda text, strange=strange: "" if text in strange else text)
        _count(columns, rule, "cells that are not a number left out", met)


def _reads_number(columns: Columns, *items: str) -> Callable[[str], object] | None:
    """What reads a cell of a question that asks for a number; None for other questions."""
    scales = (columns.book.scales.get(columns.rows[item].scale) for item in items)
    if (scale := next((scale for scale in scales if scale is not None and scale.numeric), None)) is None:
        return None
    return lambda text: 0 if normal(text) in NOT_AFFECTED else scale.code_of(text)


def _count(columns: Columns, rule: Rule, what: str, met: int) -> None:
    about = f" in {rule.question[:60]}" if rule.question else ""
    columns.entries.append(Entry(what + about, met, rule.place, CELLS))
    if not met:
        columns.idle.append(rule)


def _relabelled(text: str, rules: Mapping[str, Rule], joined: bool) -> tuple[str, list[Rule]]:
    """A cell with the label that its rule names, and the rules that were used; in a cell of several answers each."""
    whole = next((rule for value, rule in rules.items() if same(text, rule.value)), None) if text else None
    if whole is not None:
        return whole.to, [whole]
    used: list[Rule] = []
    if not joined or not text:
        return text, used
    by_length = sorted(rules.values(), key=lambda rule: -len(rule.value))
    known = "|".join(re.escape(rule.value) for rule in by_length)

    def replaced(found: re.Match[str]) -> str:
        rule = rules[normal(found[1])]
        used.append(rule)
        return rule.to

    edges = rf"(?:^|(?<={_JOINTS})|(?<={_JOINTS} ))({known})(?=\s*(?:{_JOINTS}|$))"
    return re.sub(edges, replaced, text, flags=re.IGNORECASE), used
