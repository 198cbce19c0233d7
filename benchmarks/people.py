"""Files of answers as users have them: text labels, an id, three segments, 2% blanks; and reading them in every way."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import numpy as np

from benchmarks.measure import Work

LABELS = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
SEGMENTS = {"team": 8_000, "site": 30, "role": 8}


def names(items: int) -> list[str]:
    return [f"q{i:04d}" for i in range(items)]


def write(folder: str | Path, people: int, items: int, segments: dict[str, int]) -> None:
    """answers.csv and answers.parquet of random answers, and codebook.csv with the id or plain.csv without."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    folder, rng = Path(folder), np.random.default_rng(1)
    values = {name: [f"{name.capitalize()} {k:04d}" for k in range(many)] for name, many in segments.items()}
    values |= {name: [*LABELS, ""] for name in names(items)}
    schema = pa.schema([("id", pa.string()), *((name, pa.string()) for name in values)])
    options = csv.WriteOptions(quoting_style="none")
    with (
        csv.CSVWriter(folder / "answers.csv", schema, write_options=options) as text,
        parquet.ParquetWriter(folder / "answers.parquet", schema) as table,
    ):
        for at in range(0, people, 100_000):
            rows = min(100_000, people - at)
            columns = [pa.array([f"r{at + k:07d}" for k in range(rows)])]
            for name, texts in values.items():
                codes = rng.integers(0, len(texts) - (name not in segments), rows, dtype=np.int32)
                if name not in segments:
                    codes[rng.random(rows, np.float32) < 0.02] = len(LABELS)
                columns.append(pa.DictionaryArray.from_arrays(codes, texts).cast(pa.string()))
            part = pa.Table.from_arrays(columns, schema=schema)
            text.write_table(part)
            table.write_table(part)
    asked = [f"{name},{name},rating,agreement5,{name}" for name in names(items)]
    book = ["item,text,kind,scale,topic", *(f"{name},{name},segment,," for name in segments), *asked]
    (folder / "plain.csv").write_text("\n".join([*book, ""]))
    (folder / "codebook.csv").write_text("\n".join([*book, "id,id,id,,", ""]))


def check(people: int, counts: dict[str, np.ndarray]) -> list:
    """People, and a number for the counts by each segment, questions in order, groups by name."""
    return [people, *(zlib.crc32(np.ascontiguousarray(each, dtype=np.int64).tobytes()) for each in counts.values())]


def of_tally(tally) -> list:
    """What `check` says of a tally."""
    counts = {}
    for name in SEGMENTS:
        cut = tally.cut([name])
        counts[name] = cut.counts[np.argsort(cut.groups[name].to_numpy(), kind="stable")][:, :, : len(LABELS)]
    return check(int(tally.respondents), counts)


def pyarrow_to_text(folder: str) -> Work:
    import pyarrow as pa
    from pyarrow import csv

    with open(f"{folder}/answers.csv") as stream:
        head = stream.readline().strip().split(",")
    yield
    options = csv.ConvertOptions(column_types=dict.fromkeys(head, pa.string()), strings_can_be_null=False)
    with csv.open_csv(f"{folder}/answers.csv", convert_options=options) as reader:
        rows = sum(batch.num_rows for batch in reader)
    yield
    return [rows]


def pyarrow_batches(folder: str) -> Work:
    import pyarrow.parquet as pq

    yield
    rows = sum(batch.num_rows for batch in pq.ParquetFile(f"{folder}/answers.parquet").iter_batches())
    yield
    return [rows]


def polars_counts(folder: str, labels: str = "text") -> Work:
    """The same counts by each segment, lazily and in a stream; labels as they stand, or made codes first."""
    import polars as pl

    yield
    scan = pl.scan_csv(f"{folder}/answers.csv")
    asked = [name for name in scan.collect_schema().names() if name.startswith("q")]
    if labels == "enum":
        scan = scan.with_columns(pl.col(asked).cast(pl.Enum(LABELS)))
    told = [(pl.col(name) == label).sum().alias(f"{name} {label}") for name in asked for label in LABELS]
    plans = [scan.group_by(name).agg(pl.len().alias("people"), *told) for name in SEGMENTS]
    found = pl.collect_all(plans, engine="streaming")
    yield
    shape = (-1, len(asked), len(LABELS))
    counts = {
        name: table.sort(name).drop(name, "people").to_numpy().reshape(shape)
        for name, table in zip(SEGMENTS, found, strict=True)
    }
    return check(int(found[0]["people"].sum()), counts)


def pandas_reads(folder: str) -> Work:
    import pandas as pd

    yield
    frame = pd.read_csv(f"{folder}/answers.csv")
    yield
    return [len(frame)]


def tallied(folder: str, source: str, book: str, without: str = "") -> Work:
    """dxkit's tally by each segment; `without` a package that is then not installed."""
    if without:
        sys.modules[without] = None  # type: ignore[assignment]
    elif Path(source).suffix in (".csv", ".parquet"):
        import pyarrow.csv  # noqa: F401  # what peers import is not timed either
    import dxkit as dx

    asked, tally = dx.read_codebook(f"{folder}/{book}"), dx.tally
    frame = _frame(folder, source)
    yield
    found = tally(frame, codebook=asked)
    yield
    return of_tally(found)


def _frame(folder: str, source: str) -> object:
    """A path, or the answers in the memory of a library."""
    import pandas as pd

    path = f"{folder}/answers.csv"
    if source == "pandas":
        return pd.read_csv(path, keep_default_na=False)
    if source == "polars":
        import polars as pl

        return pl.read_csv(path)
    if source == "polars, lazy":
        import polars as pl

        return pl.scan_csv(path)
    if source == "duckdb":
        import duckdb

        return duckdb.sql(f"from read_csv('{path}')")
    if source == "pyarrow":
        from pyarrow import csv

        return csv.read_csv(path)
    return f"{folder}/{source}"


def refused(folder: str, book: str, *cut: str) -> Work:
    """What is said of a cut that is too large."""
    import dxkit as dx

    asked, said = dx.read_codebook(f"{folder}/{book}"), ""
    yield
    try:
        dx.tally(f"{folder}/answers.csv", cuts=[list(cut)], codebook=asked)
    except dx.DataError as error:
        said = str(error)
    yield
    return [said]


def saved(folder: str) -> Work:
    import dxkit as dx

    found = dx.tally(f"{folder}/answers.csv", codebook=f"{folder}/codebook.csv")
    yield
    found.save(f"{folder}/answers.tally", by="team")
    yield
    return [Path(folder, "answers.tally").stat().st_size]


def scored(folder: str) -> Work:
    import dxkit as dx

    found, scores = dx.tally(f"{folder}/answers.csv", codebook=f"{folder}/codebook.csv"), dx.scores
    yield
    table = scores(found, by="team").table
    yield
    return [len(table)]


def ranked(folder: str) -> Work:
    import dxkit as dx

    found, rank = dx.tally(f"{folder}/answers.csv", codebook=f"{folder}/codebook.csv"), dx.rank_pains
    yield
    groups = rank(found, by="team").groups
    yield
    return [len(groups)]


def read_and_scored(folder: str, way: str) -> Work:
    """From a file to scores by team, through a survey or a tally."""
    import dxkit as dx

    read = dx.read_survey if way == "survey" else lambda path, book: dx.tally(path, codebook=book)
    scores = dx.scores
    yield
    table = scores(read(f"{folder}/answers.csv", f"{folder}/codebook.csv"), by="team").table
    yield
    return [len(table)]
