"""An extension of the notebook's kernel: the text of a picture goes with it into the page."""

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Give each figure's `dxkit_alt` to the output's metadata, from which the page takes the `alt` of the picture."""
    plain = shell.display_formatter.format

    def with_alt(shown: object, *options: Any, **named: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = plain(shown, *options, **named)
        if "image/png" in data and isinstance(alt := getattr(shown, "dxkit_alt", None), str):
            metadata["image/png"] = {**metadata.get("image/png", {}), "alt": alt}
        return data, metadata

    shell.display_formatter.format = with_alt
