"""Messages, docs and notebooks are in plain English: phrases that once crept in do not come back."""

import json
import re

import pytest

from tests.places import ROOT

PHRASES = [
    r"(?<!there )\bis no (?!longer|more)\w+",
    r"stands twice",
    r"is there twice",
    r"\bnil\b",
    r"day of the look",
    r"Of the draws",
    r"As for `",
    r"\b(5|10|90|95) in 100\b",
]
SOURCES = [path for path in sorted((ROOT / "dxkit").rglob("*.py")) if "_shipped" not in path.parts]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "benchmarks" / "README.md"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def text_of(path):
    """What a reader sees of a file; of a notebook its cells and what they print."""
    if path.suffix != ".ipynb":
        return path.read_text()
    cells = json.loads(path.read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    shown = [output.get("text", "") for output in outputs]
    shown += [data for output in outputs for kind, data in output.get("data", {}).items() if kind.startswith("text")]
    return "\n".join("".join(part) for part in [*(cell["source"] for cell in cells), *shown])


@pytest.mark.parametrize("path", [*SOURCES, *PAGES, *NOTEBOOKS], ids=lambda path: str(path.relative_to(ROOT)))
def test_plain_english(path):
    hits = [match[0] for phrase in PHRASES for match in re.finditer(phrase, text_of(path))]
    assert not hits
