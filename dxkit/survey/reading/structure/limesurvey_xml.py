"""The questions of a LimeSurvey survey, from its .lss file (XML); those of version 2 to the newest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dxkit.files.errors import DataError, fault_at
from dxkit.files.opening import OpenedFile
from dxkit.survey.reading.structure.limesurvey import Asked, structure
from dxkit.survey.reading.structure.model import Structure, chosen_language, number_of

MOST_BYTES = 60 * 2**20
_DEEPEST = 50
_OLD_NAME = re.compile(r"\b\d+X\d+X(\d+)(\w*)")
_Row = dict[str, str]


def read(file: OpenedFile, language: str | None = None) -> Structure:
    """The questions in the order of groups and questions; texts that are only shown are left out."""
    root = parsed(file.data(), file.name)
    if root.findtext("LimeSurveyDocType", "").strip() != "Survey":
        message = "this XML is not a LimeSurvey survey; use Display/Export, Survey structure (.lss)"
        raise fault_at(message, file=file.name)
    tables = {table.tag: list(_rows(table)) for table in root}
    languages = [(name.text or "").strip() for name in root.iterfind("languages/language")]
    own = next((row["language"] for row in tables.get("surveys", []) if row.get("language")), "")
    own = own or (languages or [""])[0]
    spoken = chosen_language(language, languages or [own], own, file.name)
    return structure(_asked(tables, spoken, own, file.name), file.name, spoken, languages)


def parsed(data: bytes, file: str) -> Element:
    """The root of an XML file without document type and entities, which is all that survey tools write."""
    if len(data) > MOST_BYTES:
        raise fault_at(f"the file has {len(data) >> 20} MiB, more than any survey ({MOST_BYTES >> 20})", file=file)
    builder, parser, depth = TreeBuilder(), expat.ParserCreate(), 0

    def refuse(*_: object) -> None:
        raise fault_at(
            "the XML declares a document type or entities, which no survey tool does; export the survey again",
            file=file,
            row=parser.CurrentLineNumber,
        )

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise fault_at("the XML is nested too deeply for a survey", file=file, row=parser.CurrentLineNumber)
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
        return builder.close()
    except expat.ExpatError as error:
        message = "the XML is broken or cut short here; export the survey from LimeSurvey again"
        raise fault_at(message, file=file, row=error.lineno) from None
    except DataError:
        raise
    except (ValueError, LookupError, AssertionError):
        raise fault_at("the XML cannot be read; export the survey from LimeSurvey again", file=file) from None


def _rows(table: Element) -> Iterator[_Row]:
    for row in table.iterfind("rows/row"):
        yield {cell.tag: (cell.text or "").strip() for cell in row}


def _asked(tables: dict[str, list[_Row]], spoken: str, own: str, file: str) -> Iterator[Asked]:
    texts = _texts(tables.get("question_l10ns", []), "qid", spoken, own)
    groups = _localised(tables.get("groups", []), "gid", spoken, own)
    headings = _texts(tables.get("group_l10ns", []), "gid", spoken, own)
    attributes: dict[str, dict[str, str]] = {}
    for row in tables.get("question_attributes", []):
        if row.get("language", "") in ("", spoken):
            attributes.setdefault(row.get("qid", ""), {})[row.get("attribute", "").lower()] = row.get("value", "")
    parents = [row for row in _localised(tables.get("questions", []), "qid", spoken, own) if _top(row)]
    every = [*tables.get("subquestions", []), *(row for row in tables.get("questions", []) if not _top(row))]
    lines = _localised(every, "qid", spoken, own)
    answers = _answers(tables, spoken, own)
    order = {row.get("gid", ""): _position(row, "group_order") for row in groups}
    names = {row.get("qid", ""): row.get("title", "") for row in parents}
    parents.sort(key=lambda row: (order.get(row.get("gid", ""), 0), _position(row, "question_order")))
    of_group = {row.get("gid", ""): row for row in groups}
    for row in parents:
        qid, group = row.get("qid", ""), of_group.get(row.get("gid", ""), {})
        code = row.get("title", "")
        if not code:
            raise fault_at(f"question {qid or 'without number'} has no code; export the survey again", file=file)
        own_lines = sorted(
            (r for r in lines if r.get("parent_qid") == qid), key=lambda r: _position(r, "question_order")
        )
        relevance = (group.get("grelevance", ""), row.get("relevance", ""))
        yield Asked(
            code=code,
            type=row.get("type", ""),
            text=texts.get(qid, row).get("question", ""),
            section=headings.get(row.get("gid", ""), group).get("group_name", ""),
            other=row.get("other") == "Y",
            relevance=tuple(_OLD_NAME.sub(lambda found: _newer(found, names), text) for text in relevance),
            lines=[
                (r.get("title", ""), texts.get(r.get("qid", ""), r).get("question", ""), r.get("scale_id", ""))
                for r in own_lines
            ],
            answers=answers.get(qid, []),
            attributes=attributes.get(qid, {}),
        )


def _answers(tables: dict[str, list[_Row]], spoken: str, own: str) -> dict[str, list]:
    """Code, label, scale and value of the answers of each question, in their order."""
    texts = _texts(tables.get("answer_l10ns", []), "aid", spoken, own)
    rows = tables.get("answers", [])
    if not texts:  # up to version 3 each language has rows of its own
        keyed = [{**row, "key": "/".join(row.get(name, "") for name in ("qid", "scale_id", "code"))} for row in rows]
        rows = _localised(keyed, "key", spoken, own)
    found: dict[str, list] = {}
    for row in sorted(rows, key=lambda row: _position(row, "sortorder")):
        label = texts.get(row.get("aid", ""), row).get("answer", "")
        value = number_of(row.get("assessment_value"))
        found.setdefault(row.get("qid", ""), []).append((row.get("code", ""), label, row.get("scale_id", ""), value))
    return found


def _texts(rows: list[_Row], key: str, spoken: str, own: str) -> dict[str, _Row]:
    return {row.get(key, ""): row for row in _localised(rows, key, spoken, own)}


def _localised(rows: list[_Row], key: str, spoken: str, own: str) -> list[_Row]:
    """One row for each key: that of the language, else of the survey's own language, else the first."""
    best: dict[str, _Row] = {}
    ranks = {spoken: 2, own: 1}
    for row in rows:
        name = row.get(key, "")
        if name not in best or ranks.get(row.get("language", ""), 0) > ranks.get(best[name].get("language", ""), 0):
            best[name] = row
    return list(best.values())


def _top(row: _Row) -> bool:
    return row.get("parent_qid", "0") in ("", "0")


def _position(row: _Row, name: str) -> float:
    return number_of(row.get(name)) or 0.0


def _newer(found: re.Match[str], names: dict[str, str]) -> str:
    """The name that today's expressions have for `sid X gid X qid`, with a subquestion's code behind `_`."""
    name = names.get(found[1], "")
    return f"{name}_{found[2]}" if name and found[2] else name or found[0]
