"""Make the synthetic company that the notebooks and tests use. No real people, no real answers.

Run `python data_samples/make_company.py` to write data_samples/company again; the same seed gives the same bytes.
What is planted is written beside the data, in truth/.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20260901
COMPANY = "Fernhill Freight (fictional)"
LABEL = f"synthetic data: {COMPANY}, made by data_samples/make_company.py; no real people or answers"
WAVES = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
STARTS = ("2025-11-10", "2026-02-09", "2026-05-11", "2026-08-10")

TEAMS = {  # headcount and share that answers
    "Billing": (16, 0.70),
    "Booking": (18, 0.65),
    "Carrier Links": (14, 0.50),
    "Customs": (9, 0.80),
    "Data Platform": (13, 0.75),
    "Driver App": (17, 0.55),
    "Fleet": (11, 0.60),
    "Identity": (7, 0.85),
    "Mobile Core": (12, 0.45),
    "Observability": (6, 0.90),
    "Pricing": (15, 0.70),
    "Routing": (19, 0.60),
    "Tracking": (18, 0.40),
    "Web Front": (5, 0.80),
}
ROLES = {"Backend": 0.46, "Frontend": 0.20, "Data": 0.14, "Mobile": 0.12, "Platform": 0.08}
TENURES = {"Under 6 months": 0.14, "6 to 24 months": 0.28, "2 to 5 years": 0.36, "Over 5 years": 0.22}
SITES = {"Alder": 0.5, "Birch": 0.3, "Remote": 0.2}

# topic: id, statement, dimension, satisfaction (mean of the latent answer, 1 to 5), hours lost, importance
TOPICS = (
    ("ci", "Waiting for CI", "Feedback loops", 2.3, 3.2, 4.3),
    ("flaky", "Tests that fail at random", "Feedback loops", 2.6, 2.2, 4.0),
    ("review", "Waiting for code review", "Feedback loops", 2.8, 2.1, 4.0),
    ("local", "Local development setup", "Feedback loops", 3.3, 1.3, 3.6),
    ("docs", "Finding documentation", "Cognitive load", 2.6, 2.0, 4.0),
    ("owners", "Finding out who owns a service", "Cognitive load", 2.9, 1.4, 3.6),
    ("legacy", "Understanding old code", "Cognitive load", 2.9, 1.8, 3.6),
    ("tools", "Number of tools", "Cognitive load", 3.2, 0.8, 3.1),
    ("meetings", "Interruptions and meetings", "Flow", 2.8, 1.9, 3.8),
    ("oncall", "On-call load", "Flow", 3.3, 1.0, 3.5),
    ("deploy", "Deploying to production", "Flow", 3.2, 1.3, 3.9),
    ("access", "Getting access rights", "Flow", 3.3, 0.9, 3.3),
)
NEWCOMERS = {"docs": 1.0, "access": 1.1, "local": 0.8, "owners": 0.5}  # what hurts people in their first six months
CHANGES = {  # wave from which satisfaction moves, and by how much on the latent scale; hours move the other way
    "review": (2, 0.55),
    "deploy": (3, -0.35),
}
AGREEMENT = (
    ("rhythm_done", "I can finish what I planned for the week", 3.2, False),
    ("rhythm_focus", "I have two hours in a row for deep work on most days", 2.9, False),
    ("rhythm_break", "My work is often interrupted by urgent requests", 3.4, True),
    ("rhythm_choice", "I can choose how I do my work", 3.7, False),
)
TOOLS = ("Deploy bot", "Feature flags", "Service catalog", "Staging on demand", "Test data service")
SATISFACTION = ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied")
IMPORTANCE = ("Not important", "Slightly important", "Moderately important", "Very important", "Extremely important")
AGREE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
QUESTIONS = {
    "sat": "How satisfied are you with this part of your work?",
    "imp": "How important is this for your work?",
    "hrs": "How many hours did you lose to this in a typical week?",
}
OLD_WORDING = {"rhythm_choice": "I decide myself how I do my work"}  # asked so in the first wave
REMARKS = (
    "The queue before noon is the worst part.",
    "I rerun the same job until it is green.",
    "Nobody knows who owns half of these services.",
    "Reviews wait until someone has finished a sprint.",
    "The wiki has three answers to every question.",
    "Getting access took me two weeks.",
    "Deploys are fine, waiting for them is not.",
    "Please fewer status meetings.",
    "The staging environment is usually taken.",
    "Old modules have no tests at all.",
    "On-call was calm this quarter.",
    "Setting up my laptop took four days.",
)


def codebook(old: bool = False) -> pd.DataFrame:
    """One row per question."""
    rows = [
        {"item": "code", "text": "Your survey code", "kind": "id"},
        *({"item": name, "text": f"Your {name}", "kind": "segment"} for name in ("team", "tenure", "role", "site")),
    ]
    for kind, prefix, scale in (
        ("rating", "sat", "satisfaction5"),
        ("importance", "imp", "importance5"),
        ("hours", "hrs", "hours"),
    ):
        for topic, statement, dimension, *_ in TOPICS:
            rows.append(
                {
                    "item": f"{prefix}_{topic}",
                    "text": f"{QUESTIONS[prefix]} [{statement}]",
                    "kind": kind,
                    "topic": statement,
                    "dimension": dimension if kind == "rating" else "",
                    "scale": scale,
                }
            )
    for item, text, _, reverse in AGREEMENT:
        rows.append(
            {
                "item": item,
                "text": OLD_WORDING.get(item, text) if old else text,
                "kind": "rating",
                "dimension": "Working rhythm",
                "scale": "agreement5",
                "reverse": "yes" if reverse else "",
            }
        )
    rows.append(
        {
            "item": "recommend",
            "text": "How likely are you to recommend working here to a friend?",
            "kind": "recommend",
            "scale": "recommend11",
        }
    )
    for tool in TOOLS:
        rows.append(
            {
                "item": f"used_{tool.split()[0].lower()}",
                "text": f"Which of these did you use in the last month? [{tool}]",
                "kind": "rating",
                "scale": "yesno",
            }
        )
    rows += [
        {"item": "is_oncall", "text": "Are you on call?", "kind": "rating", "scale": "yesno"},
        {
            "item": "oncall_rest",
            "text": "I can rest enough after a night on call",
            "kind": "rating",
            "scale": "agreement5",
            "asked_if": "is_oncall",
        },
        {"item": "remark", "text": "What else should we know?", "kind": "comment"},
    ]
    columns = ["item", "text", "kind", "dimension", "topic", "scale", "reverse", "asked_if"]
    return pd.DataFrame(rows, columns=columns).fillna("")


def staff(rng: np.random.Generator) -> pd.DataFrame:
    """People with their attributes and lasting tendencies."""
    teams = np.repeat(list(TEAMS), [size for size, _ in TEAMS.values()])
    n = len(teams)
    people = pd.DataFrame(
        {
            "person": [f"P{i:03d}" for i in range(n)],
            "team": teams,
            "role": rng.choice(list(ROLES), n, p=list(ROLES.values())),
            "tenure": rng.choice(list(TENURES), n, p=list(TENURES.values())),
            "site": rng.choice(list(SITES), n, p=list(SITES.values())),
        }
    )
    people["mood"] = rng.normal(0, 0.45, n)
    for topic, *_ in TOPICS:
        people[f"bent_{topic}"] = rng.normal(0, 0.55, n)
    return people


def next_quarter(people: pd.DataFrame, rng: np.random.Generator, wave: int) -> pd.DataFrame:
    """Five in a hundred leave and are replaced by newcomers; some newcomers have settled."""
    people = people.copy()
    settled = (people["tenure"] == "Under 6 months") & (rng.random(len(people)) < 0.45)
    people.loc[settled, "tenure"] = "6 to 24 months"
    left = np.flatnonzero(rng.random(len(people)) < 0.05)
    people.loc[left, "person"] = [f"W{wave}{i:03d}" for i in range(len(left))]
    people.loc[left, "tenure"] = "Under 6 months"
    people.loc[left, "mood"] = rng.normal(0, 0.45, len(left))
    for topic, *_ in TOPICS:
        people.loc[left, f"bent_{topic}"] = rng.normal(0, 0.55, len(left))
    return people


def full_answers(people: pd.DataFrame, team_bent: pd.DataFrame, rng: np.random.Generator, wave: int) -> pd.DataFrame:
    """What everybody would answer in a wave, as codes."""
    n = len(people)
    newcomer = (people["tenure"] == "Under 6 months").to_numpy()
    answers = people[["person", "team", "role", "tenure", "site"]].reset_index(drop=True)
    columns = {}
    for topic, _, _, satisfaction, hours, importance in TOPICS:
        start, shift = CHANGES.get(topic, (0, 0.0))
        moved = shift if wave >= start else 0.0
        pain = (
            -moved
            + NEWCOMERS.get(topic, 0.0) * newcomer
            - people["mood"]
            - people[f"bent_{topic}"]
            + people["team"].map(team_bent[topic]).to_numpy()
        ).to_numpy()
        columns[f"sat_{topic}"] = np.clip(np.round(satisfaction - pain + rng.normal(0, 0.55, n)), 1, 5)
        columns[f"imp_{topic}"] = np.clip(np.round(importance + 0.25 * pain + rng.normal(0, 0.7, n)), 1, 5)
        lost = hours * np.exp(0.45 * pain - 0.25) * rng.gamma(2.2, 1 / 2.2, n)
        columns[f"hrs_{topic}"] = np.minimum(np.round(2 * lost) / 2, 20.0)
    for item, _, level, reverse in AGREEMENT:
        tendency = -people["mood"] if reverse else people["mood"]
        columns[item] = np.clip(np.round(level + 1.3 * tendency + rng.normal(0, 0.8, n)), 1, 5)
    columns["recommend"] = np.clip(np.round(7.2 + 2.2 * people["mood"] + rng.normal(0, 1.6, n)), 0, 10)
    for tool, share in zip(TOOLS, (0.8, 0.45, 0.35, 0.5, 0.25), strict=True):
        columns[f"used_{tool.split()[0].lower()}"] = (rng.random(n) < share).astype(float)
    columns["is_oncall"] = (rng.random(n) < np.where(people["role"].isin(["Backend", "Platform"]), 0.55, 0.15)).astype(
        float
    )
    rest = np.clip(np.round(3.0 + people["mood"] + rng.normal(0, 1.0, n)), 1, 5)
    columns["oncall_rest"] = np.where(columns["is_oncall"] == 1, rest, np.nan)
    return pd.concat([answers, pd.DataFrame({k: np.asarray(v, dtype=float) for k, v in columns.items()})], axis=1)


def export(full: pd.DataFrame, book: pd.DataFrame, rng: np.random.Generator, start: str) -> list[list[str]]:
    """The file a Google Form would give: who answered, what they left blank, labels for codes."""
    rates = full["team"].map({team: rate for team, (_, rate) in TEAMS.items()}).to_numpy()
    came = full[rng.random(len(full)) < rates].reset_index(drop=True)
    came = came.iloc[rng.permutation(len(came))].reset_index(drop=True)
    minutes = np.sort(rng.integers(0, 12 * 24 * 60, len(came) + 3))
    stamps = pd.Timestamp(start) + pd.to_timedelta(minutes * 60 + rng.integers(0, 60, len(minutes)), unit="s")
    header, options = _header(book)
    rows = [_row(person, book, options, rng) for person in came.to_dict("records")]
    again = rng.choice(len(rows) - 10, 2, replace=False)  # two people sent the form twice; the second time counts
    for k in again:
        rows.append(_row(came.iloc[k].to_dict(), book, options, rng))
    rows.append([""] * (len(header) - 1))  # one opened the form and sent it empty
    return [
        header,
        *(
            [f"{t:%Y/%m/%d} {t:%I}:{t:%M:%S} {t:%p} GMT".replace(" 0", " "), *row]
            for t, row in zip(stamps, rows, strict=True)
        ),
    ]


def _header(book: pd.DataFrame) -> tuple[list[str], list[tuple[str, str]]]:
    options = [(row.item, row.text.rsplit("[", 1)[1][:-1]) for row in book.itertuples() if row.item.startswith("used_")]
    header = ["Timestamp"]
    for row in book.itertuples():
        text = row.text.rsplit(" [", 1)[0] if row.item.startswith("used_") else row.text
        if text not in header:
            header.append(text)
    return header, options


def _row(person: dict, book: pd.DataFrame, options: list[tuple[str, str]], rng: np.random.Generator) -> list[str]:
    cells, joined = [], False
    for row in book.itertuples():
        if row.item.startswith("used_"):
            if not joined:
                cells.append(";".join(label for item, label in options if person[item] == 1))
                joined = True
            continue
        cells.append(_cell(row, person, rng))
    return cells


def _cell(row, person: dict, rng: np.random.Generator) -> str:
    if row.kind == "id":
        return f"k{int(person['person'][1:], 10) * 7919 % 100_000:05d}{person['person'][0].lower()}"
    if row.kind == "segment":
        return person[row.item]
    if row.kind == "comment":
        return rng.choice(REMARKS) if rng.random() < 0.45 else ""
    value = person[row.item]
    blank, no_opinion = rng.random() < 0.04, rng.random() < 0.02
    if np.isnan(value) or blank:
        return ""
    if row.kind == "hours":
        return f"{value:g}"
    if row.kind == "recommend":
        return f"{value:.0f}"
    if row.scale == "yesno":
        return "Yes" if value else "No"
    if no_opinion and row.kind in ("rating", "importance"):
        return "Not applicable"
    return {"satisfaction5": SATISFACTION, "importance5": IMPORTANCE, "agreement5": AGREE}[row.scale][int(value) - 1]


def truth(full: pd.DataFrame, book: pd.DataFrame) -> dict:
    """Means over all staff: what a survey answered by everybody would say."""
    items, topics = {}, {}
    index = {}
    for row in book[book["kind"].isin(["rating", "importance", "hours", "recommend"])].itertuples():
        codes = full[row.item].to_numpy(dtype=float)
        if row.kind == "hours":
            index[row.item] = codes
        elif row.kind == "recommend":
            index[row.item] = np.where(np.isnan(codes), np.nan, 100.0 * (codes >= 9) - 100.0 * (codes <= 6))
        else:
            lo, hi = (0, 1) if row.scale == "yesno" else (1, 5)
            points = 100 * (codes - lo) / (hi - lo)
            index[row.item] = 100 - points if row.reverse == "yes" else points
        items[row.item] = round(float(np.nanmean(index[row.item])), 6)
    dimensions = {}
    for name in dict.fromkeys(d for d in book["dimension"] if d):
        members = book.loc[book["dimension"] == name, "item"]
        dimensions[name] = round(float(np.mean([index[item] for item in members])), 6)
    for topic, statement, *_ in TOPICS:
        severity = 100 - index[f"sat_{topic}"]
        topics[statement] = {
            "hours": items[f"hrs_{topic}"],
            "severity": round(float(severity.mean()), 6),
            "impact": round(float((severity * index[f"imp_{topic}"] / 100).mean()), 6),
        }
    worst = {score: sorted(topics, key=lambda t: -topics[t][score])[:3] for score in ("hours", "severity", "impact")}
    return {"staff": len(full), "items": items, "dimensions": dimensions, "topics": topics, "worst_three": worst}


def write_rows(path: Path, rows: list[list[str]], label: str = LABEL) -> None:
    """A csv file whose first line says that it is synthetic."""
    with open(path, "w", encoding="utf-8", newline="") as stream:
        stream.write(f"# {label}\n")
        csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)


def write_frame(path: Path, frame: pd.DataFrame, label: str = LABEL) -> None:
    """A frame as csv, numbers in their shortest form."""
    texts = frame.map(lambda value: "" if value != value else f"{value:g}" if isinstance(value, float) else str(value))
    write_rows(path, [list(texts.columns), *texts.to_numpy().tolist()], label)


def main(folder: Path | None = None) -> None:
    """Write the company's files into a folder."""
    folder = folder or Path(__file__).parent / "company"
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    people = staff(rng)
    team_bent = pd.DataFrame(
        rng.normal(0, 0.3, (len(TEAMS), len(TOPICS))), index=list(TEAMS), columns=[t for t, *_ in TOPICS]
    )
    known = {
        "note": LABEL,
        "response_rates": {team: rate for team, (_, rate) in TEAMS.items()},
        "planted": [
            "Teams answer at different rates, whatever their answers would be.",
            "Waiting for CI costs most hours in every wave; the next three are close to each other.",
            "Waiting for code review hurts less from 2026-Q2 on, deploying more from 2026-Q3 on; nothing else changes.",
            "People in their first six months suffer more from documentation, access rights, setup and finding owners.",
            "The item rhythm_choice was worded differently in 2025-Q4; rhythm_break is reverse-keyed.",
        ],
        "waves": {},
    }
    for wave, (name, start) in enumerate(zip(WAVES, STARTS, strict=True)):
        people = people if wave == 0 else next_quarter(people, rng, wave)
        full = full_answers(people, team_bent, rng, wave)
        book = codebook(old=wave == 0)
        write_rows(folder / f"responses_{name}.csv", export(full, book, rng, start))
        write_frame(folder / "truth" / f"population_{name}.csv", full)
        known["waves"][name] = truth(full, book)
    write_frame(folder / "codebook.csv", codebook())
    write_frame(folder / "codebook_2025-Q4.csv", codebook(old=True))
    segments = ["team", "role", "tenure", "site"]
    roster = full.groupby(segments, sort=True).size().rename("headcount").reset_index()
    order = pd.DataFrame({"tenure": roster["tenure"].map(list(TENURES).index), "team": roster["team"]})
    roster = roster.loc[order.sort_values(["tenure", "team"], kind="stable").index]
    write_frame(folder / "roster.csv", roster)
    (folder / "truth" / "truth.json").write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
