"""Who owns a path: the rules of a CODEOWNERS file, as GitHub or GitLab reads it. No rule takes long to match.

See docs/methods/catalog.md, "CODEOWNERS"."""

import os
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from dxkit.files.errors import DataError, fault_at
from dxkit.files.opening import checked_path

DIALECTS = ("auto", "github", "gitlab")
_SECTION = re.compile(r"\^?\[([^\]]+)\](?:\[\d+\])?(?:\s+(.*))?$")
_NEW = "\0"  # stands for an unnamed new file: no rule knows its name
_ANY = "**"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The parts of a rule's path, what it takes below what it names, and who owns that."""

    parts: tuple[str, ...]
    owners: tuple[str, ...]
    itself: bool = True  # whether a file of this very path counts
    below: bool = True  # whether what is in a folder of this path counts
    section: str = ""
    excludes: bool = False

    def matches(self, path: list[str], classes: bool = False) -> bool:
        """Whether the rule is about this path: the set of places in the rule that can be reached, part by part."""
        end = len(self.parts)
        at = self._closed({0})
        for k, part in enumerate(path):
            if end in at and self.below and k > 0:
                return True
            at = self._closed(
                {
                    i if self.parts[i] == _ANY else i + 1
                    for i in at
                    if i < end and (self.parts[i] == _ANY or _part_matches(self.parts[i], part, classes))
                }
            )
            if not at:
                return False
        return end in at and self.itself

    def _closed(self, places: set[int]) -> set[int]:
        """With the places behind each double star, which may stand for nothing."""
        found = set(places)
        for i in sorted(places):
            while i < len(self.parts) and self.parts[i] == _ANY:
                i += 1
                found.add(i)
        return found


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of a file in their order. GitLab has sections, each with its own last match."""

    rules: tuple[Rule, ...] = ()
    gitlab: bool = False

    def owners(self, folder: str) -> list[str]:
        """Who owns an unnamed new file in a folder; rules for `*.md` or a certain file say nothing of it.

        >>> rules_of("* @a\\nservices/ @b\\nservices/shop/docs/ @c").owners("services/shop")
        ['@b']
        """
        plain = posixpath.normpath("/" + unicodedata.normalize("NFC", folder.strip())).strip("/")
        path = [*(part for part in plain.split("/") if part), _NEW]
        if not self.gitlab:
            return next((list(rule.owners) for rule in reversed(self.rules) if rule.matches(path)), [])
        found: dict[str, list[str]] = {}
        out = set()
        for rule in self.rules:
            if rule.section not in out and rule.matches(path, classes=True):
                found[rule.section] = [] if rule.excludes else list(rule.owners)
                out |= {rule.section} if rule.excludes else set()
        return list(dict.fromkeys(owner for owners in found.values() for owner in owners))


def rules_of(source: str | os.PathLike[str] | None, dialect: str = "auto") -> Rules:
    """The rules of a CODEOWNERS file, or of its text; with `auto` its lines tell whether it is GitLab's."""
    if source is None:
        return Rules()
    text = str(source)
    if isinstance(source, os.PathLike) or ("\n" not in text and not re.search(r"\s@|^\s*#|\S\s+\S+@\S", text)):
        text = _text_of(source)
    written = [unicodedata.normalize("NFC", line).strip() for line in text.splitlines()]
    lines = [line for line in written if line and not line.startswith("#")]
    gitlab = dialect == "gitlab" or (dialect == "auto" and any(map(_of_gitlab, lines)))
    rules = tuple(_gitlab(lines) if gitlab else _github(lines))
    named = any("@" in line for line in lines)
    if lines and not named:
        raise DataError("CODEOWNERS: no line names an owner such as @org/team; is this another file?")
    return Rules(rules=rules, gitlab=gitlab)


def _of_gitlab(line: str) -> bool:
    return line.startswith("!") or " @@" in line.split(" #")[0] or bool(_section(line))


def _section(line: str) -> re.Match[str] | None:
    """A heading of a section: a name in brackets, and behind it nothing but owners."""
    found = _SECTION.match(line)
    return found if found and all("@" in word for word in (found[2] or "").split()) else None


def _words(line: str) -> tuple[str, tuple[str, ...]]:
    path, *owners = re.split(r"(?<!\\)\s+", line)
    return re.sub(r"\\(?=[ #])", "", path), tuple(owners)


def _github(lines: list[str]) -> Iterator[Rule]:
    """As .gitignore: a rule without a slash matches at any depth, but `docs/*` takes the files of docs alone."""
    for line in lines:
        path, owners = _words(re.sub(r"\s+#.*", "", line))
        parts = _parts(path, "/" in path.rstrip("/"))
        yield Rule(parts=parts, owners=owners, itself=not path.endswith("/"), below=not path.endswith("/*"))


def _gitlab(lines: list[str]) -> Iterator[Rule]:
    """Rules in sections, which have owners by default; one that does not start with a slash matches at any depth.

    A rule takes a whole path: only one that ends in a slash takes what is below, and a last double star is a star."""
    section, default = "", ()
    for line in lines:
        if heading := _section(line):
            section, default = heading[1].strip().casefold(), _named((heading[2] or "").split())
            continue
        path, owners = _words(line.removeprefix("!").strip())
        whole = re.sub(r"(^|/)\*\*$", r"\1*", path) + ("**" if path.endswith("/") else "")
        yield Rule(
            parts=_parts(whole, path.startswith("/")),
            owners=_named(owners) or default,
            below=False,
            section=section,
            excludes=line.startswith("!"),
        )


def _named(words: Iterable[str]) -> tuple[str, ...]:
    """Owners among the words behind a path; roles such as @@maintainer name nobody."""
    return tuple(word for word in words if "@" in word and not word.startswith("@@"))


def _parts(path: str, anchored: bool) -> tuple[str, ...]:
    """The parts of a path, from its root or from anywhere; a last double star takes at least one part."""
    parts = [part for part in path.split("/") if part]
    if parts and parts[-1] == _ANY:
        parts.append("*")
    return (*(() if anchored else (_ANY,)), *parts)


def _part_matches(glob: str, name: str, classes: bool) -> bool:
    """Whether a name between slashes matches a glob with * and ? (and, for GitLab, [..]); Python's own matching never
    goes back but to the last star. An unnamed file matches stars alone.

    >>> _part_matches("a*b*c", "aXbYcZ", False), _part_matches("[a-c]?", "b1", True)
    (False, True)
    """
    if name == _NEW:
        return bool(glob) and not glob.strip("*")
    return fnmatchcase(name, glob.replace("[^", "[!") if classes else glob.replace("[", "[[]"))


def _text_of(source: str | os.PathLike[str]) -> str:
    try:
        place, file = checked_path(source)
    except DataError as problem:
        raise type(problem)(f"{problem}; name a CODEOWNERS file, or give its text") from None
    try:
        data = place.read_bytes()
        if b"\x00" in data and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            raise fault_at("there is a NUL character; this is not a text file, or it is damaged", file=file)
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except OSError as error:
        raise fault_at(f"the file cannot be opened ({error.strerror})", file=file) from None
    except UnicodeDecodeError:
        raise fault_at("the text is not UTF-8; save it as UTF-8", file=file) from None
