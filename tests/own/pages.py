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
from tests.own.sample_words import sample_words

BAD = re.compile(r"Traceback|\bnan\b|\bNone\b(?! of)|\bNaT\b|\binf\b|<NA>|object at 0x")


def cell_by_cell(path, data):
    """What the author of a notebook wrote in its cells, as the page shows it; and what each cell of code put out.

    An output is its text, its table, and the words and descriptions of its pictures."""
    notebook = nbformat.read(path, as_version=4)
    own = cells.adapt(notebook, path, data)
    names, written, shown = {}, [], []
    for cell in notebook.cells:
        written.append(own.shown if own is not None and cell is own.cell else cell.source)
        if cell.cell_type != "code":
            continue
        *lines, last = ast.parse(cell.source).body
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec("\n".join(map(ast.unparse, lines)), names)
            if isinstance(last, ast.Expr):
                value = eval(ast.unparse(last), names)
                print("" if value is None else repr(value))
                if hasattr(value, "_repr_html_"):
                    print(text_of(value._repr_html_()))
            else:
                exec(ast.unparse(last), names)
        shown.append("\n".join([printed.getvalue(), *words_of_pictures()]))
        plt.close("all")
    return written, shown


def words_of_pictures():
    """Every text that stands in the open pictures, and what they say to who does not see them."""
    for number in plt.get_fignums():
        figure = plt.figure(number)
        figure.canvas.draw()
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
