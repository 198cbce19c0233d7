"""Comments with names, addresses, numbers and ids masked, in alphabetical order.

See docs/methods/anonymity.md, "Comments"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import pandas as pd

from dxkit.files import options
from dxkit.files.errors import Missing
from dxkit.files.shipped import table_beside
from dxkit.results.columns import Column, declared
from dxkit.results.result import Result
from dxkit.survey.reading.people import folded_id, id_digest
from dxkit.survey.reading.responses import Survey

ALONE = (
    "comments are shown for the whole company only, in alphabetical order, without anything else about the writers; "
    "leave out {}"
)
_MASKS = [
    (re.compile(pattern, re.IGNORECASE), word, set(needs))
    for pattern, word, needs in table_beside(__file__, "comments.toml")["masks"]
]
_WORD = re.compile(r"[^\s,;:!?()\[\]\"'<>]{3,}")


def masked(text: str, is_id: Callable[[str], bool] = lambda word: False) -> str:
    """A comment without addresses, links, paths, @names, long numbers and codes, and without words that are ids.

    >>> masked("ask bob@example.com or @bob, see www.example.com")
    'ask [mail] or [name], see [link]'
    """
    letters = set(text)
    for pattern, word, needs in _MASKS:
        if not needs.isdisjoint(letters):
            text = pattern.sub(word, text)

    def named(found: re.Match[str]) -> str:
        word = found[0].rstrip(".")
        return "[id]" + found[0][len(word) :] if is_id(word) else found[0]

    return _WORD.sub(named, text)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Comments(Result):
    """Comments that may be shown."""

    columns: ClassVar[tuple[Column, ...]] = declared(__file__, "Comments")


def comments(survey: Survey, question: str | None = None, **gone: object) -> Comments:
    """What did people write? Comments in alphabetical order, masked, with nothing else about their writers.

    See docs/methods/anonymity.md, "Comments".

    Parameters
    ----------
    survey : Survey
        The answers, from `open_survey` or `read_survey`.
    question : str, optional
        The item of the comment question; None for the first one.

    Returns
    -------
    Comments
        `.table` has the column comment. It is empty where fewer wrote than the survey's `comment_group` or `min_group`.

    Raises
    ------
    DataError
        A question that does not ask for comments.
    TypeError
        `by` or `seed`: comments are neither split nor shuffled.

    Examples
    --------
    >>> import dxkit as dx, pandas as pd
    >>> book = pd.DataFrame({"item": ["ci", "why"], "text": ["CI is fast", "Why?"], "kind": ["rating", "comment"],
    ...                      "scale": ["yesno", ""]})
    >>> survey = dx.read_survey(pd.DataFrame({"ci": ["Yes"] * 9, "why": ["slow"] * 9}), book)
    >>> len(dx.comments(survey).table)  # nine writers are too few
    0
    """
    if gone:
        raise TypeError(ALONE.format(" and ".join(gone)))
    options.instance("survey", survey, Survey, "a survey, from open_survey or read_survey; a tally has no comments")
    asked = survey.codebook.of_kind("comment")
    if question is not None:
        question = options.choice("question", question, asked)
    elif asked:
        question = asked[0]
    least = max(survey.comment_group, survey.min_group)
    if question is None or question not in survey.comments:
        raise Missing("comments need a question of kind comment; the codebook has none")
    texts = [text.strip() for text in survey.comments[question].fillna("").astype(str)]
    written = [text for text in texts if text]
    ids = {int(key).to_bytes(8, "little") for key in survey.keys[survey.identified]}
    is_id = cache(lambda word: not ids.isdisjoint((id_digest(word), id_digest(folded_id(word)))))
    rows = [masked(text, is_id) for text in written] if len(written) >= least else []
    return Comments(
        table=pd.DataFrame({"comment": sorted(rows, key=lambda text: (text.casefold(), text))}, dtype=object),
        title=survey.codebook.label(question),
        facts=() if rows else (("none to show", f"fewer than {least} wrote one"),),
        notes=(
            f"shown from {least} writers on, in alphabetical order",
            "addresses, links, paths, names after @, ids, long numbers and codes are masked; style and content are not",
        ),
    )
