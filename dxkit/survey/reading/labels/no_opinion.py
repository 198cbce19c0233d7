"""Labels that say "I have no answer" (do not know, prefer not to say) or "this is not my case", in five languages."""

import re

from dxkit.files.cells import normal
from dxkit.files.shipped import table_beside
from dxkit.survey.reading.labels.folding import fold, unbroken

_SAID = table_beside(__file__, "no_opinion.toml")
_ONE = "|".join(unbroken(each) for patterns in _SAID.values() if type(patterns) is list for each in patterns)
_OF_USE = {name: unbroken(pattern) for name, pattern in _SAID["said"].items()}
_UNUSED, _NOT_MINE = _OF_USE["unused"].replace("USE", _OF_USE["use"]), _OF_USE["not_mine"]
_NOT_APPLICABLE = re.compile(rf"(?:{_OF_USE['not_applicable']})(?:\s+[-–—]+\s*|\s*[:;,(]\s*).+")
_LONGEST = 120
_JOINT = re.compile(r"\s*(?:[/,;()・:]|(?<!\w)(?:or|oder|ou|o|and|und)(?!\w)|または|\s-\s)\s*")
_LATELY = re.compile(r"\b(?:in a while|recently|lately|any ?more|yet)\b")


def is_no_opinion(label: object) -> bool:
    """Whether a label says that the person has no answer to give; two of them joined are one, and a remark may follow.

    >>> [is_no_opinion(label) for label in ("I don't know or NA", "weiß nicht", "sans opinion", "わからない")]
    [True, True, True, True]
    >>> is_no_opinion("N/A - I do not share my code"), is_no_opinion("Neutral"), is_no_opinion("None")
    (True, False, False)
    """
    text = fold(label).replace("_", " ")
    if len(text) > _LONGEST:
        return False
    if re.fullmatch(_ONE, text) or _NOT_APPLICABLE.fullmatch(normal(label)):
        return True
    pieces = [piece for piece in _JOINT.split(text) if piece]
    return len(pieces) > 1 and all(re.fullmatch(_ONE, piece) for piece in pieces)


def is_unused(text: str) -> bool:
    """Whether a folded label says that somebody does not use or do the thing.

    >>> is_unused("i had not been using tools like these"), is_unused("i was not aware of the calls")
    (True, False)
    """
    return bool(re.fullmatch(_UNUSED, text)) and not _LATELY.search(text)


def is_not_mine(text: str) -> bool:
    """Whether a folded label is a sentence that says that the question is not about this person.

    >>> is_not_mine("i have never submitted a request"), is_not_mine("not so helpful")
    (True, False)
    """
    return len(text.split()) > 2 and (bool(re.fullmatch(_NOT_MINE, text)) or is_unused(text))
