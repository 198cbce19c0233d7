"""Run notebooks on one's own data and keep what they show: pages, pictures and files."""

import base64
import json
import re
import sys
import tempfile
import time
from contextlib import closing
from html import escape
from importlib.resources import files
from pathlib import Path

from dxkit.files import options
from dxkit.files.errors import DataError
from dxkit.files.progress import Say, Work
from dxkit.files.writing import replacing, slug
from dxkit.project import cells, kernels

_WIDGET = "application/vnd.jupyter.widget-view+json"
_IMAGE = re.compile(r'<img (?:alt="No description[^"]*" )?(?!alt=)(?=[^>]{0,200}src="data:image/png)')
_WROTE = re.compile(r"<!-- dxkit wrote (\[.*\]) -->\s*$")  # the last line of a page: what stands in its folder


def run(
    source: str | Path,
    *,
    data: str | Path | None = None,
    out: str | Path = "out",
    force: bool = False,
    save: bool = False,
    jobs: int | None = None,
    say: Say = True,
) -> list[Path]:
    """Run a notebook, or all of a folder in the order of their names.

    Parameters
    ----------
    source : path
        A notebook or a folder of them.
    data : path, optional
        Your file or folder. It becomes the notebook's variable `data` (set in the cell tagged `parameters`), which
        holds the sample otherwise.
    out : path
        The folder to write to: `<notebook>.html`, and in `<notebook>/` its pictures and files.
    force : bool
        Overwrite what is there.
    save : bool
        Store the outputs in the notebook itself instead, without anything that changes from run to run.
    jobs : int, optional
        How many notebooks run side by side; None for as many as there are processors, at most 4.
    say : function or bool
        Called with each line about the progress. True for the standard output: on a terminal a line per notebook that
        updates, with the time left. False for nothing.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    DataError
        No notebook, files that would be overwritten, or a cell that failed: with notebook, cell, its message and the
        page, which is written all the same and says that it is incomplete. Of several notebooks with a fault the first
        is told, once all have ended.
    """
    notebooks = _notebooks(Path(source))
    folder = Path(out)
    if save and data is not None:
        raise DataError("--save stores the outputs for the sample; leave out --data, or leave out --save")
    if not save and folder.exists() and not folder.is_dir():
        raise DataError(f"{folder} is a file; name a folder with --out")
    if not save and not force:
        taken = [str(p) for nb in notebooks for p in (folder / f"{nb.stem}.html", folder / nb.stem) if p.exists()]
        if taken:
            raise DataError(f"{', '.join(taken)} would be overwritten; use --force, or another --out")
    if data is not None and not Path(data).exists():
        raise DataError(f"{data}: there is no such file or folder")
    jobs = min(kernels.processors(), 4) if jobs is None else options.whole("jobs", jobs, 1)
    written: dict[int, list[Path]] = {}
    faults: dict[int, Exception] = {}
    lines = _Lines([path.stem for path in notebooks], say)
    with tempfile.TemporaryDirectory() as made, closing(lines):
        tasks = [kernels.Task(path, data, Path(made, str(k)), save) for k, path in enumerate(notebooks)]
        with closing(kernels.side_by_side(tasks, jobs)) as events:
            for k, event in events:
                if event is None:
                    lines.tick()
                elif isinstance(event, kernels.Cell):
                    lines.cell(k, event)
                elif isinstance(event, kernels.Ran):
                    path = notebooks[k]
                    if event.fault:
                        faults[k] = DataError(event.fault if save else _first(event.fault, folder / path.stem))
                    if not save:
                        written[k] = _exported(event.notebook, path, folder, tasks[k].made, bool(event.fault))
                    elif not event.fault:
                        written[k] = [_saved(event.notebook, path)]
                    lines.ended(k, (", not stored" if save else ", incomplete") if event.fault else "")
                else:
                    faults[k] = event
    if faults:
        raise faults[min(faults)]
    return [path for k in sorted(written) for path in written[k]]


class _Lines:
    """What is said of each notebook: its cells as they begin, and its end."""

    def __init__(self, names: list[str], say: Say) -> None:
        self._names, self._say = names, say
        self._works: dict[int, tuple[Work, float]] = {}

    def cell(self, k: int, cell: kernels.Cell) -> None:
        if not cell.number:
            self._works[k] = Work(cell.total, self._say, sys.stdout), time.monotonic()
        else:
            self._works[k][0].at(cell.number - 1, f"{self._names[k]}  cell {cell.number} of {cell.total}")

    def tick(self) -> None:
        for work, _ in self._works.values():
            work.tick()

    def ended(self, k: int, how: str) -> None:
        work, start = self._works.pop(k)
        work.end(f"{self._names[k]}  done in {time.monotonic() - start:.0f} s{how}")

    def close(self) -> None:
        for work, _ in self._works.values():
            work.end()


def _first(fault: str, page: Path) -> str:
    """A fault as the command tells it: the whole, and in the last line the first with the page that lacks it."""
    several = f"{fault}\n" if "\n" in fault else ""
    first = fault.splitlines()[1 if "faults:" in fault.splitlines()[0] else 0]
    return f"{several}{first}; the page {page}.html is incomplete"


def _notebooks(source: Path) -> list[Path]:
    if source.is_dir():
        notebooks = sorted(path for path in source.glob("*.ipynb") if not path.name.startswith("."))
        if not notebooks:
            raise DataError(f"{source} contains no notebook (.ipynb)")
        return notebooks
    if not source.is_file() or source.suffix != ".ipynb":
        raise DataError(f"{source} is neither a notebook (.ipynb) nor a folder")
    return [source]


def _saved(notebook, path: Path) -> Path:
    """The notebook with its outputs and nothing that differs between two runs."""
    import nbformat

    for i, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{i:02d}"
        tags = cell.metadata.get("tags")
        cell["metadata"] = {"tags": tags} if tags else {}
        for output in cell.get("outputs", ()):
            output.pop("metadata", None)
            if output.output_type in ("display_data", "execute_result"):
                output["metadata"] = {}
                output["data"].pop(_WIDGET, None)  # of a kernel that is gone
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    with replacing(path) as temporary:
        nbformat.write(notebook, temporary)
    return path


def _exported(notebook, path: Path, folder: Path, made: Path, incomplete: bool) -> list[Path]:
    """The notebook as one HTML file that needs no network, its pictures as PNG files, and the files it made."""
    try:
        from nbconvert import HTMLExporter
    except ImportError:
        raise DataError(kernels.LAB) from None

    exporter = HTMLExporter(
        mathjax_url="", require_js_url="", jquery_url="", mermaid_js_url="", mermaid_layout_elk_js_url=""
    )
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        output.get("data", {}).pop(_WIDGET, None)
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    page = re.sub(r'<script src="">\s*</script>', "", page)
    pictures = list(_pictures(notebook))
    alts = iter([alt for _, _, alt in pictures])
    page = _IMAGE.sub(lambda found: f'<img alt="{escape(alt)}" ' if (alt := next(alts, None)) else found[0], page)
    style = (files("dxkit.project") / "notebook.css").read_text(encoding="utf-8")
    page = page.replace("</head>", f"<style>\n{style}</style>\n</head>", 1)
    if incomplete:
        page = re.sub(r"(<body[^>]*>)", rf"\1{cells.INCOMPLETE}", page, count=1)
    folder.mkdir(parents=True, exist_ok=True)
    target, shown = folder / f"{path.stem}.html", folder / path.stem
    before = _WROTE.search(target.read_text(encoding="utf-8", errors="replace")) if target.is_file() else None
    taken: set[str] = set()
    contents = {f"{k:02d}-{slug(heading, taken)}.png": png for k, (heading, png, _) in enumerate(pictures, 1)}
    contents |= {file.name: file.read_bytes() for file in sorted(made.iterdir())}
    for name, content in contents.items():
        shown.mkdir(exist_ok=True)
        with replacing(shown / name) as temporary:
            temporary.write_bytes(content)
    with replacing(target) as temporary:
        temporary.write_text(f"{page}\n<!-- dxkit wrote {json.dumps(list(contents))} -->\n", encoding="utf-8")
    for name in set(json.loads(before[1]) if before else ()) - set(contents):
        (shown / Path(name).name).unlink(missing_ok=True)
    return [target, *(shown / name for name in contents)]


def _pictures(notebook):
    """Each picture with the heading above it, and what it shows in words."""
    heading = "picture"
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            titles = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
            heading = titles[-1] if titles else heading
        for output in cell.get("outputs", ()):
            if png := output.get("data", {}).get("image/png"):
                yield heading, base64.b64decode(png), output.metadata.get("image/png", {}).get("alt")
