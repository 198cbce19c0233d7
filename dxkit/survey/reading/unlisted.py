"""Labels that many people gave and the codebook lacks, and options that were all left blank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from dxkit.files.cells import as_text, normal
from dxkit.files.errors import Faults, nearest
from dxkit.survey.reading.codebook import UNLISTED, Codebook, Question, split_question
from dxkit.survey.reading.coding import ANSWERED, NO_OPINION, SKIPPED
from dxkit.survey.reading.exports import Export
from dxkit.survey.reading.headers import is_option, key
from dxkit.survey.reading.multiple_choice import texts_of

_MOST_LABELS = 4
_LONGEST = 60


def check_unlisted(
    export: Export,
    book: Codebook,
    keep: np.ndarray,
    answers: pd.DataFrame,
    state: pd.DataFrame,
    least: int,
    faults: Faults,
) -> None:
    """A fault for each question of which many people gave a label that the codebook lacks.

    Many are `least` people and at least 1% of those who answered.
    """
    for name, items in _asked(book, export).items():
        first = items[0]
        filled = np.isin(state[first].to_numpy(), (ANSWERED, NO_OPINION))
        if book.item(first)["kind"] == "choice":
            scale = book.scale(first)
            other = (answers[first] == scale.hi).to_numpy()
            cells = np.where(other, export.answers[first].astype(object).to_numpy()[keep], "")
            counts = Counter(answers[first].tolist())
            options = {scale.shown[code]: int(counts.get(code) or 0) for code in scale.codes[:-1]}
        else:
            cells = export.answers[texts_of(name)].to_numpy()[keep]
            options = {
                split_question(book.item(item)["text"])[1]: int(np.sum(answers[item].to_numpy() >= 1))
                for item in items
                if not item.endswith(f"[{UNLISTED}]")
            }
        people: Counter[str] = Counter()
        spelled: dict[str, str] = {}
        for cell in cells:
            labels = {normal(text): text for text in as_text(cell).split("\n") if normal(text)}
            people.update(list(labels))
            spelled = {**labels, **spelled} if labels else spelled
        many = [label for label, n in people.most_common() if n >= max(least, filled.sum() / 100)]
        if many:
            parts = [
                f"{people[label]} people chose '{spelled[label][:_LONGEST]}'{_nearest(label, options)}"
                for label in many
            ]
            shown = "; ".join(parts[:_MOST_LABELS]) + ("; ..." if len(parts) > _MOST_LABELS else "")
            faults.add(
                f"{shown}; correct it in scales, or add a rule label",
                file=export.file,
                sheet=export.sheet,
                column=export.columns_at.get(first, first),
            )


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
