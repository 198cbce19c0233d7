"""Comments with names, addresses and numbers masked, in random order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.files import options
from dxkit.files.errors import Missing
from dxkit.results.columns import SEGMENT, Column
from dxkit.results.result import Result
from dxkit.survey.reading.responses import Survey
from dxkit.survey.reading.segments import NOT_STATED

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", flags=re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@\w+")
_DIGITS = re.compile(r"\+?\d[\d\s()/-]{6,}\d")


def masked(text: str) -> str:
    """A comment without mail addresses, links, @names and long numbers.

    >>> masked("ask bob@example.com or @bob, see www.example.com")
    'ask [mail] or [name], see [link]'
    """
    for pattern, word in ((_MAIL, "[mail]"), (_LINK, "[link]"), (_HANDLE, "[name]"), (_DIGITS, "[number]")):
        text = pattern.sub(word, text)
    return text


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Comments(Result):
    """Comments that may be shown."""

    columns: ClassVar[tuple[Column, ...]] = (
        SEGMENT,
        Column("comment", "what was written, with names and links masked"),
    )


def comments(
    survey: Survey, question: str | None = None, by: str | None = None, *, comment_k: int = 10, seed: int = 0
) -> Comments:
    """What did people write? Comments in random order, masked, with nothing else about their writers.

    See docs/methods/anonymity.md, "Comments".

    Parameters
    ----------
    survey : Survey
        The answers, from `open_survey` or `read_survey`.
    question : str, optional
        The item of the comment question; None for the first one.
    by : str, optional
        The segment to split by; None for everybody together.
    comment_k : int
        How many people of a group must have written before its comments are shown.
    seed : int
        Seed of the random order; the same seed gives the same result.

    Returns
    -------
    Comments
        `.table` has the column comment, after the segment where it is split.

    Raises
    ------
    DataError
        A question that does not ask for comments, a segment that was not asked.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci", "why"], "text": ["CI is fast", "Why?"], "kind": ["rating", "comment"],
    ...                      "scale": ["yesno", ""]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": ["Yes"] * 9, "why": ["slow"] * 9}), book)
    >>> len(dx.comments(survey).table)  # nine writers are too few
    0
    """
    options.instance("survey", survey, Survey, "a survey, from open_survey or read_survey; a tally has no comments")
    asked = survey.codebook.of_kind("comment")
    if question is not None:
        question = options.choice("question", question, asked)
    elif asked:
        question = asked[0]
    columns = [] if by is None else [options.choice("by", by, list(survey.segments.columns))]
    least = max(options.whole("comment_k", comment_k, 1), survey.min_group)
    seed = options.whole("seed", seed, 0)
    if question is None or question not in survey.comments:
        raise Missing("comments need a question of kind comment; the codebook has none")
    texts = [text.strip() for text in survey.comments[question].fillna("").astype(str)]
    groups = survey.segments[by].tolist() if by else [""] * len(texts)
    sizes = Counter(group for group, text in zip(groups, texts, strict=True) if text)
    allowed = {group for group, size in sizes.items() if size >= least and group != NOT_STATED}
    rows = [(group, masked(text)) for group, text in zip(groups, texts, strict=True) if text and group in allowed]
    order = np.random.default_rng(seed).permutation(len(rows))
    rows = sorted((rows[i] for i in order), key=lambda row: row[0])
    table = pd.DataFrame([row[-1 - len(columns) :] for row in rows], columns=[*columns, "comment"])
    hidden = "; groups with fewer are left out" if by else ""
    return Comments(
        table=table,
        segments=tuple(columns),
        title=survey.codebook.label(question),
        seed=seed,
        facts=() if rows else (("none to show", f"fewer than {least} wrote one{' in every group' * bool(by)}"),),
        notes=(
            f"shown from {least} writers on, in random order{hidden}",
            "mail addresses, links, names and long numbers are masked",
        ),
    )
