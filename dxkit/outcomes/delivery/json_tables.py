"""JSON of an interface as a table: arrays, pages of arrays, one object a line; objects in objects by a dotted name."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from dxkit.files.errors import DataError, fault_at
from dxkit.files.grid import MOST_BYTES
from dxkit.files.opening import checked_path

_ENDINGS = (".json", ".jsonl", ".ndjson")
_DEEPEST = 6


def is_json(source: object) -> bool:
    """Whether this is the path of a JSON file, by its ending or its first sign."""
    if not isinstance(source, str | os.PathLike):
        return False
    path = Path(source)
    if path.suffix.casefold() in _ENDINGS:
        return True
    try:
        with path.open("rb") as stream:
            return stream.read(200).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"[", b"{")
    except (OSError, ValueError):
        return False


def read_json(source: str | os.PathLike[str]) -> pd.DataFrame:
    """The objects of a JSON file as rows.

    Raises
    ------
    DataError
        A file that is not there or too large, is not JSON, or holds no objects.
    """
    path, file = checked_path(source)
    if path.stat().st_size > MOST_BYTES:
        raise fault_at(f"the file has more than {MOST_BYTES >> 20} MiB; split it", file=file)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise fault_at("the text is not UTF-8; save it as UTF-8", file=file) from None
    try:
        return flat(_objects(_values(text)))
    except (json.JSONDecodeError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise fault_at(f"this is not JSON{line}; export it again", file=file) from None
    except DataError as error:
        raise fault_at(str(error), file=file) from None


def _values(text: str) -> Iterator[object]:
    """The values of a text, one or one behind another (JSON lines, pages put together)."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace() or text[at] in "\x1e,":
            at += 1
            continue
        value, at = decoder.raw_decode(text, at)
        yield value


def _objects(values: Iterator[object] | list[object], depth: int = 0) -> Iterator[Mapping[str, object]]:
    """The objects in arrays and pages; a page is an object with one array of objects."""
    for value in values:
        if isinstance(value, list) and depth < _DEEPEST:
            yield from _objects(value, depth + 1)
        elif isinstance(value, dict):
            pages = [v for v in value.values() if isinstance(v, list) and v and all(isinstance(o, dict) for o in v)]
            envelope = len(pages) == 1 and not {"id", "iid", "key", "sha", "tagName", "tag_name"} & set(value)
            if envelope and depth < _DEEPEST:
                yield from _objects(pages[0], depth + 1)
            else:
                yield value
        else:
            raise DataError("expected an array of objects")


def flat(objects: Iterator[Mapping[str, object]]) -> pd.DataFrame:
    """Objects as rows; what is in an object in an object has a dotted name, and of a list of objects the last counts.

    >>> flat(iter([{"id": 1, "environment": {"name": "prod"}, "tags": ["a", "b"]}])).to_dict("records")
    [{'id': '1', 'environment.name': 'prod', 'tags': 'a, b'}]
    """
    rows: list[dict[str, str]] = []
    for each in objects:
        row: dict[str, str] = {}
        _spread(each, "", row)
        rows.append(row)
    frame = pd.DataFrame(rows, dtype=object)
    return frame.where(frame.notna(), "")


def _spread(value: object, name: str, row: dict[str, str], depth: int = 0) -> None:
    if isinstance(value, Mapping) and depth < _DEEPEST:
        for key, inner in value.items():
            _spread(inner, f"{name}.{key}" if name else str(key), row, depth + 1)
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        last = max(value, key=lambda each: str(each.get("created_at", each.get("createdAt", ""))))
        _spread(last, name, row, depth + 1)
    elif isinstance(value, list):
        row[name] = ", ".join(str(each) for each in value)
    elif value is not None and value == value:  # a frame's nan is not equal to itself
        row[name] = str(value).lower() if isinstance(value, bool) else str(value)
