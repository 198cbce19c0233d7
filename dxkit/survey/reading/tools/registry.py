"""The survey tools that dxkit reads, in the order in which a file is tried."""

import re
from collections.abc import Sequence
from typing import Any

from dxkit.files import options
from dxkit.files.cells import normal
from dxkit.files.shipped import table_beside
from dxkit.survey.reading.labels.folding import unbroken
from dxkit.survey.reading.tools.base import Tool, folded_names
from dxkit.survey.reading.tools.kinds import Kobo, LimeSurvey, Plain, Qualtrics, Redcap, SurveyMonkey

_KINDS: dict[str, type[Tool]] = {
    "qualtrics": Qualtrics,
    "surveymonkey": SurveyMonkey,
    "limesurvey": LimeSurvey,
    "redcap": Redcap,
    "kobo": Kobo,
    "plain": Plain,
}


def _read(field: str, value: Any) -> Any:
    """What `tools.toml` says in a field; long texts go on in the next line."""
    if field == "signs":
        return folded_names(value)
    if field == "must":
        return tuple(map(folded_names, value))
    return unbroken(value) if isinstance(value, str) else tuple(value) if type(value) is list else value


_SAID = table_beside(__file__, "tools.toml")
TOOLS: tuple[Tool, ...] = tuple(
    _KINDS.get(name, Tool)(name=name, **{field: _read(field, value) for field, value in said.items()})
    for name, said in _SAID.items()
)
_PERSONAL = "|".join(tool.personal for tool in TOOLS if tool.personal)  # both are compiled when first used
_TECHNICAL = "|".join(tool.technical for tool in TOOLS if tool.technical)
_SIGNS = frozenset().union(*(tool.signs for tool in TOOLS))


def tool_named(name: str) -> Tool:
    """The tool that a user names.

    >>> tool_named("Google Forms").name
    'google_forms'
    """
    folded = re.sub(r"[\s_-]+", "", str(name).casefold())
    for tool in TOOLS:
        if folded == tool.name.replace("_", ""):
            return tool
    options.choice("source", name, [tool.name for tool in TOOLS])
    raise AssertionError("a known name is the name of a tool")


def recognise(first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> tuple[Tool, str]:
    """The tool that a file comes from, by its first three rows; and by which signs, in words."""
    for tool in TOOLS:
        if why := tool.recognised_by(first, second, third):
            depth = tool.header_rows(first, second, third)
            return tool, f"{why}; {depth} header rows" if depth > 1 else why
    raise AssertionError("plain fits every header")


def is_personal(name: str) -> bool:
    """Whether a column tells who or where somebody is, whichever tool added it.

    >>> is_personal("IPAddress"), is_personal("IPAddress:IP Address"), is_personal("Team")
    (True, True, False)
    """
    return bool(re.fullmatch(_PERSONAL, normal(_once(name))))


def _once(name: str) -> str:
    """A name that a header gives twice, as a code and as a text, given once.

    >>> _once("EndDate:End Date"), _once("Start:End")
    ('EndDate', 'Start:End')
    """
    code, _, text = name.partition(":")
    return code if normal(code).replace(" ", "") == normal(text).replace(" ", "") else name


def is_technical(tool: Tool, code: str) -> bool:
    """Whether a tool added this column and did not ask it; columns of other tools count, for files are passed on.

    >>> qualtrics, typeform, plain = map(tool_named, ("qualtrics", "typeform", "plain"))
    >>> is_technical(qualtrics, "Q1_DO"), is_technical(typeform, "StartDate"), is_technical(plain, "StartDate")
    (True, True, False)
    """
    if tool.by_hand:
        return False
    folded = normal(_once(code)) or code.strip()
    added = (folded in _SIGNS and not is_personal(code)) or bool(re.fullmatch(_TECHNICAL, folded))
    return added or code.strip().upper().endswith((*tool.code_endings, *tool.text_endings))
