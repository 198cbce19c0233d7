"""Which reader reads which structure file: one line for each tool."""

import os
from collections.abc import Callable

from dxkit.files.errors import and_more, fault_at
from dxkit.files.opening import OpenedFile, open_file
from dxkit.files.shipped import table_beside
from dxkit.survey.reading.structure import limesurvey_text, limesurvey_xml, qualtrics, statistics_file, xlsform
from dxkit.survey.reading.structure.model import Structure

READERS: dict[str, Callable[[OpenedFile], Structure]] = {
    ".qsf": qualtrics.read,
    ".lss": limesurvey_xml.read,
    ".txt": limesurvey_text.read,
    ".xlsx": xlsform.read,
    ".sav": statistics_file.read,
    ".zsav": statistics_file.read,
    ".dta": statistics_file.read,
}
_INSTEAD = table_beside(__file__, "words.toml")["instead"]


def read_structure(path: str | os.PathLike[str]) -> Structure:
    """What was asked, and which answers could be chosen, as the survey tool itself has it.

    The file is a Qualtrics .qsf, a LimeSurvey .lss or its tab-separated .txt, an XLSForm .xlsx (ODK, Kobo), an SPSS
    .sav or a Stata .dta. Of several languages it is the survey's own.

    Raises
    ------
    DataError
        A file that is none of these, is broken or dangerous, or has no question; with its place.
    """
    file = open_file(path)
    suffix = file.path.suffix.lower()
    if suffix not in READERS:
        known = f"this is not a structure file that dxkit reads; export the survey as one of {and_more(list(READERS))}"
        raise fault_at(_INSTEAD.get(suffix, known), file=file.name)
    return READERS[suffix](file)
