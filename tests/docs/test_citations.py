"""Every page of docs/ that the code cites exists, and so does the section."""

import re

import pytest

from tests.places import ROOT

CITED = re.compile(r'(docs/[\w/]+\.md)(?:,\s+"([^"]+)")?')
FOLDERS = ("dxkit", "tests", "benchmarks")
SOURCES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")) if "_shipped" not in path.parts]


def citations(path):
    """(page, section or "") of every citation, also of one that runs over a line end."""
    text = re.sub(r"\n\s*(?:# )?", " ", path.read_text())
    return CITED.findall(text)


def headings(page):
    return {line.lstrip("# ").strip() for line in (ROOT / page).read_text().splitlines() if line.startswith("#")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_citations_lead_somewhere(path):
    for page, section in citations(path):
        assert (ROOT / page).is_file(), page
        assert not section or section in headings(page), f"{page} has no section {section!r}"


def test_the_mathematics_is_cited():
    """The search finds citations at all."""
    assert sum(len(citations(path)) for path in SOURCES) > 30


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_cites_a_document_that_is_not_here(path):
    gone = "MODE" + r"LS|HAZ" + "ARDS [0-9]"  # in two parts, so that this file does not cite it
    assert not re.findall(gone, path.read_text())
