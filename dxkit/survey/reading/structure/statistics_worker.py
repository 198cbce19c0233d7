"""Reads an SPSS or Stata file in a process of its own, as the C library below may crash on a damaged file.

`python -m dxkit.survey.reading.structure.statistics_worker PATH MOST [answers]` writes JSON: the questions, and the
answers as texts, or the problem.
"""

import datetime as dt
import json
import re
import sys
from collections.abc import Callable
from typing import Any

from dxkit.files.cells import as_text, normal
from dxkit.survey.reading.scales import NO_OPINION
from dxkit.survey.reading.structure.plain_text import plain

_TIME = re.compile(r"(?:%t|%d|DATE|ADATE|EDATE|JDATE|SDATE|TIME|DTIME|MTIME|YMDHMS|QYR|MOYR|WKYR)", flags=re.IGNORECASE)
_NONE = frozenset(normal(label) for label in NO_OPINION)


def main(path: str, most: int, wants_answers: bool) -> dict[str, Any]:
    """What the file holds; at most `most` rows of answers, and whether there are more."""
    import pyreadstat

    read = pyreadstat.read_dta if path.lower().endswith(".dta") else pyreadstat.read_sav
    try:
        _, described = read(path, metadataonly=True, user_missing=True)
        width = max(len(described.column_names), 1)
        told: dict[str, Any] = {"questions": _questions(described)}
        if wants_answers:
            limit = max(most // width, 1)
            values, described = read(path, row_limit=limit + 1, user_missing=True, output_format="dict")
            told |= _answers(described, values, limit)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError, LookupError):
        return {"problem": "the file is broken or cut short; save it again"}
    return told


def _answers(described: Any, values: dict[str, list[Any]], limit: int) -> dict[str, Any]:
    if any(len(column) > limit for column in values.values()):
        return {"problem": f"the file has more than {limit:,} rows of {len(values)} variables; split it"}
    columns, blanks = {}, {}
    for name in described.column_names:
        labels = _labels(described, name) or _marks(described, name)
        columns[name], blanks[name] = _shown(list(values[name]), labels, _missing(described, name))
    return {"columns": columns, "blanks": {name: count for name, count in blanks.items() if count}}


def _questions(described: Any) -> list[dict[str, Any]]:
    """The fields of each `Question` and, in a list, those of its options."""
    sets = _ticks(described)
    known = set(described.column_names)
    member_of = {variable: name for name, group in sets.items() for variable in group["variable_list"]}
    questions: dict[str, dict[str, Any]] = {}
    for name in described.column_names:
        if name not in member_of:
            questions[name] = _question(described, name)
        elif (of := member_of[name]) not in questions:
            group, code = sets[of], of.lstrip("$")
            members = [variable for variable in group["variable_list"] if variable in known]
            options = [(variable, _text(described, variable) or variable, variable) for variable in members]
            text = plain(group.get("label")) or code
            questions[of] = {"code": code, "text": text, "kind": "multi", "options": options}
    return list(questions.values())


def _ticks(described: Any) -> dict[str, Any]:
    """The sets of variables that are the options of one question, each ticked or not."""
    groups = (getattr(described, "mr_sets", None) or {}).items()
    return {name: group for name, group in groups if group.get("is_dichotomy")}


def _marks(described: Any, name: str) -> dict[Any, str]:
    """1 for the value that means ticked, where the variable is an option without labels; 0 for 0, 1 and 2 else."""
    for group in _ticks(described).values():
        if name in group["variable_list"]:
            counted = group.get("counted_value")
            ticked = float(counted) if isinstance(counted, int) else counted
            return {0.0: "0", 1.0: "0", 2.0: "0", ticked: "1"}
    return {}


def _question(described: Any, name: str) -> dict[str, Any]:
    labels, is_missing = _labels(described, name), _missing(described, name)
    options = [(as_text(value), label or as_text(value), "", is_missing(value)) for value, label in labels.items()]
    if any(not missing for *_, missing in options):
        kind = "one"
    elif _is_text(described, name):
        kind = "text"
    else:
        format_ = str((described.original_variable_types or {}).get(name) or "")
        kind = "date" if _TIME.match(format_) else "number"
    return {"code": name, "text": _text(described, name) or name, "kind": kind, "options": options}


def _text(described: Any, name: str) -> str:
    return plain((described.column_names_to_labels or {}).get(name))


def _labels(described: Any, name: str) -> dict[Any, str]:
    labels = (described.variable_value_labels or {}).get(name) or {}
    ordered = sorted(labels.items(), key=lambda pair: (isinstance(pair[0], str), pair[0]))
    return {value: plain(label) for value, label in ordered}


def _missing(described: Any, name: str) -> Callable[[Any], bool]:
    """Whether a value is declared missing: in a range of SPSS, or one of the letters of a Stata number."""
    bounds = [(bound["lo"], bound["hi"]) for bound in (described.missing_ranges or {}).get(name) or []]

    def declared(value: Any) -> bool:
        if isinstance(value, str) and not _is_text(described, name):
            return True
        return any(isinstance(value, str) == isinstance(low, str) and low <= value <= high for low, high in bounds)

    return declared


def _is_text(described: Any, name: str) -> bool:
    return (described.readstat_variable_types or {}).get(name) == "string"


def _written(value: Any) -> str:
    """A value without label; a time at midnight is a date."""
    midnight = isinstance(value, dt.datetime) and value.time() == dt.time(0)
    text = str(value.date()) if midnight else as_text(value)
    return f"{value:.15f}".rstrip("0") if isinstance(value, float) and "e-" in text else text


def _shown(values: list[Any], labels: dict[Any, str], is_missing: Callable[[Any], bool]) -> tuple[list[str], int]:
    """A column as text, and how many answers were left blank as the file declares them missing."""
    texts: dict[Any, str] = {}
    shown, count = [], 0
    for value in values:
        blank = value is None or value != value or (isinstance(value, str) and not value.strip())
        if blank:
            shown.append("")
            continue
        if value not in texts:
            texts[value] = labels.get(value) or _written(value)
            if is_missing(value) and normal(texts[value]) not in _NONE:
                texts[value] = ""
        count += not texts[value]
        shown.append(texts[value])
    return shown, count


if __name__ == "__main__":
    json.dump(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["answers"]), sys.stdout)
