"""Questions with several choices: whether options are joined in one cell or have a column each, ticked or placed.

Who answered is one thing for the whole question: every option of a person who did is chosen or not. See
docs/methods/scores.md, "Who answered"."""

import re
from collections.abc import Container, Mapping, Sequence

import numpy as np
import pandas as pd

from dxkit.files.cells import normal, number
from dxkit.survey.reading.codebook import UNLISTED, split_question
from dxkit.survey.reading.distinct import appended, blank, filled, flags, looked_up, overlaid, read_as, times
from dxkit.survey.reading.distinct import column as column_of
from dxkit.survey.reading.headers import Column, is_joined, is_option, key
from dxkit.survey.reading.labels.marks import NOT_TICKED, TICKED, means_none
from dxkit.survey.reading.rules.columns import Columns
from dxkit.survey.reading.rules.table import JOINT
from dxkit.survey.reading.scales import NOT_PLACED
from dxkit.survey.reading.several.joined_cells import SPARE, Multiple, between, split_cells
from dxkit.survey.reading.tools.registry import is_technical


def texts_of(name: str) -> str:
    """The column that holds what people chose of a question beside its options, a line for each answer."""
    return f"{UNLISTED} {name}"


def choose(answers: dict[str, pd.Categorical], file: Columns) -> tuple[list[str], dict[str, np.ndarray]]:
    """Put Yes, No or blank (or the place) into `answers` for every option of the codebook.

    Returns notes; and the notes that end with a number of people, with a flag per row for those who count.
    """
    notes: list[str] = []
    counted: dict[str, np.ndarray] = {}
    for asked in _multiples(file):
        options = [file.matched[item] for item in asked.items]
        joined = all(is_joined(column, asked.stem) for column in options) or _share(options)
        cells = {item: answers[item] for item in asked.items}
        if asked.old and _is_grid(asked, cells, joined):
            continue
        others: list[tuple[int | None, pd.Categorical]] = []
        if joined:
            whole = cells[asked.items[0]]
            often = dict(zip(whole.categories, times(whole).tolist(), strict=True))
            split = file.rules.about("separator", asked.name, asked.stem) or any(JOINT in cell for cell in often)
            usual, spare = (
                ((JOINT,), ()) if split else ((*file.tool.separators, "\n"), (*SPARE, *between(often, asked)))
            )
            marks, written, separator = split_cells(often, asked, usual, spare)
            found = {item: read_as(whole, marks[item]) for item in asked.items}
            unlisted = read_as(whole, ["\n".join(labels) for labels in written])
            if separator not in (*usual, *SPARE):
                notes.append(f"'{asked.stem[:60]}': answers are split by '{separator.strip()}'")
            every = [whole]
        elif asked.kind == "rank":
            found, unlisted, every = _placed(asked, cells, file)
        else:
            others = _unlisted(asked, options, file)
            found, unlisted = _ticked(asked, cells)
            every = [*cells.values(), *(column for _, column in others)]
            for position, column in others:
                if position is not None:  # else a comment of the codebook holds it
                    unlisted = appended(unlisted, _beside(asked, column, NOT_TICKED))
        answered = np.logical_or.reduce([filled(column) for column in every])
        declined = answered & ~np.logical_or.reduce([filled(_beside(asked, column, ())) for column in every])

        def cell(marks: pd.Categorical, answered=answered, declined=declined) -> pd.Categorical:
            return overlaid(overlaid(marks, ~answered, ""), declined, "N/A")

        for item in asked.items:
            answers[item] = cell(found[item])
        answers[texts_of(asked.name)] = unlisted = overlaid(unlisted, declined, "")
        beside = filled(unlisted)
        if asked.kind == "multi":
            answers[f"{asked.name}[{UNLISTED}]"] = cell(column_of(beside.astype(np.int8), ["No", "Yes"]))
        notes += _remarks(asked, found, answered)
        told = joined or file.rules.about("blank_is_none", asked.name, asked.stem) is not None
        counted |= _counted(asked, found, answered, declined, beside, told)
    return notes, counted


def _multiples(file: Columns) -> list[Multiple]:
    groups: dict[str, Multiple] = {}
    codebook = file.book
    for row in codebook.questions:
        if not is_option(row) or row.item not in file.matched:
            continue
        stem, label = split_question(row.text)
        name = codebook.question_of(row.item) if row.kind != "rating" else key(stem)
        if name not in groups:
            options: dict[str, str] = {}
            scale = codebook.scale(row.item)
            if row.kind != "rating":
                scale = codebook.scales[str(codebook.items.set_index("item").loc[name, "scale"])]
                options = {
                    text: f"{name}[{scale.shown[code]}]" for text, code in scale.labels.items() if code in scale.shown
                }
            groups[name] = Multiple(name=name, stem=stem, kind=row.kind, items=[], options=options, scale=scale)
        groups[name].items.append(row.item)
        if row.kind == "rating":
            groups[name].options[normal(label)] = row.item
    return list(groups.values())


def _share(options: Sequence[Column]) -> bool:
    """Whether all options are in one column, which was found by the id of the question."""
    same = len({column.position for column in options}) == 1 < len(options)
    return same and not any(column.parts[1] for column in options)


def _is_grid(asked: Multiple, cells: Mapping[str, pd.Categorical], joined: bool) -> bool:
    """Whether ratings on yesno are questions of their own, answered yes or no, and no options that are ticked."""
    if joined:
        single = len(asked.items) == 1
        return single and all(asked.scale.code_of(cell) is not None for cell in cells[asked.items[0]].categories)
    labels = {item: label for label, item in asked.options.items()}
    return any(_is_answer(text, labels[item]) for item in cells for text in cells[item].categories)


def _is_answer(text: str, label: str) -> bool:
    """Whether the cell of an option says no, or is a number that ticks nothing."""
    word = normal(text)
    return word != label and (word in NOT_TICKED or (word not in TICKED and number(text)[1] is None))


def _beside(asked: Multiple, column: pd.Categorical, marks: Container[str]) -> pd.Categorical:
    """The texts of a column that are neither one of these marks nor "no opinion"."""
    strange = [normal(text) not in marks and not asked.is_no_opinion(text) for text in column.categories]
    return read_as(column, [text if new else "" for text, new in zip(column.categories, strange, strict=True)])


def _ticked(asked: Multiple, cells: Mapping[str, pd.Categorical]) -> tuple[dict[str, pd.Categorical], pd.Categorical]:
    """Which options have a mark in their own column, and the texts there that are neither a mark nor the label."""
    found: dict[str, pd.Categorical] = {}
    unlisted = blank(len(cells[asked.items[0]]))
    for item, column in cells.items():
        own = {label for label, of in asked.options.items() if of == item}
        found[item] = read_as(column, ["Yes" if normal(text) in own | TICKED else "No" for text in column.categories])
        unlisted = appended(unlisted, _beside(asked, column, own | TICKED | NOT_TICKED | {""}))
    return found, unlisted


def place_columns(stem: str, options: Container[str], header: Sequence[Column]) -> list[Column]:
    """The columns that hold what was put in first place, in second, and so on; none where each option has a column."""
    lines = [column for column in header if column.parts[1] and key(column.parts[0]) == key(stem)]
    return [] if any(normal(column.parts[1]) in options for column in lines) else lines


def _placed(
    asked: Multiple, cells: Mapping[str, pd.Categorical], file: Columns
) -> tuple[dict[str, pd.Categorical], pd.Categorical, list[pd.Categorical]]:
    """The places of options: from a column for each option, or from a column for each place."""
    places = place_columns(asked.stem, asked.options, file.header)
    unlisted = blank(len(cells[asked.items[0]]))
    if not places:
        found = {
            item: read_as(
                column, [NOT_PLACED if not text or asked.is_no_opinion(text) else text for text in column.categories]
            )
            for item, column in cells.items()
        }
        return found, unlisted, list(cells.values())
    found = {item: read_as(unlisted, [NOT_PLACED]) for item in asked.items}
    for order, column in enumerate(places, 1):
        number, texts = re.search(r"\d+", column.parts[1]), file.body[column.position]
        options = [asked.options.get(normal(text), "") for text in texts.categories]
        for item in asked.items:
            here = looked_up(np.array([option == item for option in options]), texts.codes)
            found[item] = overlaid(found[item], here, number[0] if number else str(order))
        unlisted = appended(unlisted, _beside(asked, texts, {""} | asked.options.keys()))
    return found, unlisted, [file.body[column.position] for column in places]


def _unlisted(asked: Multiple, options: Sequence[Column], file: Columns) -> list[tuple[int | None, pd.Categorical]]:
    """Columns of the same question that are not options of it, such as "Other (please specify)": position, or None
    where the column is a comment of the codebook, and cells. A tick there stands for the name of the column."""
    tool, stem = file.tool, key(asked.stem)
    comments = {file.at[item] for item in file.book.of_kind("comment") if item in file.at}
    taken = set(file.at.values()) - comments  # what a comment holds was an answer too
    families = {stem}.union(*map(families_of, options))
    opening = key(f"{asked.stem} - x")[:-1]
    last = max(column.position for column in options)
    known = {normal(column.parts[1]) for column in options}
    others: list[tuple[int | None, pd.Categorical]] = []
    for column in file.header:
        again = column.parts[1] and normal(column.parts[1]) in known and key(column.parts[0]) == stem
        added = is_technical(tool, column.code) and not column.code.upper().endswith(tool.text_endings)
        if again or added or column.position in taken:  # again: of another question of this text
            continue
        bare = tool.other_follows and column.position == last + 1 and normal(column.stem) == "other"
        if bare or families & families_of(column) or key(column.stem).startswith(opening):
            name = column.parts[1] or split_question(column.code)[1] or column.stem
            texts = file.body[column.position]
            position = None if column.position in comments else column.position
            words = [name if normal(text) in TICKED else text for text in texts.categories]
            others.append((position, read_as(texts, words)))
    return others


def families_of(column: Column) -> set[str]:
    return {key(stem) for stem, option in (column.parts, split_question(column.code)) if option}


def _remarks(asked: Multiple, found: Mapping[str, pd.Categorical], answered: np.ndarray) -> list[str]:
    """Notes on a question: that it is written in the old form, and that it looks like a ranking."""
    notes, stem, k = [], asked.stem[:60], len(asked.items)
    if asked.old and k > 1:
        notes.append(
            f"'{stem}': {k} ratings on yesno are read as options of one question; write one row of kind multi to say so"
        )
    if asked.kind != "rank" and k > 2 and answered.sum() > 2:
        if all(_chosen(found[item])[answered].all() for item in asked.items):
            notes.append(f"'{stem}': everybody chose every option; write kind rank if they were put in order")
    return notes


def _chosen(marks: pd.Categorical) -> np.ndarray:
    return flags(marks, "Yes".__eq__)


def _counted(
    asked: Multiple,
    found: Mapping[str, pd.Categorical],
    answered: np.ndarray,
    declined: np.ndarray,
    beside: np.ndarray,
    told: bool,
) -> dict[str, np.ndarray]:
    """Whom notes count: who chose something beside the options, left every box blank, chose "none" beside others."""
    counted, stem = {}, asked.stem[:60]
    counted[f"'{stem}': people who chose something outside the codebook's options"] = beside
    if asked.kind == "multi" and not told:
        said = "counted as skipped (with the rule blank_is_none: as having chosen none)"
        counted[f"'{stem}': people who left every option blank, {said}"] = ~answered
    if asked.kind != "rank":
        nothing = np.array([_means_none(asked, item) for item in asked.items])
        chosen = np.array([_chosen(found[item]) for item in asked.items])
        both = chosen[nothing].any(axis=0) & chosen[~nothing].any(axis=0) & ~declined
        counted[f"'{stem}': people who chose none of these beside an option, all counted"] = both
    return counted


def _means_none(asked: Multiple, item: str) -> bool:
    labels = {label for label, of in asked.options.items() if of == item}
    return any(map(means_none, labels)) or (not asked.old and any(asked.scale.labels.get(text) == 0 for text in labels))
