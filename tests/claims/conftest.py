"""A claim that was measured appears in docs/validation.md with the figure that came out."""

import pytest

from tests.places import ROOT

VALIDATION = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")


@pytest.fixture
def claimed(request):
    """Hold the page to what was measured: its table has exactly these rows, which a test gives one after the other.

    A test that is shorter without `--full` is held to them with it.
    """
    missing, held = [], "full" not in request.fixturenames or request.config.getoption("--full")

    def check(claim: str, promised: str, measured: str, runs: str) -> None:
        row = f"| {claim} | {promised} | {measured} | {runs} |"
        print(f"\n{row}")
        if held and row not in VALIDATION:
            missing.append(row)

    yield check
    assert not missing, "the table of claims in docs/validation.md lacks these rows:\n" + "\n".join(missing)


@pytest.fixture
def full(request):
    """How many runs: the first number, with `--full` the second, which docs/validation.md tells."""

    def runs(short: int, long: int) -> int:
        return long if request.config.getoption("--full") else short

    return runs
