"""A page as one HTML file: no script, no request, its pictures inside it, readable aloud, on a phone and on paper."""

import base64
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from itertools import count
from string import Template

from dxkit.project.pages.blocks import Block, Document, Grid, Part, Picture


def page(document: Document) -> str:
    """The whole file."""
    numbers = count(1)
    rows = [[_part(document, part, numbers) for part in row] for row in document.rows]
    parts = [_halves(row) if len(row) > 1 else row[0] for row in rows]
    skeleton = Template((files("dxkit.project.pages") / "skeleton.html").read_text(encoding="utf-8"))
    return skeleton.substitute(
        language=document.language,
        about=escape(document.about),
        title=escape(document.title),
        kind=' class="one"' if document.one_page else "",
        parts="\n".join(parts),
        provenance=" · ".join(map(escape, document.provenance)),
    )


def written(document: Document) -> bytes:
    return page(document).encode()


def _part(document: Document, part: Part, numbers: Iterator[int]) -> str:
    blocks = "\n".join(_block(document, block, numbers) for block in part.blocks)
    return f"<section>\n<h2>{escape(part.heading)}</h2>\n{blocks}\n</section>"


def _halves(parts: list[str]) -> str:
    rest = "\n".join(parts[1:])
    return f'<div class="halves">\n<div>\n{parts[0]}\n</div>\n<div>\n{rest}\n</div>\n</div>'


def _block(document: Document, block: Block, numbers: Iterator[int]) -> str:
    if isinstance(block, Picture):
        return _picture(block, document.caption(block))
    if isinstance(block, Grid):
        return _table(block, f"table{next(numbers)}")
    if len(block.texts) == 1:
        return f"<p>{escape(block.texts[0])}</p>"
    return "<ul>\n" + "\n".join(f"<li>{escape(text)}</li>" for text in block.texts) + "\n</ul>"


def _picture(picture: Picture, caption: str) -> str:
    data = base64.b64encode(picture.drawn("svg")).decode()
    width, height = (round(96 * inches) for inches in picture.size)
    said = [f"<strong>{escape(caption)}</strong>"] if caption else []
    said += [f'<span class="sure">{escape(picture.how_sure)}</span>'] if picture.how_sure else []
    return (
        f"<figure>\n<figcaption>{' '.join(said)}</figcaption>\n"
        f'<img src="data:image/svg+xml;base64,{data}" width="{width}" height="{height}" alt="{escape(picture.alt)}">\n'
        "</figure>"
    )


def _table(grid: Grid, name: str) -> str:
    """A table that scrolls by itself where it is wider than the window, also by the keys."""
    kinds = [' class="number"' if right else "" for right in grid.numbers]
    head = "".join(
        f'<th scope="col"{kind}>{escape(text)}</th>' for text, kind in zip(grid.headings, kinds, strict=True)
    )
    rows = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td{kind}>{escape(text)}</td>" for text, kind in zip(row[1:], kinds[1:], strict=True))
        + "</tr>"
        for row in grid.rows
    )
    kind = "wide many" if len(grid.headings) > 5 else "wide"
    return (
        f'<div class="{kind}" role="region" aria-labelledby="{name}" tabindex="0">\n<table>\n'
        f'<caption id="{name}"><span>{escape(grid.caption)}</span></caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
    )
