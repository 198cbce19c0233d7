"""What is wrong with a table: every fault at once, each with its place and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_MOST_LISTED = 50


@dataclass(frozen=True)
class Fault:
    """One fault and where it is: row as the editor or spreadsheet numbers it, column as a letter, number or name.

    >>> str(Fault("'abc' is not a number", file="dossier.xlsx", sheet="costs", row=7, column="D"))
    "dossier.xlsx, sheet costs, cell D7: 'abc' is not a number"
    """

    message: str
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        places = [self.file] if self.file else []
        if self.sheet:
            places.append(f"sheet {self.sheet}")
        column = self.column or ""
        if self.row is not None and column.isascii() and column.isalpha() and column.isupper() and len(column) <= 3:
            places.append(f"cell {column}{self.row}")
        else:
            places += [f"row {self.row}"] if self.row is not None else []
            places += [column if column.startswith("column ") else f"column {column}"] if column else []
        return f"{', '.join(places)}: {self.message}" if places else self.message


class DataError(ValueError):
    """The one error for a user's mistake. `.faults` lists them; the text names them all, one a line."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()):
        super().__init__(message)
        self.faults: tuple[Fault, ...] = tuple(faults) or (Fault(message),)


class Missing(DataError):
    """An input was not given, such as a roster or an earlier wave; `part` says so in one line and goes on."""


class Faults:
    """Collects faults until the whole table has been read."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, message: str, **place: Any) -> None:
        """One fault and its place: file, sheet, row and column, as far as they are known."""
        self._found.append(Fault(message, **place))

    def take(self, read: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """What a reader returns; None where it found faults, which are kept and raised with the others."""
        try:
            return read(*args, **options)
        except DataError as error:
            self._found += error.faults
            return None

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found)

    def raise_if_any(self) -> None:
        """Raise one DataError that lists all that was found."""
        if not self._found:
            return
        lines = [str(fault) for fault in self._found[:_MOST_LISTED]]
        if len(self._found) > _MOST_LISTED:
            lines.append(f"... and {len(self._found) - _MOST_LISTED} more")
        if len(self._found) > 1:
            lines.insert(0, f"{len(self._found)} faults:")
        raise DataError("\n".join(lines), tuple(self._found))


def fault_at(message: str, **place: Any) -> DataError:
    """A DataError of a single fault.

    >>> str(fault_at("the file is empty", file="answers.csv"))
    'answers.csv: the file is empty'
    """
    fault = Fault(message, **place)
    return DataError(str(fault), (fault,))


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name that is spelled most like this one, in its own spelling; None where none is alike.

    >>> nearest("Taem", ["team", "site"])
    'team'
    """
    spelled = {word.casefold(): word for word in known}
    alike = difflib.get_close_matches(name.casefold(), spelled, n=1, cutoff=cutoff)
    return spelled[alike[0]] if alike else None


def suggest(name: str, known: Sequence[str], *, cutoff: float = 0.6) -> str:
    """What would do in place of a name that is not known: the nearest one, or else the list of them.

    >>> suggest("taem", ["team", "site"]), suggest("age", ["team", "site"]), suggest("age", [])
    ("did you mean 'team'?", 'use one of team, site', 'there is none')
    """
    if near := nearest(name, known, cutoff=cutoff):
        return f"did you mean '{near}'?"
    return f"use one of {and_more(known, 12)}" if known else "there is none"


def and_more(names: Sequence[str], most: int = 8) -> str:
    """The first names, and how many are left out.

    >>> and_more(["a", "b", "c"]), and_more(["a", "b", "c"], 2)
    ('a, b, c', 'a, b and 1 more')
    """
    left_out = len(names) - most
    return ", ".join(names[:most]) + (f" and {left_out} more" if left_out > 0 else "")
