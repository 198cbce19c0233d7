"""The pages have short sentences, fit on a screen where that is promised, and lead nowhere that does not exist."""

import re

import pytest

import dxkit as dx
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from tests.docs.pages import ALL_PAGES, PAGES, README, anchor, headings, links, named, sentences, text
from tests.places import ROOT


def test_the_readme_fits_on_one_screen():
    assert len(text(README).splitlines()) <= 64


def test_the_readme_has_short_sentences():
    words = [len(sentence.split()) for sentence in sentences(README)]
    assert sum(words) / len(words) < 18


@pytest.mark.parametrize("page", [*ALL_PAGES, ROOT / "benchmarks" / "README.md"], ids=named)
def test_no_page_holds_both_sides_of_a_merge(page):
    assert not [line for line in text(page).splitlines() if line.startswith(("<<<<<<< ", ">>>>>>> "))]


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


FOR_ALL_LINES = {
    "Claims that were simulated": "pytest -n 0 -m simulated tests/claims",
    "Repositories that are not ours": "dx.dora",
    "Faults that others reported": "tests/public/test_handed_over.py",
    "Time": "benchmarks",
}


def runs(command):
    """Whether a command of the page is one: a path of tests, a module, sessions of nox, or pytest on a path."""
    first, *words = command.split()
    if first == "nox":
        return all(re.search(rf"^def {word}\(session", text(ROOT / "noxfile.py"), re.MULTILINE) for word in words[1:])
    if first == "pytest":
        return (ROOT / words[-1]).exists()
    if first.startswith("dx."):
        return hasattr(dx, first[3:])
    file = ROOT / first.replace(".", "/")
    return (ROOT / first).exists() or file.with_suffix(".py").exists() or (file / "__main__.py").exists()


def test_every_line_of_what_is_promised_names_what_checks_it():
    """A file of tests, a command that is there, `the same`, or what a heading says of all its lines."""
    told = 0
    for section in re.split(r"^## ", text(ROOT / "docs" / "validation.md"), flags=re.MULTILINE):
        title, lines = section.splitlines()[0], [line for line in section.splitlines() if line.startswith("| ")]
        if title in FOR_ALL_LINES:
            assert runs(FOR_ALL_LINES[title]), title
            assert f"`{FOR_ALL_LINES[title]}`" in section
            continue
        for line in lines[1:]:
            last = line.rstrip("| ").rpartition("| ")[2]
            commands = [each for each in re.findall(r"`([^`]+)`", last) if not each.startswith("pip ")]
            assert last == "the same" or commands, line
            assert all(map(runs, commands)), line
            told += 1
    assert told > 50


def test_the_inputs_of_exit_cost_are_those_of_the_code():
    rows = [
        f"| {name} | {each.meaning} | {each.unit} | {each.default:g} | {'yes' if each.asked else ''} |"
        for name, each in EXIT_INPUTS.items()
    ]
    assert "\n".join(rows) in text(ROOT / "docs" / "tables.md")
    assert f"takes {len(EXIT_INPUTS)} inputs" in text(ROOT / "docs" / "methods" / "leaving_cost.md")
