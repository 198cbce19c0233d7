"""Texts of a web page or a file of questions as people read them."""

import html
import re

_BLOCKS = "p|br|div|li|ul|ol|td|th|tr|table|h[1-6]|hr|blockquote|section|dd|dt|dl"
_INLINE = (
    "abbr|a|big|button|b|center|cite|code|em|font|input|ins|i|kbd|label|mark|nobr|q|small|span|strike|strong|sub|sup|s|"
    "tbody|thead|tfoot|tt|u|var|video|audio|source|iframe|body|html|head|meta|link|pre|figure|article|header|footer|"
    "main|nav|o:p|svg|path|select|option|form|colgroup|col|caption|del"
)
_REST = r"""(?=[\s/>])(?:[^<>"']|"[^"]*"|'[^']*')*>"""  # attributes, and the end of the tag
_MARKUP = re.compile(
    rf"<(?P<unseen>script|style){_REST}.*?(?:</(?P=unseen)\s*>|$)|<!--.*?(?:-->|$)|<[!?][^<>]*>|"
    rf"(?P<block></?(?:{_BLOCKS}){_REST})|<img\b(?P<image>{_REST})|<(?:{_INLINE}){_REST}|</[a-z][^<>]*>",
    flags=re.IGNORECASE | re.DOTALL,
)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", flags=re.IGNORECASE)


def plain(text: object) -> str:
    """A text as people read it: tags left out, entities decoded, one space for any white space.

    >>> plain("<p>How <b>satisfied</b> are you&nbsp;with &#39;CI&#39;?<br>Think of 5 &lt; 10.</p><script>x()</script>")
    "How satisfied are you with 'CI'? Think of 5 < 10."
    >>> plain("List<T>, less than <5 minutes")
    'List<T>, less than <5 minutes'
    """
    text = text if isinstance(text, str) else "" if text is None else str(text)
    return " ".join(html.unescape(_MARKUP.sub(_seen, text)).replace("\x00", "").split())


def _seen(tag: re.Match[str]) -> str:
    """What people see of a tag: a space where a line begins, the words in place of an image, else nothing."""
    words = _ALT.search(tag["image"] or "")
    return f" {next(filter(None, words.groups()), '')} " if words else " " if tag["block"] or tag["image"] else ""


def in_line(stem: str, statement: str) -> str:
    """The text of one line of a grid, as a codebook writes it.

    >>> in_line("How often?", "At night")
    'How often? [At night]'
    """
    return f"{stem} [{statement}]" if stem and statement else stem or statement
