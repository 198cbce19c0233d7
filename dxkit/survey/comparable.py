"""Which questions two waves asked alike, so that their figures may be compared.

See docs/methods/change.md, "Comparing two surveys"."""

from __future__ import annotations

import pandas as pd

from dxkit.files.cells import normal
from dxkit.survey.reading.codebook import UNLISTED, Codebook
from dxkit.survey.tally.cells import Cells


def comparable(first: Cells, second: Cells) -> tuple[list[tuple[str, str]], pd.DataFrame, list[str]]:
    """(level, name) of what was asked alike in both waves; a frame of what was not, and why; notes on wordings."""
    one, two = first.codebook, second.codebook
    keys = [_keys(wave) for wave in (first, second)]
    why: dict[tuple[str, str], str] = {}
    for level, name in dict.fromkeys(keys[0] + keys[1]):
        if (level, name) not in keys[0] or (level, name) not in keys[1]:
            why[level, name] = "only in the later wave" if (level, name) in keys[1] else "only in the earlier wave"
        elif level == "item" and (reason := differs(one, two, name)):
            why[level, name] = reason
    changed = {name for level, name in why if level == "item"}
    for level, name in keys[1]:
        parts = {"dimension": [name], "overall": two.dimensions}.get(level, [])
        items = {item for part in parts for book in (one, two) for item in book.dimension_items(part)}
        moved = {i for part in parts for i in set(one.dimension_items(part)) ^ set(two.dimension_items(part))}
        if (level, name) not in why and (others := sorted((items & changed) | moved)):
            why[level, name] = f"holds {', '.join(others)}, not the same in both waves"
    rows = [(level, name, reason) for (level, name), reason in why.items()]
    alike = [key for key in keys[1] if key not in why]
    notes = [
        f"compared though worded differently, as same_as says: {name}"
        for level, name in alike
        if level == "item" and normal(one.item(name)["text"]) != normal(two.item(name)["text"])
    ]
    return alike, pd.DataFrame(rows, columns=["level", "name", "why"]), notes


def _keys(wave: Cells) -> list[tuple[str, str]]:
    """(level, name) of the variables that have a mean to compare: not the one of several answers, nor other labels."""
    rows = wave.variables.loc[wave.variables["unit"] != "choice", ["level", "name"]].itertuples(index=False, name=None)
    return [(level, name) for level, name in rows if wave.codebook.option(name) != UNLISTED]


def _options(book: Codebook, item: str) -> set[str]:
    """The folded options of the question that an item is an option of."""
    question = book.question_of(item)
    return {normal(book.option(row.item)) for row in book.questions if book.question_of(row.item) == question}


def differs(one: Codebook, two: Codebook, item: str) -> str:
    """How a question differs between two codebooks; empty where it does not."""
    first, second = one.item(item), two.item(item)
    if _options(one, item) != _options(two, item):
        return f"the options of {two.question_of(item)} changed"
    if normal(first["text"]) not in (normal(second["text"]), normal(second["same_as"])):
        return f"worded differently: '{_short(str(first['text']))}' then '{_short(str(second['text']))}'"
    for column in ("kind", "good", "asked_if"):
        if first[column] != second[column]:
            return f"{column} changed from {first[column] or 'none'} to {second[column] or 'none'}"
    scales = one.scale(item), two.scale(item)
    if any(getattr(scales[0], part) != getattr(scales[1], part) for part in ("codes", "lo", "hi")):
        return f"scale changed from {scales[0].name} to {scales[1].name}"
    labels = [{code: normal(scale.shown[code]) for code in scale.codes} for scale in scales]
    return "the scale's labels changed" if labels[0] != labels[1] else ""


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:44]} … {text[-44:]}"
