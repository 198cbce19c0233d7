"""A catalog against its source: shares with what is not known, and CODEOWNERS as GitHub reads it."""

import pandas as pd
import pytest

import dxkit as dx
from dxkit.outcomes.ownership.codeowners import rules_of
from dxkit.statistics.intervals import wilson

RULES = """
# who owns what
*            @org/everyone   # the rest
/services/   @org/backend
services/shop @org/shop
/docs/*      @org/writers
**/infra/    @org/ops @org/backend
/free/
"""
CATALOG = pd.DataFrame(
    {
        "service": ["shop", "till", "mail", "lab", "old"],
        "path": [f"services/{x}" for x in ("shop", "till", "mail", "lab", "old")],
        "registered": ["2026-02-01", "2026-01-11", "", "yes", "no"],
        "owner": ["group:shop", "team-x", "", "", ""],
        "created": ["2026-01-01", "2026-01-01", "2026-01-01", "", "2020-01-01"],
        "metadata_changed": ["2026-02-01", "2025-01-01", "", "", ""],
        "source_changed": ["2026-06-01", "2026-06-01", "", "", ""],
        "created_by_template": ["yes", "no", "", "", ""],
        "eligible": ["yes", "yes", "yes", "yes", "no"],
    }
)


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("web", ["@org/everyone"]),
        ("services/till", ["@org/backend"]),
        ("services/shop", ["@org/shop"]),
        ("other/services/x", ["@org/everyone"]),
        ("docs", ["@org/writers"]),
        ("docs/api", ["@org/everyone"]),
        ("a/b/infra", ["@org/ops", "@org/backend"]),
        ("infra", ["@org/ops", "@org/backend"]),
        ("free/x", []),
    ],
)
def test_the_last_rule_that_matches_counts(path, owners):
    assert rules_of(RULES).owners(path) == owners


def test_shares_count_what_is_known_and_say_what_is_not():
    table = dx.catalog_health(CATALOG, RULES).table.set_index("measure")
    figures = {name: (row["n"], row["of"], row["unknown"]) for name, row in table.iterrows()}
    assert figures == {
        "registered": (3, 4, 0),
        "owner agrees with CODEOWNERS": (1, 2, 1),
        "as fresh as the source": (1, 2, 1),
        "made from a template": (1, 2, 2),
        "older services registered": (2, 3, 0),
    }
    assert (table.loc["registered", "low"], table.loc["registered", "high"]) == pytest.approx(
        [float(end) for end in wilson(0.75, 4)]
    )


def test_time_to_register_counts_those_that_are_not_registered_yet():
    took = dx.catalog_health(CATALOG, RULES, since="2025-12-01").to_register
    assert (took.n, took.open, took.median.estimate) == (3, 1, 31.0)


def test_the_real_catalog_of_a_public_repository():
    """21 of 45 packages are registered."""
    frame = pd.read_csv(dx.samples.path("roadie/catalog.csv"), dtype=str).fillna("")
    services = frame.rename(
        columns={
            "path": "service",
            "last_catalog_change": "metadata_changed",
            "last_source_change": "source_changed",
            "package_added": "created",
        }
    )
    services["registered"] = services["registered_on"].where(services["registered"] == "1", "no")
    found = dx.catalog_health(services, as_of="2026-06-19").table.set_index("measure")
    assert (found.loc["registered", "n"], found.loc["registered", "of"]) == (21, 45)
    assert found.loc["owner agrees with CODEOWNERS", "of"] == 0
    assert pd.isna(found.loc["owner agrees with CODEOWNERS", "estimate"])


def test_faults_are_named(refusal):
    with refusal("soon"):
        dx.catalog_health(CATALOG.assign(registered="soon"))
    with refusal():
        dx.catalog_health(CATALOG, "CODEOWNERS_gone")


def test_a_file_is_read_as_its_text(tmp_path):
    (tmp_path / "CODEOWNERS").write_text(RULES)
    one, two = (dx.catalog_health(CATALOG, source).table for source in (RULES, tmp_path / "CODEOWNERS"))
    pd.testing.assert_frame_equal(one, two)


def test_what_comes_after_the_look_does_not_leak_in(snapshot):
    found = dx.catalog_health(CATALOG, RULES, as_of="2026-01-15", since="2025-12-01")
    table = found.table.set_index("measure")
    assert (table.loc["registered", "n"], table.loc["registered", "of"]) == (2, 4)
    assert table.loc["as fresh as the source", "of"] == 0
    assert (found.to_register.n, found.to_register.open) == (3, 2)
    assert dx.catalog_health(CATALOG, RULES, as_of="2025-06-01").notes == snapshot


def test_a_path_with_a_space_is_a_path_and_the_root_is_a_folder(tmp_path, refusal):
    folder = tmp_path / "my repository"
    folder.mkdir()
    (folder / "CODEOWNERS").write_text("* @org/other\n/* @org/root\n/catalog-info.yaml @org/portal\n")
    found = dx.catalog_health(CATALOG[:1].assign(path=".", owner="root"), str(folder / "CODEOWNERS"))
    assert found.services["agrees"].tolist() == [True]
    with refusal():
        dx.catalog_health(CATALOG, str(folder / "GONE"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param({"service": "shop", "path": "a"}, ["row 2"], id="row 2, is there twice"),
        pytest.param({"service": "", "path": ""}, [], id="the cell is empty"),
    ],
)
def test_every_service_has_one_row(change, named, refusal):
    with refusal(*named):
        dx.catalog_health(CATALOG.assign(**change), RULES)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        pytest.param(b"<html><body>not found</body></html>", [], id="no line names an owner"),
        pytest.param(b"* @a\x00", ["NUL"], id="NUL"),
        pytest.param("* @grün".encode("cp1252"), [], id="not UTF-8"),
    ],
)
def test_what_is_no_codeowners_file_is_told(tmp_path, data, named, refusal):
    (tmp_path / "CODEOWNERS").write_bytes(data)
    with refusal(*named):
        dx.catalog_health(CATALOG, tmp_path / "CODEOWNERS")


def test_a_rule_matches_however_its_letters_are_composed(tmp_path):
    (tmp_path / "CODEOWNERS").write_text("gru\u0308n @org/team-a\n", encoding="utf-16")
    services = pd.DataFrame({"service": ["grün"], "registered": ["yes"], "owner": ["team-a"]})
    assert dx.catalog_health(services, tmp_path / "CODEOWNERS").services["agrees"].tolist() == [True]
