"""Every python block of the README and the docs runs as it is printed, page by page, on the samples."""

import argparse
import os
import shlex
import shutil
import subprocess
from contextlib import closing

import openpyxl
import pandas as pd
import pytest

import dxkit as dx
from dxkit.__main__ import main
from tests.docs.pages import ALL_PAGES, PAGES, blocks, named, text
from tests.places import ROOT

ELSEWHERE = "from dask.distributed import"  # tests/survey/tally/test_from_dask.py runs it, on a cluster
LONG = ("README.md", "docs/script.md", "docs/large_data.md")  # a test of its own below
SLOW = ("docs/own_and_leave.md", "docs/which_tool.md", "docs/own_decision.md", "docs/pages_to_send.md")
RUN = [
    pytest.param(page, id=named(page), marks=pytest.mark.thorough if named(page) in SLOW else ())
    for page in PAGES
    if blocks(page) and named(page) not in LONG
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What the pages take to be in the reader's folder."""
    tmp_path = tmp_path_factory.mktemp("reader")
    company = dx.samples.path("company")
    (tmp_path / "my_survey").mkdir()
    for name, made in (("codebook", "codebook"), ("roster", "roster"), ("responses_2026-Q3", "responses_2026-Q4")):
        shutil.copy(company / f"{name}.csv", tmp_path / "my_survey" / f"{made}.csv")
    (tmp_path / "my_decision").mkdir()
    dx.write_workbook(dx.read_dossier(dx.samples.path("portal")), tmp_path / "my_decision" / "dossier.xlsx")
    names = ["CI", "Docs", "Review"]
    book = pd.DataFrame({"item": ["ci", "docs", "review"], "text": names, "kind": "hours", "topic": names})
    book.to_csv(tmp_path / "codebook.csv", index=False)
    hours = {"ci": [4, 5, 6, 4, 5, 6], "docs": [1, 1, 0, 2, 1, 1], "review": [3, 4, 2, 3, 3, 3]}
    pd.concat([pd.DataFrame(hours)] * 2).to_csv(tmp_path / "answers.csv", index=False)
    dx.tally(tmp_path / "answers.csv", codebook=tmp_path / "codebook.csv").save(tmp_path / "theirs.tally")
    (tmp_path / "dashboard.csv").write_text(
        "question,n,value,team,role\nCI,24,50.0,,\nCI,12,56.2,A,\nCI,12,43.8,B,\nCI,11,59.1,A,dev\n"
    )
    (tmp_path / "people.csv").write_text("team,role,n\nA,dev,11\nA,lead,1\nB,dev,7\nB,lead,5\n")
    _clone(tmp_path / "path" / "to" / "clone")
    return tmp_path


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    """A folder of the reader for one test."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _clone(place):
    """A repository of three changes and two tagged versions."""
    place.mkdir(parents=True)

    def git(*words, day):
        when = f"2026-01-{day:02d}T12:00:00+00:00"
        who = {"NAME": "x", "EMAIL": "x@example.org", "DATE": when}
        own = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in who.items()}
        subprocess.run(
            ["git", "-C", place, "-c", "commit.gpgsign=false", *words],
            check=True,
            capture_output=True,
            env=os.environ | own | {"GIT_CONFIG_GLOBAL": os.devnull},
        )

    git("init", "-b", "main", day=1)
    for day, tag in ((2, "v1"), (4, ""), (6, "v2")):
        git("commit", "--allow-empty", "-m", "change", day=day)
        if tag:
            git("tag", "-a", tag, "-m", tag, day=day + 1)


def run(page, left=None):
    left = {} if left is None else left
    for block in blocks(page):
        if ELSEWHERE not in block:
            exec(block, left)
    return left


class Read(Exception):
    """The words of a command were read; nothing is done."""


@pytest.mark.parametrize("page", [page for page in ALL_PAGES if blocks(page, "sh")], ids=named)
def test_the_command_takes_what_a_page_writes(page, monkeypatch):
    read = argparse.ArgumentParser.parse_args

    def and_stop(parser, words):
        read(parser, words)
        raise Read

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", and_stop)
    for line in "\n".join(blocks(page, "sh")).replace("&&", "\n").splitlines():
        words = shlex.split(line, comments=True)
        if words and words[0].rpartition("/")[2] == "dxkit":
            with pytest.raises(Read):
                main(words[1:])


def test_every_block_is_python():
    """The stage `types` tells whether the names in them are there."""
    for page in PAGES:
        for block in blocks(page):
            compile(block, named(page), "exec")


@pytest.mark.parametrize("page", RUN)
@pytest.mark.thorough
def test_the_blocks_of_a_page_run_in_its_order(folder, page):
    run(page)


def test_the_readme_needs_ten_lines(folder, capsys):
    left = run(ROOT / "README.md")
    assert len([line for line in blocks(ROOT / "README.md")[0].splitlines() if line]) <= 10
    assert f"![{left['ranking'].alt()}](docs/pictures/which_two.png)" in text(ROOT / "README.md")  # as it is drawn
    assert left["card"].winner in left["dossier"].vendors
    assert "Waiting for CI" in capsys.readouterr().out


@pytest.mark.thorough
def test_the_whole_chain_runs_in_forty_lines(folder, capsys):
    page = ROOT / "docs" / "script.md"
    assert len(blocks(page)[0].splitlines()) <= 40
    before = set(folder.iterdir())
    left = run(page)
    assert left["ranking"].top[0] == "Waiting for CI"
    assert left["card"].winner in left["dossier"].vendors
    low, mid, high = left["case"].rho_break_even
    assert 0 < low < mid < high < 1
    assert "Waiting for code review" in capsys.readouterr().out
    made = sorted(path.name for path in set(folder.iterdir()) - before)
    assert made == ["decision.md", "for_finance.xlsx", "scores.xlsx", "teams.png"]
    with closing(openpyxl.load_workbook("for_finance.xlsx", read_only=True)) as book:
        assert "Checks" in book.sheetnames


def test_tallies_are_pooled_as_it_says(folder, capsys):
    run(ROOT / "docs" / "large_data.md")
    assert capsys.readouterr().out.splitlines()[-1] == "['CI', 'Review']"
