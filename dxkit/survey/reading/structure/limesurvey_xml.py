"""The questions of a LimeSurvey survey, from its .lss file (XML); those of version 2 to the newest."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dxkit.files.errors import DataError, fault_at
from dxkit.files.opening import OpenedFile
from dxkit.survey.reading.structure.limesurvey import Asked, structure
from dxkit.survey.reading.structure.model import Structure, number_of

MOST_BYTES = 60 * 2**20
_DEEPEST = 50
_Row = dict[str, str]


def read(file: OpenedFile) -> Structure:
    """The questions in the order of groups and questions, in the survey's own language."""
    root = parsed(file.data(), file.name)
    if root.findtext("LimeSurveyDocType", "").strip() != "Survey":
        message = "this XML is not a LimeSurvey survey; use Display/Export, Survey structure (.lss)"
        raise fault_at(message, file=file.name)
    tables = {table.tag: list(_rows(table)) for table in root}
    own = next((row["language"] for row in tables.get("surveys", []) if row.get("language")), "")
    own = own or root.findtext("languages/language", "").strip()
    return structure(_asked(tables, own, file.name), file.name, own)


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


def _asked(tables: dict[str, list[_Row]], own: str, file: str) -> Iterator[Asked]:
    texts = _localised(tables.get("question_l10ns", []), "qid", own)
    groups = _localised(tables.get("groups", []), "gid", own)
    attributes: dict[str, dict[str, str]] = {}
    for row in tables.get("question_attributes", []):
        if row.get("language", "") in ("", own):
            attributes.setdefault(row.get("qid", ""), {})[row.get("attribute", "").lower()] = row.get("value", "")
    parents = [row for row in _localised(tables.get("questions", []), "qid", own).values() if _top(row)]
    every = [*tables.get("subquestions", []), *(row for row in tables.get("questions", []) if not _top(row))]
    lines = sorted(_localised(every, "qid", own).values(), key=lambda row: _position(row, "question_order"))
    answers = _answers(tables, own)
    order = {gid: _position(row, "group_order") for gid, row in groups.items()}
    parents.sort(key=lambda row: (order.get(row.get("gid", ""), 0), _position(row, "question_order")))
    for row in parents:
        qid, code = row.get("qid", ""), row.get("title", "")
        if not code:
            raise fault_at(f"question {qid or 'without number'} has no code; export the survey again", file=file)
        yield Asked(
            code=code,
            type=row.get("type", ""),
            text=texts.get(qid, row).get("question", ""),
            other=row.get("other") == "Y",
            lines=[
                (r.get("title", ""), texts.get(r.get("qid", ""), r).get("question", ""), r.get("scale_id", ""))
                for r in lines
                if r.get("parent_qid") == qid
            ],
            answers=answers.get(qid, []),
            attributes=attributes.get(qid, {}),
        )


def _answers(tables: dict[str, list[_Row]], own: str) -> dict[str, list]:
    """Code, label and scale of the answers of each question, in their order."""
    texts = _localised(tables.get("answer_l10ns", []), "aid", own)
    rows = tables.get("answers", [])
    if not texts:  # up to version 3 each language has rows of its own
        keyed = [{**row, "key": "/".join(row.get(name, "") for name in ("qid", "scale_id", "code"))} for row in rows]
        rows = list(_localised(keyed, "key", own).values())
    found: dict[str, list] = {}
    for row in sorted(rows, key=lambda row: _position(row, "sortorder")):
        label = texts.get(row.get("aid", ""), row).get("answer", "")
        found.setdefault(row.get("qid", ""), []).append((row.get("code", ""), label, row.get("scale_id", "")))
    return found


def _localised(rows: list[_Row], key: str, own: str) -> dict[str, _Row]:
    """One row for each key: that of the survey's own language, else the first."""
    found: dict[str, _Row] = {}
    for row in rows:
        first = found.setdefault(row.get(key, ""), row)
        if row.get("language", "") == own != first.get("language", ""):
            found[row.get(key, "")] = row
    return found


def _top(row: _Row) -> bool:
    return row.get("parent_qid", "0") in ("", "0")


def _position(row: _Row, name: str) -> float:
    return number_of(row.get(name)) or 0.0
