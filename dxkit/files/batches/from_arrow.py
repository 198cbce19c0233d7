"""Frames and files that speak Arrow, as batches of encoded columns: Polars, DuckDB, pyarrow, Parquet, and others."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dxkit.files.batches import gathered
from dxkit.files.batches.gathered import At, Batch, Cells
from dxkit.files.errors import DataError, fault_at

ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".arrow": "ipc", ".feather": "ipc"}
_ROWS = 2**16
_INDEX = re.compile(r"__index_level_\d+__")  # where pandas keeps the index of a frame in a file
_Batches = Iterable[tuple[Any, float | None]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Stream:
    """The names of the columns of a source, and its record batches, each with the share of the source that has been
    read then, where that is known."""

    names: list[str]
    batches: Callable[[], _Batches]
    file: str

    def parts(self, at: Sequence[At]) -> Iterator[tuple[int, Batch, float | None]]:
        """How many rows a batch has, and its columns, whose places are these.

        Raises
        ------
        DataError
            A column that holds no single cells; a file that cannot be read.
        """
        import pyarrow as pa

        try:
            for batch, share in self.batches():
                yield batch.num_rows, {j: _cells(batch.column(j), place) for j, place in enumerate(at)}, share
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self.file, error) from None


def arrow_stream(source: Any, file: str) -> Stream | None:
    """A data frame that speaks Arrow, or a lazy one that can be collected; None for anything else."""
    if hasattr(source, "collect_batches") and hasattr(source, "collect_schema"):
        pyarrow_of(file)
        names = list(source.collect_schema().names())

        def collected() -> _Batches:
            for frame in source.collect_batches(chunk_size=_ROWS):
                yield from ((batch, None) for batch in _reader(frame, file))

        return Stream(names=names, batches=collected, file=file)
    if not speaks_arrow(source):
        return None
    if not hasattr(source, "__arrow_c_stream__") and not hasattr(source, "__arrow_c_array__"):
        return arrow_stream(source.collect(), file)
    reader = _reader(source, file)

    return Stream(names=reader.schema.names, batches=lambda: ((batch, None) for batch in reader), file=file)


def speaks_arrow(source: Any) -> bool:
    """Whether it is a data frame that speaks Arrow, or a lazy one."""
    kind = type(source)
    lazy = hasattr(kind, "collect") and hasattr(kind, "columns")
    return lazy or hasattr(kind, "__arrow_c_stream__") or hasattr(kind, "__arrow_c_array__")


def arrow_file(place: Path, file: str) -> Stream | None:
    """A Parquet or Arrow file, or a folder of Parquet files; None for any other file."""
    if place.is_dir() and not any(place.rglob("*.p*q*")):
        raise fault_at("this is a folder; name a file in it", file=file)
    kind = "parquet" if place.is_dir() else ENDINGS.get(place.suffix.casefold())
    if kind is None:
        return None
    pa = pyarrow_of(file)
    from pyarrow import dataset

    try:
        opened = dataset.dataset(place, format=kind, partitioning="hive")
        if kind == "parquet":
            texts = [field.name for field in opened.schema if _is_text(field.type)]
            kept = dataset.ParquetFileFormat(read_options=dataset.ParquetReadOptions(dictionary_columns=texts))
            opened = dataset.dataset(place, format=kept, partitioning="hive")
        names, rows = opened.schema.names, opened.count_rows()
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from None

    def scanned() -> _Batches:
        for name in names:
            if names.count(name) > 1:
                raise fault_at("the column appears twice; rename one", file=file, column=name)
        done = 0
        for batch in opened.to_batches(batch_size=_ROWS, batch_readahead=2, fragment_readahead=1):
            done += batch.num_rows
            yield batch, done / max(1, rows)

    return Stream(names=["" if _INDEX.fullmatch(name) else name for name in names], batches=scanned, file=file)


def pyarrow_of(file: str) -> Any:
    """The package pyarrow, which `file` needs."""
    try:
        import pyarrow
    except ImportError:
        raise fault_at("this needs the package pyarrow: pip install 'dxkit[arrow]'", file=file) from None
    return pyarrow


def _reader(source: Any, file: str) -> Any:
    pa = pyarrow_of(file)
    try:
        if not hasattr(source, "__arrow_c_stream__"):
            source = pa.table(pa.record_batch(source))
        return pa.RecordBatchReader.from_stream(source)
    except pa.ArrowInvalid:  # a single column
        raise DataError(f"give a data frame with named columns, not {type(source).__name__}") from None


def _unreadable(file: str, error: Exception) -> DataError:
    return fault_at(f"it cannot be read as Arrow data ({type(error).__name__}); write it again", file=file)


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return types.is_string(kind) or types.is_large_string(kind) or getattr(types, "is_string_view", types.is_null)(kind)


def _cells(array: Any, at: At) -> Cells:
    """A column of a batch as places and distinct texts."""
    import pyarrow as pa
    from pyarrow import types

    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    kind = array.type.value_type if types.is_dictionary(array.type) else array.type
    if types.is_null(kind):
        return np.zeros(len(array), dtype=np.int8), [""]
    if types.is_nested(kind):
        return _refused(array, gathered.LISTS, at)
    if not _is_text(kind) and any(
        is_kind(kind) for is_kind in (types.is_binary, types.is_large_binary, types.is_fixed_size_binary)
    ):
        return _refused(array, gathered.BYTES, at)
    encoded = types.is_dictionary(array.type)
    try:
        array = array if encoded else array.dictionary_encode()
    except pa.ArrowNotImplementedError:
        return gathered.of_cells([gathered.text_of(value, at) for value in array.to_pylist()])
    numbers = array.indices.cast(pa.int32()).fill_null(-1).to_numpy()
    values = array.dictionary
    if len(values) <= gathered.FEW or values.null_count or not (_is_text(kind) or types.is_integer(kind)):
        return gathered.in_use(numbers, values.to_pylist(), at)
    try:
        values = values.cast(pa.large_string())
    except pa.ArrowNotImplementedError:  # views of text, in older versions
        return gathered.in_use(numbers, values.to_pylist(), at)
    if array.indices.null_count:
        numbers = np.where(numbers < 0, len(values), numbers)
        values = pa.concat_arrays([values, pa.array([""], pa.large_string())])
    return gathered.only_used(numbers, values) if encoded else (numbers, values)


def _refused(array: Any, what: str, at: At) -> Cells:
    """Refuse a column; where nobody asked for it, its cells in outline."""
    filled = array.is_valid().to_numpy(zero_copy_only=False)
    return gathered.only_used(filled.astype(np.int8), ["", gathered.refused(what, at)])
