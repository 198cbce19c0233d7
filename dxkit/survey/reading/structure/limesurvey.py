"""The types of LimeSurvey questions, and the headers that LimeSurvey gives their columns."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dxkit.files.shipped import table_beside
from dxkit.survey.reading.structure.model import Line, Option, Question, Structure, assembled, number_of
from dxkit.survey.reading.structure.plain_text import in_line, plain

_SINGLE = {"L": "one", "!": "one", "O": "one", "5": "one", "Y": "one", "G": "one", "I": "one"}
_SIMPLE = {"N": "number", "S": "text", "T": "text", "U": "text", "D": "date", "*": "ignore"}
_GRIDS = {"A", "B", "C", "E", "F", "H"}
_FORMS = {"K": "number", "Q": "text"}
_TABLES = {":": "number", ";": "text"}
_WORDS = table_beside(__file__, "words.toml")
_FIXED = {"Y": "YN", "G": "FM", "C": "YUN", "E": "ISD"}


@dataclass(kw_only=True)
class Asked:
    """A question as the file has it, in one language. Subquestions and answers are (code, text, scale).

    The names of attributes are in small letters.
    """

    code: str
    type: str
    text: str
    other: bool = False
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)


def structure(asked: Iterable[Asked], file: str, language: str) -> Structure:
    """The questions of a survey in its own language; those of a type that dxkit does not know are left out."""
    words = language.partition("-")[0]
    return assembled("LimeSurvey", file, (question for one in asked for question in _made(one, words)))


def _made(one: Asked, words: str) -> Iterator[Question]:
    text = plain(one.text)
    lines = [(code, plain(line)) for code, line, scale in one.lines if scale in ("", "0")]
    headers = tuple(Line(f"{one.code}[{code}]", line) for code, line in lines)
    if one.type in _SINGLE:
        options = tuple(_options(one, words))
        texts = (f"{one.code}[comment]",) * (one.type == "O") + (f"{one.code}[other]",) * one.other
        yield Question(code=one.code, text=text, kind=_SINGLE[one.type], options=options, texts=texts)
    elif one.type in ("M", "P"):
        yield _multiple(one, text, lines, words)
    elif one.type == "R":
        options = tuple(_options(one, words)) or tuple(Option(code, line) for code, line in lines)
        most = number_of(one.attributes.get("max_subquestions") or one.attributes.get("max_answers"))
        count = int(min(most, len(options))) if most and most >= 1 else len(options)
        places = tuple(Line(f"{one.code}[{i}]", str(i)) for i in range(1, count + 1))
        yield Question(code=one.code, text=text, kind="rank", options=options, lines=places)
    elif one.type in _GRIDS:
        yield Question(code=one.code, text=text, kind="grid", options=tuple(_options(one, words)), lines=headers)
    elif one.type == "1":
        for scale in ("0", "1"):
            which = plain(one.attributes.get(f"dualscale_header{'ab'[int(scale)]}")) or str(int(scale) + 1)
            both = tuple(Line(f"{header.code}[{int(scale) + 1}]", header.text) for header in headers)
            options = tuple(_options(one, words, scale))
            yield Question(code=one.code, text=in_line(text, which), kind="grid", options=options, lines=both)
    elif one.type in _TABLES:
        yield from _table(one, text, lines)
    elif one.type in _FORMS or one.type in _SIMPLE:
        kind = _FORMS.get(one.type) or _SIMPLE[one.type]
        low, high = _limits(one.attributes, "min_num_value_n", "max_num_value_n", "slider_min", "slider_max")
        fields = headers if one.type in _FORMS else ()
        yield Question(code=one.code, text=text, kind=kind, lines=fields, low=low, high=high)


def _multiple(one: Asked, text: str, lines: list[tuple[str, str]], words: str) -> Question:
    options = [Option(code, line, f"{one.code}[{code}]") for code, line in lines]
    texts = []
    if one.other:
        options.append(Option("other", _other(one, words), f"{one.code}[other]"))
        texts.append(f"{one.code}[other]")
    if one.type == "P":
        texts += [f"{one.code}[{option.code}comment]" for option in options]
    return Question(code=one.code, text=text, kind="multi", options=tuple(options), texts=tuple(texts))


def _table(one: Asked, text: str, lines: list[tuple[str, str]]) -> Iterator[Question]:
    """A question for each line of a table of numbers, texts or boxes."""
    across = [(code, plain(column)) for code, column, scale in one.lines if scale == "1"]
    low, high = _limits(one.attributes, "multiflexible_min", "multiflexible_max")
    for code, line in lines:
        headers = [(f"{one.code}[{code}_{column}]", column, label) for column, label in across]
        start, whole = f"{one.code}[{code}]", in_line(text, line)
        if one.attributes.get("multiflexible_checkbox", "0") not in ("", "0"):
            options = tuple(Option(column, label, header) for header, column, label in headers)
            yield Question(code=start, text=whole, kind="multi", options=options)
        else:
            fields = tuple(Line(header, label) for header, _, label in headers)
            yield Question(code=start, text=whole, kind=_TABLES[one.type], lines=fields, low=low, high=high)


def _options(one: Asked, words: str, scale: str = "0") -> Iterator[Option]:
    """The fixed answers of the type, or the author's own."""
    if one.type in ("5", "A", "B"):
        yield from (Option(str(i), str(i)) for i in range(1, 11 if one.type == "B" else 6))
    elif one.type in _FIXED:
        labels = _WORDS["answers"].get(words, _WORDS["answers"]["en"])
        yield from (Option(code, labels[code]) for code in _FIXED[one.type])
    else:
        yield from (Option(code, plain(label) or code) for code, label, of in one.answers if (of or "0") == scale)
        if one.other and one.type in ("L", "!", "O"):
            yield Option("-oth-", _other(one, words))


def _other(one: Asked, words: str) -> str:
    return plain(one.attributes.get("other_replace_text")) or _WORDS["other"].get(words, "Other")


def _limits(attributes: Mapping[str, str], *names: str) -> tuple[float | None, float | None]:
    """The first low and the first high number among attributes named in turn: low, high, low, high."""
    numbers = [number_of(attributes.get(name)) for name in names]
    lows, highs = ([n for n in numbers[side::2] if n is not None] for side in (0, 1))
    return next(iter(lows), None), next(iter(highs), None)
