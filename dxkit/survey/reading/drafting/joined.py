"""Several answers joined in one cell: which separator joins them, and which options there are."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dxkit.files.cells import normal
from dxkit.survey.reading.drafting.fields import LEAST, Asked, Field, says, unsure
from dxkit.survey.reading.labels.no_opinion import is_no_opinion
from dxkit.survey.reading.labels.order import label_order

SEPARATORS = {";": ";", ", ": ",", ",": ",", " / ": "/", "/": "/", "|": "pipe", "\n": "newline", " ": "space"}
_MOST_OPTIONS = 80
_MOST_STEPS = 12
_SAMPLE = 200  # different cells
_WHOLE = 0.8
_ALONE = 0.65
_TRUSTED = (";", "|", "\n", "json")  # they hardly ever stand inside a label
_IN_WORDS = (" ", "/")  # they also stand inside labels
_MOSTLY_ALONE = 0.75


@dataclass(frozen=True, eq=False)
class _Way:
    """What a column is with one separator: its options with their people, and the options in each cell."""

    separator: str
    explained: float
    alone: float
    options: dict[str, int]
    cells: dict[str, list[str]]
    spelled: dict[str, str]


def by_pieces(field: Field, usual: Sequence[str]) -> Asked | None:
    """Several choices, or a ranking, joined in one cell; None where no separator explains the cells."""
    cells = {text: n for text, n in field.often.items() if text and not is_no_opinion(text)}
    total = sum(cells.values())
    if total < 4 or len(cells) < 2 or (len(cells) <= _MOST_STEPS and label_order(cells)):  # steps of few words
        return None
    ended = sum(n for text, n in cells.items() if text.endswith(";"))
    listed = _split(cells, ";", total) if ended >= 0.9 * total else None  # a tool that ends each piece so
    way = (
        listed
        if listed and len(listed.options) > 1
        else _best([way for separator in _candidates(cells) for way in _ways(cells, separator, total)], total)
    )
    if way is None:
        return None
    options = sorted(way.options, key=lambda word: (-way.options[word], word))
    labels = [(float(code), way.spelled[word]) for code, word in enumerate(options, 1)]
    labels += unsure([field])[0]
    asked = Asked([field], field.name, _kind(way, cells, total), labels=labels)
    if way.separator == " ":
        asked.doubts["kind"] = "taken for several answers joined by a space; it may be one answer of several words"
    if way.separator not in (*usual, "|", " "):
        asked.rules.append(("separator", SEPARATORS.get(way.separator, way.separator)))
    rare = Counter(word for text, words in way.cells.items() for word in words for _ in range(cells[text]))
    if any(n >= LEAST and word not in way.options for word, n in rare.items()):
        asked.doubts["scale"] = "options that under 1% chose are left out"
    return asked


def _candidates(cells: dict[str, int]) -> list[str]:
    if all(text.startswith("[") and _is_list(text) for text in cells):
        return ["json"]
    found = [separator for separator in SEPARATORS if any(separator in text.strip() for text in cells)]
    if len(cells) < 2 * _SAMPLE:
        return found
    sample = list(cells)[:: len(cells) // _SAMPLE]  # own words are told from options by a part of them
    return [separator for separator in found if _repeats(sample, separator)]


def _repeats(cells: Sequence[str], separator: str) -> bool:
    """Whether enough of the pieces come again for them to be options."""
    pieces = Counter(piece.strip().casefold() for text in cells for piece in text.split(separator))
    return sum(n for n in pieces.values() if n > 1) >= _ALONE / 2 * sum(pieces.values())


def _is_list(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def _pieces(text: str, separator: str, within: str = "") -> list[str]:
    """The pieces of a cell; what stands in parentheses is not split, nor what goes on with these letters."""
    if separator == "json":
        return [str(each) for each in json.loads(text)]
    pieces = text.split(separator)
    words = any(map(str.isalpha, text))
    whole = [pieces[0]]
    for piece in pieces[1:]:
        goes_on = (within and piece.startswith(within)) or (words and _within_number(separator, whole[-1], piece))
        if goes_on or whole[-1].count("(") > whole[-1].count(")"):
            whole[-1] += separator + piece
        else:
            whole.append(piece)
    return [piece for piece in whole if normal(piece)]


def _within_number(separator: str, before: str, after: str) -> bool:
    """Whether a comma stands before three digits of a number, as in "up to 49,999"."""
    return separator == "," and before[-1:].isdigit() and bool(re.match(r"\d{3}(?!\d)", after))


def _ways(cells: dict[str, int], separator: str, total: int) -> list[_Way]:
    """What a column is with a separator; where tools join by a bare comma, one before a space is within a label."""
    bare = [_split(cells, separator, total, within=" ")] if separator == "," else []
    return [*bare, _split(cells, separator, total)]


def _split(cells: dict[str, int], separator: str, total: int, within: str = "") -> _Way:
    split = {text: _pieces(text, separator, within) for text in cells}
    spelled: dict[str, str] = {}
    for text in sorted(cells, key=lambda text: (cells[text], text)):
        spelled.update({normal(piece): " ".join(piece.split()) for piece in split[text]})
    words = {text: [normal(piece) for piece in pieces] for text, pieces in split.items()}
    words, spelled = _merged(words, cells, spelled, separator)
    people: Counter[str] = Counter()
    for text, pieces in words.items():
        people.update({word: cells[text] for word in dict.fromkeys(pieces)})
    least = max(LEAST, total / 100)
    options = {word: n for word, n in people.items() if n >= least and any(map(str.isalnum, word))}
    alone = {pieces[0] for pieces in words.values() if len(pieces) == 1} & set(options)
    explained = sum(options.values()) / max(1, sum(people.values()))
    return _Way(separator, explained, len(alone) / max(1, len(options)), options, words, spelled)


def _merged(words: dict[str, list[str]], cells: dict[str, int], spelled: dict[str, str], separator: str):
    """Pieces that always come together, in this order, are one option that holds the separator."""
    joint = separator if separator != "json" else ", "
    for _ in range(6):
        times: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for text, pieces in words.items():
            for word in pieces:
                times[word] += cells[text]
            for pair in zip(pieces, pieces[1:], strict=False):
                pairs[pair] += cells[text]
        always = {a: b for (a, b), n in pairs.items() if a != b and n == times[a] == times[b] and n >= LEAST}
        if not always or separator == "json":
            return words, spelled
        for text, pieces in words.items():
            if not pieces:
                continue
            merged: list[str] = []
            skip = False
            for word, after in zip(pieces, [*pieces[1:], ""], strict=True):
                if skip:
                    skip = False
                elif always.get(word) == after and after:
                    both = normal(f"{word}{joint}{after}")
                    spelled[both] = f"{spelled[word]}{joint}{spelled[after]}"
                    merged.append(both)
                    skip = True
                else:
                    merged.append(word)
            words[text] = merged
    return words, spelled


def _best(ways: Sequence[_Way], total: int) -> _Way | None:
    """The separator that explains most, of those that explain enough and join different numbers of options."""
    good = [way for way in ways if _fits(way)]
    return max(good, key=lambda way: (round(way.explained, 2), len(way.separator), -len(way.options)), default=None)


def _fits(way: _Way) -> bool:
    several = [words for words in way.cells.values() if len(set(words)) > 1]
    sizes = {len(words) for words in way.cells.values()}
    if not 2 <= len(way.options) <= _MOST_OPTIONS or not several:
        return False
    needed = 0.9 if way.separator in _IN_WORDS else _WHOLE if way.alone < 1 / 3 else _ALONE
    ranked = way.separator != " " and sizes == {len(way.options)} and len(several) == len(way.cells)
    loose = way.separator in _IN_WORDS and way.alone < _MOSTLY_ALONE and not _is_coded(way)
    if way.explained < needed or (loose and not ranked):
        return False
    if _parts_of_labels(way) > len(several) / 2:
        return False
    trusted = way.separator in _TRUSTED or ranked
    if len(sizes) == 1 and not trusted:
        return False
    combined = {tuple(words) for words in several if way.options.keys() >= set(words)}
    standing = {words[0] for words in way.cells.values() if len(words) == 1}
    apart = len(combined) > 1 or _is_coded(way) or all(standing.issuperset(words) for words in combined)
    if trusted:
        return ranked or not standing.isdisjoint(word for words in combined for word in words)
    return bool(combined) and apart and (len(way.cells) > len(way.options) or way.alone >= 1 / 3)


def _is_coded(way: _Way) -> bool:
    """Whether the options are codes, as KoboToolbox and ODK join them by spaces, and one stands alone and joined."""
    standing = {words[0] for words in way.cells.values() if len(words) == 1}
    joined = {word for words in way.cells.values() if len(set(words)) > 1 for word in words}
    return bool(standing & joined) and all(re.fullmatch(r"[a-z0-9_.]+", spelled) for spelled in way.spelled.values())


def _parts_of_labels(way: _Way) -> int:
    """How many cells have a part of a label: a piece whose neighbour is always the same and never alone, or one that
    goes on with a sentence."""
    beside: dict[str, list[set[str]]] = {}
    for words in way.cells.values():
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
            sides = beside.setdefault(word, [set(), set()])
            sides[0].add(before)
            sides[1].add(after)
    standing = {words[0] for words in way.cells.values() if len(words) == 1}
    parts = {
        word
        for word, sides in beside.items()
        if word in way.options and any(len(side) == 1 and side != {""} and not side & standing for side in sides)
    } | {word for word in beside if says("goes_on", word)}
    return sum(not parts.isdisjoint(words) for words in way.cells.values() if len(set(words)) > 1)


def _kind(way: _Way, cells: dict[str, int], total: int) -> str:
    """rank where nearly everybody named all options, in different orders."""
    full = sum(cells[text] for text, words in way.cells.items() if sorted(words) == sorted(way.options))
    orders = {tuple(words) for words in way.cells.values()}
    return "rank" if way.separator != " " and full >= 0.9 * total and len(orders) > 1 else "multi"
