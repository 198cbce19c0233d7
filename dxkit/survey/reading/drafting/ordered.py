"""Labels and numbers that form a scale: its codes, the kind of question, and what about it is doubtful."""

import math
import re
from collections.abc import Mapping, Sequence

from dxkit.files.cells import normal, number
from dxkit.survey.reading.codebook import LOW, NEITHER
from dxkit.survey.reading.drafting.fields import LEAST, Asked, Field, found_in, says, together, unsure
from dxkit.survey.reading.labels.no_opinion import is_no_opinion
from dxkit.survey.reading.labels.order import LabelScale, label_order
from dxkit.survey.reading.scales import range_scale

_MISSING = (99, 999, 9999, 88, 98, 77, -1, -9, -99, -999)
_FEW_CODES = frozenset({1.0, 2.0, 3.0})  # for yes, no and not sure
_NUMERIC = ("rating", "importance", "hours", "recommend", "number")
_MOST_LABELS = 14
_RARE = 0.03
_MEANS = r"(?:is|are|being|means|meaning|es|significa|ist|bedeutet|est|[-=:–])"
IS_ID = re.compile(r"(?:[_ ]|^|(?<=[a-z])(?=I))(?:id|ID|Id)$")  # employee_id, SurveyID
_FROM_TO = re.compile(
    r"\b([01])\b\W{0,3}(?:\([^)]*\)\W{0,3})?(?:to|through|and|al?|y|bis|und|à|et|-|–|/)\W{0,3}(\d{1,2})\b(?! ?%)"
)
_ENDS = (
    re.compile(rf"\b(10|[3-9]) ?{_MEANS} ?\D{{3,80}}?\b([01]) ?{_MEANS}"),
    re.compile(rf"\b([01]) ?{_MEANS} ?\D{{3,80}}?\b(10|[3-9]) ?{_MEANS}"),
)
_END = re.compile(
    rf"(?<![\d.,])(\d{{1,2}}) ?(?:{_MEANS} ?|\()([^\W\d][^\d(),;.?/]*?)"
    r"(?= ?[(),;.?/]| (?:and|to|bis|und|et|à|y)\b|$)"
)
UNUSED = "nobody chose some labels of this scale; their codes are kept"
LEFT_OUT = "labels that few people gave are left out; add them to the scale, or a rule label"
BESIDE = "labels that are no step of this scale count as no opinion; give them a code where they are one"
HIGHEST = "nothing says which end is good; the highest number is taken"
WHICH_END = "the words of the scale do not say which end is good; write high or low where one is"
OTHER_WORDS = "another question has one step in other words; give both one scale if it has both steps"
NUMBERED = "the question asks for yes or no; write which number is which"
LIKE_ID = "it looks like an id; write id if it names a person"
KEPT = "a step that one person gave has its number in place of its words; write the words if they are the survey's"


def by_labels(fields: Sequence[Field], text: str) -> Asked | None:
    """Ratings (or hours) on a scale that the labels of these columns form together; None where they form none."""
    people, spelled = together(fields)
    named = {normal(step): step for each in fields for step in each.steps}
    people, spelled = {**dict.fromkeys(named, 0), **people}, {**named, **spelled}
    answers = {word: n for word, n in people.items() if not is_no_opinion(word)}
    many = [word for word in answers if answers[word] >= LEAST or word in named]
    if len(answers) < 2 or len(many) > _MOST_LABELS:
        return None
    total = sum(answers.values())
    found, left = _order(answers, spelled, many, total)
    if found is None or sum(answers[word] for word in left) > total / 20:
        return None
    codes = {normal(label): code for label, code in found.codes.items() if not math.isnan(code)}
    family = found.rule if found.rule.endswith(")") else ""
    labels = [(code, spelled[word]) for word, code in codes.items() if word in many or family]
    single = [word for word in codes if word not in many]
    if family:  # the words of a published scale are nobody's own
        labels = [(code, label) for code, label in labels if normal(label) not in single]
        labels += [(code, label) for label, code in found.unused.items()]
        labels += [(codes[word], word.capitalize()) for word in single]
    if len({code for code, _ in labels}) < 2:
        return None
    no_opinion, alone = unsure(fields)
    labels += no_opinion
    left += [normal(label) for label, code in found.codes.items() if math.isnan(code) and normal(label) in answers]
    beside = [word for word in left if answers[word] >= LEAST]
    labels += [(math.nan, spelled[word]) for word in beside]
    asked = _rated(fields, text, found, labels)
    asked.unused = frozenset(map(normal, found.unused)) if family else frozenset()
    asked.spare = {} if family else {word: spelled[word] for word in single}
    if len(left) > len(beside) or alone:
        asked.doubts["scale"] = LEFT_OUT
    elif beside:
        asked.doubts["scale"] = BESIDE
    elif single and not family:
        asked.doubts["scale"] = KEPT
    return asked


def by_order(fields: Sequence[Field], text: str, labels: Sequence[str]) -> Asked | None:
    """Ratings on the scale that these labels form, whoever chose them; None where they form none."""
    if len(labels) < 2 or (found := label_order(labels)) is None:
        return None
    rows = [(code, label) for label, code in found.codes.items()]
    return _rated(fields, text, found, rows)


def _rated(fields: Sequence[Field], text: str, found: LabelScale, labels: list[tuple[float, str]]) -> Asked:
    """The kind of question that has this scale, and which end is good."""
    rule = found.rule.split()[0]
    asked = Asked(fields, text, "rating", labels=sorted(labels, key=_by_code), ordered=True, family=found.rule)
    if says("important", text) or rule == "importance":
        asked.kind = "importance"
        return asked
    if rule == "bands" and found.unit == "hour" and says("hours", text):
        asked.kind = "hours"
        return asked
    asked.good = "" if found.good == "high" else found.good
    if rule in ("frequency", "amount", "bands"):
        asked.good = found.good or NEITHER
        asked.doubts["good"] = "how often, how much or how long something is may be good, bad or neither"
    elif not found.good:
        asked.good = "" if rule in ("numbered", "range") else NEITHER
        asked.doubts["good"] = WHICH_END if asked.good else HIGHEST
    return asked


def _by_code(row: tuple[float, str]) -> tuple[bool, float, str]:
    return math.isnan(row[0]), row[0], row[1]


def _order(
    answers: Mapping[str, int], spelled: Mapping[str, str], many: Sequence[str], total: int
) -> tuple[LabelScale | None, list[str]]:
    """The order of all labels, else of those that several people gave, else of those that are not rare."""
    usual = [word for word in many if answers[word] >= _RARE * total]
    for words in (list(answers), many, usual):
        if 2 <= len(words) <= _MOST_LABELS + 6 and (found := label_order([spelled[word] for word in words])):
            return found, [word for word in answers if word not in words]
    return None, []


def by_numbers(fields: Sequence[Field], text: str) -> Asked | None:
    """Numbers: hours, a recommendation, a rating, a slider or an amount; None where under 97% are numbers."""
    filled = sum(each.filled for each in fields)
    counts: dict[float, int] = {}
    for each in fields:
        for value, n in each.numbers.items():
            counts[value] = counts.get(value, 0) + n
    if not filled or sum(counts.values()) < 0.97 * filled:
        return None
    if sum(counts.values()) < filled and _banded(fields):
        return None
    missing = _missing(counts)
    values = {value: n for value, n in counts.items() if value not in missing}
    asked = _kind_of_number(fields, text, values)
    if asked is None:
        return None
    if missing:
        asked.rules += [("missing", f"{value:g}") for value in missing]
        asked.doubts["kind"] = "the numbers in the rule missing look like codes of no answer"
    if sum(counts.values()) < filled:
        _with_words(asked, fields)
    no_opinion, alone = unsure(fields)
    asked.labels += no_opinion if asked.kind == "choice" else []
    asked.rules += [("missing", label) for _, label in no_opinion if asked.kind in _NUMERIC]
    if alone and asked.kind in _NUMERIC:
        asked.doubts["scale"] = LEFT_OUT
    return asked


def _banded(fields: Sequence[Field]) -> bool:
    """Whether numbers and the few labels beside them are one scale, such as 1, 2, 3+."""
    people, spelled = together(fields)
    labels = [spelled[word] for word in people if not is_no_opinion(word)]
    return 2 < len(labels) <= _MOST_LABELS and (found := label_order(labels)) is not None and found.rule == "bands"


def _with_words(asked: Asked, fields: Sequence[Field]) -> None:
    """What becomes of the few cells that are no numbers."""
    ends = range_scale(asked.scale)
    if asked.kind in ("number", "hours") or (ends is not None and ends.numeric):
        asked.rules.append(("unreadable", ""))
        asked.doubts["kind"] = "a few cells are no numbers; the rule unreadable leaves them out"
        return
    people, spelled = together(fields)
    if ends is None:
        asked.doubts["scale"] = LEFT_OUT
        return
    words = [word for word, n in people.items() if n >= LEAST and number(word)[1] and not is_no_opinion(word)]
    asked.doubts["scale"] = BESIDE if words else LEFT_OUT
    if words:
        asked.labels = [(code, f"{code:g}") for code in ends.codes] + [(math.nan, spelled[word]) for word in words]
        asked.scale, asked.ordered = "", True


def _missing(counts: Mapping[float, int]) -> list[float]:
    found = []
    for code in _MISSING:
        others = [value for value in counts if value != code and value not in _MISSING]
        outside = code < 0 <= min(others, default=-1) or (code > 2 * max(others, default=code))
        if code in counts and counts[code] >= LEAST - 1 and others and outside and max(others) >= 0:
            found.append(float(code))
    return found


def _kind_of_number(fields: Sequence[Field], text: str, values: Mapping[float, int]) -> Asked | None:
    low, high, n = min(values), max(values), sum(values.values())
    whole = all(value.is_integer() for value in values)
    unit = f"{found[1].rstrip('s')}s" if (found := found_in(text, "units")) else ""
    if says("hours", text) and 0 <= low and high <= 168:
        return Asked(fields, text, "hours", "hours")
    if len(fields) == 1 and len(values) == n > 4 and whole and (says("id", text) or high > 1e6):
        return Asked(fields, text, "id")
    if len(fields) == 1 and whole and IS_ID.search(text):
        return Asked(fields, text, "ignore", doubts={"kind": LIKE_ID})
    if len(values) <= 2 and set(values) <= {0.0, 1.0}:
        return Asked(fields, text, "choice", "yesno")
    if len(fields) == 1 and set(values) <= _FEW_CODES and says("yes_or_no", text) and not says("rates", text):
        labels = [(value, f"{value:g}") for value in sorted(values)]
        return Asked(fields, text, "choice", labels=labels, doubts={"scale": NUMBERED})
    stated = _stated_range(text)
    if says("recommend", text) and (stated is None or stated[0] == 0) and whole and 0 <= low and 7 < high <= 10:
        asked = Asked(fields, text, "recommend", "recommend11")
        if low > 0 or high < 10:
            asked.doubts["kind"] = "nobody chose an end of the scale; it may not go from 0 to 10"
        return asked
    if stated and whole and stated[0] <= low and high <= stated[1]:
        return _rating(fields, text, values, stated)
    if says("count", text) or not whole or low < 0:
        years = 1900 <= low <= high <= 2100 and whole
        if len(values) <= 2 and len(fields) == 1 and n > 4 and (years or not says("count", text)):
            return None  # two versions or two years are labels
        return Asked(fields, text, "number", unit=unit)
    named = (len(fields) == 1 and len(values) == 1) or all(f"{value:g}" in text for value in values)
    if high <= 10 and (len(values) > 2 or len(fields) > 1 or not named):
        return _rating(fields, text, values)
    if len(values) <= 2:
        return None  # two versions are labels
    if 20 < high <= 100:
        doubts = {"scale": "taken for a slider from 0 to 100; write kind number if it is an amount"}
        return Asked(fields, text, "rating", "0-100", doubts=doubts)
    return Asked(fields, text, "number", unit=unit)


def _stated_range(text: str) -> tuple[int, int] | None:
    """The ends of the range that a text names, with a word for each end or beside a word such as scale.

    >>> _stated_range("Please rate it from 1 (worst) to 7 (best)"), _stated_range("10 = great, 1 = awful")
    ((1, 7), (1, 10))
    >>> _stated_range("How many people, 1 to 5?") is None
    True
    """
    words = text.casefold()
    found = next(filter(None, (pattern.search(words) for pattern in _ENDS)), None)
    if found is None and says("rates", text):
        found = _FROM_TO.search(words)
    low, high = sorted(map(int, found.groups())) if found else (0, 0)
    return (low, high) if low in (0, 1) and 3 <= high <= 10 else None


def _rating(
    fields: Sequence[Field], text: str, values: Mapping[float, int], stated: tuple[int, int] | None = None
) -> Asked:
    low, high = min(values), max(values)
    start = 0 if low == 0 else 1
    top = next(end for end in (5, 7, 10) if end >= high)
    if stated is not None:
        start, top = stated
        low, high = stated
    all_seen = set(values) == set(map(float, range(start, int(high) + 1)))
    if stated is None and high in (3, 4, 6) and all_seen and sum(values.values()) >= 100:
        top = int(high)
    kind = "importance" if says("important", text) else "rating"
    asked = Asked(fields, text, kind, f"{start}-{top}", family="range")
    if stated is None and start == 0 and top < 10 and values.get(1.0) and 100 * values[low] <= sum(values.values()):
        asked.scale = f"1-{top}"  # a scale from 0 to 5 would move every score for the sake of a slip
        asked.rules.append(("missing", "0"))
        asked.doubts["kind"] = "under 1% gave 0 beside a scale from 1; the rule missing leaves them out"
    if stated is None and (low > start or high < top or top not in (5, 7, 10) or len(values) < 3):
        asked.doubts["scale"] = "nobody chose an end of the range; it may be another"
    if kind == "rating" and says("often", text):
        asked.good, asked.doubts["good"] = NEITHER, "how often something is done may be good, bad or neither"
    elif kind == "rating":
        asked.good = _good_end(text)
        asked.doubts |= {} if asked.good else {"good": HIGHEST}
        asked.good = "" if asked.good == "high" else asked.good
    return asked


def _good_end(text: str) -> str:
    """The end of the numbers that a text calls good, high or low; "" where it does not say.

    >>> _good_end("How is it? (1 = very good, 5 = very bad)"), _good_end("From 1 (terrible) to 10 (great)")
    ('low', 'high')
    >>> _good_end("Build times, 1 to 5"), _good_end("1 = no pain, 5 = a lot of pain")
    ('', '')
    """
    said = sorted((int(n), normal(words)) for n, words in _END.findall(text.casefold()))
    found = label_order([words for _, words in said]) if len(said) == 2 else None
    if found is None or found.good not in ("high", LOW):
        return ""
    rising = found.codes[said[0][1]] < found.codes[said[1][1]]
    return "high" if rising == (found.good == "high") else LOW


def keeps_dimension(asked: Asked) -> bool:
    """Whether a rating can stand in a dimension."""
    return asked.kind == "rating" and asked.good in ("", LOW)
