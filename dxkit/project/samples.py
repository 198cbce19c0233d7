"""The sample tables and notebooks, from a checkout or from an installed package."""

from __future__ import annotations

from pathlib import Path

from dxkit.files.errors import DataError, suggest
from dxkit.files.options import instance

_HERE = Path(__file__).resolve().parents[1]


def _shipped(folder: str) -> Path:
    installed = _HERE / "_shipped" / folder
    return installed if installed.is_dir() else _HERE.parent / folder


def notebooks() -> Path:
    """The folder of the notebooks."""
    return _shipped("notebooks")


def path(name: str = "") -> Path:
    """The path of a sample file or folder.

    Parameters
    ----------
    name : str
        Such as "company/codebook.csv"; the folder of all samples without it.

    Raises
    ------
    DataError
        No sample has this name; the message gives the nearest name, or some of those that exist.

    Examples
    --------
    >>> path("company/codebook.csv").name
    'codebook.csv'
    """
    root = _shipped("data_samples")
    place = root / instance("name", name, str, "the name of a sample, such as 'company/codebook.csv'")
    if not place.exists():
        samples = sorted(
            p.relative_to(root).as_posix() for p in root.rglob("*") if p.suffix in (".csv", ".gz", ".json")
        )
        raise DataError(f"there is no sample '{name}'; {suggest(name, samples)}")
    return place
