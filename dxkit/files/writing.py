"""Write files whole or not at all, with no text that a program could take for a formula."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dxkit.files.errors import DataError
from dxkit.files.options import instance

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def out(name: str) -> Path:
    """Where does a notebook put a file? In the folder `out` beside it; in the one of `dxkit run` while that is running.

    Parameters
    ----------
    name : str
        A file name without a folder.

    Returns
    -------
    Path
        In a folder that exists.

    Raises
    ------
    DataError
        The name is a path.

    Examples
    --------
    >>> import os, tempfile
    >>> os.environ["DXKIT_OUT"] = tempfile.mkdtemp()
    >>> out("decision.xlsx").name, os.environ.pop("DXKIT_OUT") != ""
    ('decision.xlsx', True)
    """
    if Path(instance("name", name, str, "the name of a file, such as 'decision.xlsx'")).name != name:
        raise DataError(f"'{name[:80]}' is a path; give a file name without a folder")
    folder = Path(os.environ.get("DXKIT_OUT") or "out")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path to write to, in a folder that is made where it is missing. It takes the place of `path` when all
    went well, and is deleted otherwise."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@cache
def _sheet_class() -> type[Worksheet]:
    from xlsxwriter.worksheet import Worksheet

    class Sheet(Worksheet):
        """A sheet that looks for no newer functions in formulas; ours have none, and it took half of the time."""

        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
            return formula.removeprefix("=")

    return Sheet


@contextmanager
def new_workbook(path: str | os.PathLike[str]) -> Iterator[Workbook]:
    """A workbook that stands at `path` once all is written: text stays text, and equal content gives equal bytes."""
    from xlsxwriter import Workbook

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with replacing(path) as temporary, Workbook(str(temporary), plain) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        book.worksheet_class = _sheet_class()
        yield book


def writable(text: str) -> str:
    """Text as a worksheet cell can hold it: without control characters, at most 32,767 characters."""
    return _UNWRITABLE.sub("", text)[:32767]


def as_text_cell(cell: Any, text: str) -> None:
    """Put text into a worksheet cell so that it stays text, whatever it starts with."""
    cell.value = writable(text)
    cell.data_type = "s"


def sheet_name(text: str, taken: set[str]) -> str:
    """A name a worksheet may have, different from those taken (which it joins): 31 characters, none of []:*?/\\ nor any
    that would look like a formula where other sheets refer to it."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f=+@!()<>|\"']", " ", text).strip().strip("'")[:31].strip() or "Sheet"
    return _unique(base, taken, 31, " ")


def slug(text: str, taken: set[str]) -> str:
    """A file name of letters, digits and hyphens, different from those taken (which it joins).

    >>> taken = set()
    >>> slug("Where does it hurt?", taken), slug("where does it hurt", taken), slug("../..", taken)
    ('where-does-it-hurt', 'where-does-it-hurt-2', 'untitled')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "untitled"
    return _unique(base, taken, 64, "-")


def _unique(base: str, taken: set[str], longest: int, joint: str) -> str:
    name, count = base, 1
    while name.casefold() in {other.casefold() for other in taken}:
        count += 1
        tail = f"{joint}{count}"
        name = base[: longest - len(tail)] + tail
    taken.add(name)
    return name
