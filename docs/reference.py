"""A hook of MkDocs: one page for each public name, the pages of the top folder, and links that lead out of docs/.

The list of names comes from `dxkit.__all__`. By hand is only the question that each name belongs to, and a name without
one stops the build. Signatures and docstrings are those of the code; nothing is imported but dxkit.
"""

from __future__ import annotations

import inspect
import posixpath
import re
import types
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import dxkit

ROOT = Path(__file__).resolve().parents[1]
TOP_PAGES = {  # file of the repository: file of the site
    "CONTRIBUTING.md": "contributing.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "benchmarks/README.md": "benchmarks.md",
    "benchmarks/growth.png": "growth.png",
}
QUESTIONS = {
    "Where does it hurt?": "instrument draft open_survey read_survey read_codebook tally scores answers "
    "response_rate reliability drivers comments audit_tables Survey Codebook Draft Tally",
    "Which two do we fix?": "rank_pains plan_survey open_before open_waves compare",
    "Which tool do we buy?": "scorecard panel decision_record compare_decisions",
    "What does it cost to own, and to leave?": "read_dossier schedule tco exit_cost switching negotiation npv irr "
    "payback write_workbook",
    "Did it work?": "follow_up dora deployments_from_git changes_from_git durations time_to_first_deploy trend "
    "before_after read_catalog catalog_health business_case break_even claim_check",
    "For every question": "page Page samples show part Absent out write_report DataError Missing",
}
_FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(!?)\[((?:[^\[\]`]|`[^`]*`)*)\]\(([^)#\s]*)((?:#[^)\s]*)?)\)")
_CITED = re.compile(r'docs/([\w/]+)\.md(?:,\s+(?:"|&quot;)(.+?)(?:"|&quot;))?')
_CONSTANT = re.compile(r"(?<=>)[A-Z][A-Z_]+(?=<)")
_ENTRY = re.compile(r"(\w[\w(), ]*?) {2,}(\S.*)")


def grouped(names: Iterable[str]) -> dict[str, list[str]]:
    """The public names by question; an error where a name has none or several, or a question has a name too many."""
    groups = {question: group.split() for question, group in QUESTIONS.items()}
    placed = [name for group in groups.values() for name in group]
    names = list(names)
    lost = [name for name in dict.fromkeys([*names, *placed]) if placed.count(name) != 1 or name not in names]
    if lost:
        raise ValueError(f"docs/reference.py: put each public name under one question: {', '.join(lost)}")
    return groups


def returned(name: str) -> type | None:
    """The class of dxkit that a public function returns; None where it returns something else."""
    value = getattr(dxkit, name)
    if not inspect.isfunction(value):
        return None
    value = inspect.unwrap(value)
    kind = value.__annotations__.get("return")
    kind = value.__globals__.get(kind) if isinstance(kind, str) else kind
    return kind if isinstance(kind, type) and kind.__module__.startswith("dxkit.") else None


def columns_of(kind: type | None) -> list[tuple[str, str, str]]:
    """Name, format and meaning of each column of a result; none where the class does not declare its columns."""
    columns = getattr(kind, "columns", ())
    return [
        (f"`{column.name}`", column.format, ", ".join(filter(None, (column.meaning, column.unit))))
        for column in columns
    ]


def page_of(name: str) -> str:
    """The page of a public name: signature, docstring, what it returns, and the columns of its table."""
    value, kind = getattr(dxkit, name), returned(name)
    path = _path(value)
    lines = [f"# dx.{name}", "", f"::: {path}", "    options:", "      heading_level: 2"]
    if isinstance(value, types.ModuleType):
        lines += _members(value, path)
    elif isinstance(value, type):
        lines += ["      show_docstring_description: false", "      show_docstring_examples: false"]
        lines += ["", described(value), *_members(value, path)]
    elif kind is not None and getattr(dxkit, kind.__name__, None) is kind:
        lines += ["", f"It returns a [{kind.__name__}]({kind.__name__}.md)."]
    elif kind is not None:
        lines += ["", f"## {kind.__name__}", "", described(kind), *_members(kind, _path(kind))]
    lines += table("Columns", ("column", "format", "meaning"), columns_of(kind))
    return "\n".join(lines) + "\n"


def _path(value: object) -> str:
    return value.__name__ if isinstance(value, types.ModuleType) else f"{value.__module__}.{value.__qualname__}"


def _members(owner: object, path: str) -> list[str]:
    """The functions, methods and properties of a class or module that are its own and public."""
    lines, home = [], getattr(owner, "__module__", path)
    for name, member in vars(owner).items():
        made = getattr(owner, name) if isinstance(member, classmethod | staticmethod) else member
        own = inspect.isroutine(made) and made.__module__ == home
        if not name.startswith("_") and (own or isinstance(made, property | cached_property)):
            lines += ["", f"::: {path}.{name}", "    options:", "      heading_level: 3"]
    return lines


def described(kind: type) -> str:
    """The docstring of a class in Markdown; paragraphs of `name  meaning` become tables, examples code."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", inspect.getdoc(kind) or ""):
        lines = paragraph.splitlines()
        if len(lines) > 1 and set(lines[1]) == {"-"}:
            parts.append(f"**{lines[0]}**")
            lines = lines[2:]
        if lines and lines[0].startswith(">>>"):
            parts.append("\n".join(["```pycon", *lines, "```"]))
        else:
            parts.append("\n".join(table("", ("attribute", "meaning"), _entries(lines)) or lines))
    return "\n\n".join(parts)


def _entries(lines: list[str]) -> list[list[str]]:
    """Name and meaning of each line of a paragraph, its continuations joined; none where it is running text."""
    entries: list[list[str]] = []
    for line in lines:
        if found := _ENTRY.fullmatch(line):
            entries.append([f"`{found[1]}`", found[2]])
        elif entries and line.startswith(" "):
            entries[-1][1] += f" {line.strip()}"
        else:
            return []
    return entries


def table(title: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a table in Markdown; none without rows."""
    made = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    header = list(header)
    top = ["", f"## {title}", ""] if title else []
    return [*top, f"| {' | '.join(header)} |", "|---" * len(header) + "|", *made] if made else []


def overview(groups: dict[str, list[str]]) -> str:
    """The first page of the reference: every name with the first sentence of its docstring."""
    lines = ["# Reference", "", "Every public name, by question. Write `import dxkit as dx`."]
    for question, names in groups.items():
        rows = [(f"[`dx.{name}`]({name}.md)", _first_sentence(name)) for name in names]
        lines += table(question, ("name", "what it is"), rows)
    return "\n".join(lines) + "\n"


def _first_sentence(name: str) -> str:
    text = " ".join((inspect.getdoc(getattr(dxkit, name)) or "").split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", text)[0]


def for_site(markdown: str, source: str) -> str:
    """A file of the repository as the site shows it: a link to what is not on the site becomes its path in text."""

    def moved(found: re.Match) -> str:
        mark, label, target, place = found.groups()
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if not target or re.match(r"[a-z]+:", target):
            return found[0]
        if page := _page(path):
            return f"{mark}[{label}]({posixpath.relpath(page, posixpath.dirname(_page(source)) or '.')}{place})"
        return f"{label} (`{path}`)"

    parts = _FENCED.split(markdown)
    return "".join(part if i % 2 else _LINK.sub(moved, part) for i, part in enumerate(parts))


def _page(path: str) -> str:
    """The page of the site for a path of the repository; "" where it has none."""
    if path in ("README.md", "docs"):
        return "README.md"
    return TOP_PAGES.get(path) or (path.removeprefix("docs/") if path.startswith("docs/") else "")


def linked(html: str) -> str:
    """A page of the reference, where a docstring that cites a page of docs/ links to it."""

    def link(found: re.Match) -> str:
        page, section = found[1], found[2] or ""
        place = "#" + re.sub(r"[^\w]+", "-", section.casefold()).strip("-") if section else ""
        name = page.split("/")[-1].replace("_", " ")
        return f'<a href="../{page}.html{place}">{name}{f": {section}" if section else ""}</a>'

    return _CITED.sub(link, html)


def with_values(html: str, module: types.ModuleType) -> str:
    """A page of the reference, where a default that is a constant of the module shows its number."""

    def value(found: re.Match) -> str:
        number = getattr(module, found[0], None)
        return f"{number:_}" if isinstance(number, int | float) else found[0]

    return _CONSTANT.sub(value, html)


def on_config(config):
    """The names of the reference in the navigation."""
    names = grouped(dxkit.__all__)
    pages = [
        {question: [{f"dx.{name}": f"reference/{name}.md"} for name in group]} for question, group in names.items()
    ]
    entry = next(each for each in config.nav if "Reference" in each)
    entry["Reference"] = [entry["Reference"], *pages]
    return config


def on_files(files, config):
    """The pages that are not files of docs/."""
    from mkdocs.structure.files import File

    groups = grouped(dxkit.__all__)
    made = {"reference/README.md": overview(groups)}
    made |= {f"reference/{name}.md": page_of(name) for group in groups.values() for name in group}
    for source, page in TOP_PAGES.items():
        file = ROOT / source
        made[page] = for_site(file.read_text(encoding="utf-8"), source) if file.suffix == ".md" else file.read_bytes()
    for uri, content in made.items():
        files.append(File.generated(config, uri, content=content))
    return files


def on_page_markdown(markdown, page, config, files):
    """Links of the pages of docs/."""
    return markdown if page.file.generated_by else for_site(markdown, f"docs/{page.file.src_uri}")


def on_page_content(html, page, config, files):
    """Links and numbers in the pages of the public names."""
    name = page.file.src_uri.removeprefix("reference/").removesuffix(".md")
    if name not in dxkit.__all__:
        return html
    value = getattr(dxkit, name)
    return linked(with_values(html, inspect.getmodule(value) or dxkit))
