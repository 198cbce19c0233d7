"""Recalculation of a workbook by programs other than ours."""

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import openpyxl

_FORCED = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""


def libreoffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def impress() -> bool:
    """Whether LibreOffice opens slides; that may be a package of its own."""
    program = libreoffice()
    places = Path(program).resolve().parent.parent.glob("*/registry/impress.xcd") if program else ()
    return any(places)


def recalculated(folder: Path, *paths: Path) -> list[Path]:
    """The workbooks with every formula computed anew by one run of LibreOffice, whatever values were stored."""
    profile = folder / "profile"
    user = profile / "user"
    user.mkdir(parents=True, exist_ok=True)
    (user / "registrymodifications.xcu").write_text(_FORCED)
    out = folder / "by_office"
    command = [libreoffice(), f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", str(out), *map(str, paths)],
        check=True,
        capture_output=True,
        timeout=600,  # half a hundred workbooks on a busy machine
        env={**os.environ, "HOME": str(folder)},
    )
    return [out / path.name for path in paths]


def formulas_of(path: Path) -> dict[tuple[str, str], str]:
    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        return {
            (sheet.title, cell.coordinate): cell.value
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str) and cell.data_type == "f"
        }


def stored(path: Path) -> dict[tuple[str, str], object]:
    with closing(openpyxl.load_workbook(path, data_only=True, read_only=True)) as book:
        return {
            (sheet.title, cell.coordinate): cell.value
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
