"""Deployments and changes out of a real clone, made here."""

import os
import shutil
import subprocess

import pytest

import dxkit as dx

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def clone(tmp_path):
    return made(tmp_path)


def made(tmp_path, odd=""):
    """A clone; with an odd date, a commit and a tag of it."""

    def git(*words, day="01"):
        stamp = day if day.startswith("@") else f"2026-01-{day}T12:00:00+01:00"
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "x"), ("EMAIL", "x@example.org"), ("DATE", stamp))
        }
        subprocess.run(
            ["git", "-C", tmp_path, "-c", "commit.gpgsign=false", *words],
            check=True,
            capture_output=True,
            env=os.environ | who | {"GIT_CONFIG_GLOBAL": os.devnull},
        )

    git("init", "-b", "main")
    for number, (day, tag) in enumerate([("02", ""), ("03", "v1"), ("05", ""), ("06", "v2"), ("09", "")]):
        git("commit", "--allow-empty", "-m", f"change {number}", day=day)
        if tag:
            git("tag", "-a", tag, "-m", tag, day=f"{int(day) + 1:02d}")
    git("checkout", "-b", "topic", day="10")
    git("commit", "--allow-empty", "-m", "work", day="10")
    git("checkout", "main")
    git("merge", "--no-ff", "topic", "-m", "Merge pull request 7", day="11")
    git("tag", "unrelated", day="11")
    if odd:
        git("commit", "--allow-empty", "-m", "odd", day=odd)
        git("tag", "v3", day="11")
    return tmp_path


def test_tags_are_deployments_and_their_commits_are_changes(clone):
    made = dx.deployments_from_git(clone, "v*")
    assert made["deployment"].tolist() == ["v1", "v2"]
    assert made["time"].astype(str).tolist() == ["2026-01-04 11:00:00+00:00", "2026-01-07 11:00:00+00:00"]
    changes = dx.changes_from_git(clone, made)
    assert changes["deployment"].value_counts().to_dict() == {"v2": 2, "": 2}
    assert changes.attrs["history"] == 2  # when they first ran, nothing says
    table = dx.dora(made, changes, as_of="2026-01-20").table
    lead = table[(table["metric"] == "change lead time") & (table["period"] == "all")].iloc[0]
    assert (lead["n"], lead["open"]) == (4, 2)


@pytest.mark.parametrize("seconds", ["@7300000000 +0000", "@253402300800 +0000", "@99999999999999 +1400"])
def test_commits_of_a_year_that_cannot_be_are_counted_and_left_out(tmp_path, seconds):
    """The years 2201, 10000 and 3170843, as git writes them."""
    found = dx.deployments_from_git(made(tmp_path, seconds), "v*")
    assert (found["deployment"].tolist(), found.attrs["left_out"]["with a date that cannot be"]) == (["v1", "v2"], 1)
    changes = dx.changes_from_git(tmp_path, found)
    assert (len(changes), changes.attrs["left_out"]) == (4, {"with a date that cannot be": 1})
    noted = " ".join(dx.dora(found, changes, as_of="2026-01-20").notes)
    assert "left out of the clone: 1 with a date that cannot be" in noted


def test_merges_into_a_branch_are_deployments(clone):
    made = dx.deployments_from_git(clone, branch="main", subject="Merge pull request *", service="shop")
    assert (len(made), made["service"].tolist()) == (1, ["shop"])


def test_a_branch_of_a_tags_name_and_a_form_feed_in_a_subject_do_no_harm(clone):
    subprocess.run(["git", "-C", clone, "branch", "v1", "main"], check=True)
    assert dx.deployments_from_git(clone, "v*")["deployment"].tolist() == ["v1", "v2"]
    settings = ("user.name=x", "user.email=x@example.org", "commit.gpgsign=false")
    who = [word for each in settings for word in ("-c", each)]
    for words in (
        ["checkout", "-q", "-b", "more", "main"],
        ["commit", "--allow-empty", "-qm", "work"],
        ["checkout", "-q", "main"],
        ["merge", "-q", "--no-ff", "more", "-m", "Merge \x0b or \u2028 more"],
    ):
        subprocess.run(["git", "-C", clone, *who, *words], check=True, capture_output=True)
    assert len(dx.deployments_from_git(clone, branch="main")) == 2


def test_merges_of_a_history_that_is_cut_are_refused(clone, tmp_path_factory, refusal):
    cut = tmp_path_factory.mktemp("cut") / "shop"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{clone}", cut], check=True, capture_output=True)
    made = dx.deployments_from_git(clone, "v*")
    for call in (lambda: dx.deployments_from_git(cut, branch="main"), lambda: dx.changes_from_git(cut, made)):
        with refusal():
            call()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        pytest.param({"tags": "z*"}, ["z*"], id="no such tag"),
        pytest.param({"branch": "--output=x"}, ["--output=x"], id="no name of a branch"),
        pytest.param({"branch": "main", "subject": "z*"}, ["z*"], id="no such subject"),
        pytest.param({"branch": "main", "each": "tag"}, ["each='tag'"], id="each"),
        pytest.param({"paths": ["shop"]}, ["branch="], id="paths of tags"),
        pytest.param({"branch": "main", "paths": ["--all"]}, ["hyphen"], id="a path with a hyphen"),
    ],
)
def test_what_is_not_there_is_said(clone, options, named, refusal):
    with refusal(*named):
        dx.deployments_from_git(clone, **options)
    assert not (clone / "x").exists()


def test_a_branch_that_is_not_there_is_said(clone):
    with pytest.raises(dx.DataError, match="no branch, tag or commit 'gone'"):
        dx.deployments_from_git(clone, branch="gone")


def test_a_folder_that_is_no_clone(tmp_path):
    with pytest.raises(dx.DataError, match=tmp_path.name):
        dx.deployments_from_git(tmp_path)
