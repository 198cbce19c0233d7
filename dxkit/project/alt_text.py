"""An extension of the notebook's kernel: the text of a picture goes with it into the page."""

from __future__ import annotations

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Give each figure's `dxkit_alt` to the output's metadata, from which the page takes the `alt` of the picture."""
    try:
        import matplotlib_inline.backend_inline  # noqa: F401  # sets its own formatter first, which this one replaces
        from IPython.core.pylabtools import print_figure
        from matplotlib.figure import Figure
    except ImportError:
        return

    def png(figure: Figure) -> Any:
        drawn = print_figure(figure, fmt="png", base64=True, bbox_inches="tight")
        alt = getattr(figure, "dxkit_alt", "")
        return (drawn, {"alt": alt}) if alt and drawn else drawn

    shell.display_formatter.formatters["image/png"].for_type(Figure, png)
