"""Run the cells of a notebook in this process as `dxkit run` fits them to one's own data; and what may not be shown."""

import contextlib
import html
import io
import re
from functools import cache

import matplotlib.pyplot as plt
import nbformat
import pandas as pd

from dxkit.project import cells
from tests.places import ROOT

BAD = re.compile(r"Traceback|\bnan\b|\bNone\b(?! of)|\bNaT\b|<NA>|^no rows$|<dxkit|object at 0x", re.MULTILINE)
SURVEY_NOTEBOOKS = ("00_start_here", "01_where_does_it_hurt", "02_which_two", "05_did_it_work")
_SAMPLES = ROOT / "data_samples"
_NAMING = (
    "team",
    "role",
    "tenure",
    "site",
    "vendor",
    "text",
    "topic",
    "dimension",
    "title",
    "population",
    "criterion",
    "line",
)


def run_here(path, data) -> tuple[list[str], list[str]]:
    """What the page of a notebook shows: its prose and code; and its outputs, which are text, tables, descriptions and
    words of pictures."""
    notebook = nbformat.read(path, as_version=4)
    own = cells.adapt(notebook, path, data)
    names, written, shown = {}, [], []
    for cell in notebook.cells:
        written.append(own.shown if own is not None and cell is own.cell else cell.source)
        if cell.cell_type != "code":
            continue
        *lines, last = cells._parsed(cell.source).body
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec("\n".join(cells.ast.unparse(line) for line in lines), names)
            if isinstance(last, cells.ast.Expr):
                value = eval(cells.ast.unparse(last), names)
                print("" if value is None else repr(value))
                if hasattr(value, "_repr_html_"):
                    printed.write(html.unescape(re.sub(r"<[^>]+>", "\n", value._repr_html_())))
            else:
                exec(cells.ast.unparse(last), names)
        shown.append(printed.getvalue())
        shown += _in_pictures()
    return written, shown


def _in_pictures() -> list[str]:
    """The words in every open picture, and its description; the pictures are closed."""
    words = []
    for number in plt.get_fignums():
        figure = plt.figure(number)
        figure.canvas.draw()
        words += [text.get_text() for text in figure.findobj(plt.Text) if text.get_visible()]
        words.append(getattr(figure, "dxkit_alt", ""))
        assert words[-1], "a picture has no description"
    plt.close("all")
    return words


@cache
def sample_words() -> re.Pattern[str]:
    """Whatever names something of the samples and is said neither in general cells of notebooks nor in dxkit itself."""
    names = {"Fernhill", "Backstage", "data_samples", "samples.path", "synthetic", "fictional", "In the sample"}
    for path in _SAMPLES.rglob("*.csv*"):
        if path.parent.name == "truth":
            continue
        named = lambda column: column.casefold() in _NAMING  # noqa: E731
        rows = pd.read_csv(path, comment="#", dtype=str, keep_default_na=False, usecols=named)
        for column in rows:
            if rows[column].nunique() < 200:
                names |= {part.strip("]") for text in set(rows[column]) for part in text.split(" [")}
    general = _general()
    kept = sorted(name for name in names if len(name) > 3 and name not in general)
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in kept))


def _general() -> str:
    """What dxkit and its notebooks say to everybody."""
    said = [path.read_text(encoding="utf-8") for path in (ROOT / "dxkit").rglob("*.py") if "_shipped" not in path.parts]
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        said += [cell.source for cell in notebook.cells if not {"sample", "parameters"} & set(cells._tags(cell))]
    return re.sub(r"dx\.samples\.path\([^)]*\)|>>>.*", "", "\n".join(said))


def assert_clean(written: list[str], shown: list[str], name: str) -> None:
    """No word of a sample, and nothing that a program says to itself, stands on the page."""
    for texts, pattern in ((shown, BAD), (shown, sample_words()), (written, sample_words())):
        for text in texts:
            found = pattern.search(text)
            assert not found, f"{name}: {found[0]!r} in {text[max(0, found.start() - 80) : found.end() + 60]!r}"
