"""Words that belong to the samples of dxkit and must not stand on a page about anything else."""

import re
from functools import cache

import nbformat
import pandas as pd

from dxkit.project import cells
from tests.places import ROOT

_SAMPLES = ROOT / "data_samples"
_NAMING = "team role tenure site vendor text topic dimension title population criterion line".split()


@cache
def sample_words() -> re.Pattern[str]:
    """Whatever names something of the samples and is said neither in general cells of notebooks nor in dxkit itself."""
    names = {"Fernhill", "Backstage", "data_samples", "samples.path", "synthetic", "fictional", "In the sample"}
    for path in _SAMPLES.rglob("*.csv*"):
        if path.parent.name == "truth":
            continue
        head = pd.read_csv(path, comment="#", dtype=str, nrows=0)
        named = [column for column in head if column.casefold() in _NAMING]
        rows = pd.read_csv(path, comment="#", dtype=str, keep_default_na=False, usecols=named)
        for column in rows:
            if rows[column].nunique() < 200:
                names |= {part.strip("]") for text in set(rows[column]) for part in text.split(" [")}
    general = _general()
    kept = sorted(name for name in names if len(name) > 3 and name not in general)
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in kept))


def _general() -> str:
    """What dxkit and its notebooks say to everybody."""
    paths = [*(ROOT / "dxkit").rglob("*.py"), ROOT / "dxkit" / "project" / "forms" / "forms.toml"]
    said = [path.read_text(encoding="utf-8") for path in paths if "_shipped" not in path.parts]
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        said += [cell.source for cell in notebook.cells if not {"sample", "parameters"} & set(cells._tags(cell))]
    return re.sub(r"dx\.samples\.path\([^)]*\)|>>>.*", "", "\n".join(said))
