"""A claim that was measured stands in the README's table with the figure that came out."""


import pytest

from tests.places import ROOT

README = (ROOT / "README.md").read_text()


@pytest.fixture
def claimed():
    """Hold the README to what was measured: its table has exactly this row."""

    def check(claim: str, promised: str, measured: str, runs: str) -> None:
        row = f"| {claim} | {promised} | {measured} | {runs} |"
        print(f"\n{row}")
        assert row in README, f"the README's table of claims lacks this row:\n{row}"

    return check
