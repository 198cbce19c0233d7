"""Any file a person hands over as sheets of text, or a message that says why not."""

import gzip
import io
import os
import re
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dxkit.files.cells import folded
from dxkit.files.errors import DataError, Fault, Missing, and_more, fault_at, nearest
from dxkit.files.grid import MOST_BYTES, Grid

_KINDS = (
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel file (.xls) or one with a password; open it and save it as .xlsx without password",
    ),
    (b"%PDF", "a PDF; export the table as CSV or .xlsx"),
    (b"\x89PNG", "a picture; export the table as CSV or .xlsx"),
    (b"\xff\xd8\xff", "a picture; export the table as CSV or .xlsx"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a rar archive; unpack it first"),
    (b"PAR1", "a parquet file; save it as CSV or .xlsx"),
    (b"SQLite format", "a database; export the table as CSV"),
)
EMPTY = "the file is empty; it needs a header and rows under it"
BROKEN_GZIP = "the gzip file is broken or cut short; download it again"
_PACKED = b"PK\x03\x04"
FOREIGN = (_PACKED, *(magic for magic, _ in _KINDS))


@dataclass(frozen=True, eq=False)
class OpenedFile:
    """A file a person handed over: checked when it is opened, read when a sheet is first asked for, and only once.

    It stands wherever a path may, so several readers of one workbook share what was read.
    """

    path: Path
    name: str

    def __fspath__(self) -> str:
        return str(self.path)

    @cached_property
    def sheets(self) -> list[Grid]:
        """Every visible sheet that holds something; a csv file is one sheet.

        Raises
        ------
        DataError
            An empty, broken, dangerous or foreign file; cells that cannot be trusted (errors, formulas without a
            value, merged cells, rows longer than the header).
        """
        data = self.data()
        if data[:4] == _PACKED:
            from dxkit.files import excel_file

            return excel_file.read(data, self.name)
        for magic, what in _KINDS:
            if data.startswith(magic):
                raise fault_at(f"this is {what}", file=self.name)
        from dxkit.files import csv_file

        return [csv_file.read(data, self.name)]

    def data(self) -> bytes:
        """The bytes of the file, unpacked where it is a gzip file."""
        try:
            size = self.path.stat().st_size
            if size > MOST_BYTES:
                most = f"dxkit reads at most {MOST_BYTES >> 20}; split it"
                raise fault_at(f"the file has {size / 2**20:,.0f} MiB, but {most}", file=self.name)
            data = self.path.read_bytes()
        except OSError as error:
            raise unopened(error, self.name) from None
        if data[:2] == b"\x1f\x8b":
            data = _unpacked(data, self.name)
        if not data.strip(b"\x00\r\n\t \x1a\xef\xbb\xbf\xff\xfe"):
            raise fault_at(EMPTY, file=self.name)
        return data

    @property
    def is_workbook(self) -> bool:
        """Whether its sheets have names; a large file is not read to tell."""
        try:
            with self.path.open("rb") as stream:
                return stream.read(4) == _PACKED
        except OSError as error:
            raise unopened(error, self.name) from None

    def sheet(self, name: str) -> Grid | None:
        """The sheet of this name, in any spelling of it; None where none that holds something is called so."""
        return next((grid for grid in self.sheets if folded(grid.sheet or "") == folded(name)), None)

    def has_rows(self, name: str) -> bool:
        """Whether the sheet of this name holds more than its header."""
        grid = self.sheet(name)
        return grid is not None and len(grid.cells) > 1

    def choose(self, name: str | None = None, wanted: Callable[[Grid], float] | None = None) -> Grid:
        """The sheet of this name; without a name the only one, or the one that `wanted` scores highest."""
        listed = and_more([grid.sheet or "" for grid in self.sheets], 12)
        if name is not None and self.is_workbook:
            if (grid := self.sheet(name)) is not None:
                return grid
            raise fault_at(f"the workbook has no filled sheet '{name}'; its sheets are {listed}", file=self.name)
        if len(self.sheets) == 1:
            return self.sheets[0]
        scores = [wanted(grid) if wanted else 0.0 for grid in self.sheets]
        best = max(scores)
        if best > 0 and scores.count(best) == 1:
            return self.sheets[scores.index(best)]
        raise fault_at(
            f"there are {len(scores)} sheets ({listed}), and dxkit cannot tell which one to read; "
            "keep only that sheet, or name its columns as the documentation does",
            file=self.name,
        )


def open_file(path: str | os.PathLike[str]) -> OpenedFile:
    """Open a file that is there, or hand on the one that is open already."""
    return path if isinstance(path, OpenedFile) else OpenedFile(*checked_path(path))


def checked_path(path: str | os.PathLike[str], *, folder: bool = False) -> tuple[Path, str]:
    """A path to a file that is there, or also to a folder, and what messages call it."""
    if path is None:
        raise Missing("no file was given; name one")
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(text, str):
        raise DataError(f"give a path or a DataFrame, not {type(path).__name__}")
    if re.match(r"(?i)[a-z][a-z0-9+.-]+:", text) and not re.match(r"(?i)[a-z]:[\\/]", text):
        raise DataError("dxkit reads only a file on this machine, not an address; download it first")
    place = Path(text)
    file = place.name or text
    try:
        if place.is_dir():
            if folder:
                return place, file
            raise fault_at("this is a folder; name a file in it", file=file)
        if not stat.S_ISREG(place.stat().st_mode):
            raise fault_at("this is a pipe or device, not a file; save the table as a file first", file=file)
    except (FileNotFoundError, NotADirectoryError):
        fault = Fault(f"there is no such file{_nearest(place)}", file=file)
        raise Missing(str(fault), (fault,)) from None
    except DataError:
        raise
    except (OSError, ValueError) as error:
        raise unopened(error, file) from None
    return place, file


def unopened(error: Exception, file: str) -> DataError:
    reason = error.strerror if isinstance(error, OSError) else "not a path"
    return fault_at(f"the file cannot be opened ({reason})", file=file)


def _nearest(place: Path) -> str:
    try:
        near = nearest(place.name, os.listdir(place.parent))
    except OSError:
        return f"; there is no folder {place.parent.name} either"
    return f"; did you mean '{near}'?" if near else ""


def _unpacked(data: bytes, file: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            plain = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise fault_at(BROKEN_GZIP, file=file) from None
    if len(plain) > MOST_BYTES:
        raise fault_at(f"the unpacked file has more than {MOST_BYTES >> 20} MiB; split it", file=file)
    return plain
