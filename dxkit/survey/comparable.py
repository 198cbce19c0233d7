"""What two waves have in common: questions asked alike, and people who answered both times.

See docs/methods/change.md, "Comparing two surveys"."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dxkit.files.cells import normal
from dxkit.statistics.overlap import Wave
from dxkit.survey.estimates import Estimates
from dxkit.survey.reading.codebook import UNLISTED, Codebook
from dxkit.survey.reading.responses import Survey
from dxkit.survey.tally.cells import Cells
from dxkit.survey.tally.from_survey import of_survey
from dxkit.survey.tally.tally import Tally
from dxkit.survey.tally.variables import contrasts


class Alike(NamedTuple):
    """(level, name) of what was asked alike in both waves; a frame of what was not, and why; questions of the former
    that were asked in other words; the earlier question of each later one; and the later codebook."""

    names: list[tuple[str, str]]
    apart: pd.DataFrame
    reworded: list[str]
    earlier: dict[str, str]
    codebook: Codebook


def comparable(first: Cells, second: Cells) -> Alike:
    """What of two waves may be compared. A question that continues another one has the later name."""
    one, two = first.codebook, second.codebook
    earlier = continued(one, two)
    later = {item: name for name, item in earlier.items()}
    keys = [_keys(first), _keys(second)]
    keys[0] = [(level, later.get(name, name) if level == "item" else name) for level, name in keys[0]]
    why: dict[tuple[str, str], str] = {}
    for level, name in dict.fromkeys(keys[0] + keys[1]):
        if (level, name) not in keys[0] or (level, name) not in keys[1]:
            why[level, name] = "only in the later wave" if (level, name) in keys[1] else "only in the earlier wave"
        elif level == "item" and (reason := differs(one, two, name, earlier[name])):
            why[level, name] = reason
    changed = {name for level, name in why if level == "item"}
    for level, name in keys[1]:
        parts = {"dimension": [name], "overall": two.dimensions}.get(level, [])
        held = [
            ({later.get(i, i) for i in one.dimension_items(part)}, set(two.dimension_items(part))) for part in parts
        ]
        others = {item for was, now in held for item in (was ^ now) | ((was | now) & changed)}
        if (level, name) not in why and others:
            why[level, name] = f"holds {', '.join(sorted(others))}, not the same in both waves"
    alike = [key for key in keys[1] if key not in why]
    items = [name for level, name in alike if level == "item"]
    reworded = [name for name in items if _words(one, earlier[name]) != _words(two, name)]
    rows = [(level, name, reason) for (level, name), reason in why.items()]
    return Alike(alike, pd.DataFrame(rows, columns=["level", "name", "why"]), reworded, earlier, two)


def continued(one: Codebook, two: Codebook) -> dict[str, str]:
    """The earlier question of each later one: the one whose id or text is in `same_as`, else that of the same id."""
    known = {name: item for item in one.measured for name in _names(one, item)}
    found = {item: known.get(normal(two.item(item)["same_as"]), item) for item in two.measured}
    taken = [earlier for item, earlier in found.items() if item != earlier]
    return {
        item: earlier
        for item, earlier in found.items()
        if earlier in one.measured and (item != earlier or earlier not in taken)
    }


def _names(book: Codebook, item: str) -> tuple[str, ...]:
    """What `same_as` may call a question: its text or its id, of an option also with a space before the bracket."""
    return normal(book.item(item)["text"]), normal(item.replace("[", " [", 1)), normal(item)


def differs(one: Codebook, two: Codebook, item: str, earlier: str) -> str:
    """How a question differs from its earlier one; empty where it does not. With `same_as` words may differ."""
    first, second = one.item(earlier), two.item(item)
    if _options(one, earlier) != _options(two, item):
        return f"the options of {two.question_of(item)} changed"
    continues = normal(second["same_as"]) in _names(one, earlier)
    if not continues and normal(first["text"]) != normal(second["text"]):
        return f"worded differently: '{_short(str(first['text']))}' then '{_short(str(second['text']))}'"
    for column in ("kind", "good", "asked_if"):
        if first[column] != second[column]:
            return f"{column} changed from {first[column] or 'none'} to {second[column] or 'none'}"
    scales = one.scale(earlier), two.scale(item)
    if any(getattr(scales[0], part) != getattr(scales[1], part) for part in ("codes", "lo", "hi")):
        return f"scale changed from {scales[0].name} to {scales[1].name}"
    alike = continues or _words(one, earlier)[1:] == _words(two, item)[1:]
    return "" if alike else "the scale's labels changed"


def _words(book: Codebook, item: str) -> list[str]:
    """The text of a question and the labels of its answers, folded."""
    scale = book.scale(item)
    return [normal(book.item(item)["text"]), *(normal(scale.shown[code]) for code in scale.codes)]


def _keys(wave: Cells) -> list[tuple[str, str]]:
    """(level, name) of what has a mean, questions first: not the one of several answers, nor other labels."""
    means = contrasts(wave.codebook)[0]
    rows = pd.concat([wave.variables.loc[wave.variables["unit"] != "choice"], means])[["level", "name"]]
    pairs = rows.itertuples(index=False, name=None)
    return [(level, name) for level, name in pairs if wave.codebook.option(name) != UNLISTED]


def _options(book: Codebook, item: str) -> set[str]:
    """The folded options of the question that an item is an option of."""
    question = book.question_of(item)
    return {normal(book.option(row.item)) for row in book.questions if book.question_of(row.item) == question}


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:44]} … {text[-44:]}"


def seen_twice(before: Survey | Tally, after: Survey | Tally) -> tuple[np.ndarray, np.ndarray] | None:
    """The rows of the people who answered both times, in each wave; None where nobody can be told again."""
    if not (isinstance(before, Survey) and isinstance(after, Survey)):
        return None
    named = [np.flatnonzero(wave.identified) for wave in (before, after)]
    keys = before.keys[named[0]], after.keys[named[1]]
    _, one, two = np.intersect1d(*keys, return_indices=True)
    return (named[0][one], named[1][two]) if len(one) else None


def side_by_side(
    sources: tuple[Survey, Survey], found: tuple[Estimates, Estimates], at: tuple[list[int], list[int]], twice
) -> tuple[Wave, Wave]:
    """The answers to the variables at these positions, with each person in the same row of both waves."""
    sizes = [len(source) for source in sources]
    later = np.full(sizes[1], -1)
    later[twice[1]] = twice[0]
    later[later < 0] = sizes[0] + np.arange(sizes[1] - len(twice[1]))
    rows, people = (np.arange(sizes[0]), later), sizes[0] + sizes[1] - len(twice[0])
    one, two = (_wave(*each, people) for each in zip(sources, found, at, rows, strict=True))
    return one, two


def _wave(source: Survey, found: Estimates, at: list[int], rows: np.ndarray, people: int) -> Wave:
    cells, counted = found.cells, of_survey(source)
    raw, origin = counted.values(cells.columns[at]), cells.origin[at]
    y = origin + cells.sign[at] * (raw - origin)
    cell = counted.place(cells.cells.columns)[1]
    weight = found.weighed.weights[:, at][cell] if source.weights is None else source.weights[:, None]
    given = np.where(np.isnan(y), 0.0, weight)
    p = np.divide(given, given.sum(axis=0), out=np.zeros_like(given), where=given > 0)
    form = found.form
    if cells.roster is not None:
        about = form.low[at] + form.width[at] * found.fit.fitted[:, at][cell]
    else:
        about = (p * np.nan_to_num(y)).sum(axis=0)
    left = y - about
    left[np.abs(left) < 1e-12 * (np.abs(about) + 1)] = 0.0
    answers = []
    for values, blank in ((y, np.nan), (p, 0.0), (left, np.nan)):
        placed = np.full((people, len(at)), blank)
        placed[rows] = values
        answers.append(placed)
    y, p, e = answers
    return Wave(y=y, p=p, e=e, weighted=cells.roster is not None or source.weights is not None)
