"""Edits of workbooks in LibreOffice, as a person at its window makes them, by the system's Python, which has `uno`.

Standard input: a list of jobs, {"file", "to", "steps": [[what, sheet, key, ...], ...]}, and the folder of its profile.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

try:
    import uno
    from com.sun.star.beans import PropertyValue
    from com.sun.star.lang import Locale
    from com.sun.star.table import CellRangeAddress
except ImportError:  # not the system's Python
    uno = None

_LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{}</value></prop>
</item></oor:items>
"""


def row_of(sheet, key):
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    for row in range(cursor.RangeAddress.EndRow + 1):
        if sheet.getCellByPosition(0, row).String == key:
            return row
    raise KeyError(key)


def do(document, what, name, *how):
    """One step: the sheet is unprotected first, as a person does who wants to change more than the yellow cells."""
    sheets = document.Sheets
    if what == "add sheet":
        sheets.insertNewByName(name, sheets.Count)
        sheets.getByName(name).getCellByPosition(1, 1).Formula = how[0]
        return
    sheet = sheets.getByName(name)
    if what == "rename":
        sheet.Name = how[0]
    elif what == "delete sheet":
        sheets.removeByName(name)
    elif what == "move sheet":
        sheets.moveByName(name, how[0])
    else:
        sheet.unprotect("")
        row = row_of(sheet, how[0]) if how and how[0] else 0
        if what == "type":  # as into the cell, in the language of the program
            sheet.getCellByPosition(how[1], row).FormulaLocal = str(how[2])
        elif what == "clear":
            sheet.getCellByPosition(how[1], row).clearContents(1 | 2 | 4 | 16)
        elif what == "insert rows":
            sheet.Rows.insertByIndex(row, how[1])
        elif what == "delete row":
            sheet.Rows.removeByIndex(row, 1)
        elif what == "insert columns":
            sheet.Columns.insertByIndex(how[1], how[2])
        elif what == "delete column":
            sheet.Columns.removeByIndex(how[1], 1)
        elif what == "copy row":  # to another row, as copy and paste does
            at = CellRangeAddress(sheet.RangeAddress.Sheet, 0, row, 60, row)
            sheet.copyRange(sheet.getCellByPosition(0, row_of(sheet, how[1])).CellAddress, at)
        elif what == "values":  # a block pasted as values
            block = sheet.getCellRangeByPosition(how[1], row, how[2], row + how[3])
            block.setDataArray(block.getDataArray())
        else:
            raise ValueError(what)


def value(name, content):
    made = PropertyValue()
    made.Name, made.Value = name, content
    return made


def main():
    given = json.load(sys.stdin)
    profile = Path(given["profile"])
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_LOCALE.format(given["locale"]))
    pipe = f"edits{profile.name}"
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore"]
    office = subprocess.Popen([*command, f"--accept=pipe,name={pipe};urp;"], stderr=subprocess.DEVNULL)
    try:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(120):
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                time.sleep(0.25)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        language, country = given["locale"].split("-")
        for job in given["jobs"]:
            document = desktop.loadComponentFromURL(f"file://{job['file']}", "_blank", 0, (value("Hidden", True),))
            document.CharLocale = Locale(language, country, "")
            for step in job["steps"]:
                do(document, *step)
            document.calculateAll()
            document.storeToURL(f"file://{job['to']}", (value("FilterName", "Calc MS Excel 2007 XML"),))
            document.close(True)
        desktop.terminate()
    finally:
        office.wait(timeout=60)


if __name__ == "__main__":
    main()
