"""Texts of a structure file as people read them."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_BLOCKS = frozenset("p br div li ul ol td th tr table h1 h2 h3 h4 h5 h6 hr blockquote section dd dt dl".split())
_TAGS = _BLOCKS | frozenset(
    "a abbr b big button center cite code em font i img input ins kbd label mark nobr q s small span strike strong"
    " style script sub sup tbody thead tfoot tt u var video audio source iframe body html head meta link pre figure"
    " article header footer main nav o:p svg path select option form col colgroup caption del".split()
)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.hidden += 1
        elif tag not in _TAGS:
            self.parts.append(self.get_starttag_text() or "")
        elif tag in _BLOCKS:
            self.parts.append(" ")
        elif tag == "img":
            self.parts.append(f" {dict(attrs).get('alt') or ''} ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("script", "style"):
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.hidden = max(self.hidden - 1, 0)
        elif tag in _BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def plain(text: object) -> str:
    """A text as people read it: tags left out, entities decoded, one space for any white space.

    >>> plain("<p>How <b>satisfied</b> are you&nbsp;with &#39;CI&#39;?<br>Think of 5 &lt; 10.</p><script>x()</script>")
    "How satisfied are you with 'CI'? Think of 5 < 10."
    >>> plain("List<T>, less than <5 minutes")
    'List<T>, less than <5 minutes'
    """
    text = text if isinstance(text, str) else "" if text is None else str(text)
    if "<" in text:
        parser = _Text()
        try:
            parser.feed(text)
            parser.close()
            text = "".join(parser.parts)
        except (AssertionError, ValueError):  # declarations that the parser of the standard library gives up on
            text = re.sub(r"<[^<>]*>", " ", text)
    else:
        text = html.unescape(text)
    return " ".join(text.replace("\x00", "").split())


def in_line(stem: str, statement: str) -> str:
    """The text of one line of a grid, as a codebook writes it.

    >>> in_line("How often?", "At night")
    'How often? [At night]'
    """
    return f"{stem} [{statement}]" if stem and statement else stem or statement
