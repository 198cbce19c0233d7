"""LimeSurvey: headers such as `Q2[SQ001]. text` or full texts, answer codes such as A4."""

from __future__ import annotations

import re

from dxkit.survey.reading.codebook import split_question
from dxkit.survey.reading.scales import Scale
from dxkit.survey.reading.tools.base import Heading, Tool, folded_names

_CODED = re.compile(r"([A-Za-z]\w*(?:\[\w+\])*)\.\s(.+)", flags=re.DOTALL)


class LimeSurvey(Tool):
    """An answer is finished when it has a date of submission."""

    name = "limesurvey"
    signs: frozenset[str] = folded_names(
        "id, submitdate, lastpage, startlanguage, seed, token, startdate, datestamp, ipaddr, refurl, "
        "Response ID, Date submitted, Last page, Start language, Date started, Date last action, Referrer URL, "
        "Antwort ID, Datum Abgeschickt, Letzte Seite, Start-Sprache, Zufallsstartwert, Datum gestartet, "
        "Datum letzte Aktivität, "
        "ID de la réponse, Date de soumission, Dernière page, Langue de départ, Tête de série, Date de lancement, "
        "Date de la dernière action, "
        "ID de respuesta, Fecha de envío, Última página, Lenguaje inicial, Semilla, Fecha de inicio, "
        "Fecha de la última acción"
    )
    needed = 3
    must: tuple[frozenset[str], ...] = (
        folded_names("id, submitdate"),
        folded_names("Response ID, Date submitted"),
        folded_names("Antwort ID, Datum Abgeschickt"),
        folded_names("ID de la réponse, Date de soumission"),
        folded_names("ID de respuesta, Fecha de envío"),
    )
    technical = r"response ?id|.*time"  # timings of questions and groups
    personal = r"token|ipaddr|ip-adresse|refurl|referrer url|access code|zugangscode"
    respondent: tuple[str, ...] = ("id", "response id", "antwort id", "id de la réponse", "id de respuesta")
    finished_in: tuple[str, ...] = (
        *("submitdate", "date submitted", "datum abgeschickt", "date de soumission", "fecha de envío"),
    )
    separators: tuple[str, ...] = (";", ",")

    def split(self, cell: str) -> tuple[str, str]:
        """The two parts of a header such as `Q2[SQ001]. text`.

        >>> LimeSurvey().split("Q2[SQ001]. Is CI fast?"), LimeSurvey().split("Is CI fast?")
        (('Q2[SQ001]', 'Is CI fast?'), ('Is CI fast?', 'Is CI fast?'))
        """
        parts = _CODED.fullmatch(cell.strip())
        return (parts[1], parts[2]) if parts else super().split(cell)

    def may_be_statement(self, heading: Heading) -> bool:
        return heading.stem != heading.code and bool(split_question(heading.code)[1])

    def recoded(self, texts: list[str], scale: Scale) -> list[str]:
        """Answer codes such as A4 are codes of the scale, where every answer that it does not know is one."""
        unknown = {text for text in texts if scale.code_of(text) is None}
        if unknown and all(re.fullmatch(r"A\d+", text) for text in unknown):
            return [text[1:] if text in unknown else text for text in texts]
        return texts
