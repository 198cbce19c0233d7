"""Any file a person hands over as one sheet of text, or a message that says why not."""

from __future__ import annotations

import difflib
import gzip
import io
import os
import re
import stat
import zlib
from collections.abc import Callable
from pathlib import Path

from dxkit.files.errors import DataError, fault_at
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
FOREIGN = (b"PK\x03\x04", *(magic for magic, _ in _KINDS))


def read_grids(path: str | os.PathLike) -> list[Grid]:
    """Every visible sheet that holds something; a csv file is one sheet.

    Raises
    ------
    DataError
        A missing, empty, broken, dangerous or foreign file; cells that cannot be trusted (errors, formulas without a
        value, merged cells, rows longer than the header).
    """
    file, data = _bytes_of(path)
    if data[:4] == b"PK\x03\x04":
        from dxkit.files import excel_file

        return excel_file.read(data, file)
    for magic, what in _KINDS:
        if data.startswith(magic):
            raise fault_at(f"this is {what}", file=file)
    from dxkit.files import csv_file

    return [csv_file.read(data, file)]


def read_grid(path: str | os.PathLike, sheet: str | None = None, wanted: Callable[[Grid], float] | None = None) -> Grid:
    """The sheet of that name; without a name the only one, or the one that `wanted` scores highest."""
    grids = read_grids(path)
    names = [grid.sheet or "" for grid in grids]
    if sheet is not None and names != [""]:
        for grid, name in zip(grids, names, strict=True):
            if name.strip().casefold() == sheet.strip().casefold():
                return grid
        raise fault_at(
            f"there is no sheet '{sheet}' with something in it; it has {', '.join(names)}", file=grids[0].file
        )
    if len(grids) == 1:
        return grids[0]
    scores = [wanted(grid) for grid in grids] if wanted else [0.0] * len(grids)
    best = max(scores)
    if best > 0 and scores.count(best) == 1:
        return grids[scores.index(best)]
    listed = ", ".join(names)
    raise fault_at(
        f"there are {len(grids)} sheets ({listed}) and none is plainly the one wanted; "
        "put the table on the only sheet, or name its columns as the documentation does",
        file=grids[0].file,
    )


def checked_path(path: str | os.PathLike, *, folder: bool = False) -> tuple[Path, str]:
    """A path to a file that is there, or also to a folder, and what messages call it."""
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(text, str):
        raise DataError(f"expected a path or a DataFrame, got {type(path).__name__}")
    if re.match(r"(?i)[a-z][a-z0-9+.-]+:", text) and not re.match(r"(?i)[a-z]:[\\/]", text):
        raise DataError("an address is not read, only a file on this machine; download it first")
    place = Path(text)
    file = place.name or text
    try:
        if place.is_dir():
            if folder:
                return place, file
            raise fault_at("this is a folder; name a file in it", file=file)
        if not stat.S_ISREG(place.stat().st_mode):
            raise fault_at("this is a pipe or device and no file; save the table as a file first", file=file)
    except (FileNotFoundError, NotADirectoryError):
        raise fault_at(f"there is no such file{_nearest(place)}", file=file) from None
    except DataError:
        raise
    except (OSError, ValueError) as error:
        raise _unopened(error, file) from None
    return place, file


def _unopened(error: Exception, file: str) -> DataError:
    reason = error.strerror if isinstance(error, OSError) else "not a path"
    return fault_at(f"the file cannot be opened ({reason})", file=file)


def _bytes_of(path: str | os.PathLike) -> tuple[str, bytes]:
    place, file = checked_path(path)
    try:
        size = place.stat().st_size
        if size > MOST_BYTES:
            raise fault_at(f"the file has {size / 2**20:,.0f} MiB, more than {MOST_BYTES >> 20}; split it", file=file)
        data = place.read_bytes()
    except OSError as error:
        raise _unopened(error, file) from None
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data, file)
    if not data.strip(b"\x00\r\n\t \x1a\xef\xbb\xbf\xff\xfe"):
        raise fault_at("the file is empty; it needs a header row and the answers under it", file=file)
    return file, data


def _nearest(place: Path) -> str:
    try:
        near = difflib.get_close_matches(place.name, os.listdir(place.parent), n=1)
    except OSError:
        return f"; there is no folder {place.parent.name} either"
    return f"; did you mean {near[0]}?" if near else ""


def _unpacked(data: bytes, file: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            plain = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise fault_at("the gzip file is broken or cut short; fetch it again", file=file) from None
    if len(plain) > MOST_BYTES:
        raise fault_at(f"unpacked it is larger than {MOST_BYTES >> 20} MiB; split it", file=file)
    return plain
