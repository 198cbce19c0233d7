"""What a page is made of, whatever it is written as: sentences, pictures and tables under headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from dxkit.results.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dxkit.plots.sentences.told import Told


def capital(text: str) -> str:
    """The text with a capital first.

    >>> capital("no change holds")
    'No change holds'
    """
    return f"{text[:1].upper()}{text[1:]}"


@dataclass(frozen=True, eq=False)
class Sentences:
    """Sentences one below another; a list where there are several."""

    texts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture with the sentence that it shows, and how sure that is."""

    told: Told
    figure: Figure

    @staticmethod
    def of(result: Result, sentence: str = "", **options: object) -> Picture:
        """The picture of a result; `sentence` in place of its own, where the page is about a part of it."""
        told = result.told(**options)
        return Picture(told._replace(sentence=sentence or told.sentence), result.figure_for_page(**options))

    @property
    def sentence(self) -> str:
        return capital(self.told.sentence)

    @property
    def how_sure(self) -> str:
        return self.told.how_sure and f"{capital(self.told.how_sure).rstrip('.')}."

    @property
    def alt(self) -> str:
        return self.told.alt

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        width, height = self.figure.get_size_inches()
        return float(width), float(height)

    def drawn(self, form: str) -> bytes:
        """The picture as svg or png: the same bytes for the same picture."""
        import matplotlib as mpl

        made = BytesIO()
        settings: dict[Any, Any] = {"svg.hashsalt": "dxkit", "svg.fonttype": "path", "savefig.dpi": 200}
        none = {"svg": ("Creator", "Date", "Format", "Type"), "png": ("Software",)}[form]
        with mpl.rc_context(settings):
            self.figure.savefig(made, format=form, metadata=dict.fromkeys(none), facecolor="white")
        return made.getvalue()


@dataclass(frozen=True, eq=False)
class Grid:
    """A table: what it is about, its headings, and the cells; `numbers` says which columns stand at the right."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]

    @staticmethod
    def of(caption: str, columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> Grid:
        """From columns, each a heading and whether it holds numbers."""
        headings, numbers = zip(*columns, strict=True)
        return Grid(caption, headings, tuple(map(tuple, rows)), numbers)


Block = Sentences | Picture | Grid


@dataclass(frozen=True, eq=False)
class Part:
    """What stands under one heading. On paper parts of half the width stand side by side, the first at the left."""

    heading: str
    blocks: tuple[Block, ...]
    half: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Document:
    """A page: what it is about, its first sentence, its parts, and where its figures come from."""

    language: str
    about: str
    title: str
    parts: tuple[Part, ...]
    provenance: tuple[str, ...]
    one_page: bool = False

    @property
    def pictures(self) -> list[Picture]:
        return [block for part in self.parts for block in part.blocks if isinstance(block, Picture)]

    @property
    def rows(self) -> list[list[Part]]:
        """The parts as they stand on paper: each by itself, and those of half the width together."""
        return [
            part
            for half, together in groupby(self.parts, lambda part: part.half)
            for part in ([list(together)] if half else [[part] for part in together])
        ]

    def caption(self, picture: Picture) -> str:
        """The sentence of a picture, unless it is the title of the page."""
        return "" if picture.sentence == self.title else f"{picture.sentence}."
