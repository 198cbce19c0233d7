"""Who owns a path: the rules of a CODEOWNERS file."""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata

from dxkit.files.errors import DataError, fault_at
from dxkit.files.opening import checked_path

Rule = tuple[re.Pattern[str], list[str]]  # a pattern of paths, and who owns them
_WILD = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def rules_of(source: str | os.PathLike[str] | None) -> list[Rule]:
    """The rules of a CODEOWNERS file, in its order."""
    if source is None:
        return []
    text = str(source)
    if isinstance(source, os.PathLike) or ("\n" not in text and not re.search(r"\s@|^\s*#", text)):
        text = _text_of(source)
    rules = []
    for line in text.splitlines():
        words = re.split(r"(?<!\\)\s+", re.sub(r"(^|\s)#.*", "", unicodedata.normalize("NFC", line)).strip())
        if words[0]:
            rules.append((_pattern(words[0].replace("\\ ", " ")), words[1:]))
    if rules and not any("@" in owner for _, owners in rules for owner in owners):
        raise DataError("CODEOWNERS: no line names an owner such as @org/team; is this another file?")
    return rules


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


def _pattern(rule: str) -> re.Pattern[str]:
    """A rule as a regular expression on paths: as .gitignore, but `docs/*` takes the files of docs alone."""
    anchored = "/" in rule.rstrip("/")
    body = ""
    for part in re.findall(r"\*\*/|/\*\*$|\*\*|\*|\?|[^*?]+", rule.strip("/")):
        body += _WILD[part] if part in _WILD else re.escape(part)
    below = "" if rule.endswith("/*") else "/.+" if rule.endswith("/") else "(?:/.*)?"
    return re.compile(("" if anchored else "(?:.*/)?") + body + below)


def owners_of(path: str, rules: list[Rule]) -> list[str]:
    """Who owns the entry of a service's folder: the last rule that matches, which may name nobody.

    >>> owners_of("services/shop", rules_of("* @a\\nservices/ @b\\nservices/shop/docs/ @c"))
    ['@b']
    """
    file = posixpath.normpath(f"/{unicodedata.normalize('NFC', path.strip())}/catalog-info.yaml").lstrip("/")
    return next((owners for pattern, owners in reversed(rules) if pattern.fullmatch(file)), [])
