"""Which columns of a file a question, a rule or the tool may look at; the cells of others do not matter."""

from __future__ import annotations

from collections.abc import Sequence

from dxkit.files.cells import normal
from dxkit.survey.reading.codebook import Codebook, split_question
from dxkit.survey.reading.headers import Column, Index, is_option, key
from dxkit.survey.reading.rules.table import Rules
from dxkit.survey.reading.several.multiple_choice import families_of
from dxkit.survey.reading.tools.base import Tool


def used_columns(header: Sequence[Column], codebook: Codebook, tool: Tool, rules: Rules) -> list[int] | None:
    """The positions of these columns, and perhaps of more; None for all."""
    if any(not rule.question for rule in rules.of("missing")):
        return None  # such a rule counts the cells of every column
    index = Index(header, codebook, tool)
    found: list[Column] = []
    stems: set[str] = set()
    for row in codebook.questions:
        if row.kind == "ignore" and not index.is_filter(row):
            continue
        stem = key(split_question(row.text)[0])
        asked = [column for several in index.of(row) for column in several]
        if is_option(row):
            asked += [column for several in index.joined(row, stem, codebook) for column in several]
            stems |= {stem}.union(*map(families_of, asked))
        found += [*asked, *index.options.get(key(row.text), [])]
    openings = tuple(key(f"{stem} - x")[:-1] for stem in stems)
    names = {*tool.respondent, *tool.finished_in, tool.preview_in}
    names.update(tool.tells_finished([_code(column) for column in header]))
    named = {normal(rule.question) for rule in rules.rules if rule.question}
    for column in header:
        bare = tool.other_follows and normal(column.stem) == "other"
        beside = bare or key(column.parts[0]) in stems or stems & families_of(column)
        if beside or (openings and key(column.stem).startswith(openings)) or _code(column) in names:
            found.append(column)
        elif named and not named.isdisjoint(map(normal, (column.code, column.cell, column.name, column.stem))):
            found.append(column)
    return sorted({column.position for column in found})


def _code(column: Column) -> str:
    return normal(column.code) or column.code.strip()
