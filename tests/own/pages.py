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

SAMPLE = re.compile(
    r"synthetic|fictional|illustrative|Fernhill|GitHub|Backstage|data_samples|samples\.path|In the sample"
)
BAD = re.compile(r"Traceback|\bnan\b|\bNone\b|\bNaT\b|\binf\b")


def in_this_process(path, data):
    """Run the cells as `dxkit run` fits them to one's own data; what they print, show and draw."""
    notebook = nbformat.read(path, as_version=4)
    cells.adapt(notebook, path, data)
    names, shown = {}, []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            shown.append(cell.source)
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
        shown += [printed.getvalue(), *words_of_pictures()]
        plt.close("all")
    return "\n".join(shown)


def words_of_pictures():
    """Every text that stands in the open pictures, and what they say to who does not see them."""
    for number in plt.get_fignums():
        figure = plt.figure(number)
        yield str(getattr(figure, "dxkit_alt", ""))
        yield from (each.get_text() for each in figure.findobj(Text) if each.get_visible())


def text_of(page):
    """The text of a page, without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page))
