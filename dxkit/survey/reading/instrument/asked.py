"""dxkit's own questions, as the codebook has them: in one language, with the labels of all.

See docs/instrument.md."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from dxkit.files.shipped import table_beside
from dxkit.survey.reading.codebook import COLUMNS

LANGUAGES = {"en": "English", "de": "German"}
TEAM = "team"


class Choice(NamedTuple):
    """An answer: its code, its label, and what exports of codes hold for it."""

    code: float
    label: str
    key: str


class Asked(NamedTuple):
    """A question, or a line of a grid, whose id begins with that of the grid."""

    item: str
    question: dict[str, Any]
    line: dict[str, Any]

    def text(self, lang: str) -> str:
        """What the header of an export has."""
        return f"{self.question[lang]} [{self.line[lang]}]" if self.line else self.question[lang]

    def construct(self) -> str:
        return "; ".join(part["construct"] for part in (self.question, self.line) if part and part["source"])

    def sources(self) -> str:
        """The literature, in full."""
        names = dict.fromkeys([*self.question["source"], *(self.line["source"] if self.line else ())])
        return "; ".join(questions()["sources"][name] for name in names)


@cache
def questions() -> dict[str, Any]:
    """All that is asked, as the file has it."""
    return table_beside(__file__, "questions.toml")


def lines_of(question: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a grid; none of any other question."""
    return questions()["lines"].get(question.get("lines"), [])


def asked() -> Iterator[Asked]:
    """The questions in their order, a grid line by line."""
    for question in questions()["questions"]:
        lines = lines_of(question)
        yield from [Asked(f"{question['item']}_{line['code']}", question, line) for line in lines]
        if not lines:
            yield Asked(question["item"], question, {})


def choices(scale: str, lang: str, teams: Sequence[str] = ()) -> list[Choice]:
    """The answers of a scale; those of the team question are the teams."""
    if scale == TEAM:
        return [Choice(float(k), name, f"t{k}") for k, name in enumerate(teams, 1)]
    labels = questions()["scales"][scale]
    keys = labels.get("keys") or [f"{code:g}" for code in labels["codes"]]
    return [Choice(float(code), *pair) for code, *pair in zip(labels["codes"], labels[lang], keys, strict=True)]


def tables(lang: str, teams: Sequence[str] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The codebook, and the scales with the labels of every language and the codes of the tools."""
    items = [_row(each, lang, teams) for each in asked()]
    frame = pd.DataFrame(items, columns=list(COLUMNS), dtype=object)
    scales = []
    for name in (*questions()["scales"], *([TEAM] if teams else [])):
        several = [choices(name, language, teams) for language in dict.fromkeys((lang, *LANGUAGES))]
        for same in zip(*several, strict=True):
            labels = [*(choice.label for choice in same), same[0].key, "_".join(same[0].label.split())]
            codes = {f"{choice.code:g}" for choice in same}
            kept = dict.fromkeys(labels if name == TEAM else labels[:-1])
            scales += [(name, same[0].code, label, "") for label in kept if label not in codes]
    return frame, pd.DataFrame(scales, columns=["scale", "code", "label", "favourable"], dtype=object)


def _row(each: Asked, lang: str, teams: Sequence[str]) -> dict[str, str]:
    question, line = each.question, each.line
    dimension = questions()["dimensions"].get(line.get("dimension"), {}).get(lang, "")
    topic = line[lang] if line and not dimension else ""
    scale = question.get("scale", "") or (TEAM if each.item == TEAM and teams else "")
    own = {"item": each.item, "text": each.text(lang), "kind": question["kind"], "scale": scale}
    return dict.fromkeys(COLUMNS, "") | own | {"dimension": dimension, "topic": topic}
