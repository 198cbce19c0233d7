"""What only the whole of a file tells: labels that many gave and the codebook lacks, and what notes count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, normal
from dxkit.files.errors import Faults, and_more, nearest
from dxkit.survey.reading.asked_if import FILLED_UNASKED
from dxkit.survey.reading.codebook import UNLISTED, Codebook, Question, split_question
from dxkit.survey.reading.coding import ANSWERED, NO_OPINION, SKIPPED, UNAFFECTED
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.headers import is_option, key
from dxkit.survey.reading.multiple_choice import texts_of

_MOST_LABELS = 4
_LONGEST = 60


@dataclass(kw_only=True)
class Labels:
    """What people wrote in one question beside the options of the codebook.

    people    how many wrote each folded label, and `spelled` a spelling of it
    options   how many chose each option of the codebook
    filled    how many answered the question
    """

    place: dict[str, Any]
    people: Counter[str] = field(default_factory=Counter)
    spelled: dict[str, str] = field(default_factory=dict)
    options: Counter[str] = field(default_factory=Counter)
    filled: int = 0


@dataclass(kw_only=True)
class Whole:
    """What only all answers of a file tell, added up over its parts.

    unlisted     what was written beside the options of each question
    counted      how many people each note counts
    unasked      answers to questions that were not asked, by item
    unaffected   answers that say "does not affect me", by item
    """

    unlisted: dict[str, Labels] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    unasked: dict[str, int] = field(default_factory=dict)
    unaffected: dict[str, int] = field(default_factory=dict)

    def add_labels(
        self, export: Export, book: Codebook, keep: np.ndarray, answers: pd.DataFrame, state: pd.DataFrame
    ) -> None:
        """Add the labels of the rows that count."""
        for name, items in _asked(book, export).items():
            place = {"file": export.file, "sheet": export.sheet, "column": export.columns_at.get(items[0], items[0])}
            found = self.unlisted.setdefault(name, Labels(place=place))
            cells, options = _written(export, book, name, items, keep, answers)
            found.filled += int(np.isin(state[items[0]].to_numpy(), (ANSWERED, NO_OPINION)).sum())
            found.options.update(options)
            for cell in cells:
                labels = {normal(text): text for text in as_text(cell).split("\n") if normal(text)}
                found.people.update(list(labels))
                for label, text in labels.items():
                    found.spelled.setdefault(label, text)

    def notes(self) -> tuple[list[str], list[str], list[str]]:
        """The notes with their numbers: on options, on questions not asked, on who is not affected."""
        return (
            [f"{what}: {n}" for what, n in self.counted.items() if n],
            _by_item(FILLED_UNASKED, self.unasked),
            _by_item(UNAFFECTED, self.unaffected),
        )

    def check_labels(self, least: int, faults: Faults) -> None:
        """A fault for each question of which many people gave a label that the codebook lacks.

        Many are `least` people and at least 1% of those who answered.
        """
        for found in self.unlisted.values():
            most = found.people.most_common()
            many = [label for label, n in most if n >= max(least, found.filled / 100)]
            if many:
                parts = [
                    f"{found.people[label]} people chose '{found.spelled[label][:_LONGEST]}'"
                    f"{_nearest(label, found.options)}"
                    for label in many
                ]
                shown = "; ".join(parts[:_MOST_LABELS]) + ("; ..." if len(parts) > _MOST_LABELS else "")
                faults.add(f"{shown}; correct it in scales, or add a rule label", **found.place)

    def __iadd__(self, other: Whole) -> Whole:
        for name, theirs in other.unlisted.items():
            ours = self.unlisted.setdefault(name, Labels(place=theirs.place))
            ours.people.update(theirs.people)
            ours.spelled = {**theirs.spelled, **ours.spelled}
            ours.options.update(theirs.options)
            ours.filled += theirs.filled
        self.counted.update(other.counted)
        for ours, theirs in ((self.unasked, other.unasked), (self.unaffected, other.unaffected)):
            for item, n in theirs.items():
                ours[item] = ours.get(item, 0) + n
        return self


def _by_item(what: str, counts: Mapping[str, int]) -> list[str]:
    told = [f"{item} ({n})" for item, n in counts.items() if n]
    return [f"{what}: {and_more(told)}"] if told else []


def _written(
    export: Export, book: Codebook, name: str, items: list[str], keep: np.ndarray, answers: pd.DataFrame
) -> tuple[Iterable[object], dict[str, int]]:
    """What was written beside the options of a question, in the rows that count; and how many chose each option."""
    first = items[0]
    if book.item(first)["kind"] == "choice":
        scale, counts = book.scale(first), Counter(answers[first].tolist())
        cells = export.answers[first].astype(object).to_numpy()[keep]
        options = {scale.shown[code]: int(counts.get(code) or 0) for code in scale.codes[:-1]}
        return np.where((answers[first] == scale.hi).to_numpy(), cells, ""), options
    options = {
        split_question(book.item(item)["text"])[1]: int(np.sum(answers[item].to_numpy() >= 1))
        for item in items
        if not item.endswith(f"[{UNLISTED}]")
    }
    return export.answers[texts_of(name)].to_numpy()[keep], options


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


def none_for_blank(book: Codebook, questions: Collection[str], answers: pd.DataFrame, state: pd.DataFrame) -> None:
    """Count who left every option of these questions blank as having chosen none of them, in place."""
    for item in book.measured:
        if book.item(item)["kind"] == "multi" and book.question_of(item) in questions and item in state:
            blank = (state[item] == SKIPPED).to_numpy()
            state.loc[blank, item] = ANSWERED
            answers.loc[blank, item] = 0.0
