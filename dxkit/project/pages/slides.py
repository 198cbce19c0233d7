"""A page as slides: its first sentence, then a slide for each picture with the sentence as its title."""

from __future__ import annotations

import zipfile
from importlib import import_module
from io import BytesIO
from typing import Any

from dxkit.files.errors import DataError
from dxkit.project.pages.blocks import Document, Picture

PPTX = 'slides need python-pptx; install it with: pip install "dxkit[pptx]"'
_WIDTH, _INCH, _POINT = 13.333, 914_400, 12_700  # of a slide in inches; units of the format
_TITLE, _TITLE_ONLY = 0, 5  # layouts of the template
_DAY = (1980, 1, 1, 0, 0, 0)  # of every file in the archive, so that equal input gives equal bytes


def written(document: Document) -> bytes:
    """The slides; what a picture shows stands in its description as well."""
    try:
        deck: Any = import_module("pptx").Presentation()
    except ImportError:
        raise DataError(PPTX) from None
    deck.slide_width, deck.slide_height = _inches(_WIDTH), _inches(7.5)
    deck.core_properties.title, deck.core_properties.language = document.about, document.language
    deck.core_properties.author = ""
    _slide(deck, _TITLE, document.title, document.about, document.provenance)
    for picture in document.pictures:
        _with_picture(deck, picture)
    made = BytesIO()
    deck.save(made)
    return _undated(made)


def _slide(deck: Any, layout: int, title: str, below: str = "", notes: tuple[str, ...] = ()) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    head = slide.shapes.title
    head.left, head.width = _inches(0.6), _inches(12.1)
    head.top, head.height = (_inches(2.2), _inches(2.2)) if below else (_inches(0.3), _inches(1.2))
    head.text_frame.word_wrap, head.text_frame.text = True, title
    head.text_frame.paragraphs[0].font.size = (32 if below else 24) * _POINT
    if below:
        body = slide.placeholders[1]
        body.left, body.top, body.width, body.height = _inches(0.6), _inches(4.6), _inches(12.1), _inches(1.2)
        body.text_frame.text = below
    if notes:
        slide.notes_slide.notes_text_frame.text = "\n".join(notes)
    return slide


def _with_picture(deck: Any, picture: Picture) -> None:
    slide = _slide(deck, _TITLE_ONLY, picture.sentence)
    width, height = picture.size
    larger = min(11.5 / width, 5.6 / height)
    left = (_WIDTH - larger * width) / 2
    image = BytesIO(picture.drawn("png"))
    placed = slide.shapes.add_picture(
        image, _inches(left), _inches(1.6), _inches(larger * width), _inches(larger * height)
    )
    placed._element.nvPicPr.cNvPr.set("descr", picture.alt)


def _inches(count: float) -> int:
    return round(count * _INCH)


def _undated(made: BytesIO) -> bytes:
    """The archive without the time at which it was written."""
    again = BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, _DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return again.getvalue()
