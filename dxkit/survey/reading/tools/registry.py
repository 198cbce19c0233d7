"""The survey tools that dxkit reads, in the order in which a file is tried."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dxkit.files import options
from dxkit.files.cells import normal
from dxkit.survey.reading.tools.alchemer import Alchemer
from dxkit.survey.reading.tools.base import Tool
from dxkit.survey.reading.tools.google_forms import GoogleForms
from dxkit.survey.reading.tools.kobo import Kobo
from dxkit.survey.reading.tools.limesurvey import LimeSurvey
from dxkit.survey.reading.tools.microsoft_forms import MicrosoftForms
from dxkit.survey.reading.tools.plain import Plain
from dxkit.survey.reading.tools.qualtrics import Qualtrics
from dxkit.survey.reading.tools.redcap import Redcap
from dxkit.survey.reading.tools.surveymonkey import SurveyMonkey
from dxkit.survey.reading.tools.typeform import Typeform

TOOLS: tuple[Tool, ...] = (
    Qualtrics(),
    SurveyMonkey(),
    Typeform(),
    LimeSurvey(),
    Alchemer(),
    Redcap(),
    Kobo(),
    MicrosoftForms(),
    GoogleForms(),
    Plain(),  # the last, for it fits every file
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
        if why := tool.recognised_by(first, second):
            depth = tool.header_rows(first, second, third)
            return tool, f"{why}; {depth} header rows" if depth > 1 else why
    raise AssertionError("plain fits every header")


def is_personal(name: str) -> bool:
    """Whether a column tells who or where somebody is, whichever tool added it.

    >>> is_personal("IPAddress"), is_personal("Team")
    (True, False)
    """
    return bool(re.fullmatch(_PERSONAL, normal(name)))


def is_technical(tool: Tool, code: str) -> bool:
    """Whether a tool added this column and did not ask it; columns of other tools count, for files are passed on.

    >>> is_technical(Qualtrics(), "Q1_DO"), is_technical(Typeform(), "StartDate"), is_technical(Plain(), "StartDate")
    (True, True, False)
    """
    if tool.by_hand:
        return False
    folded = normal(code) or code.strip()
    added = (folded in _SIGNS and not is_personal(code)) or bool(re.fullmatch(_TECHNICAL, folded))
    return added or code.strip().upper().endswith((*tool.code_endings, *tool.text_endings))
