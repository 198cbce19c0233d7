"""A column that is a question of its own."""

import re

from dxkit.files.cells import normal
from dxkit.survey.reading.drafting.fields import LEAST, Asked, Field, found_in, says, unsure
from dxkit.survey.reading.drafting.joined import by_pieces
from dxkit.survey.reading.drafting.ordered import LIKE_ID, by_labels, by_numbers
from dxkit.survey.reading.headers import OTHER
from dxkit.survey.reading.labels.marks import NOT_TICKED, TICKED
from dxkit.survey.reading.scales import BUILT_IN
from dxkit.survey.reading.tools.base import Tool

_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([tT ].*)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MOST_LABELS = 30
_FEW_RARE = 2
_MANY_GROUPS = 25
_MANY_STEPS = 12


def alone(field: Field, tool: Tool) -> Asked:
    """What one column asks; doubtful is a yes or no to which everybody gave the same answer."""
    asked = _first_fitting(field, tool)
    if asked.scale == "yesno" and len(field.answers) == 1:
        same = f"every answer is '{next(iter(field.answers))}'"
        asked.doubts["kind"] = f"{same}; where a blank means no, or the column says nothing, write ignore"
    return asked


def _first_fitting(field: Field, tool: Tool) -> Asked:
    """The first of yes or no, numbers, a scale, several joined, groups, a choice, own words."""
    text, answers = field.name, field.answers
    if says("personal", text) and len(text) < 120 and 3 * len(answers) > field.filled:
        return Asked([field], text, "ignore")
    if not answers or OTHER.search(normal(field.option)):
        return Asked([field], text, "comment")
    if sum(n for word, n in answers.items() if _DATE.fullmatch(word)) >= 0.97 * field.filled:
        return Asked([field], text, "date")
    if says("weight", normal(text)) and sum(field.numbers.values()) == field.filled:
        return Asked([field], text, "weight", doubts={"kind": "it is called so; a weight counts in every figure"})
    if set(answers) <= (TICKED | NOT_TICKED) - {"0", "1", "x"}:
        known = all(BUILT_IN["yesno"].code_of(word) is not None for word in field.people)
        yes = Asked([field], text, "choice", "yesno" if known else "")
        yes.labels = [] if known else choices(field, list(answers))
        return yes if known or len(answers) > 1 else Asked([field], text, "comment")
    if found := by_numbers([field], text) or by_labels([field], text):
        if found.family == "bands" and says("tenure", text):
            return _segment(field)
        return found
    if joined := by_pieces(field, tool.separators):
        return joined
    return _labelled(field)


def _labelled(field: Field) -> Asked:
    """A segment or a choice where labels come again and again, else own words."""
    repeated = {word: n for word, n in field.answers.items() if n >= LEAST}
    if says("id", _CAMEL.sub(" ", field.name)) and len(field.answers) > 0.9 * field.filled:
        return Asked([field], field.name, "ignore", doubts={"kind": LIKE_ID})
    share = sum(repeated.values()) / field.filled
    short = sum(len(word) for word in repeated) / max(1, len(repeated)) < 120
    own_words = says("own_words", field.name) and sum(len(word.split()) for word in repeated) > 4 * len(repeated)
    place = _is_place(field)
    few = len(repeated) <= _MOST_LABELS and len(repeated) <= max(2, field.filled / 3)
    least = 0.5 if place else 0.8
    if len(repeated) < 2 and (place or len(field.answers) == 1):
        same = len(repeated) == len(field.answers)
        why = (
            "everybody gave the same answer"
            if same
            else "it asks for a group, but nearly every answer is of one person"
        )
        asked = _segment(field) if place and repeated and share >= least else Asked([field], field.name, "comment")
        asked.doubts["kind"] = why
        return asked
    if 2 <= len(repeated) <= min(_MANY_STEPS, field.filled / 10) and share >= 0.97:
        short, own_words = True, False  # nobody's own words are so often the same
    if (
        len(repeated) < 2
        or share < least
        or not short
        or not (few or place)
        or own_words
        or _mostly_placeholders(repeated)
    ):
        return Asked([field], field.name, "comment")
    if place:
        return _segment(field)
    rare = [word for word, n in repeated.items() if n < field.filled / 100]
    kept = [word for word in repeated if word not in rare or len(rare) <= _FEW_RARE]
    asked = Asked([field], field.name, "choice", labels=choices(field, kept))
    if len(kept) < len(repeated):
        asked.doubts["scale"] = "labels that under 1% gave are left out"
    return asked


def _is_place(field: Field) -> bool:
    """Whether a column says which group somebody is of: no line of a grid, nor a question that is answered by yes."""
    text = _CAMEL.sub(" ", field.name)
    if (
        field.option
        or text.casefold().endswith("other")
        or not says("segment", text)
        or (len(field.answers) > max(_MANY_GROUPS, field.filled / 4))
    ):
        return False
    first = {word.split()[0].strip(",.;:-") for word, n in field.answers.items() if n >= LEAST and word.split()}
    return first.isdisjoint(TICKED | NOT_TICKED) and (not says("asks", text) or says("about_self", text))


def _segment(field: Field) -> Asked:
    """A segment; its id is the word for such a group, for titles and columns of results are called so."""
    asked = Asked([field], field.name, "segment")
    word = found_in(_CAMEL.sub(" ", field.name), "segment")
    if word and word[0].isalpha():
        asked.item = word[0]
    if len(field.answers) > _MANY_GROUPS:
        asked.doubts["kind"] = f"{len(field.answers)} groups are many; few of them can be shown"
    return asked


def choices(field: Field, words: list[str]) -> list[tuple[float, str]]:
    """The labels of a choice, the most frequent first, and those that mean "no opinion".

    Where a tenth of the people say so in words of the question, that is one of the answers."""
    total = sum(field.people.values())
    no_opinion, _ = unsure([field])
    common = [normal(label) for _, label in no_opinion if field.people[normal(label)] >= total / 10]
    words = [word for word in field.people if word in words or word in common]
    rows = [(float(code), field.spelled[word]) for code, word in enumerate(words, 1)]
    return rows + [(code, label) for code, label in no_opinion if normal(label) not in common]


def _mostly_placeholders(words: dict[str, int]) -> bool:
    """Whether the labels differ by a number only, as where texts were replaced by their length."""
    heads = {re.sub(r"\d+", "", normal(word)).strip() for word in words}
    return len(words) > 2 and len(heads) == 1 and any(any(map(str.isdigit, word)) for word in words)
