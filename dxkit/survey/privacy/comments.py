"""Comments with names, addresses and numbers masked, in an order that tells nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dxkit.results.columns import SEGMENT, Column
from dxkit.results.result import Result
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.responses import NOT_STATED, Survey

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
    """The comments that may be shown: shuffled, masked, with nothing else about their writers (MODELS 6).

    Parameters
    ----------
    survey : Survey
    question : str, optional
        The item of the comment question; the first one by default.
    by : str, optional
        One segment; only its groups with at least `comment_k` comments are shown.
    comment_k : int
        The least number of writers a group needs.
    seed : int
        Of the shuffle.

    Returns
    -------
    Comments

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci", "why"], "text": ["CI is fast", "Why?"], "kind": ["rating", "comment"],
    ...                      "scale": ["yesno", ""]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": ["Yes"] * 9, "why": ["slow"] * 9}), book)
    >>> len(dx.comments(survey).table)  # nine writers are too few
    0
    """
    book: Codebook = survey.codebook
    asked = book.of_kind("comment")
    question = question or (asked[0] if asked else None)
    columns = [by] if by else []
    if question is None or question not in survey.comments:
        return Comments(
            table=pd.DataFrame(columns=[*columns, "comment"]),
            segments=tuple(columns),
            title="Comments",
            notes=("none were asked for",),
        )
    texts = survey.comments[question].fillna("").astype(str).str.strip()
    groups = survey.segments[by] if by else pd.Series([""] * len(texts))
    written = texts != ""
    sizes = groups[written].value_counts()
    allowed = [
        group for group, size in sizes.items() if size >= max(comment_k, survey.min_group) and group != NOT_STATED
    ]
    rows = [
        (group, masked(text)) for group, text in zip(groups[written], texts[written], strict=True) if group in allowed
    ]
    order = np.random.default_rng(seed).permutation(len(rows))
    rows = sorted((rows[i] for i in order), key=lambda row: row[0])
    table = pd.DataFrame(rows, columns=["group", "comment"]).rename(columns={"group": by or "group"})
    table = table if by else table[["comment"]]
    hidden = " groups with fewer are left out" if by else ""
    return Comments(
        table=table,
        segments=tuple(columns),
        title=book.label(question),
        seed=seed,
        notes=(f"shown from {comment_k} writers on, in no order;{hidden} mail addresses, links and names masked",),
    )
