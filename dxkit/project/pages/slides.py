"""A page as slides: its first sentence, then a slide for each picture with its sentence as the title."""

import zipfile
from importlib import import_module
from io import BytesIO
from math import ceil
from textwrap import wrap
from typing import Any

from dxkit.files.errors import DataError
from dxkit.project.pages.blocks import Document, Picture

PPTX = 'slides need python-pptx; install it with: pip install "dxkit[pptx]"'
_INCH, _POINT = 914_400, 12_700  # units of the format
_LEFT, _TOP, _WIDTH = 0.6, 1.6, 12.1  # inches: where a picture begins, and how wide a slide is without its margins
_PICTURE, _BESIDE = (8.6, 5.6), 5.0  # the room of a picture, and how wide the words beside it are at most
_TITLE, _TITLE_ONLY = 0, 5  # layouts of the template
_SIZES = (32, 28, 24, 20, 18, 16, 14, 12)  # points
_GREY = "595959"
_LANGUAGES = {"en": "en-GB", "de": "de-DE"}
_DAY = (1980, 1, 1, 0, 0, 0)  # of every file in the archive, so that equal input gives equal bytes


def written(document: Document) -> bytes:
    """The slides; what a picture shows stands in its description as well."""
    try:
        deck: Any = import_module("pptx").Presentation()
    except ImportError:
        raise DataError(PPTX) from None
    deck.slide_width, deck.slide_height = _inches(13.333), _inches(7.5)
    deck.core_properties.title, deck.core_properties.language = document.about, document.language
    deck.core_properties.author = ""
    language = _LANGUAGES[document.language]
    first = deck.slides.add_slide(deck.slide_layouts[_TITLE])
    _say(first.shapes.title, document.title, language, (_LEFT, 2.0, _WIDTH, 2.4), 32)
    _say(first.placeholders[1], document.about, language, (_LEFT, 4.6, _WIDTH, 1.4), 24, _GREY)
    first.notes_slide.notes_text_frame.text = "\n".join(document.provenance)
    for picture in document.pictures:
        _with_picture(deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY]), picture, language)
    made = BytesIO()
    deck.save(made)
    return _undated(made)


def _with_picture(slide: Any, picture: Picture, language: str) -> None:
    """The sentence above, the picture at the left, and at its right how sure it is; they are read in this order."""
    _say(slide.shapes.title, picture.sentence, language, (_LEFT, 0.3, _WIDTH, 1.2), 24)
    width, height = picture.size
    larger = min(_PICTURE[0] / width, _PICTURE[1] / height)
    image = BytesIO(picture.drawn("png"))
    where = (_inches(each) for each in (_LEFT, _TOP, larger * width, larger * height))
    placed = slide.shapes.add_picture(image, *where)
    placed._element.nvPicPr.cNvPr.set("descr", picture.alt)
    if picture.how_sure:
        taken = larger * width + 0.3
        box = (_LEFT + taken, _TOP, min(_WIDTH - taken, _BESIDE), _PICTURE[1])
        _say(slide.shapes.add_textbox(0, 0, 0, 0), picture.how_sure, language, box, 18, _GREY)


def _say(shape: Any, text: str, language: str, box: tuple[float, ...], size: int, colour: str = "1A1A1A") -> None:
    """Write a text into a shape: as large as fits the box (left, top, width and height in inches), from the left."""
    shape.left, shape.top, shape.width, shape.height = map(_inches, box)
    shape.text_frame.word_wrap, shape.text_frame.text = True, text
    fitting = [each for each in _SIZES if each <= size and _lines(text, box[2], each) * 1.2 * each / 72 <= box[3]]
    for paragraph in shape.text_frame.paragraphs:
        paragraph._p.get_or_add_pPr().set("algn", "l")
        for run in paragraph.runs:
            run.font.size = (fitting or _SIZES[-1:])[0] * _POINT
            run.font.color.rgb = import_module("pptx.dml.color").RGBColor.from_string(colour)
            run._r.get_or_add_rPr().set("lang", language)


def _lines(text: str, width: float, size: int) -> int:
    """How many lines a text takes in letters of this size, as wide as those of wide fonts."""
    letters = max(1, int((width - 0.2) * 72 / (0.62 * size)))
    return sum(ceil(len(line) / letters) for line in wrap(text, letters, break_long_words=False))


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
