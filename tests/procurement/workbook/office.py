"""Recalculation of a workbook by programs other than ours."""

import os
import shutil
import subprocess
from pathlib import Path

import openpyxl

_FORCED = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""


def libreoffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def recalculated(path: Path, folder: Path, kind: str = "xlsx") -> Path:
    """The workbook with every formula computed anew by LibreOffice, whatever values were stored; or as pdf."""
    profile = folder / "profile"
    user = profile / "user"
    user.mkdir(parents=True, exist_ok=True)
    (user / "registrymodifications.xcu").write_text(_FORCED)
    out = folder / f"by_office_{kind}"
    subprocess.run(
        [
            libreoffice(),
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(out),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "HOME": str(folder)},
    )
    return out / f"{path.stem}.{kind}"


def formulas_of(path: Path) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.data_type == "f"
    }


def stored(path: Path) -> dict[tuple[str, str], object]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def agree(one: object, other: object) -> bool:
    """Equal texts, or numbers within 1e-9 of each other."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= 1e-9 * max(abs(one), abs(other), 1e-9)
    return one == other


def differing(path: Path, by_other: dict[tuple[str, str], object]) -> list:
    """The formula cells whose stored value another program finds otherwise."""
    own = stored(path)
    cells = formulas_of(path)
    assert cells
    return [
        (key, cells[key], own.get(key), by_other.get(key))
        for key in cells
        if not agree(own.get(key), by_other.get(key))
    ]


def by_formulas(path: Path) -> dict[tuple[str, str], object]:
    """Every formula cell of a workbook as the package `formulas` computes it, by sheet in capitals."""
    import formulas

    solution = formulas.ExcelModel().loads(str(path)).finish().calculate()
    found = {}
    for key, value in solution.items():
        if isinstance(key, str) and "!" in key and ":" not in key.rsplit("!", 1)[1]:
            sheet, cell = key.rsplit("!", 1)
            found[sheet.strip("'").split("]")[-1].replace("''", "'"), cell] = value.value[0, 0]
    return found
