"""Google Forms: one header row with the questions, and options of one question joined in a cell."""

from __future__ import annotations

from dxkit.survey.reading.tools.base import Tool, folded_names

_TIMESTAMP = folded_names("Timestamp, Zeitstempel, Horodateur, Marca temporal, タイムスタンプ")


class GoogleForms(Tool):
    """Every export has a column Timestamp in the language of the form; the others depend on its settings.

    Only finished answers are in it."""

    name = "google_forms"
    signs: frozenset[str] = _TIMESTAMP | folded_names("Email Address, Username, Score")
    needed = 1
    must: tuple[frozenset[str], ...] = tuple(frozenset([name]) for name in sorted(_TIMESTAMP))
    personal = (
        r"email address|username|e-mail-adresse|nutzername|adresse e-mail|nom d'utilisateur|"
        r"dirección de correo electrónico|nombre de usuario|メールアドレス|ユーザー名"
    )
    separators: tuple[str, ...] = (";", ", ")
