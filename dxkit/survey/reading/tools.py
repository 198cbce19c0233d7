"""What the files of each survey tool look like: the signs, the columns that are not questions, the header rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dxkit.files.cells import normal

_PERSONAL = re.compile(
    r"(ip|ip ?address|ipaddr|e-?mail|email address|username|name|first name|last name|full name|nachname|vorname|"
    r"recipient(first|last)? ?name|recipientemail|location(latitude|longitude)|external ?data ?reference|"
    r"custom data( \d+)?|network id|token|refurl|phone|telephone|address|user ?agent)"
)
_TECHNICAL = re.compile(
    r"(duration.*|userlanguage|distributionchannel|lastpage|startlanguage|seed|collector id|score|total points|"
    r"quiz feedback|points - .*|feedback - .*|response type|stage date \(utc\)|tags|ending|progress|finished|status|"
    r"recordeddate|start ?date( \(utc\))?|end ?date|submit date \(utc\)|start time|completion time|"
    r"last modified time|submitdate|datestamp|timestamp|response ?id|respondent id|#|id|.*time|interviewtime)"
)
_FILLED = frozenset(  # columns in which every answer has a number or date
    {"startdate", "enddate", "recordeddate", "progress", "duration (in seconds)", "responseid", "respondent id"}
)
_CODED = re.compile(r"([A-Za-z]\w*(?:\[\w+\])*)\.\s(.+)", flags=re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One tool: header signs (all folded), of which `needed` must be there; its id, date and state columns."""

    name: str
    signs: frozenset[str]
    needed: int
    respondent: tuple[str, ...] = ()
    day: tuple[str, ...] = ()
    joints: tuple[str, ...] = field(default=(";",))
    must: frozenset[str] = frozenset()


SHAPES = (
    Shape(
        name="qualtrics",
        needed=3,
        must=frozenset({"responseid"}),
        signs=frozenset(
            {
                "startdate",
                "enddate",
                "status",
                "ipaddress",
                "progress",
                "duration (in seconds)",
                "finished",
                "recordeddate",
                "responseid",
                "distributionchannel",
                "userlanguage",
            }
        ),
        respondent=("responseid",),
        day=("recordeddate", "enddate"),
        joints=(",",),
    ),
    Shape(
        name="surveymonkey",
        needed=3,
        must=frozenset({"respondent id"}),
        signs=frozenset(
            {
                "respondent id",
                "collector id",
                "start date",
                "end date",
                "ip address",
                "email address",
                "first name",
                "last name",
                "custom data 1",
            }
        ),
        respondent=("respondent id",),
        day=("end date", "start date"),
        joints=(",", ";"),
    ),
    Shape(
        name="typeform",
        needed=2,
        must=frozenset({"#"}),
        signs=frozenset({"#", "start date (utc)", "submit date (utc)", "network id", "response type"}),
        respondent=("#",),
        day=("submit date (utc)", "start date (utc)"),
        joints=(" / ", ", "),
    ),
    Shape(
        name="limesurvey",
        needed=3,
        must=frozenset({"id", "submitdate"}),
        signs=frozenset(
            {
                "id",
                "submitdate",
                "lastpage",
                "startlanguage",
                "seed",
                "token",
                "startdate",
                "datestamp",
                "ipaddr",
                "refurl",
            }
        ),
        respondent=("id",),
        day=("submitdate", "datestamp"),
        joints=(";", ","),
    ),
    Shape(
        name="microsoft_forms",
        needed=3,
        must=frozenset({"completion time"}),
        signs=frozenset({"id", "start time", "completion time", "email", "name", "last modified time"}),
        respondent=("id",),
        day=("completion time", "start time"),
        joints=(";",),
    ),
    Shape(
        name="google_forms",
        needed=1,
        must=frozenset({"timestamp"}),
        signs=frozenset({"timestamp", "email address", "username", "score"}),
        day=("timestamp",),
        joints=(";", ", "),
    ),
    Shape(name="plain", needed=0, signs=frozenset(), joints=(";", " / ", ", ", ",")),
)
NAMES = tuple(shape.name for shape in SHAPES)


def recognise(header: Sequence[str], second: Sequence[str], third: Sequence[str]) -> tuple[Shape, str]:
    """The tool a file comes from by the signs in its first rows, and those signs in words."""
    first = {normal(cell) or cell.strip() for cell in header if cell.strip()}
    codes = first | {normal(code_and_text(cell)[0]) for cell in header}
    for shape in SHAPES:
        there = codes if shape.name == "limesurvey" else first
        seen = sorted(shape.signs & there)
        if len(seen) >= shape.needed and shape.must <= there:
            signs = f"its header has {', '.join(seen[:4])}" if seen else "its header has no sign of a tool"
            if shape.name == "qualtrics" and header_rows(shape, header, second, third) > 1:
                signs += f"; {header_rows(shape, header, second, third)} header rows"
            return shape, signs
    raise AssertionError("plain fits every header")


def header_rows(shape: Shape, header: Sequence[str], second: Sequence[str], third: Sequence[str]) -> int:
    """How many rows the header takes; a row of answers is never taken for one, for it would lose a person."""
    own = [cell.strip() for name, cell in zip(header, second, strict=False) if normal(name) in _FILLED]
    if shape.name == "qualtrics":
        if any("importid" in cell.casefold() for cell in third):
            return 3
        texts = any(own) and not any(re.search(r"\d", cell) for cell in own)
        return 2 if texts and not _is_data(second) else 1
    if shape.name == "surveymonkey":
        words = {normal(cell) for cell in second}
        blank = bool(own) and not any(own) and any(cell.strip() for cell in second)
        return 2 if {"response", "open-ended response"} & words or blank else 1
    return 1


def code_and_text(cell: str) -> tuple[str, str]:
    """The two parts of a LimeSurvey header such as `Q2[SQ001]. text`; the cell twice where it has no such parts.

    >>> code_and_text("Q2[SQ001]. Is CI fast?"), code_and_text("Is CI fast?")
    (('Q2[SQ001]', 'Is CI fast?'), ('Is CI fast?', 'Is CI fast?'))
    """
    found = _CODED.fullmatch(cell.strip())
    return (found[1], found[2]) if found else (cell.strip(), cell.strip())


def _is_data(row: Sequence[str]) -> bool:
    """A Qualtrics answer row has an R_ id; its row of question texts has none."""
    return any(re.fullmatch(r"R_\w+", cell.strip()) for cell in row)


def is_personal(name: str) -> bool:
    """Columns that tell who or where someone is."""
    return bool(_PERSONAL.fullmatch(normal(name)))


def is_technical(shape: Shape, name: str) -> bool:
    """Columns a tool adds that are no questions."""
    if shape.name == "plain":
        return False
    return bool(_TECHNICAL.fullmatch(normal(name) or name.strip())) or (
        shape.name == "qualtrics" and name.strip().upper().endswith(("_DO", "_TEXT"))
    )
