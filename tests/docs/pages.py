"""The pages people read: their text, code, sentences and headings."""

import re
from pathlib import Path

from tests.places import ROOT

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
ALL_PAGES = [*sorted(ROOT.glob("*.md")), *PAGES[1:]]  # with those about the project itself

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str = "python") -> list[str]:
    """The code blocks of a page in one language."""
    return [code for kind, code in _FENCE.findall(text(page)) if kind == language]


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return _FENCE.sub("", text(page))


def sentences(page: Path) -> list[str]:
    """The sentences of a page's paragraphs and lists, links as their text; headings, tables and pictures left out."""
    lines = re.sub(r"!\[.*?\]\(.*?\)", "", prose(page)).splitlines()
    running = "\n".join(
        "" if line.startswith(("#", "|")) else re.sub(r"^\s*([-*]|\d+\.) ", "\n", line) for line in lines
    )
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", running)
    paragraphs = (" ".join(each.split()) for each in re.split(r"\n\s*\n", plain))
    found = (sentence for each in paragraphs for sentence in re.split(r"(?<=[.?!])[*\")]*\s+", each))
    return [sentence for sentence in found if sentence]


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+?)\s*$", prose(page), re.MULTILINE)


def anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub and MkDocs make it."""
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading.casefold()).strip())


def links(page: Path) -> list[str]:
    """The targets of links and pictures that lead to other files or headings."""
    found = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(page)))
    return [target for target in found if not re.match(r"[a-z]+:", target)]
