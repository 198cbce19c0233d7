"""The samples are what they say: the company synthetic and made by its script, the survey real."""

import json
import runpy

import pandas as pd
import pytest

import dxkit as dx

COMPANY = dx.samples.path("company")
FILES = sorted(path.relative_to(COMPANY).as_posix() for path in COMPANY.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    for script in ("make_company.py", "make_year.py"):
        runpy.run_path(str(dx.samples.path(script)))["main"](folder)
    return folder


@pytest.mark.parametrize("name", FILES)
def test_the_script_makes_the_same_bytes(again, name):
    assert (again / name).read_bytes() == (COMPANY / name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_every_file_says_that_it_is_synthetic(name):
    assert "synthetic data" in (COMPANY / name).read_text()[:200]


def test_the_roster_is_the_staff_of_the_last_wave():
    people = pd.read_csv(COMPANY / "truth/population_2026-Q3.csv", comment="#")
    roster = pd.read_csv(COMPANY / "roster.csv", comment="#")
    assert roster["headcount"].sum() == len(people) == 180
    assert people["team"].nunique() == 14


def test_the_truth_is_the_mean_of_everybody():
    truth = json.loads((COMPANY / "truth/truth.json").read_text())
    people = pd.read_csv(COMPANY / "truth/population_2026-Q3.csv", comment="#")
    items = truth["waves"]["2026-Q3"]["items"]
    assert items["hrs_ci"] == pytest.approx(people["hrs_ci"].mean(), abs=1e-6)
    assert items["sat_ci"] == pytest.approx(25 * (people["sat_ci"].mean() - 1), abs=1e-6)
    assert truth["waves"]["2026-Q3"]["worst_three"]["hours"][0] == "Waiting for CI"


def test_every_wave_opens_and_the_first_has_its_own_codebook():
    waves = [dx.open_survey(path) for path in sorted(COMPANY.glob("responses_*.csv"))]
    assert [survey.wave for survey in waves] == ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    assert waves[0].codebook.item("rhythm_choice")["text"] != waves[1].codebook.item("rhythm_choice")["text"]
    assert all(100 < len(survey) < 135 for survey in waves)


@pytest.mark.thorough
def test_the_six_published_headlines_come_out_of_the_raw_files():
    folder = dx.samples.path("github_oss_2017")
    checks = json.loads((folder / "headlines.json").read_text())["checks"]
    survey = dx.read_survey(
        folder / "survey_data.csv.gz", dx.read_codebook(folder / "codebook.csv", folder / "scales.csv")
    )
    incidents = dx.read_survey(folder / "negative_incidents.csv.gz", folder / "codebook_negative.csv")
    github, negative = (
        dx.answers(s, by="POPULATION").only(where={"POPULATION": "github"}) for s in (survey, incidents)
    )
    found = 0
    for check in checks:
        if "naive" in check["level"]:
            continue
        if check["item"].startswith("NEGATIVE"):
            table = negative.share_of({f"{check['item']}.NONE.OF.THE.ABOVE": "No"}).table.iloc[0]
        else:
            table = github.share_of({check["item"]: check["level"].split("|")}).table.iloc[0]
        assert (table["count"], table["answered"]) == (check["k"], check["n"])
        assert round(100 * table["share"], 2) == check["pct"]
        assert abs(100 * table["share"] - check["published_pct"]) < 1
        found += 1
    assert found == 6


@pytest.mark.thorough
def test_the_year_holds_what_was_planted_in_it():
    """The true median, rate or share lies in the 95% interval that dxkit finds."""
    known = json.loads((COMPANY / "truth/year.json").read_text())
    files = [COMPANY / f"{name}.csv" for name in ("deployments", "changes", "incidents")]
    found = dx.dora(*files, as_of=known["as_of"], since=known["begin"]).table
    found = found[found["period"] == "all"].set_index("metric")
    for metric, truth in (
        ("change fail rate", "change_fail_rate"),
        ("failed deployment recovery time", "median_recovery_hours"),
    ):
        assert found.loc[metric, "low"] < known[truth] < found.loc[metric, "high"]
    assert found.loc["deployment frequency", "estimate"] == pytest.approx(known["deployments_a_week"], rel=0.1)
    work = dx.samples.path("company/changes.csv")
    work = pd.read_csv(work, comment="#").merge(pd.read_csv(files[0], comment="#")[["deployment", "time"]], how="left")
    lead = dx.before_after(
        work.rename(columns={"committed": "start", "time": "end"}),
        known["review_limit"],
        "duration",
        as_of=known["as_of"],
    )
    assert lead.p < 0.001
    assert lead.table["estimate"].tolist() == pytest.approx(known["median_lead_hours"], rel=0.07)
    first = dx.time_to_first_deploy(COMPANY / "hires.csv", known["as_of"]).median
    assert first.low <= known["median_days_to_first_deploy"] <= first.high
    health = dx.catalog_health(COMPANY / "catalog.csv", COMPANY / "CODEOWNERS", as_of=known["as_of"]).table
    for row, truth in zip(health.itertuples(), ("registered", "owner_agrees"), strict=False):
        assert row.low < known[truth] < row.high


def test_an_unknown_sample_is_told_with_those_there_are():
    with pytest.raises(dx.DataError, match="company/codebook.csv"):
        dx.samples.path("company/codebok.csv")
