"""Small tables in the frame of any library, as pandas frames of text: what readers of tables know."""

import os
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from dxkit.files.batches.from_arrow import ENDINGS, speaks_arrow
from dxkit.files.encoded import encode
from dxkit.files.opening import OpenedFile, open_file


class ArrowFrame(Protocol):
    """A data frame that speaks Arrow: of Polars, pyarrow, DuckDB, narwhals, Ibis and others."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


class LazyFrame(Protocol):
    """A data frame that is worked out when it is collected, as in Polars."""

    def collect(self) -> Any: ...


Frame = pd.DataFrame | ArrowFrame | LazyFrame
TableSource = str | os.PathLike[str] | Frame


def as_frame(source: Any) -> Any:
    """A data frame of any library, parts of one, or a Parquet or Arrow file, as a pandas frame of text. A frame of
    pandas, another path, and what is not a table stay as they are.

    >>> as_frame([pd.DataFrame({"team": ["Red"], "people": [4]}), pd.DataFrame({"team": ["Blue"], "people": [5]})])
       team people
    0   Red      4
    1  Blue      5
    """
    if isinstance(source, str | os.PathLike):
        if Path(source).suffix.casefold() not in ENDINGS:
            return source
    else:
        parts = source if isinstance(source, list | tuple) and len(source) else [source]
        if isinstance(source, pd.DataFrame) or not all(isinstance(x, pd.DataFrame) or speaks_arrow(x) for x in parts):
            return source
    found = encode(source, empty=True)
    frame = pd.DataFrame({j: column.astype(object) for j, column in enumerate(found.columns)})
    return frame.set_axis(found.top.cells[0], axis=1)


def opened(source: Any) -> OpenedFile | pd.DataFrame:
    """A table as a pandas frame, or as a file that several readers share."""
    frame = as_frame(source)
    return frame if isinstance(frame, pd.DataFrame) else open_file(frame)
