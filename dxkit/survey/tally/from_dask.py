"""The tally of a Dask DataFrame: partial tallies on the workers, merged in a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dxkit.files.errors import DataError
from dxkit.survey.tally.tally import Tally

if TYPE_CHECKING:
    from dxkit.survey.tally.entry import Part

_FAN_IN = 8


def tally_partitions(frame: Any, part: Part) -> Tally:
    """Tally every partition where it is (`part.tally`), and merge the tallies; no raw row leaves a worker."""
    from dask.base import compute
    from dask.delayed import delayed

    tally = delayed(part.tally, pure=True)
    merge = delayed(Tally.merged, pure=True)
    level = [tally(each) for each in frame.to_delayed()]
    if not level:
        raise DataError("there is nothing to tally: the frame has no partition")
    while len(level) > 1:
        level = [merge(level[at : at + _FAN_IN]) for at in range(0, len(level), _FAN_IN)]
    return compute(*level)[0]
