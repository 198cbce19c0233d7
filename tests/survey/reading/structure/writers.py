"""Structure files as the tools write them, made from short lists: our own surveys, each with the tool's clutter."""

import csv
import json
import struct
from xml.sax.saxutils import escape

import openpyxl


def question(tag, type_, selector, text, choices=(), answers=(), sub=None, **more):
    """A Qualtrics question; a choice is a label or a dict, its number counts from 1."""

    def numbered(labels):
        return {str(i): label if isinstance(label, dict) else {"Display": label} for i, label in enumerate(labels, 1)}

    payload = {
        "QuestionText": text,
        "DataExportTag": tag,
        "QuestionType": type_,
        "Selector": selector,
        "Configuration": {"QuestionDescriptionOption": "UseText"},
        "QuestionDescription": text[:99],
        "Validation": {"Settings": {"ForceResponse": "OFF", "Type": "None"}},
        "Language": [],
    }
    if sub:
        payload["SubSelector"] = sub
    if choices:
        payload |= {"Choices": numbered(choices), "ChoiceOrder": [str(i) for i in range(1, len(choices) + 1)]}
    if answers:
        payload |= {"Answers": numbered(answers), "AnswerOrder": list(range(1, len(answers) + 1))}
    return payload | more


def qsf(folder, questions, *, blocks=None, flow=None, trash=(), name="survey.qsf", language="EN"):
    """A Qualtrics survey; `blocks` are lists of tags, in one block by default; QID counts from 1 in order."""
    ids = {payload["DataExportTag"]: f"QID{i}" for i, payload in enumerate(questions, 1)}
    elements = []
    blocks = blocks or {"Main": [tag for tag in ids if tag not in trash]}
    described = {
        str(i): {"Type": "Standard", "Description": title, "ID": f"BL_{i}", "BlockElements": _members(tags, ids)}
        for i, (title, tags) in enumerate(blocks.items())
    }
    described["99"] = {"Type": "Trash", "Description": "Trash", "ID": "BL_99", "BlockElements": _members(trash, ids)}
    steps = flow or [{"Type": "Block", "ID": f"BL_{i}", "FlowID": f"FL_{i}"} for i in range(len(blocks))]
    elements.append({"Element": "BL", "PrimaryAttribute": "Survey Blocks", "Payload": described})
    elements.append({"Element": "FL", "PrimaryAttribute": "Survey Flow", "Payload": {"Type": "Root", "Flow": steps}})
    elements.append({"Element": "SO", "PrimaryAttribute": "Survey Options", "Payload": {"BackButton": "false"}})
    for payload in questions:
        qid = ids[payload["DataExportTag"]]
        elements.append({"Element": "SQ", "PrimaryAttribute": qid, "Payload": payload | {"QuestionID": qid}})
    elements.append({"Element": "QC", "PrimaryAttribute": "Survey Question Count", "Payload": None})
    path = folder / name
    entry = {"SurveyID": "SV_1", "SurveyName": "Platform", "SurveyLanguage": language}
    path.write_text(json.dumps({"SurveyEntry": entry, "SurveyElements": elements}), encoding="utf-8")
    return path


def _members(tags, ids):
    return [{"Type": "Question", "QuestionID": ids[tag]} for tag in tags] + [{"Type": "Page Break"}]


def lss(folder, asked, *, languages=("en",), version=6, name="survey.lss", sid=36161):
    """A LimeSurvey survey of version 6 or 3; a question is a dict, each text a list with one for each language."""
    tables = {key: [] for key in ("answers", "groups", "questions", "subquestions", "question_attributes")}
    local = {key: [] for key in ("answer_l10ns", "group_l10ns", "question_l10ns")}
    groups = list(dict.fromkeys(one.get("group", "Start") for one in asked))

    def text_rows(table, key, number, field, texts, row):
        for language, text in zip(languages, texts, strict=True):
            if version > 3:
                local[f"{table[:-1]}_l10ns"].append({key: number, field: text, "language": language})
            else:
                tables[row[0]].append(row[1] | {field: text, "language": language})
        if version > 3:
            tables[row[0]].append(row[1])

    for i, group in enumerate(groups):
        row = {"gid": i + 1, "sid": sid, "group_order": i, "grelevance": "1"}
        text_rows("groups", "gid", i + 1, "group_name", [group] * len(languages), ("groups", row))
    number = 100
    for order, one in enumerate(asked):
        number += 1
        qid, place = number, groups.index(one.get("group", "Start")) + 1
        row = {"qid": qid, "parent_qid": 0, "sid": sid, "gid": place, "type": one["type"], "title": one["code"]}
        row |= {"other": one.get("other", "N"), "question_order": order, "relevance": "1"}
        text_rows("questions", "qid", qid, "question", one["text"], ("questions", row))
        for i, (code, texts, *scale) in enumerate(one.get("lines", ())):
            number += 1
            row = {"qid": number, "parent_qid": qid, "gid": place, "type": "T", "title": code, "question_order": i + 1}
            row["scale_id"] = scale[0] if scale else 0
            text_rows("questions", "qid", number, "question", texts, ("subquestions", row))
        for i, (code, texts, *rest) in enumerate(one.get("answers", ())):
            number += 1
            row = {"qid": qid, "code": code, "sortorder": i, "assessment_value": rest[0] if rest else 0}
            row["scale_id"] = rest[1] if len(rest) > 1 else 0
            text_rows("answers", "aid", number, "answer", texts, ("answers", row | {"aid": number}))
        for attribute, value in one.get("attributes", {}).items():
            tables["question_attributes"].append({"qid": qid, "attribute": attribute, "value": value, "language": ""})
    for rows in tables.values():
        rows.reverse()  # the order of the rows says nothing
    tables["surveys"] = [{"sid": sid, "language": languages[0], "additional_languages": " ".join(languages[1:])}]
    parts = [f"  <language>{language}</language>" for language in languages]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<document>", " <LimeSurveyDocType>Survey</LimeSurveyDocType>"]
    lines += [f" <DBVersion>{498 if version > 3 else 178}</DBVersion>", " <languages>", *parts, " </languages>"]
    for table, rows in (tables | (local if version > 3 else {})).items():
        lines += [f" <{table}>", "  <fields><fieldname>qid</fieldname></fields>", "  <rows>"]
        lines += [f"   <row>{''.join(map(_cell, row.items()))}</row>" for row in rows]
        lines += ["  </rows>", f" </{table}>"]
    path = folder / name
    path.write_text("\n".join([*lines, "</document>"]), encoding="utf-8")
    return path


def _cell(pair):
    name, value = pair
    text = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{text}]]></{name}>" if text else f"<{escape(name)}/>"


HEADER = "id related_id class type/scale name relevance text help language validation mandatory other assessment_value"


def txt(folder, asked, *, languages=("en",), name="survey.txt", encoding="utf-8-sig"):
    """The questions that `lss` takes as LimeSurvey's tab-separated structure: one language after the other."""
    attributes = sorted({key for one in asked for key in one.get("attributes", {})})
    header = [*HEADER.split(), *attributes]
    rows = [{"class": "S", "name": "sid", "text": "36161"}, {"class": "S", "name": "language", "text": languages[0]}]
    rows += [{"class": "SL", "name": "surveyls_title", "text": "Platform", "language": each} for each in languages]
    for place, language in enumerate(languages):
        group = None
        for one in asked:
            common = {"language": language}
            if one.get("group", "Start") != group:
                group = one.get("group", "Start")
                rows.append(common | {"class": "G", "name": group, "relevance": "1"})
            row = common | {"class": "Q", "type/scale": one["type"], "name": one["code"], "text": one["text"][place]}
            row |= {"relevance": "1", "other": one.get("other", "N")}
            rows.append(row | one.get("attributes", {}))
            for code, texts, *scale in one.get("lines", ()):
                row = {"class": "SQ", "type/scale": scale[0] if scale else 0, "name": code, "text": texts[place]}
                rows.append(common | row)
            for code, texts, *rest in one.get("answers", ()):
                row = {"class": "A", "type/scale": rest[1] if len(rest) > 1 else 0, "name": code, "text": texts[place]}
                rows.append(common | row | {"assessment_value": rest[0] if rest else 0})
    path = folder / name
    with open(path, "w", newline="", encoding=encoding) as stream:
        writer = csv.DictWriter(stream, header, delimiter="\t", restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def xlsform(folder, survey, choices=(), settings=None, *, name="form.xlsx"):
    """An XLSForm; `survey` is a list of dicts, `choices` of (list, name, label or dict of labels)."""
    book = openpyxl.Workbook()
    sheets = {"survey": survey, "settings": [settings] if settings else []}
    sheets["choices"] = [
        {"list_name": listed, "name": code, **(label if isinstance(label, dict) else {"label": label})}
        for listed, code, label in choices
    ]
    for title, rows in sheets.items():
        if rows:
            header = list(dict.fromkeys(key for row in rows for key in row))
            sheet = book.create_sheet(title)
            sheet.append(header)
            for row in rows:
                sheet.append([row.get(key) for key in header])
    del book["Sheet"]
    path = folder / name
    book.save(path)
    return path


def with_ticks(path, name, label, counted, variables):
    """Add to a .sav file the set of variables that are the options of one question, as SPSS stores it."""
    data = path.read_bytes()
    end = data.rindex(struct.pack("<ii", 999, 0))
    text = f"${name}=D{len(str(counted))} {counted} {len(label)} {label} {' '.join(variables)}\n".encode()
    record = struct.pack("<iiii", 7, 7, 1, len(text)) + text
    path.write_bytes(data[:end] + record + data[end:])
    return path
