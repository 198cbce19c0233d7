"""A tally as one small file: plain arrays and a description, no code, with a digest that tells a damaged one."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import zipfile
from typing import Any

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError, fault_at
from dxkit.files.opening import checked_path
from dxkit.files.options import writable_path
from dxkit.files.writing import replacing
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.roster import Roster
from dxkit.survey.reading.scales import Scale

VERSION = 2
_MOST_BYTES = 500 * 2**20
_KIND = "dxkit tally"


def write(path: str | os.PathLike[str], facts: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Write what a tally is made of; the file is the old or the new one, whatever happens."""
    text = json.dumps({"kind": _KIND, "version": VERSION, **facts}, allow_nan=False).encode()
    held = {"facts": np.frombuffer(text, dtype=np.uint8), **arrays}
    held["digest"] = np.frombuffer(_digest(held), dtype=np.uint8)
    with replacing(writable_path(path)) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **held)


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The facts and arrays of a file that `write` wrote.

    Raises
    ------
    DataError
        Another kind of file, a damaged one, one of a later version.
    """
    place, file = checked_path(path)
    try:
        with zipfile.ZipFile(place) as packed:
            if sum(member.file_size for member in packed.infolist()) > _MOST_BYTES:
                raise fault_at(
                    f"unpacked it is larger than {_MOST_BYTES >> 20} MiB; this file is not a tally", file=file
                )
        with np.load(io.BytesIO(place.read_bytes()), allow_pickle=False) as opened:
            arrays = {name: opened[name] for name in opened.files}
        digest = arrays.pop("digest").tobytes()
        facts = json.loads(arrays["facts"].tobytes())
    except DataError:
        raise
    except Exception:  # whatever the bytes may do to the readers of zip, npy and json
        raise fault_at(
            "this file is not a tally, or it is damaged; write it again with tally.save", file=file
        ) from None
    if not isinstance(facts, dict) or facts.get("kind") != _KIND:
        raise fault_at("this file is not a tally; write one with tally.save", file=file)
    if facts.get("version") != VERSION:
        raise fault_at(
            f"the tally is of version {facts.get('version')!r}, this dxkit reads {VERSION}; install a newer "
            "dxkit, or tally again",
            file=file,
        )
    if _digest(arrays) != digest:
        raise fault_at("the tally is damaged: its digest does not fit; fetch it again", file=file)
    arrays.pop("facts")
    return facts, arrays


def _digest(arrays: dict[str, np.ndarray]) -> bytes:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.digest()


def frame_facts(frame: pd.DataFrame) -> dict[str, Any]:
    """A frame of text, numbers and flags as plain values."""
    return {"columns": list(frame.columns), "rows": frame.astype(object).to_numpy().tolist(), "length": len(frame)}


def frame_of(facts: dict[str, Any]) -> pd.DataFrame:
    """The frame of `frame_facts`."""
    return pd.DataFrame(facts["rows"], columns=facts["columns"], index=range(facts["length"]), dtype=object)


def codebook_facts(book: Codebook) -> dict[str, Any]:
    """A codebook as plain values; a label without a code (no opinion) has the code null."""
    scales = [
        {
            "name": name,
            "lo": scale.lo,
            "hi": scale.hi,
            "codes": list(scale.codes),
            "labels": [[label, None if math.isnan(code) else code] for label, code in scale.labels.items()],
            "shown": [[code, label] for code, label in scale.shown.items()],
            "favourable": sorted(scale.favourable),
            "unit": scale.unit,
        }
        for name, scale in book.scales.items()
    ]
    return {"items": frame_facts(book.items), "scales": scales, "notes": list(book.notes)}


def codebook_of(facts: dict[str, Any]) -> Codebook:
    """The codebook of `codebook_facts`."""
    scales = {
        scale["name"]: Scale(
            name=scale["name"],
            lo=scale["lo"],
            hi=scale["hi"],
            codes=tuple(scale["codes"]),
            labels={label: math.nan if code is None else code for label, code in scale["labels"]},
            shown={code: label for code, label in scale["shown"]},
            favourable=frozenset(scale["favourable"]),
            unit=scale["unit"],
        )
        for scale in facts["scales"]
    }
    return Codebook(items=frame_of(facts["items"]), scales=scales, notes=tuple(facts["notes"]))


def roster_facts(roster: Roster | None) -> dict[str, Any] | None:
    """A roster as plain values."""
    return None if roster is None else {"table": frame_facts(roster.table), "notes": list(roster.notes)}


def roster_of(facts: dict[str, Any] | None) -> Roster | None:
    """The roster of `roster_facts`."""
    if facts is None:
        return None
    table = frame_of(facts["table"])
    return Roster(table=table.assign(headcount=table["headcount"].astype(np.int64)), notes=tuple(facts["notes"]))
