"""A page as PDF/UA by Typst, which refuses what cannot be read aloud."""

import json
import re
import unicodedata
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from dxkit.files.errors import DataError
from dxkit.project.pages.blocks import Block, Document, Grid, Picture
from dxkit.results.formatting import INSIDE_WORDS

PDF = 'a PDF needs Typst; install it with: pip install "dxkit[pdf]"'
_LETTER, _BOLD, _INSET = 0.64, 0.74, 0.95  # ems: of a letter of DejaVu Sans, of a bold one, and beside a cell
_UNBROKEN = 22  # columns of a number, and letters of a word, that stay on one line
_SCALES = (1.1, 1.0, 0.92, 0.84, 0.76, 0.7)  # of the letters on one page, until it is enough


def written(document: Document) -> bytes:
    """The page as PDF; all that a user wrote goes into it as data, never as markup."""
    try:
        typst = import_module("typst")
    except ImportError:
        raise DataError(PDF) from None
    import matplotlib

    pictures: list[Picture] = document.pictures
    sources = {f"{number}.svg": picture.drawn("svg") for number, picture in enumerate(pictures)}
    sources["main.typ"] = (files("dxkit.project.pages") / "page.typ").read_bytes()
    fonts = [Path(matplotlib.get_data_path()) / "fonts" / "ttf"]
    given: Any = {}
    for scale in _SCALES if document.one_page else (1.0,):
        page = json.dumps(_data(document, pictures, scale), ensure_ascii=False)
        given = {"input": sources, "font_paths": fonts, "sys_inputs": {"page": page}}
        pages = typst.compile(**given, format="svg") if document.one_page else b""
        if not isinstance(pages, list) or len(pages) == 1:
            break
    try:
        return typst.compile(**given, format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return typst.compile(**given, format="pdf")  # a box stands for a letter that no font here has


def _data(document: Document, pictures: list[Picture], scale: float) -> dict[str, Any]:
    return {
        "language": document.language,
        "about": _breakable(document.about),
        "title": _breakable(document.title),
        "scale": scale,
        "one": document.one_page,
        "provenance": " · ".join(document.provenance),
        "rows": [
            [
                {"heading": part.heading, "blocks": [_block(document, block, pictures) for block in part.blocks]}
                for part in row
            ]
            for row in document.rows
        ],
    }


def _block(document: Document, block: Block, pictures: list[Picture]) -> dict[str, Any]:
    if isinstance(block, Picture):
        width, height = block.size
        told = {"caption": _breakable(document.caption(block)), "sure": block.how_sure, "alt": block.alt}
        return {"kind": "picture", "file": f"{pictures.index(block)}.svg", "height": height / width, **told}
    if isinstance(block, Grid):
        return {
            "kind": "table",
            "caption": _breakable(block.caption),
            "head": block.headings,
            "rows": [[*map(_breakable, row)] for row in block.rows],
            "align": ["right" if right else "left" for right in block.numbers],
            **_widths(block),
        }
    return {"kind": "sentences", "texts": [*map(_breakable, block.texts)]}


def _widths(grid: Grid) -> dict[str, Any]:
    """How wide each column is, in ems of its letters: one of numbers as they need, those of text share what is left.

    `least` is what the table needs; where there is less room its letters are smaller.
    """
    widths, least = [], 0.0
    for heading, right, *cells in zip(grid.headings, grid.numbers, *grid.rows, strict=True):
        longest = max(map(_columns, cells), default=0)
        head = _BOLD * max(min(len(word), _UNBROKEN) for word in heading.split())
        size = max(_LETTER * min(longest, _UNBROKEN), head) + _INSET
        least += size
        wanted = max(_LETTER * min(longest, 2 * _UNBROKEN), head) + _INSET
        widths.append({"fixed": right, "size": size if right else wanted})
    return {"widths": widths, "least": least}


def _columns(text: str) -> int:
    """How many letters wide a text is; one of Chinese or Japanese is as wide as two."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def _breakable(text: str) -> str:
    """The text with places in words that are longer than a column where a line may end: before a capital, if it can."""

    def broken(word: re.Match[str]) -> str:
        parts = INSIDE_WORDS.sub("\u200b", word[0])
        return re.sub(rf"[^\u200b]{{{_UNBROKEN}}}(?=[^\u200b])", "\\g<0>\u200b", parts)

    return re.sub(rf"\S{{{_UNBROKEN + 1},}}", broken, text)
