"""The cells of a notebook: fitted to one's own data before they run, and without tracebacks after."""

import ast
import re
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from dxkit.files.errors import DataError

_BOX = 'style="margin:1em 0;padding:0.5em 1em;border:2px solid #8A3300;color:#8A3300;white-space:pre-wrap"'
INCOMPLETE = f'<p role="alert" {_BOX}>This page is incomplete: a part of it failed. The first box below says why.</p>'


class Parameters(NamedTuple):
    """The cell that names one's own data, and its source as the page shows it: without the path on this machine."""

    cell: Any
    shown: str


def adapt(notebook: Any, path: Path, data: str | Path | None) -> Parameters | None:
    """Fit a notebook to one's own data: `data`, or what its cell of parameters names. None where it runs on the sample.

    The cells that are tagged `sample` go, and so do the comments on the parameters.
    """
    cell = next((cell for cell in notebook.cells if "parameters" in _tags(cell)), None)
    if cell is None and data is None:
        return None
    if cell is None:
        raise DataError(f"{path.name} has no cell with the tag `parameters`; add the tag to the cell that sets `data`")
    tree = _parsed(cell.source)
    given = [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "data"]
    if data is None and not any(ast.unparse(node.value) != "None" for node in given):
        return None
    notebook.cells = [other for other in notebook.cells if "sample" not in _tags(other)]
    for other in notebook.cells:
        if other.cell_type == "code":
            other.source = re.sub(r"\bdata or dx\.samples\.path\([^)]*\)", "data", other.source)
    if data is None:
        cell.source = ast.unparse(tree)
        return Parameters(cell, cell.source)
    rest = [ast.unparse(node) for node in tree.body if node not in given]
    unread = [] if _is_python(cell.source) else [cell.source]  # with a magic: all of it stays, and `data` is set last

    def with_data(value: str) -> str:
        return "\n".join([*unread, f"data = {value!r}", *rest])

    cell.source = with_data(str(Path(data).resolve()))
    return Parameters(cell, with_data(Path(data).name))


def boxed(notebook: Any, stopped_at: int | None, why: str) -> str:
    """Put a box with the message in place of each traceback; the first fault with its cell, or "" where none failed.

    A cell that failed only for a name that a failed cell would have set is left out.
    """
    from nbformat.v4 import new_output

    first, lost, keep, number = "", set(), [], 0
    for cell in notebook.cells:
        keep.append(cell)
        if cell.cell_type != "code":
            continue
        number += 1
        errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
        if number == stopped_at:
            message = shown = why
        elif errors and "raises-exception" not in _tags(cell):
            name = re.match(r"name '(\w+)' is not defined", errors[0].evalue)
            if errors[0].ename == "NameError" and name and name[1] in lost:
                lost |= _names(cell.source)
                keep.pop()
                continue
            message = f"{errors[0].ename}: {errors[0].evalue}"
            shown = errors[0].evalue if errors[0].ename in ("DataError", "Missing") else message
        else:
            continue
        lost |= _names(cell.source)
        first = first or f"code cell {number}: {message}"
        data = {"text/html": f'<div role="alert" {_BOX}>{escape(shown)}</div>', "text/plain": shown}
        cell.outputs = [output for output in cell.outputs if output.output_type != "error"]
        cell.outputs.append(new_output("display_data", data))
    notebook.cells = keep
    return first


def _tags(cell: Any) -> list[str]:
    return cell.metadata.get("tags", [])


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _parsed(source: str) -> ast.Module:
    """The statements of a cell; none where it is not Python alone."""
    return ast.parse(source) if _is_python(source) else ast.Module([], [])


def _names(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.split(".")[0])
    return names
