"""What a page of a notebook says: its cells run in this process as `dxkit run` fits them to one's own data."""

import ast
import contextlib
import html
import io
import re

import matplotlib.pyplot as plt
import nbformat
from matplotlib.text import Text

from dxkit.project import cells
from dxkit.project.run import _exported
from tests.own.sample_words import sample_words

DOT = (  # a picture of one point
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
BAD = re.compile(r"Traceback|\bnan\b|\bNone\b(?! of)|\bNaT\b|\binf\b|<NA>|object at 0x")


def cell_by_cell(path, data):
    """What the author of a notebook wrote in its cells, as the page shows it; and what each cell of code put out.

    An output is its text, its table, and the words and descriptions of its pictures."""
    written, shown = [], []
    for cell, source, printed, value in _ran(path, data):
        written.append(source)
        if cell.cell_type == "code":
            told = [] if value is None else [repr(value)]
            told += [text_of(value._repr_html_())] if hasattr(value, "_repr_html_") else []
            shown.append("\n".join([printed, *told, *words_of_pictures()]))
            plt.close("all")
    return written, shown


def write_page(path, data, folder, made):
    """The page of a notebook as `dxkit run` writes it, with dots for pictures; `made` holds what the cells wrote."""
    shown = nbformat.read(path, as_version=4)
    shown.cells = []
    for cell, source, printed, value in _ran(path, data):
        cell.source = source
        shown.cells.append(cell)
        if cell.cell_type != "code":
            continue
        cell.outputs = [nbformat.v4.new_output("stream", text=printed)] if printed else []
        for alt in [figure.dxkit_alt for figure in map(plt.figure, plt.get_fignums())]:
            told = {"image/png": {"alt": alt}}
            cell.outputs.append(nbformat.v4.new_output("display_data", {"image/png": DOT}, metadata=told))
        plt.close("all")
        if value is not None:
            data_of = {"text/plain": repr(value)}
            data_of |= {"text/html": value._repr_html_()} if hasattr(value, "_repr_html_") else {}
            cell.outputs.append(nbformat.v4.new_output("execute_result", data_of))
    return _exported(shown, path, folder, made, False)[0]


def _ran(path, data):
    """Each cell of a notebook once it ran: the cell, its source as a page shows it, what it printed, its value."""
    notebook = nbformat.read(path, as_version=4)
    own = cells.adapt(notebook, path, data)
    names = {}
    for cell in notebook.cells:
        printed, value = io.StringIO(), None
        if cell.cell_type == "code":
            *lines, last = ast.parse(cell.source).body
            with contextlib.redirect_stdout(printed):
                exec("\n".join(map(ast.unparse, lines)), names)
                if isinstance(last, ast.Expr):
                    value = eval(ast.unparse(last), names)
                else:
                    exec(ast.unparse(last), names)
        yield cell, own.shown if own is not None and cell is own.cell else cell.source, printed.getvalue(), value


def words_of_pictures():
    """Every text that stands in the open pictures, and what they say to who does not see them."""
    for number in plt.get_fignums():
        figure = plt.figure(number)
        figure.draw_without_rendering()  # words and places, no pixels
        alt = getattr(figure, "dxkit_alt", "")
        assert alt, "a picture has no description"
        yield alt
        yield from (each.get_text() for each in figure.findobj(Text) if each.get_visible())


def text_of(page):
    """The text of a page, without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def assert_clean(written, shown, name):
    """No word of a sample, and nothing that a program says to itself, stands on the page."""
    for texts, pattern in ((shown, BAD), ([*written, *shown], sample_words())):
        for text in texts:
            found = pattern.search(text)
            assert not found, f"{name}: {found[0]!r} in {text[max(0, found.start() - 80) : found.end() + 60]!r}"
