"""Reads a decision between vendors, whatever it comes as, and says what of it moves nothing."""

from __future__ import annotations

import os
from dataclasses import replace

from dxkit.files.errors import and_more
from dxkit.procurement.cost.idle import idle_cells, usual_values
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.procurement.dossier.reading import read_sheets
from dxkit.procurement.dossier.sheets import Source, whole
from dxkit.procurement.workbook.read_back import is_twin, read_twin


def read_dossier(source: Source) -> Dossier:
    """Read a decision between vendors: what each costs, promises and would cost to leave, and who says so.

    Parameters
    ----------
    source : path of a workbook, of a folder of csv files or of one of them, or mapping of sheet name to frame or path
        Sheets decision, drivers, costs, and where they are known steps, benefits, exit, criteria, evidence, fit
        (docs/tables.md, "Decision").
        Estimates are a number in `likely`, or low, likely and high. A line that appears twice with different figures
        has conflicting sources: each is as likely, and all stay visible in `.conflicting`. A workbook of
        `write_workbook` is read back, with what was changed in `.changed`. What was filled in and moves no result is in
        `.idle`. What no sheet gives and a result rests on has a usual value, and is listed in `.unsupported` too.

    Returns
    -------
    Dossier

    Raises
    ------
    DataError
        Every fault of every sheet at once, with its cell.

    Examples
    --------
    >>> import pandas as pd
    >>> costs = pd.DataFrame({"vendor": ["A", "B"], "line": ["seats", "seats"], "timing": ["yearly", "yearly"],
    ...                       "category": ["licence", "licence"], "likely": [1000, 1200]})
    >>> read_dossier({"costs": costs}).vendors
    ['A', 'B']
    """
    source = whole(source) if isinstance(source, str | os.PathLike) else source
    dossier = read_twin(source) if is_twin(source) else read_sheets(source)
    dossier = replace(dossier, assumed=(*dossier.assumed, *usual_values(dossier)))
    idle = idle_cells(dossier)
    if not len(idle):
        return dossier
    cells = [f"{row['sheet']} {row['cell']} ({row['figure']})" for row in idle.to_dict("records")]
    note = f"filled in, and moves no result (see .idle): {and_more(cells)}"
    return replace(dossier, idle=idle, notes=(*dossier.notes, note))
