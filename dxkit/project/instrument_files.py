"""The questions of the instrument as files that survey tools read."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dxkit.files.writing import new_workbook
from dxkit.project.forms import form
from dxkit.survey.reading.instrument.asked import TEAM, Choice, choices, lines_of, questions

_MANY = 8  # choices from which on they are a drop-down
_SETTINGS = {  # of LimeSurvey: anonymous, a page for each group, neither addresses nor times are kept
    **{"format": "G", "anonymized": "Y", "datestamp": "N", "ipaddr": "N", "refurl": "N", "savetimings": "N"},
    **{"allowprev": "Y", "showprogress": "Y", "showwelcome": "Y", "listpublic": "N", "showxquestions": "N"},
}
_COLUMNS = "class type/scale name relevance text help language validation mandatory other".split()
_SCRIPT = Path(__file__).with_name("google_form.gs")  # what follows `SURVEY =` in it is the survey


def limesurvey(path: Path, lang: str, teams: Sequence[str]) -> None:
    """The structure of a survey as LimeSurvey imports it: a table with tabs."""
    rows = [{"class": "S", "name": name, "text": text} for name, text in {"language": lang, **_SETTINGS}.items()]
    for name, text in (("title", "title"), ("welcometext", "intro")):
        rows.append({"class": "SL", "name": f"surveyls_{name}", "text": questions()[text][lang]})
    pages = _pages()
    for number, page in enumerate(pages, 1):
        rows.append({"class": "G", "name": f"{number} / {len(pages)}", "relevance": "1"})
        for question in page:
            answers, lines = _answers(question, lang, teams), lines_of(question)
            type_ = "F" if lines else "T" if question["kind"] == "comment" else "L" if answers else "S"
            own = {"type/scale": "!" if type_ == "L" and len(answers) > _MANY and "low" not in question else type_}
            asked = {"class": "Q", "name": question["item"], "text": question[lang], "help": _ends(question, lang)}
            rows.append(asked | own | {"relevance": "1", "mandatory": "N", "other": "N"})
            common = {"class": "SQ", "type/scale": "0", "relevance": "1"}
            rows += [common | {"name": line["code"], "text": line[lang]} for line in lines]
            rows += [{"class": "A", "type/scale": "0", "name": each.key, "text": each.label} for each in answers]
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter="\t", lineterminator="\n")
    table.writerow(_COLUMNS)
    for row in rows:
        full = {"language": "" if row["class"] == "S" else lang, **row}
        table.writerow([full.get(column, "") for column in _COLUMNS])
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def xlsform(path: Path, lang: str, teams: Sequence[str]) -> None:
    """A form of ODK and KoboToolbox: the sheets survey, choices and settings."""
    survey, listed = [], dict[str, list[Choice]]()
    survey.append(("note", "intro", questions()["intro"][lang], "", ""))
    for question in (question for page in _pages() for question in page):
        answers, lines, name = _answers(question, lang, teams), lines_of(question), question["item"]
        of = question.get("scale", "") or name
        type_ = f"select_one {of}" if answers else "text"
        if answers:
            listed[of] = answers
        if lines:
            survey.append(("begin_group", name, question[lang], "", "table-list"))
            survey += [(type_, f"{name}_{line['code']}", line[lang], "", "") for line in lines]
            survey.append(("end_group", "", "", "", ""))
        else:
            looks = "multiline" if question["kind"] == "comment" else "minimal" if len(answers) > _MANY else ""
            survey.append((type_, name, question[lang], _ends(question, lang), looks))
    coded = [(of, _name(each, of), each.label) for of, answers in listed.items() for each in answers]
    settings = [(questions()["title"][lang], f"dxkit_instrument_{lang}")]
    with new_workbook(path) as book:
        for name, columns, rows in (
            ("survey", ("type", "name", "label", "hint", "appearance"), survey),
            ("choices", ("list_name", "name", "label"), coded),
            ("settings", ("form_title", "form_id"), settings),
        ):
            sheet = form.add_sheet(book, name, columns, {"label": 60, "form_title": 40}, 24)
            for number, row in enumerate(rows, 1):
                for j, cell in enumerate(row):
                    sheet.write_string(number, j, cell)


def google_form(path: Path, lang: str, teams: Sequence[str]) -> None:
    """A script that makes the form in Google Forms."""
    pages = [[_of_google(question, lang, teams) for question in page] for page in _pages()]
    survey = {"title": questions()["title"][lang], "intro": questions()["intro"][lang], "pages": pages}
    script, told = _SCRIPT.read_text(encoding="utf-8"), json.dumps(survey, ensure_ascii=False, indent=1)
    path.write_text(script.replace("SURVEY = null", f"SURVEY = {told}"), encoding="utf-8", newline="\n")


def _of_google(question: dict[str, Any], lang: str, teams: Sequence[str]) -> dict[str, Any]:
    labels = [each.label for each in _answers(question, lang, teams)]
    if "low" in question:
        return {"type": "scale", "title": question[lang], "labels": [question[end][lang] for end in ("low", "high")]}
    if lines := lines_of(question):
        return {"type": "grid", "title": question[lang], "rows": [line[lang] for line in lines], "labels": labels}
    if labels:
        return {"type": "list" if len(labels) > _MANY else "choice", "title": question[lang], "labels": labels}
    return {"type": "comment" if question["kind"] == "comment" else "text", "title": question[lang]}


def _pages() -> list[list[dict[str, Any]]]:
    """The questions page by page: each grid has its own, and what stands between two grids."""
    pages: list[list[dict[str, Any]]] = [[]]
    for question in questions()["questions"]:
        if pages[-1] and ("lines" in question or "lines" in pages[-1][-1]):
            pages.append([])
        pages[-1].append(question)
    return pages


def _answers(question: dict[str, Any], lang: str, teams: Sequence[str]) -> list[Choice]:
    """What can be chosen; nothing where people type."""
    if question["kind"] == "recommend":
        return [Choice(float(k), str(k), str(k)) for k in range(11)]
    scale = question.get("scale") or (TEAM if question["item"] == TEAM else "")
    return choices(scale, lang, teams) if scale else []


def _ends(question: dict[str, Any], lang: str) -> str:
    """What the ends of the scale from 0 to 10 mean."""
    return f"0: {question['low'][lang]}, 10: {question['high'][lang]}" if "low" in question else ""


def _name(each: Choice, of: str) -> str:
    """What a form's export holds: the code, or a team's name without spaces."""
    return "_".join(each.label.split()) if of == TEAM else f"{each.code:g}"
