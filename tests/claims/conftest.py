"""A claim that was measured appears in docs/validation.md with the figure that came out."""

import pytest

from tests.places import ROOT

VALIDATION = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")


@pytest.fixture
def claimed():
    """Hold the page to what was measured: its table has exactly this row."""

    def check(claim: str, promised: str, measured: str, runs: str) -> None:
        row = f"| {claim} | {promised} | {measured} | {runs} |"
        print(f"\n{row}")
        assert row in VALIDATION, f"the table of claims in docs/validation.md lacks this row:\n{row}"

    return check
