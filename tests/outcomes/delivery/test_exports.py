"""Exports of seven tools read as they are: a frame, a csv file, JSON in its shapes; and dates that may be two."""

import json

import pandas as pd
import pytest

import dxkit as dx

GITHUB = [
    {"id": 7, "sha": "a", "environment": "production", "created_at": "2026-01-05T10:00:00Z", "statuses": []},
    {
        "id": 8,
        "sha": "b",
        "environment": "production",
        "created_at": "2026-01-12T10:00:00Z",
        "statuses": [
            {"state": "failure", "created_at": "2026-01-12T10:05:00Z"},
            {"state": "success", "created_at": "2026-01-12T10:09:00Z"},
        ],
    },
    {"id": 9, "sha": "c", "environment": "staging", "created_at": "2026-01-13T10:00:00Z", "state": "inactive"},
    {"id": 10, "sha": "d", "environment": "production", "created_at": "2026-01-14T10:00:00Z", "state": "error"},
]
RELEASES = [
    {"tagName": "v1", "publishedAt": "2026-01-05T10:00:00Z", "isDraft": False, "isPrerelease": False},
    {"tagName": "v2-rc1", "publishedAt": "2026-01-06T10:00:00Z", "isDraft": False, "isPrerelease": True},
    {"tagName": "v2", "publishedAt": "", "isDraft": True, "isPrerelease": False},
]
GITLAB = [
    {"id": 41, "iid": 1, "status": "success", "environment": {"name": "prod"}, "updated_at": "2026-01-05T10:00:00Z"},
    {
        "id": 42,
        "iid": 2,
        "status": "success",
        "environment": {"name": "prod"},
        "updated_at": "2026-01-09T10:00:00Z",
        "deployable": {"finished_at": "2026-01-06T10:00:00Z"},
    },
    {"id": 43, "iid": 3, "status": "canceled", "environment": {"name": "prod"}, "updated_at": "2026-01-07T10:00:00Z"},
    {"id": 44, "iid": 4, "status": "running", "environment": {"name": "prod"}, "updated_at": "2026-01-08T10:00:00Z"},
]
DEVLAKE = pd.DataFrame(
    {
        "id": ["p1", "p2", "p3"],
        "cicd_scope_id": "repo:1",
        "result": ["SUCCESS", "FAILURE", "SUCCESS"],
        "finished_date": ["2026-01-05 10:00:00", "2026-01-06 10:00:00", "2026-01-07 10:00:00"],
        "environment": ["PRODUCTION", "PRODUCTION", "TESTING"],
    }
)
DEPLOYED = pd.DataFrame(
    {"deployment": ["d1", "d2"], "service": "shop", "time": ["2026-01-05T10:00Z", "2026-01-09T10:00Z"]}
)
PAGERDUTY = pd.DataFrame(
    {
        "incident_number": [1, 2],
        "service_name": "Shop",
        "created_on": ["2026-01-05T11:00:00Z", "2026-01-09T11:00:00Z"],
        "resolved_on": ["2026-01-05T13:00:00Z", ""],
    }
)
OPSGENIE = pd.DataFrame(
    {
        "tinyId": ["11", "12"],
        "status": ["resolved", "open"],
        "createdAt": ["2026-01-05T11:30:00Z", "2026-01-09T11:00:00Z"],
        "impactStartDate": ["2026-01-05T11:00:00Z", ""],
        "impactEndDate": ["2026-01-05T13:00:00Z", "2026-01-09T12:00:00Z"],
    }
)
JIRA = pd.DataFrame(
    {
        "Issue key": ["OPS-1", "OPS-2"],
        "Created": ["05/Jan/26 11:00 AM", "09/Jan/26 11:00 AM"],
        "Resolved": ["05/Jan/26 1:00 PM", ""],
        "Component/s": ["Shop", ""],
    }
)


def used(found):
    return found.audit.set_index("reason")["n"].to_dict()


@pytest.mark.parametrize(
    ("export", "counts", "tool"),
    [
        (GITHUB, {"used": 1, "not finished": 1, "not production: staging": 1, "failed": 1}, "GitHub deployments"),
        (RELEASES, {"used": 1, "not finished": 1, "pre-release": 1}, "GitHub releases"),
        (GITLAB, {"used": 2, "failed": 1, "not finished": 1}, "GitLab deployments"),
        (DEVLAKE, {"used": 1, "failed": 1, "not production: TESTING": 1}, "DevLake deployments"),
    ],
    ids=["github", "releases", "gitlab", "devlake"],
)
def test_deployments_of_a_tool_are_read_and_the_tool_is_named(export, counts, tool):
    found = dx.dora(pd.DataFrame(export), as_of="2026-02-01")
    assert used(found) == counts
    assert f"read as an export of {tool}" in found.notes
    assert found.audit["n"].sum() == len(export)


def test_a_job_that_finished_later_counts_when_it_finished():
    found = dx.dora(pd.DataFrame(GITLAB), as_of="2026-01-10T00:00Z", period="W-MON").table
    assert found.loc[found["period"] == "all", "exposure"].iloc[0] == pytest.approx(4 + 14 / 24)


def test_an_export_without_results_counts_every_row_and_says_so():
    frame = pd.DataFrame(GITHUB).drop(columns=["statuses", "state"])
    found = dx.dora(frame, as_of="2026-02-01")
    assert used(found) == {"used": 3, "not production: staging": 1, "used, but the export has no result": 3}


@pytest.mark.parametrize("incidents", [PAGERDUTY, OPSGENIE, JIRA], ids=["pagerduty", "opsgenie", "jira"])
def test_incidents_of_a_tool_are_read(incidents):
    table = dx.dora(DEPLOYED, incidents=incidents, as_of="2026-02-01").table
    rows = table[table["period"] == "all"].set_index("metric")
    assert rows.loc["change fail rate", "estimate"] == 1.0
    recovery = rows.loc["failed deployment recovery time"]
    assert (recovery["n"], recovery["open"]) == (2, 1)


@pytest.mark.parametrize("text", ["03/04/26 4:18 PM", "16.09.2026", "3/4/2026"])
def test_a_date_of_numbers_alone_is_refused_as_ambiguous(text, refusal):
    with refusal(text):
        dx.dora(DEPLOYED, incidents=JIRA.assign(Created=[text, "09/Jan/26 11:00 AM"]))


@pytest.mark.parametrize(
    "written",
    [
        lambda rows: json.dumps(rows),
        lambda rows: json.dumps([rows[:2], rows[2:]]),
        lambda rows: json.dumps(rows[:2]) + "\n" + json.dumps(rows[2:]),
        lambda rows: "\n".join(map(json.dumps, rows)),
        lambda rows: json.dumps({"deployments": rows, "total": len(rows)}),
    ],
    ids=["an array", "pages", "pages one behind another", "a line each", "an envelope"],
)
def test_json_in_each_of_its_shapes_is_the_same_table(tmp_path, written):
    (tmp_path / "export.json").write_text(written(GITHUB))
    one, two = (dx.dora(source, as_of="2026-02-01") for source in (tmp_path / "export.json", pd.DataFrame(GITHUB)))
    pd.testing.assert_frame_equal(one.table, two.table)


def test_a_csv_file_keeps_the_places_of_its_cells_in_messages(tmp_path, refusal):
    PAGERDUTY.assign(created_on=["soon", "2026-01-09T11:00:00Z"]).to_csv(tmp_path / "export.csv", index=False)
    with refusal("export.csv, row 2, column 3 (created_on)"):
        dx.dora(DEPLOYED, incidents=tmp_path / "export.csv")


@pytest.mark.parametrize("text", ["[1, 2]", "[{", "{}", '{"a": 1}'])
def test_json_that_is_no_export_is_refused(tmp_path, text):
    (tmp_path / "export.json").write_text(text)
    with pytest.raises(dx.DataError):
        dx.dora(tmp_path / "export.json")


def test_a_table_of_our_own_columns_is_never_taken_for_an_export():
    frame = DEPLOYED.assign(sha="x", environment="prod", created_at="2020-01-01")
    found = dx.dora(frame, as_of="2026-02-01")
    assert used(found) == {"used": 2}
    assert not any("export" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[{"team": "Red"}]', "ours.json: the table of deployments needs a column 'deployment'"),
        ('[{"deployment": "a", "time": "2026-13-01"}]', "ours.json, row 1, column time"),
    ],
)
def test_a_fault_of_a_json_file_names_the_file(tmp_path, text, says, refusal):
    path = tmp_path / "ours.json"
    path.write_text(text)
    with refusal(says):
        dx.dora(path)
