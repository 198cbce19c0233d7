"""What a pain point costs a respondent: the burdens that topics can be ranked by.

See docs/methods/ranking.md, "Burden"."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import Missing, and_more
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.tally.measures import BURDENS, mean_of_answered

_EITHER = (("hours", "hours"), ("rating", "severity"))  # a kind of question, and the score that needs only it
NO_PAIN = "importance"  # the score that does not tell whether it hurts: only for who asks for it


def lacking(book: Codebook, score: str) -> list[str]:
    """Topics that lack a question this score needs."""
    return [
        topic for topic in book.topics if not all(book.topic_items(topic, kind) for kind in BURDENS[score].questions)
    ]


def allowed(book: Codebook) -> list[str]:
    """The scores that every topic of the codebook has the questions for, the preferred one first."""
    return [score for score in BURDENS if book.topics and not lacking(book, score)]


def default(book: Codebook, score: str | None = None) -> str:
    """The score asked for, or the preferred one; an error where a topic lacks what it needs."""
    if not book.topics:
        raise Missing("a ranking needs pain points; fill in the codebook's column topic")
    if score is not None:
        options.choice("score", score, list(BURDENS))
    if score is not None and (topics := lacking(book, score)):
        needed = " and one of kind ".join(BURDENS[score].questions)
        raise Missing(
            f"score '{score}' needs for every topic a question of kind {needed}; without: {and_more(topics, 3)}. "
            f"Possible here: {', '.join(allowed(book)) or 'none'}"
        )
    pains = [each for each in allowed(book) if each != NO_PAIN]
    if score is None and not pains:
        without = {kind: lacking(book, score) for kind, score in _EITHER}
        if all(topics == book.topics for topics in without.values()):
            alone = "; score='importance' ranks by importance alone" if allowed(book) else ""
            raise Missing(
                f"a ranking needs hours or a rating for every pain point; no topic of the codebook has either{alone}"
            )
        told = "; ".join(
            f"without a question of kind {kind}: {and_more(topics, 3)}" for kind, topics in without.items()
        )
        raise Missing(f"a ranking needs hours or a rating for every pain point; {told}")
    return score or pains[0]


def single_items(book: Codebook, score: str) -> list[str] | None:
    """The item of each topic, where the burden is that one item or (severity) 100 less it; else None."""
    if len(BURDENS[score].questions) > 1:
        return None
    items = [book.topic_items(topic, BURDENS[score].questions[0]) for topic in book.topics]
    return [names[0] for names in items] if all(len(names) == 1 for names in items) else None


def burdens(book: Codebook, answers: Mapping[str, np.ndarray] | pd.DataFrame, score: str) -> np.ndarray:
    """The burden of every topic for every respondent, (respondents, topics); nan where it was not answered.

    `answers` has the codes of each item, nan where there is none.

    severity = 100 - u, with u the mean of the topic's ratings (half must be answered); impact = severity x importance
    / 100; hours = sum of the topic's hours; opportunity = importance + max(importance - satisfaction, 0), each 0 to 10
    (Ulwick 2005), here per respondent; importance = the mean of the topic's importance ratings.
    """
    columns = []
    for topic in book.topics:
        if score == "hours":
            columns.append(np.sum([np.asarray(answers[item]) for item in book.topic_items(topic, "hours")], axis=0))
            continue
        if score == "importance":
            columns.append(_mean_index(book, answers, topic, "importance"))
            continue
        satisfaction = _mean_index(book, answers, topic, "rating")
        if score == "severity":
            columns.append(100.0 - satisfaction)
            continue
        importance = _mean_index(book, answers, topic, "importance")
        if score == "impact":
            columns.append((100.0 - satisfaction) * importance / 100.0)
        else:
            columns.append((importance + np.maximum(importance - satisfaction, 0.0)) / 10.0)
    return np.column_stack(columns)


def _mean_index(book: Codebook, answers: Mapping[str, np.ndarray] | pd.DataFrame, topic: str, kind: str) -> np.ndarray:
    items = book.topic_items(topic, kind)
    return mean_of_answered(np.column_stack([book.index(np.asarray(answers[item]), item) for item in items]))
