"""A page as PDF/UA by Typst, which refuses what cannot be read aloud."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from dxkit.files.errors import DataError
from dxkit.project.pages.blocks import Block, Document, Grid, Picture

PDF = 'a PDF needs Typst; install it with: pip install "dxkit[pdf]"'
_LINE, _WORD = 84, 26  # letters that stand beside each other on a page; of a word or number that is not broken
_PICTURE = (125, 205)  # millimetres: how wide and how high a picture is at most, where a page is not one sheet
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
    made = b""
    for scale in _SCALES if document.one_page else (1.0,):
        page = json.dumps(_data(document, pictures, scale), ensure_ascii=False)
        given: Any = {"input": sources, "font_paths": fonts, "sys_inputs": {"page": page}}
        if document.one_page and len(_pages(typst.compile(**given, format="svg"))) > 1 and scale > _SCALES[-1]:
            continue
        made = typst.compile(**given, format="pdf", pdf_standards=["ua-1"])
        break
    return made


def _pages(made: Any) -> list[bytes]:
    return made if isinstance(made, list) else [made]


def _data(document: Document, pictures: list[Picture], scale: float) -> dict[str, Any]:
    return {
        "language": document.language,
        "about": document.about,
        "title": document.title,
        "scale": scale,
        "one": document.one_page,
        "provenance": " · ".join(document.provenance),
        "rows": [
            [
                {
                    "heading": part.heading,
                    "blocks": [
                        _block(document, block, pictures, _LINE / scale / min(len(row), 2)) for block in part.blocks
                    ],
                }
                for part in row
            ]
            for row in document.rows
        ],
    }


def _block(document: Document, block: Block, pictures: list[Picture], room: float) -> dict[str, Any]:
    if isinstance(block, Picture):
        told = {"caption": document.caption(block), "sure": block.how_sure, "alt": block.alt}
        width, height = block.size
        shown = min(_PICTURE[0], _PICTURE[1] * width / height)
        return {"kind": "picture", "file": f"{pictures.index(block)}.svg", "width": shown, **told}
    if isinstance(block, Grid):
        aligned = ["right" if right else "left" for right in block.numbers]
        cells = {"head": block.headings, "rows": block.rows, "align": aligned, "widths": _widths(block, room)}
        return {"kind": "table", "caption": block.caption, **cells}
    return {"kind": "sentences", "texts": block.texts}


def _widths(grid: Grid, room: float) -> list[float]:
    """How wide the columns are to each other: room for every number and word first, then for whole texts."""
    least, most = [], []
    for heading, right, cells in zip(grid.headings, grid.numbers, zip(*grid.rows, strict=True), strict=True):
        parts = [*heading.replace("-", "- ").split(), *(cells if right else " ".join(cells).split())]
        least.append(3 + max(min(len(part), _WORD) for part in parts))
        most.append(max(least[-1], *(3 + min(len(text), 2 * _WORD) for text in (heading, *cells))))
    spare = max(0, room - sum(least)) / max(1, sum(most) - sum(least))
    return [low + min(1.0, spare) * (high - low) for low, high in zip(least, most, strict=True)]
