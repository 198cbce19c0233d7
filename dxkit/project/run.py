"""Run notebooks on one's own data and keep what they show: pages, pictures and files."""

from __future__ import annotations

import base64
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from html import escape
from pathlib import Path

from dxkit.files.errors import DataError
from dxkit.files.writing import replacing, slug
from dxkit.project import cells

_LAB = 'running notebooks needs JupyterLab; install it with: pip install "dxkit[lab]"'
CELL_SECONDS = 600
_WIDGET = "application/vnd.jupyter.widget-view+json"
_IMAGE = re.compile(r'<img (?:alt="No description[^"]*" )?(?!alt=)(?=[^>]{0,200}src="data:image/png)')
_KERNEL = ("--log-level=40", "--InteractiveShellApp.extra_extensions=dxkit.project.alt_text")
_WROTE = re.compile(r"<!-- dxkit wrote (\[.*\]) -->\s*$")  # the last line of a page: what stands in its folder


def run(
    source: str | Path,
    *,
    data: str | Path | None = None,
    out: str | Path = "out",
    force: bool = False,
    save: bool = False,
    say: Callable[[str], None] = print,
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
    say : function
        Called with each line about the progress.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    DataError
        No notebook, files that would be overwritten, or a cell that failed: with notebook, cell, its message and the
        page, which is written all the same and says that it is incomplete.
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
    written: list[Path] = []
    faults: list[str] = []
    for path in notebooks:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as made:
            notebook, fault = _executed(path, data, say, Path(made), save)
            if fault and save:
                raise DataError(fault)
            written += [_saved(notebook, path)] if save else _exported(notebook, path, folder, Path(made), bool(fault))
        if fault:
            several = f"{fault}\n" if "\n" in fault else ""
            first = fault.splitlines()[1 if "faults:" in fault.splitlines()[0] else 0]
            faults.append(f"{several}{first}; the page {folder / path.stem}.html is incomplete")
        say(f"{path.stem}  done in {time.monotonic() - start:.0f} s" + (", incomplete" if fault else ""))
    if faults:
        raise DataError(faults[0])
    return written


def _notebooks(source: Path) -> list[Path]:
    if source.is_dir():
        notebooks = sorted(path for path in source.glob("*.ipynb") if not path.name.startswith("."))
        if not notebooks:
            raise DataError(f"{source} contains no notebook (.ipynb)")
        return notebooks
    if not source.is_file() or source.suffix != ".ipynb":
        raise DataError(f"{source} is neither a notebook (.ipynb) nor a folder")
    return [source]


def _executed(path: Path, data: str | Path | None, say: Callable[[str], None], made: Path, save: bool):
    """The notebook with its outputs, and its first fault; files that it writes (`dx.out`) go to the folder `made`."""
    try:
        import nbclient
        import nbformat
        from jupyter_client.kernelspec import KernelSpec
        from jupyter_client.manager import AsyncKernelManager
        from nbclient.exceptions import CellTimeoutError, DeadKernelError
    except ImportError:
        raise DataError(_LAB) from None

    class OwnPython(AsyncKernelManager):
        """A kernel of this very Python, whatever kernels are installed."""

        @property
        def kernel_spec(self):
            return KernelSpec(
                argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *_KERNEL],
                display_name="Python 3",
                language="python",
                env={
                    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # another one would lose the pictures
                    "DXKIT_OUT": str(made),
                },
            )

    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError):
        raise DataError(f"{path.name} is not a notebook, or it is damaged") from None
    told = [notebook.metadata.get(part, {}) for part in ("kernelspec", "language_info")]
    language = str(told[0].get("language") or told[1].get("name") or "python")
    if language.casefold() != "python":
        raise DataError(f"{path.name} is a notebook in {language}; dxkit runs notebooks in Python")
    own = None if save else cells.adapt(notebook, path, data)
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    at = 0

    def report(cell, cell_index, **_):
        nonlocal at
        if cell_index in code:
            at = code.index(cell_index) + 1
            say(f"{path.stem}  cell {at} of {len(code)}")

    def finished(cell, cell_index, execute_reply):
        """A line that IPython refuses, such as an unknown magic, stops its cell and leaves no error beside it."""
        told = execute_reply["content"]
        if told["status"] == "error" and not any(output.output_type == "error" for output in cell.outputs):
            error = {"ename": told["ename"], "evalue": told["evalue"], "traceback": []}
            cell.outputs.append(nbformat.v4.new_output("error", **error))

    client = nbclient.NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_manager_class=OwnPython,
        record_timing=False,
        allow_errors=True,
        on_cell_start=report,
        on_cell_executed=finished,
        store_widget_state=False,  # a page of its own has no program behind the sliders
        resources={"metadata": {"path": str(path.resolve().parent)}},
    )
    stopped = ""
    try:
        client.execute()
    except CellTimeoutError:
        stopped = f"the cell ran for more than {CELL_SECONDS} s and was stopped"
    except DeadKernelError:
        stopped = "the kernel died, perhaps because memory ran out"
    if own is not None:
        own.cell.source = own.shown
    fault = cells.boxed(notebook, at if stopped else None, stopped)
    return notebook, f"{path.name}, {fault}" if fault else ""


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
        raise DataError(_LAB) from None

    exporter = HTMLExporter(
        mathjax_url="", require_js_url="", jquery_url="", mermaid_js_url="", mermaid_layout_elk_js_url=""
    )
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        output.get("data", {}).pop(_WIDGET, None)
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    page = re.sub(r'<script src="">\s*</script>', "", page)
    alts = iter([output.metadata.get("image/png", {}).get("alt") for output in _png_outputs(notebook)])
    page = _IMAGE.sub(lambda found: f'<img alt="{escape(alt)}" ' if (alt := next(alts, None)) else found[0], page)
    if incomplete:
        page = re.sub(r"(<body[^>]*>)", rf"\1{cells.INCOMPLETE}", page, count=1)
    folder.mkdir(parents=True, exist_ok=True)
    target, shown = folder / f"{path.stem}.html", folder / path.stem
    before = _WROTE.search(target.read_text(encoding="utf-8", errors="replace")) if target.is_file() else None
    taken: set[str] = set()
    contents = {
        f"{number:02d}-{slug(heading, taken)}.png": png for number, (heading, png) in enumerate(_pictures(notebook), 1)
    }
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


def _png_outputs(notebook):
    """Each output that is a picture."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output for output in outputs if output.get("data", {}).get("image/png")]


def _pictures(notebook):
    """Each picture with the heading above it."""
    heading = "picture"
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            titles = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
            heading = titles[-1] if titles else heading
        for output in cell.get("outputs", ()):
            png = output.get("data", {}).get("image/png")
            if png:
                yield heading, base64.b64decode(png)
