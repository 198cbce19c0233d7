"""The pages have short sentences, fit on a screen where that is promised, and lead nowhere that does not exist."""

import re

import pytest

from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from tests.docs.pages import ALL_PAGES, PAGES, README, anchor, headings, links, named, sentences, text
from tests.places import ROOT


def test_the_readme_fits_on_one_screen():
    assert len(text(README).splitlines()) <= 64


def test_the_readme_has_short_sentences():
    words = [len(sentence.split()) for sentence in sentences(README)]
    assert sum(words) / len(words) < 18


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_has_a_long_sentence(page):
    assert not [sentence for sentence in sentences(page) if len(sentence.split()) > 30]


@pytest.mark.parametrize("page", ALL_PAGES, ids=named)
def test_every_link_leads_somewhere(page):
    for link in links(page):
        target, _, place = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{link} does not exist"
        if place:
            assert place in map(anchor, headings(file)), f"{link}: the page has no such heading"


def test_every_page_is_linked_from_the_readme_or_the_overview():
    reached = {README}
    waiting = [README]
    while waiting:
        page = waiting.pop()
        found = {(page.parent / link.partition("#")[0]).resolve() for link in links(page)} & set(PAGES)
        waiting += found - reached
        reached |= found
    overview = ROOT / "docs" / "README.md"
    reached |= {overview}
    assert not [named(page) for page in set(PAGES) - reached]


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "methods"], ids=named)
def test_headings_of_a_method_are_told_apart(page):
    found = headings(page)
    assert len(found) == len(set(map(anchor, found)))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_of_the_project_that_a_page_names_are_there(page):
    for path in re.findall(r"\b((?:tests|dxkit|benchmarks|data_samples|docs)/[\w/.]*\w)", text(page)):
        assert any((ROOT / name).exists() for name in (path, f"{path}.py")), path


def test_the_inputs_of_exit_cost_are_those_of_the_code():
    rows = [
        f"| {name} | {each.meaning} | {each.unit} | {each.default:g} | {'yes' if each.asked else ''} |"
        for name, each in EXIT_INPUTS.items()
    ]
    assert "\n".join(rows) in text(ROOT / "docs" / "tables.md")
    assert f"takes {len(EXIT_INPUTS)} inputs" in text(ROOT / "docs" / "methods" / "leaving_cost.md")
