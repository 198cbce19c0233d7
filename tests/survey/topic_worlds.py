"""Populations with known pains, for tests of the ranking: satisfaction answers of people who share a mood."""

from functools import cache

import numpy as np
import pandas as pd

import dxkit as dx


def codebook(topics, kind="rating", scale="satisfaction5"):
    names = [f"t{t:02d}" for t in range(topics)]
    frame = pd.DataFrame({"item": names, "text": [f"Topic {t:02d}" for t in range(topics)], "kind": kind})
    return frame.assign(topic=frame["text"], scale=scale)


def likert(burden, people, rng, *, shared=0.35):
    """Codes 1 to 5, (people, topics): `burden` index points above the middle, spread of 1.1 steps, answers that
    correlate within a person."""
    mood = rng.normal(size=(people, 1))
    own = rng.normal(size=(people, len(burden)))
    steps = 3 - np.asarray(burden) / 25 + 1.1 * (np.sqrt(shared) * mood + np.sqrt(1 - shared) * own)
    return np.clip(np.round(steps), 1, 5)


def survey(codes, population=None, min_group=5, missing=0.0, seed=0):
    """A survey of these codes; with `population` people in its roster."""
    topics, site = codes.shape[1], population is not None
    codes = codes.astype(float)
    codes[np.random.default_rng(seed).random(codes.shape) < missing] = np.nan
    frame = pd.DataFrame(codes, columns=[f"t{t:02d}" for t in range(topics)])
    roster = None
    if site:
        frame["site"] = "Here"
        roster = pd.DataFrame({"site": ["Here"], "headcount": [population]})
    return dx.read_survey(frame, _read(topics, site), roster, min_group=min_group)


@cache
def _read(topics, site):
    book = codebook(topics)
    if site:
        book = pd.concat([book, pd.DataFrame([{"item": "site", "text": "site", "kind": "segment"}])]).fillna("")
    return dx.read_codebook(book)


def hours(values, min_group=3):
    """A survey of hours lost."""
    topics = values.shape[1]
    frame = pd.DataFrame(values, columns=[f"t{t:02d}" for t in range(topics)])
    return dx.read_survey(frame, codebook(topics, "hours", "hours"), min_group=min_group)
