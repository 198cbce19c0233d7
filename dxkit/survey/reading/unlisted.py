"""What many people answered and the codebook lacks, and notes that count people."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from dxkit.files.cells import normal
from dxkit.files.errors import Faults, and_more, nearest
from dxkit.survey.reading.codebook import UNLISTED, Codebook, Question, split_question
from dxkit.survey.reading.coded import Coded
from dxkit.survey.reading.coding import SKIPPED, STATES
from dxkit.survey.reading.distinct import counts
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.headers import is_option, key
from dxkit.survey.reading.rules.questions import names
from dxkit.survey.reading.rules.table import Entry, Rules
from dxkit.survey.reading.several.multiple_choice import texts_of

_MOST_LABELS = 4
_LONGEST = 60


def check_labels(export: Export, rows: np.ndarray | slice, coded: Coded, least: int, faults: Faults) -> None:
    """A fault for each question of which many people, in these rows, gave a label that the codebook lacks.

    Many are `least` people and at least 1% of those who answered.
    """
    book = coded.codebook
    for name, items in _asked(book, export).items():
        answered = int(np.count_nonzero(coded.of(items[0]) < coded.width + SKIPPED))
        people: Counter[str] = Counter()
        spelled: dict[str, str] = {}
        for text, n in _written(export, rows, coded, name, items).items():
            labels = {normal(line): line for line in text.split("\n") if normal(line)}
            people.update(dict.fromkeys(labels, n))
            for label, line in labels.items():
                spelled.setdefault(label, line)
        many = [label for label, n in people.most_common() if n >= max(least, answered / 100)]
        if many:
            options = _options(coded, items)
            parts = [
                f"{people[label]} people chose '{spelled[label][:_LONGEST]}'{_nearest(label, options)}"
                for label in many
            ]
            shown = "; ".join(parts[:_MOST_LABELS]) + ("; ..." if len(parts) > _MOST_LABELS else "")
            message = f"{shown}; correct it in scales, or add a rule label"
            faults.add(message, **export.place(items[0]))


def by_item(what: str, people: Mapping[str, int]) -> list[str]:
    """A note with a number for each item that has any."""
    told = [f"{item} ({n})" for item, n in people.items() if n]
    return [f"{what}: {and_more(told)}"] if told else []


def _written(export: Export, rows: np.ndarray | slice, coded: Coded, name: str, items: list[str]) -> dict[str, int]:
    """What was written beside the options of a question, and by how many."""
    book, first = coded.codebook, items[0]
    choice = book.item(first)["kind"] == "choice"
    cells = export.answers[first if choice else texts_of(name)]
    codes = cells.codes[rows]
    if choice:
        codes = codes[coded.of(first) == len(book.scale(first).codes) - 1]
    often = counts(codes, len(cells.categories)).tolist()
    return {text: n for text, n in zip(cells.categories, often, strict=True) if text and n}


def _options(coded: Coded, items: list[str]) -> dict[str, int]:
    """How many chose each option of a question in the codebook."""
    book, first = coded.codebook, items[0]
    if book.item(first)["kind"] == "choice":
        scale = book.scale(first)
        often = counts(coded.of(first), coded.width + len(STATES)).tolist()
        return {scale.shown[code]: often[k] for k, code in enumerate(scale.codes[:-1])}
    chosen = {}
    for item in items:
        if not item.endswith(f"[{UNLISTED}]"):
            codes = book.scale(item).codes
            often = counts(coded.of(item), coded.width + len(STATES))
            chosen[split_question(book.item(item)["text"])[1]] = int(
                sum(often[k] for k, c in enumerate(codes) if c >= 1)
            )
    return chosen


def _asked(book: Codebook, export: Export) -> dict[str, list[str]]:
    """The items of each question with options that the export has, by the name that its texts have there."""
    found: dict[str, list[str]] = {}
    for item in book.measured:
        row = book.item(item)
        name = key(split_question(row["text"])[0]) if row["kind"] == "rating" else book.question_of(item)
        if item in export.answers and (row["kind"] == "choice" or texts_of(name) in export.answers):
            if row["kind"] != "rating" or is_option(Question(**row)):
                found.setdefault(name, []).append(item)
    return found


def _nearest(label: str, options: Mapping[str, int]) -> str:
    """The option of the codebook that a label may be a new name of, and how many chose that."""
    folds = {normal(option): option for option in options}
    near = nearest(label[:_LONGEST], folds, cutoff=0.6)
    near = near or next((fold for fold in folds if len(fold) > 3 and (fold in label or label in fold)), None)
    return f", {options[folds[near]] or 'nobody'} '{folds[near]}'" if near else ""


def none_for_blank(rules: Rules, coded: Coded) -> list[Entry]:
    """Count who left every option of a question blank as having chosen none, in place, where rules say so; and for each
    rule how many people did."""
    book, entries, options = coded.codebook, [], dict[str, list[str]]()
    for item in book.measured:
        if book.item(item)["kind"] == "multi":
            options.setdefault(book.question_of(item), []).append(item)
    for rule in rules.of("blank_is_none"):
        blank = 0
        for name in [each for each, items in options.items() if not rule.question or names(rule, book, items[-1])]:
            for item in options[name]:
                skipped = coded.of(item) == coded.width + SKIPPED
                coded.of(item)[skipped] = book.scale(item).codes.index(0.0)
            blank += int(skipped.sum())
            del options[name]
        about = f" in {rule.question[:60]}" if rule.question else ""
        entries.append(Entry(f"all options left blank, read as none chosen{about}", blank, rule.place, "people"))
    return entries
