"""Make a year of the synthetic company's deliveries, hires, catalog and actions. No real systems, no real people.

Run `python data_samples/make_year.py` to write the files into data_samples/company again; the same seed gives the same
bytes. What is planted is written to truth/year.json.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20260902
COMPANY = runpy.run_path(str(Path(__file__).with_name("make_company.py")))
LABEL = COMPANY["LABEL"].replace("make_company", "make_year")
BEGIN, LOOK = pd.Timestamp("2025-09-01", tz="UTC"), pd.Timestamp("2026-09-01", tz="UTC")
REVIEW_LIMIT = pd.Timestamp("2026-03-02", tz="UTC")  # from this day on, teams keep few reviews open at once
SERVICES = 60
DEPLOYS_A_WEEK, SCATTER = 42.0, 2.2  # of all teams together; variance of a month over its mean
LEAD_HOURS = (46.0, 30.0)  # half of the changes wait longer, before and after the limit on open reviews
FAILS, UNDONE, RECOVERY_HOURS = 0.12, 0.4, 3.0
REVIEWED = 0.6  # of incidents get a blameless review
HIRES, FIRST_DEPLOY_DAYS = 34, 21.0
REGISTERED, OWNER_RIGHT, FRESH, TEMPLATE = 0.72, 0.80, 0.75, 0.45


def services(rng: np.random.Generator) -> pd.DataFrame:
    """The services, who owns each in truth, and what the catalog says of it."""
    teams = list(COMPANY["TEAMS"])
    owner = [teams[k % len(teams)] for k in range(SERVICES)]
    name = [f"{team.lower().replace(' ', '-')}-{1 + k // len(teams)}" for k, team in enumerate(owner)]
    created = BEGIN - pd.to_timedelta(rng.integers(-330, 1500, SERVICES), unit="D")
    inside = rng.random(SERVICES) < REGISTERED
    registered = created + pd.to_timedelta(np.ceil(rng.gamma(1.2, 60, SERVICES)), unit="D")
    inside &= registered < LOOK
    changed = LOOK - pd.to_timedelta(rng.integers(1, 120, SERVICES), unit="D")
    stale = np.where(rng.random(SERVICES) < FRESH, rng.integers(0, 150, SERVICES), rng.integers(220, 600, SERVICES))
    entry = np.minimum(np.maximum(changed - pd.to_timedelta(stale, unit="D"), registered), changed)
    wrong = rng.random(SERVICES) >= OWNER_RIGHT
    other = [teams[k] for k in rng.integers(0, len(teams), SERVICES)]
    said = [b if bad else a for a, b, bad in zip(owner, other, wrong, strict=True)]
    old = np.arange(SERVICES) % 15 == 14
    return pd.DataFrame(
        {
            "service": name,
            "registered": [day(t) if ok else "" for t, ok in zip(registered, inside, strict=True)],
            "owner": [_team(team) if ok else "" for team, ok in zip(said, inside, strict=True)],
            "metadata_changed": [day(t) if ok else "" for t, ok in zip(entry, inside, strict=True)],
            "source_changed": [day(t) for t in changed],
            "created": [day(t) for t in created],
            "created_by_template": np.where(rng.random(SERVICES) < TEMPLATE, "yes", "no"),
            "eligible": np.where(old, "no", "yes"),
        }
    ), owner


def _team(team: str) -> str:
    return f"team-{team.lower().replace(' ', '-')}"


def day(moment) -> str:
    return f"{moment:%Y-%m-%d}"


def minute(moment) -> str:
    return "" if pd.isna(moment) else f"{moment:%Y-%m-%dT%H:%MZ}"


def deployments(catalog: pd.DataFrame, owner: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Deployments at working hours; the months scatter more than chance alone would have it."""
    weights = rng.gamma(1.5, 1.0, SERVICES)
    weights /= weights.sum()
    begun = [moment < LOOK - pd.Timedelta(days=120) for moment in pd.to_datetime(catalog["created"], utc=True)]
    weights = np.where(begun, weights, 0) / weights[begun].sum()
    rows = []
    for month in pd.date_range(BEGIN, LOOK, freq="MS", inclusive="left"):
        days = pd.bdate_range(month, month + pd.offsets.MonthBegin(1), inclusive="left")
        mean = DEPLOYS_A_WEEK * len(days) / 5
        for _ in range(rng.negative_binomial(mean / (SCATTER - 1), 1 / SCATTER)):
            time = days[rng.integers(len(days))] + pd.Timedelta(minutes=int(rng.integers(8 * 60, 17 * 60)))
            rows.append((time, int(rng.choice(SERVICES, p=weights))))
    rows.sort()
    frame = pd.DataFrame(rows, columns=["time", "k"])
    frame["service"] = catalog["service"].to_numpy()[frame["k"]]
    frame["team"] = np.asarray(owner)[frame["k"]]
    frame["kind"] = np.where(rng.random(len(frame)) < 0.06, "unplanned", "planned")
    return frame


def troubles(made: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All deployments with the rollbacks among them, and incidents: of deployments, and some of none."""
    failed = rng.random(len(made)) < FAILS
    rows, undone = [], []
    for at, service in zip(made["time"][failed], made["service"][failed], strict=True):
        opened = at + pd.Timedelta(minutes=int(5 + rng.gamma(1.2, 50)))
        took = pd.Timedelta(minutes=int(60 * RECOVERY_HOURS * np.exp(rng.normal(0, 1.1))) + 4)
        rows.append((opened, opened + took, service, at if rng.random() < 0.75 else pd.NaT))
        if rng.random() < UNDONE:
            undone.append((opened + 0.8 * took, service))
    for _ in range(14):  # a supplier, a certificate, a full disk
        opened = BEGIN + pd.Timedelta(minutes=int(rng.integers(0, 364 * 24 * 60)))
        rows.append((opened, opened + pd.Timedelta(minutes=int(240 * np.exp(rng.normal(0, 1)))), "", pd.NaT))
    back = pd.DataFrame(undone, columns=["time", "service"]).assign(kind="rollback")
    back["time"] = back["time"].dt.floor("min")
    back["team"] = back["service"].map(dict(zip(made["service"], made["team"], strict=True)))
    both = pd.concat([made.drop(columns="k"), back]).sort_values("time", kind="stable", ignore_index=True)
    both = both[both["time"] < LOOK].reset_index(drop=True)
    both.insert(0, "deployment", [f"d{k:04d}" for k in range(1, len(both) + 1)])
    known = {(t, s): d for t, s, d in zip(both["time"], both["service"], both["deployment"], strict=True)}
    bugs = pd.DataFrame(rows, columns=["opened", "resolved", "service", "at"]).sort_values("opened", kind="stable")
    bugs = bugs[bugs["opened"] < LOOK].reset_index(drop=True)
    bugs["deployment"] = [known.get((t, s), "") for t, s in zip(bugs["at"], bugs["service"], strict=True)]
    review = bugs["resolved"] + pd.to_timedelta(np.ceil(rng.gamma(3.0, 2.4, len(bugs))), unit="D")
    bugs["reviewed"] = review.where((rng.random(len(bugs)) < REVIEWED) & (review < LOOK))
    bugs["resolved"] = bugs["resolved"].where(bugs["resolved"] < LOOK)
    bugs["reviewed"] = bugs["reviewed"].where(bugs["resolved"].notna())
    bugs.insert(0, "incident", [f"i{k:03d}" for k in range(1, len(bugs) + 1)])
    return both, bugs


def changes(made: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What each deployment brought, and what waits on the day of the look."""
    rows = []
    for name, service, time, kind in made[["deployment", "service", "time", "kind"]].itertuples(index=False):
        for _ in range(0 if kind == "rollback" else 1 + rng.poisson(0.6)):
            median = LEAD_HOURS[int(time - pd.Timedelta(hours=LEAD_HOURS[1]) >= REVIEW_LIMIT)]
            written = time - pd.Timedelta(minutes=int(60 * median * np.exp(rng.normal(0, 0.8))) + 1)
            rows.append((written, service, name))
    for _ in range(40):
        written = LOOK - pd.Timedelta(minutes=int(60 * rng.gamma(1.5, 40)) + 1)
        rows.append((written, made["service"][rng.integers(len(made))], ""))
    rows = sorted(row for row in rows if row[0] >= BEGIN)
    frame = pd.DataFrame(rows, columns=["committed", "service", "deployment"])
    frame.insert(0, "change", [f"c{k:05d}" for k in range(1, len(frame) + 1)])
    return frame


def hires(rng: np.random.Generator) -> pd.DataFrame:
    """Newcomers of the year; some have not deployed yet."""
    start = BEGIN + pd.to_timedelta(np.sort(rng.integers(0, 357, HIRES)), unit="D")
    first = start + pd.to_timedelta(np.ceil(FIRST_DEPLOY_DAYS * np.exp(rng.normal(0, 0.6, HIRES))), unit="D")
    return pd.DataFrame(
        {
            "person": [f"newcomer {k:02d}" for k in range(1, HIRES + 1)],
            "start": [day(t) for t in start],
            "first_deploy": [day(t) if t < LOOK else "" for t in first],
        }
    )


ACTIONS = (
    (
        "2026-02-23",
        "Billing",
        "at most two reviews open for each person",
        "Waiting for code review",
        "Billing",
        "2026-03-02",
        "2026-03-02",
        "lead time of changes",
    ),
    (
        "2026-02-23",
        "all",
        "second pool of build machines",
        "Waiting for CI",
        "Platform",
        "2026-05-29",
        "2026-06-12",
        "hours lost to CI",
    ),
    (
        "2026-02-23",
        "all",
        "one place for documentation",
        "Finding documentation",
        "Platform",
        "2026-06-30",
        "",
        "hours lost to searching",
    ),
    (
        "2026-03-09",
        "Routing",
        "quarantine for tests that fail at random",
        "Tests that fail at random",
        "Routing",
        "2026-04-30",
        "2026-05-05",
        "reruns a week",
    ),
    (
        "2026-03-30",
        "Fleet",
        "rota for questions",
        "Interruptions and meetings",
        "Fleet",
        "2026-04-13",
        "2026-04-13",
        "",
    ),
    ("2026-05-25", "Tracking", "runbook for the night", "", "Tracking", "2026-06-30", "2026-07-07", ""),
    (
        "2026-05-25",
        "all",
        "owners in every repository",
        "Finding out who owns a service",
        "Platform",
        "2026-08-31",
        "",
        "owners that agree",
    ),
    (
        "2026-06-01",
        "all",
        "search over all wikis",
        "Finding documentation",
        "Platform",
        "2026-09-30",
        "",
        "hours lost to searching",
    ),
)
_HEAD = ("retro_date", "scope", "action", "topic", "owner", "due", "done", "measure")
PLATFORM_TEAM = {  # which of the four skills each of the five carries
    "engineering": (1, 1, 1, 1, 0),
    "reliability": (0, 1, 0, 1, 0),
    "product": (0, 0, 0, 0, 1),
    "writing": (0, 0, 0, 0, 0),
}


def main(folder: Path | None = None) -> None:
    """Write the year's files into a folder."""
    folder = folder or Path(__file__).parent / "company"
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    write, rng = COMPANY["write_frame"], np.random.default_rng(SEED)
    catalog, owner = services(rng)
    made, bugs = troubles(deployments(catalog, owner, rng), rng)
    work = changes(made, rng)
    stamped = {"time": minute, "opened": minute, "resolved": minute, "reviewed": day, "committed": minute}
    for name, frame, columns in (
        ("deployments", made, ["deployment", "service", "time", "kind", "team"]),
        ("incidents", bugs, ["incident", "service", "opened", "resolved", "deployment", "reviewed"]),
        ("changes", work, ["change", "service", "committed", "deployment"]),
        ("hires", hires(rng), ["person", "start", "first_deploy"]),
        ("catalog", catalog, list(catalog)),
        ("actions", pd.DataFrame(ACTIONS, columns=_HEAD), list(_HEAD)),
    ):
        texts = frame[columns].copy()
        for column in texts.columns.intersection(list(stamped)):
            texts[column] = ["" if pd.isna(t) else stamped[column](t) for t in texts[column]]
        write(folder / f"{name}.csv", texts, LABEL)
    skills = pd.DataFrame(PLATFORM_TEAM).replace({1: "yes", 0: ""})
    skills.insert(0, "member", [f"member {k}" for k in range(1, len(skills) + 1)])
    write(folder / "platform_team.csv", skills, LABEL)
    rules = [f"{service}/ @fernhill/{_team(team)}" for service, team in zip(catalog["service"], owner, strict=True)]
    (folder / "CODEOWNERS").write_text("\n".join([f"# {LABEL}", "* @fernhill/platform", *rules]) + "\n")
    known = {
        "note": LABEL,
        "begin": day(BEGIN),
        "as_of": day(LOOK),
        "review_limit": day(REVIEW_LIMIT),
        "deployments_a_week": DEPLOYS_A_WEEK,
        "variance_over_mean": SCATTER,
        "median_lead_hours": LEAD_HOURS,
        "change_fail_rate": FAILS,
        "median_recovery_hours": RECOVERY_HOURS,
        "reviewed_incidents": REVIEWED,
        "median_days_to_first_deploy": FIRST_DEPLOY_DAYS,
        "registered": REGISTERED,
        "owner_agrees": OWNER_RIGHT,
        "planted": [
            "From 2026-03-02 on changes reach production sooner; nothing else of delivery changes in the year.",
            "Months scatter more than chance alone would have it, so weekly or monthly ups and downs mean nothing.",
            "Reviews hurt less after their action; the action for CI was done, and CI hurts as before.",
            "Nobody of the platform team writes, one does product work.",
        ],
    }
    (folder / "truth" / "year.json").write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
