"""Habits of repositories that public bug reports told of, each with its neighbours, and clones that mean harm."""

import shutil
import subprocess

import pytest

import dxkit as dx
from tests.outcomes.delivery.clones import Clone

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def lead(made, changes, as_of="2026-02-01T00:00Z"):
    table = dx.dora(made, changes, as_of=as_of).table
    return table[(table["period"] == "all") & (table["metric"] == "change lead time")].iloc[0]


# the first tag takes no history (DataDog/documentation #22241; apache/devlake #8790)


@pytest.mark.parametrize("years", [(2023, 2024, 2025), (2025,), ()], ids=["three years", "one year", "none"])
def test_the_history_before_the_first_tag_is_no_lead_time(clone, years):
    for year in years:
        for month in ("02", "08"):
            clone.commit(f"{year}-{month}-01T10:00:00Z", "old")
    for day in ("05", "12", "19", "26"):
        clone.commit(f"2026-01-{day}T08:00:00Z")
        clone.tag(f"v1.{int(day)}.0", at=f"2026-01-{day}T12:00:00Z")
    made = dx.deployments_from_git(clone.path, tags="v*")
    changes = dx.changes_from_git(clone.path, made)
    assert changes.attrs["history"] == 2 * len(years) + 1
    found = lead(made, changes)
    assert (found["n"], found["estimate"]) == (3, 4.0)
    table = dx.dora(made, changes, as_of="2026-02-01T00:00Z").table
    assert table["estimate"][table["period"] == "all"].iloc[0] == pytest.approx(4 / (26.5 / 7))


# several tags on one commit (bobmatnyc/trusty-tools #207; Flowfin/jellyfin-plugin-sso PR 650)


@pytest.mark.parametrize(
    ("tags", "more", "names"),
    [
        ("v*", {}, ["v1.5.0", "v1.12.0", "v1.19.0"]),
        ("v*-rc*", {}, ["v1.5.0-rc1", "v1.12.0-rc1", "v1.19.0-rc1"]),
        ("v*", {"pre_releases": True}, ["v1.5.0-rc1", "v1.12.0-rc1", "v1.19.0-rc1"]),
        ("v*", {"exclude": ["v1.1?.0"]}, ["v1.5.0", "v1.12", "v1.19"]),
        ("v*", {"exclude": ["V1.5*"]}, ["v1.12.0", "v1.19.0"]),
        ("v1*", {"exclude": ["v1*9*", "v1"], "pre_releases": True}, ["v1.5.0-rc1", "v1.12.0-rc1"]),
    ],
    ids=["stable", "release candidates on purpose", "all", "more excluded", "in any case", "both"],
)
def test_a_commit_is_one_deployment_and_a_candidate_is_none(clone, tags, more, names):
    for day in ("05", "12", "19"):
        clone.commit(f"2026-01-{day}T08:00:00Z")
        clone.tag("v1")
        for end in ("", ".0", ".0-rc1"):
            clone.tag(f"v1.{int(day)}{end}")
    made = dx.deployments_from_git(clone.path, tags=tags, **more)
    assert made["deployment"].tolist() == names


@pytest.mark.parametrize(
    ("tag", "counts"),
    [
        ("search@1.0", 1),
        ("prefix-1.0", 1),
        ("developer-2", 1),
        ("1.0-beta", 0),
        ("1.0b2", 0),
        ("1.0.dev3", 0),
        ("1.0RC1", 0),
    ],
)
def test_a_word_of_a_pre_release_is_a_word_and_no_part_of_one(clone, tag, counts):
    clone.commit("2026-01-05T08:00:00Z")
    clone.tag("stable-0.9")
    clone.commit("2026-01-06T08:00:00Z")
    clone.tag(tag)
    assert len(dx.deployments_from_git(clone.path)) == 1 + counts


def test_the_earliest_tag_of_a_commit_names_it(clone):
    clone.commit("2026-01-05T08:00:00Z")
    clone.tag("v1.0", at="2026-01-06T08:00:00Z")
    clone.tag("release-of-the-year", at="2026-01-09T08:00:00Z")
    assert dx.deployments_from_git(clone.path)["deployment"].tolist() == ["v1.0"]


# squash merges (dora-team/fourkeys #456; DataDog/documentation #23271)


def test_a_branch_without_merges_is_told_what_to_do_and_read_by_commit(clone, refusal):
    for day in ("05", "12", "19"):
        clone.commit(f"2026-01-{day}T08:00:00Z", f"feature (#{day})")
    with refusal("each='commit'"):
        dx.deployments_from_git(clone.path, branch="main")
    made = dx.deployments_from_git(clone.path, branch="main", each="commit")
    assert len(made) == 3
    assert made["deployment"].tolist() == made["sha"].tolist()
    one = dx.deployments_from_git(clone.path, branch="main", each="commit", subject="*(#12)")
    assert one["time"].dt.day.tolist() == [12]


def test_a_squash_merge_does_not_say_when_work_began(clone, snapshot):
    for day in ("05", "12", "19", "26"):
        clone.commit(f"2026-01-{day}T08:00:00Z", f"feature (#{day})")
    made = dx.deployments_from_git(clone.path, branch="main", each="commit")
    found = lead(made, dx.changes_from_git(clone.path, made))
    assert found["note"] == snapshot
    clone.tag("v1")
    clone.commit("2026-01-28T08:00:00Z")
    clone.tag("v2", at="2026-01-29T08:00:00Z")
    tagged = dx.deployments_from_git(clone.path)
    assert lead(tagged, dx.changes_from_git(clone.path, tagged))["estimate"] == 24.0


def test_what_a_clone_left_out_is_said_with_the_figures(clone, snapshot):
    for day in ("05", "12", "19"):
        clone.commit(f"2026-01-{day}T08:00:00Z")
        for name in (f"v1.{int(day)}", f"v1.{int(day)}.0", f"v1.{int(day)}.0-rc1"):
            clone.tag(name)
    made = dx.deployments_from_git(clone.path)
    assert dx.dora(made, dx.changes_from_git(clone.path, made), as_of="2026-02-01").notes == snapshot


def test_the_names_of_all_tags_of_a_commit_are_told_and_what_exclude_left_out(clone):
    for day, names in enumerate((["v1.0", "release-1.0"], ["v1.1"], ["v1.2-rc1", "v1.2", "stable"]), 10):
        clone.commit(f"2026-01-{day}T08:00:00Z")
        for name in names:
            clone.tag(name)
    made = dx.deployments_from_git(clone.path)
    assert made["deployment"].tolist() == ["release-1.0", "v1.1", "stable"]
    noted = dx.dora(made, as_of="2026-02-01").notes
    assert "tags of one commit are one deployment: release-1.0 (also v1.0), stable (also v1.2)" in noted
    made = dx.deployments_from_git(clone.path, exclude=["stable", "release*"])
    assert made["deployment"].tolist() == ["v1.0", "v1.1", "v1.2"]
    noted = dx.dora(made, as_of="2026-02-01").notes
    assert "left out of the clone: 1 pre-releases, 2 tags that exclude= names" in noted
    assert not any("one deployment" in note for note in noted)


def test_tags_that_are_named_unlike_the_rest_are_told(clone, refusal):
    with refusal("there is no tag", "branch='main'"):
        dx.deployments_from_git(clone.path)
    for day, name in enumerate(["v1.0.0-M1", "v1.0.0.m2", "v1.0.0", "v1.0.1", "v1.1-internal.0", "checkout"], 10):
        clone.commit(f"2026-01-{day}T08:00:00Z")
        clone.tag(name)
    made = dx.deployments_from_git(clone.path)
    assert made["deployment"].tolist() == ["v1.0.0", "v1.0.1", "v1.1-internal.0", "checkout"]
    noted = " ".join(dx.dora(made, as_of="2026-02-01").notes)
    assert "9 for a number: v9.9.9 (2), checkout (1), v9.9-internal.9 (1); tags= and exclude= choose" in noted
    assert "9 for a number" not in " ".join(
        dx.dora(dx.deployments_from_git(clone.path, "v1.0*"), as_of="2026-02-01").notes
    )


def test_each_commit_of_the_main_line_counts_and_those_of_a_branch_do_not(clone):
    clone.commit("2026-01-05T08:00:00Z")
    clone.git("checkout", "-q", "-b", "side")
    clone.commit("2026-01-06T08:00:00Z")
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--no-ff", "side", "-m", "merge", at="2026-01-07T08:00:00Z")
    assert len(dx.deployments_from_git(clone.path, branch="main", each="commit")) == 2
    assert len(dx.deployments_from_git(clone.path, branch="main")) == 1


# a monorepo (apache/devlake #6690, PR 9037; DataDog/documentation #26719)


@pytest.mark.parametrize(
    ("paths", "days"), [(["shop"], [7]), (["till"], [6]), (None, [6, 7])], ids=["shop", "till", "everything"]
)
def test_a_commit_belongs_to_the_package_whose_folder_it_touches(clone, paths, days):
    for file, day in (("shop/a", "05"), ("till/a", "06"), ("shop/b", "07")):
        clone.commit(f"2026-01-{day}T08:00:00Z", file=file)
        if day != "06":
            clone.tag(f"shop@{int(day)}")
    made = dx.deployments_from_git(clone.path, tags="shop@*")
    changes = dx.changes_from_git(clone.path, made, paths=paths)
    assert sorted(changes["committed"].dt.day) == days
    by_folder = dx.deployments_from_git(clone.path, branch="main", each="commit", paths=["shop"])
    assert by_folder["time"].dt.day.tolist() == [5, 7]


def test_a_path_is_a_path_and_no_pattern(clone):
    clone.commit("2026-01-05T08:00:00Z", file="shop/a")
    clone.commit("2026-01-06T08:00:00Z", file="*/b")
    made = dx.deployments_from_git(clone.path, branch="main", each="commit", paths=["*"])
    assert made["time"].dt.day.tolist() == [6]


def test_merges_of_a_branch_that_is_mostly_squashed_say_so(clone):
    clone.commit("2026-01-04T08:00:00Z")
    clone.git("checkout", "-q", "-b", "side")
    clone.commit("2026-01-05T08:00:00Z")
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--no-ff", "side", "-m", "merge", at="2026-01-07T08:00:00Z")
    for day in ("08", "09", "10"):
        clone.commit(f"2026-01-{day}T08:00:00Z")
    made = dx.deployments_from_git(clone.path, branch="main")
    notes = dx.dora(made, as_of="2026-02-01").notes
    assert "left out of the clone: 4 commits of main that are not merges" in notes


# merge commits carry no change (DataDog/documentation #25092), maintenance branches their own


def test_merges_are_no_changes(clone):
    clone.commit("2026-01-04T08:00:00Z")
    clone.tag("v0")
    clone.commit("2026-01-05T08:00:00Z", "a")
    clone.git("checkout", "-q", "-b", "f")
    clone.commit("2026-01-05T09:00:00Z", "b")
    clone.git("checkout", "-q", "main")
    clone.git("merge", "--no-ff", "-q", "f", "-m", "merge", at="2026-01-05T10:00:00Z")
    clone.tag("v1")
    made = dx.deployments_from_git(clone.path, tags="v*")
    assert sorted(dx.changes_from_git(clone.path, made)["committed"].dt.hour) == [8, 9]
    assert len(dx.deployments_from_git(clone.path, branch="main")) == 1


def test_a_fix_of_an_old_version_belongs_to_its_own_release(clone):
    clone.commit("2026-01-04T08:00:00Z")
    clone.tag("v1.0", at="2026-01-04T09:00:00Z")
    clone.git("checkout", "-q", "-b", "maintenance")
    clone.git("checkout", "-q", "main")
    clone.commit("2026-01-05T08:00:00Z", "new")
    clone.tag("v2.0", at="2026-01-05T09:00:00Z")
    clone.git("checkout", "-q", "maintenance")
    clone.commit("2026-01-06T08:00:00Z", "fix")
    clone.tag("v1.1", at="2026-01-06T09:00:00Z")
    clone.git("checkout", "-q", "main")
    clone.commit("2026-01-07T08:00:00Z", "later")
    changes = dx.changes_from_git(clone.path, dx.deployments_from_git(clone.path, tags="v*"))
    named = dict(zip(changes["committed"].dt.day, changes["deployment"], strict=True))
    assert named == {5: "v2.0", 6: "v1.1", 7: ""}


# clones that mean harm, and clones that lack something


HOOKS = (
    "post-checkout",
    "post-merge",
    "pre-commit",
    "reference-transaction",
    "fsmonitor-watchman",
    "post-index-change",
)
EXECUTABLE = (
    *("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy"),
    *("core.alternateRefsCommand", "diff.external", "diff.bad.command", "diff.bad.textconv", "filter.bad.clean"),
    *("filter.bad.smudge", "filter.bad.process", "merge.bad.driver", "gpg.program", "gpg.ssh.program", "pager.log"),
    *("pager.rev-list", "pager.for-each-ref", "credential.helper", "sequence.editor", "uploadpack.packObjectsHook"),
    *("remote.origin.uploadpack", "remote.origin.receivepack", "interactive.diffFilter", "gc.recentObjectsHook"),
)
ALIASES = ("log", "rev-list", "rev-parse", "for-each-ref", "status")


def hostile(clone, marker):
    """A clone in which every program that a setting can name leaves a marker."""
    script = clone.path / "bad.sh"
    script.write_text(f"#!/bin/sh\necho ran >> '{marker}'\nexit 0\n")
    script.chmod(0o755)
    (clone.path / ".gitattributes").write_text("* diff=bad filter=bad merge=bad\n")
    for name in HOOKS:
        hook = clone.path / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        shutil.copy(script, hook)
    lines = [f"{'.'.join(name.split('.')[1:])}" for name in EXECUTABLE]
    assert len(lines) >= 25
    settings = {name: str(script) for name in EXECUTABLE} | {f"alias.{name}": f"!{script}" for name in ALIASES}
    settings |= {
        "core.hooksPath": str(clone.path / ".git" / "hooks"),
        "log.showSignature": "true",
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{script}",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "extensions.partialClone": "origin",
        "include.path": str(clone.path / "more.cfg"),
    }
    (clone.path / "more.cfg").write_text(f'[core]\n\tfsmonitor = "{script}"\n')
    for name, value in settings.items():
        clone.git("config", "--local", name, value)


def test_a_hostile_clone_runs_nothing(clone, tmp_path_factory):
    marker = tmp_path_factory.mktemp("marker") / "ran"
    for day in ("05", "06", "07"):
        clone.commit(f"2026-01-{day}T08:00:00Z", file=f"shop/{day}")
        clone.tag(f"v{int(day)}", at=f"2026-01-{day}T09:00:00Z")
    hostile(clone, marker)
    marker.unlink(missing_ok=True)
    subprocess.run(["git", "-C", clone.path, "status"], capture_output=True)
    assert marker.exists()  # the trap works
    marker.unlink()
    made = dx.deployments_from_git(clone.path)
    dx.changes_from_git(clone.path, made, paths=["shop"])
    dx.deployments_from_git(clone.path, branch="main", each="commit", paths=["shop"])
    blob = clone.path / ".git" / "objects"
    tree = subprocess.run(["git", "-C", clone.path, "rev-parse", "v6^{tree}"], capture_output=True, text=True).stdout
    marker.unlink(missing_ok=True)
    (blob / tree[:2] / tree[2:].strip()).unlink()
    with pytest.raises(dx.DataError, match="fetch them yourself"):
        dx.changes_from_git(clone.path, made, paths=["shop"])
    assert not marker.exists()


def test_variables_of_the_surroundings_do_not_lead_elsewhere(clone, tmp_path_factory, monkeypatch):
    other = Clone(tmp_path_factory.mktemp("other"))
    other.commit("2026-01-05T08:00:00Z")
    other.tag("v9")
    clone.commit("2026-01-05T08:00:00Z")
    clone.tag("v1")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    assert dx.deployments_from_git(clone.path)["deployment"].tolist() == ["v1"]


@pytest.mark.parametrize("name", ["--output=x", "-x", "z" * 40])
def test_deployments_whose_commit_has_no_name_of_a_commit_are_refused(clone, name):
    clone.commit("2026-01-05T08:00:00Z")
    clone.tag("v1")
    made = dx.deployments_from_git(clone.path).assign(sha=name)
    with pytest.raises(dx.DataError, match="not the name of a commit"):
        dx.changes_from_git(clone.path, made)
    with pytest.raises(dx.DataError):
        dx.changes_from_git(clone.path, made.drop(columns="sha").assign(deployment=name))
