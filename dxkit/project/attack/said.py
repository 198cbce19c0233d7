"""What texts, comments and headings tell: addresses, ids, counts of few people, groups that are hidden elsewhere."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from dxkit.project.attack.published import HEADINGS, Contents, Finding, Seen, some

_FEWEST_WRITERS = 5
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4}
_WHO = r"(?:people|persons?|respondents?|developers?|engineers?|employees?|colleagues?|members?|writers?|answers?)"
_COUNTED = re.compile(
    rf"(?<![\d.,])(?:(?P<number>\d+|\b(?:{'|'.join(_NUMBERS)}))\s+(?:\w+\s+)?{_WHO}|\bn\s*=\s*(?P<n>\d+))\b(?! each\b)",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(r"(than|least|most|under|below|from|to|every|each|minimum|between|if|per)\s*$", re.IGNORECASE)
IDS = {*HEADINGS["ids"]}
_ABOUT = "Developer survey"  # what every page is headed, also where a role is called Developer


def said(contents: Contents, ids: Sequence[str], attributes: Collection[str], least: int) -> Iterator[Finding]:
    """Everybody of whom the words of the files tell; `attributes` are columns that say of whom a figure is."""
    yield from _comments(contents.tables, least)
    yield from _in_texts(contents, ids, least)
    yield from _columns_of_ids(contents.tables)
    yield from _named_though_hidden(contents, attributes)


def _comments(tables: Sequence[Seen], least: int) -> Iterator[Finding]:
    """Comments beside anything else about their writers, in another order than the alphabet's, or of too few."""
    lists: list[tuple[Seen, Counter[str]]] = []
    for table in tables:
        texts = [text for text in table.cells("comment", "comments") if text]
        if not texts:
            continue
        writers = "writers of comments"
        others = [name for name in table.header if name not in ("", "comment", "comments")]
        if others:
            yield table.tells(writers, f"comments stand beside {', '.join(others[:4])}")
        if [text.casefold() for text in texts] != sorted(text.casefold() for text in texts):
            yield table.tells(writers, "comments are not in alphabetical order, which may be the order of the answers")
        if len(texts) < _FEWEST_WRITERS:
            yield table.tells(writers, f"only {len(texts)} wrote one")
        for other, before in lists:
            more, fewer = Counter(texts) - before, before - Counter(texts)
            if before & Counter(texts) and 0 < more.total() + fewer.total() < least:
                who = some(more.total() + fewer.total())
                how = f"their comments stand in one list and not in that of {other.file}, {other.where}"
                yield table.tells(who, how)
        lists.append((table, Counter(texts)))


def _in_texts(contents: Contents, ids: Sequence[str], least: int) -> Iterator[Finding]:
    """Addresses, ids, and counts of few people in any text; code and comments are not looked through for counts."""
    comments = {
        row[at] for table in contents.tables for row in table.rows if (at := table.column("comment")) is not None
    }
    own = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ids))})(?!\w)", re.IGNORECASE) if ids else None
    for said in contents.texts:
        if mail := _MAIL.search(said.text):
            who = f"a mail address ({mail[0][:3]}...)"
            yield said.tells(who, "it is written out")
        if own and (found := own.search(said.text)):
            who = f"an id of the people ({found[0][:3]}...)"
            yield said.tells(who, "it is written out")
        for count in _COUNTED.finditer("" if said.where in ("a table", "code") or said.text in comments else said.text):
            word = (count["number"] or count["n"]).casefold()
            number = int(word) if word.isdigit() else _NUMBERS[word] if said.where != "the text" else 0
            if 0 < number < least and not _NO_COUNT.search(said.text[: count.start()]):
                at = max(0, count.start() - 30)
                how = f"the text counts them: '{said.text[at : count.end() + 30]}'"
                yield said.tells(some(number), how)


def _columns_of_ids(tables: Sequence[Seen]) -> Iterator[Finding]:
    for table in tables:
        for at, name in enumerate(table.header):
            if name in IDS and len({row[at] for row in table.rows if row[at]}) > 1:
                yield table.tells("people by their ids", f"column '{name}'")


def _named_though_hidden(contents: Contents, attributes: Collection[str]) -> Iterator[Finding]:
    """A group that every table hides, named with a number in a text."""
    hidden, seen = set(), set()
    for table in contents.tables:
        for row, n in zip(table.rows, table.cells("n", "answered", "responded", "answers"), strict=False):
            texts = (text for name, text in zip(table.header, row, strict=True) if name in attributes)
            label = {text for text in texts if len(text) > 1 and not text[0].isdigit() and text != "hidden"}
            (hidden if n.casefold() in ("hidden", "–", "-", "") else seen).update(label)
    sayings = [(said, said.text.replace(_ABOUT, "")) for said in contents.texts if said.where != "a table"]
    for name in sorted(hidden - seen):
        told = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)[^.]*\d")
        for said, text in sayings:
            if name in text and told.search(text):
                how = f"{name} is hidden in every table and named here"
                yield said.tells(f"the group {name}", how)
