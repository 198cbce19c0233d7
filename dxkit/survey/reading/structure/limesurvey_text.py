"""The questions of a LimeSurvey survey, from its structure as a tab-separated text."""

from dxkit.files import csv_file
from dxkit.files.cells import folded
from dxkit.files.errors import Faults, and_more, fault_at
from dxkit.files.grid import Grid
from dxkit.files.opening import OpenedFile
from dxkit.survey.reading.structure.limesurvey import Asked, structure
from dxkit.survey.reading.structure.model import Structure

_NEEDED = ("class", "type/scale", "name", "text", "language")


def read(file: OpenedFile) -> Structure:
    """The questions in the order of the file, in the survey's own language."""
    text, _ = csv_file.decoded(file.data(), file.name)
    grid = csv_file.rows(text, "\t", 1, file.name)
    rows = _rows(grid)
    own = next((row["text"] for _, row in rows if row["class"] == "S" and row["name"] == "language"), "")
    titled = (row["language"] for _, row in rows if row["class"] == "SL" and row["language"])
    own = own or next(titled, "") or next((row["language"] for _, row in rows if row["class"] in _CALLED), "")
    return structure(_asked(rows, own, grid), file.name, own)


def _rows(grid: Grid) -> list[tuple[int, dict[str, str]]]:
    header = [folded(cell) for cell in grid.cells[0]]
    if missing := [name for name in _NEEDED if name not in header]:
        raise fault_at(
            f"this is not the structure of a LimeSurvey survey: there is no column {and_more(missing)}; "
            "use Display/Export, Tab-separated-values format (.txt)",
            file=grid.file,
            row=grid.rows[0],
        )
    cells = [[cell.strip() for cell in line] for line in grid.cells[1:]]
    named = [dict(reversed(list(zip(header, line, strict=False)))) for line in cells]
    for row in named:
        row["class"] = row["class"].upper()
    return list(zip(grid.rows[1:], named, strict=True))


def _asked(rows: list[tuple[int, dict[str, str]]], own: str, grid: Grid) -> list[Asked]:
    """The questions of one language; a subquestion or answer belongs to the question above it."""
    faults = Faults()
    asked: list[Asked] = []
    current = None
    for number, row in rows:
        if row["class"] not in ("G", "Q", "SQ", "A") or row["language"] not in ("", own):
            continue
        if row["class"] == "G":
            current = None
        elif not row["name"]:
            place = {"file": grid.file, "row": number, "column": "column name"}
            faults.add(f"this {_CALLED[row['class']]} has no code; export the survey again", **place)
        elif row["class"] == "Q":
            current = Asked(
                code=row["name"],
                type=row["type/scale"],
                text=row["text"],
                other=row.get("other") == "Y",
                attributes={name: cell for name, cell in row.items() if cell},
            )
            asked.append(current)
        elif current is None:
            faults.add(f"this {_CALLED[row['class']]} stands under no question", file=grid.file, row=number)
        elif row["class"] == "SQ":
            current.lines.append((row["name"], row["text"], row["type/scale"]))
        else:
            current.answers.append((row["name"], row["text"], row["type/scale"]))
    faults.raise_if_any()
    return asked


_CALLED = {"Q": "question", "SQ": "subquestion", "A": "answer"}
