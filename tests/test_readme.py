"""The README's script runs as it stands, on the samples."""

import re
from pathlib import Path

import openpyxl
import pandas as pd

import dxkit as dx

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_whole_chain_runs_in_forty_lines(tmp_path, monkeypatch, capsys):
    script = re.search(r"```python\n(import dxkit as dx\n.*?)```", README, re.DOTALL)[1]
    assert len(script.splitlines()) <= 40
    monkeypatch.chdir(tmp_path)
    left = {}
    exec(script, left)
    assert left["ranking"].top[0] == "Waiting for CI"
    assert left["card"].winner in left["dossier"].vendors
    low, mid, high = left["case"].rho_break_even
    assert 0 < low < mid < high < 1
    assert "Waiting for code review" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "decision.md",
        "for_finance.xlsx",
        "scores.xlsx",
        "teams.png",
    ]
    assert "Checks" in openpyxl.load_workbook("for_finance.xlsx", read_only=True).sheetnames


def test_tallies_are_pooled_as_it_says(tmp_path, monkeypatch, capsys):
    script = re.search(r"```python\n(tally = .*?)```", README, re.DOTALL)[1]
    monkeypatch.chdir(tmp_path)
    names = ["CI", "Docs", "Review"]
    book = pd.DataFrame({"item": ["ci", "docs", "review"], "text": names, "kind": "hours", "topic": names})
    book.to_csv("codebook.csv", index=False)
    pd.DataFrame({"ci": [4, 5, 6, 4, 5, 6], "docs": [1, 1, 0, 2, 1, 1], "review": [3, 4, 2, 3, 3, 3]}).to_csv(
        "answers.csv", index=False
    )
    dx.tally("answers.csv", codebook="codebook.csv").save("theirs.tally")
    exec(script, {"dx": dx})
    assert capsys.readouterr().out.splitlines()[-1] == "['CI', 'Review']"
