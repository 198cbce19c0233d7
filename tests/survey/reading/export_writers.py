"""Write one table of clean answers in the shape of each survey tool, with the clutter the tool adds.

Cells of `clean` are answer labels by item id; options of a multi-select are Yes, No or "". The person of each row is
in the column `code`. Every file also holds rows that must not count: a preview or unfinished one where the tool has
such, a blank one where it has not.
"""

import csv
import json

import openpyxl
import pandas as pd


def parts(book):
    """Questions in order: (text, stem, statement or "", items, is_multi)."""
    seen = {}
    for row in book.itertuples():
        stem, _, rest = row.text.partition(" [")
        statement = rest.rstrip("]")
        multi = row.scale == "yesno" and bool(statement)
        key = stem if multi else row.text
        seen.setdefault(key, (key if multi else row.text, stem, "" if multi else statement, [], multi))[3].append(row)
    return list(seen.values())


def option(row):
    return row.text.partition(" [")[2].rstrip("]")


def joined(person, items, joint, ended=False):
    chosen = [option(row) for row in items if person[row.item] == "Yes"]
    return joint.join(chosen) + (joint if ended and chosen else "")


def write(path, rows, delimiter=",", encoding="utf-8", quoting=csv.QUOTE_MINIMAL, end="\n"):
    with open(path, "w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    return path


def plain(clean, book, folder):
    rows = [list(book["item"])] + [[p[i] for i in book["item"]] for p in clean.to_dict("records")]
    return write(folder / "plain.csv", rows)


def google_forms(clean, book, folder):
    questions = parts(book)
    rows = [["Timestamp", "Email Address", *(q[0] for q in questions)]]
    for k, person in enumerate(clean.to_dict("records")):
        answers = [joined(person, q[3], ";") if q[4] else person[q[3][0].item] for q in questions]
        rows.append([f"2026/08/{10 + k % 9} 6:3{k % 10}:58 PM EST", f"p{k}@example.com", *answers])
    rows.append(["2026/08/20 9:00:00 AM EST", "late@example.com", *[""] * len(questions)])
    return write(folder / "google.csv", rows, quoting=csv.QUOTE_ALL)


def microsoft_forms(clean, book, folder):
    questions = parts(book)
    book_, names, seen = openpyxl.Workbook(), [], {}
    for text, _, statement, _, _ in questions:
        name = statement or text
        seen[name] = seen.get(name, 0) + 1
        names.append((name if seen[name] == 1 else f"{name}{seen[name]}").replace(" ", "\u00a0", 1) + "\n")
    sheet = book_.active
    sheet.append(["Id", "Start time", "Completion time", "Email", "Name", *names])
    start = pd.Timestamp("2026-08-10 09:00")
    for k, person in enumerate(clean.to_dict("records")):
        answers = [joined(person, q[3], ";", ended=True) if q[4] else person[q[3][0].item] for q in questions]
        sheet.append(
            [
                k + 1,
                (start + pd.Timedelta(hours=k)).to_pydatetime(),
                (start + pd.Timedelta(hours=k, minutes=9)).to_pydatetime(),
                "anonymous",
                "",
                *answers,
            ]
        )
    path = folder / "microsoft.xlsx"
    book_.save(path)
    return path


def qualtrics(clean, book, folder):
    fixed = [
        "StartDate",
        "EndDate",
        "Status",
        "IPAddress",
        "Progress",
        "Duration (in seconds)",
        "Finished",
        "RecordedDate",
        "ResponseId",
        "RecipientLastName",
        "DistributionChannel",
        "UserLanguage",
    ]
    columns, texts = [], []
    for q, (text, stem, statement, items, multi) in enumerate(parts(book), 1):
        columns += [f"Q{q}_{k}" for k in range(1, len(items) + 1)] if multi else [f"Q{q}"]
        texts += (
            [f"{stem} - {option(row)}" for row in items] if multi else [f"{stem} - {statement}" if statement else text]
        )
    head = [
        [*fixed, *columns, "Q1_DO"],
        [*fixed, *texts, "Display order"],
        [json.dumps({"ImportId": name}) for name in [*fixed, *columns, "Q1_DO"]],
    ]
    rows = []
    for k, person in enumerate([*clean.to_dict("records"), *clean.to_dict("records")[:2]]):
        extra = k - len(clean)
        answers = []
        for _, _, _, items, multi in parts(book):
            answers += (
                [option(r) if person[r.item] == "Yes" else "" for r in items] if multi else [person[items[0].item]]
            )
        status, finished = ("Survey Preview", "True") if extra == 0 else ("IP Address", str(extra < 0))
        rows.append(
            [
                "2026-08-10 09:00:00",
                "2026-08-10 09:09:00",
                status,
                "192.0.2.7",
                "100",
                "540",
                finished,
                f"2026-08-{10 + k % 9} 09:09:01",
                f"R_{k:04d}abc",
                "",
                "email",
                "EN",
                *answers,
                "1|2",
            ]
        )
    return write(folder / "qualtrics.csv", [*head, *rows])


def surveymonkey(clean, book, folder):
    fixed = [
        "Respondent ID",
        "Collector ID",
        "Start Date",
        "End Date",
        "IP Address",
        "Email Address",
        "First Name",
        "Last Name",
        "Custom Data 1",
    ]
    first, second, last = list(fixed), [""] * len(fixed), None
    for text, stem, statement, items, multi in parts(book):
        if multi:
            first += [stem, *[""] * (len(items) - 1)]
            second += [option(row) for row in items]
        elif statement:
            first.append("" if stem == last else stem)
            second.append(statement)
        else:
            first.append(text)
            second.append("Open-Ended Response" if items[0].kind in ("comment", "hours", "id") else "Response")
        last = stem
    rows = [first, second]
    for k, person in enumerate([*clean.to_dict("records"), clean.iloc[0].to_dict()]):
        answers = []
        for _, _, _, items, multi in parts(book):
            answers += (
                [option(r) if person[r.item] == "Yes" else "" for r in items] if multi else [person[items[0].item]]
            )
        end = "" if k == len(clean) else f"08/{10 + k % 9}/2026 09:09:01"
        rows.append([str(11_000_000_000 + k), "4", "08/10/2026 09:00:00", end, "192.0.2.7", "", "", "", "", *answers])
    return write(folder / "monkey.csv", rows)


def typeform(clean, book, folder):
    questions = parts(book)
    rows = [["#", *(q[0] for q in questions), "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]]
    for k, person in enumerate(clean.to_dict("records")):
        answers = [
            " / " * bool(joined(person, q[3], " / ")) * (k % 2) + joined(person, q[3], " / ")
            if q[4]
            else person[q[3][0].item]
            for q in questions
        ]
        rows.append([f"{k:06x}f00d", *answers, "2026-08-10 09:00:00", f"2026-08-{10 + k % 9} 09:09:01", "a1b2c3"])
    return write(folder / "typeform.csv", rows)


def limesurvey(clean, book, folder):
    header = ["id", "submitdate", "lastpage", "startlanguage", "seed", "ipaddr"]
    for text, stem, statement, items, multi in parts(book):
        header += (
            [f"{stem} [{option(row)}]" for row in items] if multi else [f"{stem} [{statement}]" if statement else text]
        )
    rows = [[*header, "interviewtime"]]
    for k, person in enumerate([*clean.to_dict("records"), clean.iloc[0].to_dict()]):
        answers = []
        for _, _, _, items, multi in parts(book):
            answers += ["Y" if person[r.item] == "Yes" else "" for r in items] if multi else [person[items[0].item]]
        submitted = "" if k == len(clean) else f"2026-08-{10 + k % 9} 09:09:01"
        rows.append([str(k + 1), submitted, "5", "en", "123", "192.0.2.7", *answers, "540.2"])
    return write(
        folder / "lime.csv", [*rows, []], delimiter=";", encoding="utf-8-sig", quoting=csv.QUOTE_ALL, end="\r\n"
    )


WRITERS = {
    "plain": plain,
    "google_forms": google_forms,
    "microsoft_forms": microsoft_forms,
    "qualtrics": qualtrics,
    "surveymonkey": surveymonkey,
    "typeform": typeform,
    "limesurvey": limesurvey,
}
