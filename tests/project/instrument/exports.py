"""What the survey tools export when people answer the instrument: read from the files it writes, not from its own data.

A person's answers are numbers: of each question (a grid line by line) which answer, counted from 0; None is blank.
"""

import csv
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import openpyxl

from dxkit.survey.reading.structure.registry import read_structure

NODE = shutil.which("node")
STUB = Path(__file__).with_name("form_app.js")
TYPED = ("Platform Core", "Payments", "Mobile")


def form_of(script):
    """The Google form that the script makes, by a stub of Google's service."""
    done = subprocess.run([NODE, str(STUB), str(script)], capture_output=True, text=True, check=True, encoding="utf-8")
    return json.loads(done.stdout)


def google(form, people, path, stamp="Timestamp"):
    """The sheet of responses: a column for each question, and for each line of a grid `Title [row]`."""
    columns = []
    for item in form["items"]:
        if item["type"] == "grid":
            columns += [(f"{item['title']} [{row}]", item["columns"]) for row in item["rows"]]
        elif item["type"] == "scale":
            low, high = item["bounds"]
            columns.append((item["title"], [str(k) for k in range(low, high + 1)]))
        elif item["type"] != "page":
            columns.append((item["title"], item.get("choiceValues")))
    rows = [[stamp, *(header for header, _ in columns)]]
    for k, person in enumerate(people):
        chosen = [shown(labels, answer) for (_, labels), answer in zip(columns, person, strict=True)]
        rows.append([f"2026/11/{10 + k % 9} 9:0{k % 10}:00 AM GMT+1", *chosen])
    return write(path, rows)


def limesurvey(structure, people, path, *, headers="code", answers="code"):
    """The export as CSV: headers are codes, full texts, or both; answers are codes or full."""
    columns = []
    for question in read_structure(structure).questions:
        for line in question.lines or (None,):
            code = line.code if line else question.code
            text = f"{question.text} [{line.text}]" if line else question.text
            name = {"code": code, "text": text, "both": f"{code}. {line.text if line else text}"}[headers]
            options = [option.code if answers == "code" else option.label for option in question.options]
            columns.append((name, options or None))
    front = ["id", "submitdate", "lastpage", "startlanguage", "seed"]
    full = ["Response ID", "Date submitted", "Last page", "Start language", "Seed"]
    rows = [[*(front if headers == "code" else full), *(name for name, _ in columns)]]
    for k, person in enumerate(people):
        chosen = [shown(options, answer) for (_, options), answer in zip(columns, person, strict=True)]
        rows.append([str(k + 1), "1980-01-01 00:00:00", "6", "en", "1234", *chosen])
    return write(path, rows, quoting=csv.QUOTE_ALL)


def xlsform(form, people, path, *, tool="kobo", headers="name", groups=False):
    """The export of KoboToolbox (names or labels, with or without groups) or of ODK Central (group-name)."""
    book = openpyxl.load_workbook(form)
    survey, choices, _ = ([dict(zip(rows[0], row, strict=True)) for row in rows[1:]] for rows in map(_rows, book))
    lists = {}
    for row in choices:
        lists.setdefault(row["list_name"], []).append((row["name"], row["label"]))
    columns, group = [], None
    for row in survey:
        if row["type"] == "begin_group":
            group = row
            if tool == "odk":  # what pyxform adds for the appearance table-list
                columns.append((f"{row['name']}-reserved_name_for_field_list_labels_2", ()))
        elif row["type"] == "end_group":
            group = None
        elif row["type"] != "note":
            name = row["name"] if headers == "name" else row["label"]
            above = group and (group["name"] if headers == "name" else group["label"])
            path_ = [name] if not above or not (groups or tool == "odk") else [above, name]
            options = lists.get(row["type"].partition(" ")[2])
            told = [pair[headers == "label"] for pair in options] if options else None
            columns.append(({"kobo": "/", "odk": "-"}[tool].join(path_), told))
    behind = {
        "kobo": ["_id", "_uuid", "_submission_time", "_validation_status", "_status", "_submitted_by", "_index"],
        "odk": ["SubmissionDate", "KEY", "SubmitterID", "SubmitterName", "Status", "ReviewState", "FormVersion"],
    }[tool]
    rows = [[*(name for name, _ in columns), *behind]]
    for k, person in enumerate(people):
        left = iter(person)
        chosen = ["" if options == () else shown(options, next(left)) for _, options in columns]
        told = {"kobo": [str(k), f"u{k}", "2026-11-10T09:00:00", "", "submitted_via_web", "", str(k)]}
        told["odk"] = ["2026-11-10T09:00:00.000Z", f"uuid:{k}", "5", "lead", "", "", "1"]
        rows.append([*chosen, *told[tool]])
    return write(path, rows, delimiter=";" if tool == "kobo" else ",")


def answered(questions, n=30, *, teams=3, seed=5):
    """People's answers to the questions of a codebook, some of them blank; and what they mean, by item."""
    rng = np.random.default_rng(seed)
    sizes = {"team": teams, "role": 7, "tenure": 4, "place": 3, "recommend": 11, "change": 2, "keep": 2}
    most = [sizes.get(item, 6 if item.startswith("hours") else 5) for item in questions]
    people = rng.integers(0, most, (n, len(most))).astype(object)
    people[rng.random(people.shape) < 0.1] = None
    return people.tolist()


def shown(options, answer):
    if answer is None:
        return ""
    return (options or TYPED)[answer]


def write(path, rows, **how):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, **how).writerows(rows)
    return path


def _rows(sheet):
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
