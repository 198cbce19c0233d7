"""A tally as one small file: plain arrays and a description, no code, with a digest that tells a damaged one."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import zipfile
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dxkit.files.errors import DataError, fault_at
from dxkit.files.opening import checked_path
from dxkit.files.options import writable_path
from dxkit.files.writing import replacing
from dxkit.survey.reading.codebook import Codebook
from dxkit.survey.reading.scales import Scale
from dxkit.survey.tally.comoments import Comoments
from dxkit.survey.tally.margins import ARRAYS, Margins

if TYPE_CHECKING:
    from dxkit.survey.tally.tally import Tally

VERSION = 5
_MOST_BYTES = 500 * 2**20
_KIND = "dxkit tally"
_TYPES = {"people": np.int64, "counts": np.int32}  # all others are float
_PLAIN = ("wave", "min_group", "comment_group")


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


def parts_of(tally: Tally) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    arrays: dict[str, np.ndarray] = {}
    facts = {
        "codebook": codebook_facts(tally.codebook),
        "cleaning": frame_facts(tally.cleaning),
        "notes": tally.notes,
        **{name: getattr(tally, name) for name in _PLAIN},
        "declared": tally.declared,
        "cuts": [],
    }
    for k, (cut, margins) in enumerate(tally.cuts.items()):
        labels = {}
        for s, name in enumerate(cut):
            code, labels[name] = pd.factorize(margins.groups[name])
            arrays[f"cut {k} segment {s}"] = _small(code)
            labels[name] = list(labels[name])
        facts["cuts"].append({"labels": labels, "groups": len(margins)})
        held = {name: getattr(margins, name) for name in ARRAYS}
        arrays |= {f"cut {k} {name}": _small(part) for name, part in held.items()}
    if tally.comoments is not None:
        arrays |= {f"together {name}": _small(part) for name, part in vars(tally.comoments).items()}
    arrays |= {f"complete {d}": _small(tally.complete_of(name)) for d, name in enumerate(tally.codebook.dimensions)}
    return facts, arrays


def fields_of(facts: dict[str, Any], arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    cuts, comoments = {}, None
    for k, fact in enumerate(facts["cuts"]):
        columns = {
            name: np.array(labels, dtype=object).take(arrays[f"cut {k} segment {s}"])
            for s, (name, labels) in enumerate(fact["labels"].items())
        }
        groups = pd.DataFrame(columns, index=range(fact["groups"]), dtype=object)
        held = {name: arrays[f"cut {k} {name}"].astype(_TYPES.get(name, float)) for name in ARRAYS}
        cuts[tuple(columns)] = Margins(groups=groups, **held)
    if "together at" in arrays:
        parts = {each.name: arrays[f"together {each.name}"].astype(float) for each in fields(Comoments)}
        comoments = Comoments(**{**parts, "at": parts["at"].astype(int)})
    book = codebook_of(facts["codebook"])
    return {
        "codebook": book,
        "cuts": cuts,
        "comoments": comoments,
        "complete": {name: arrays[f"complete {d}"].astype(float) for d, name in enumerate(book.dimensions)},
        "roster": None,
        "cleaning": frame_of(facts["cleaning"]),
        "notes": tuple(facts["notes"]),
        **{name: facts[name] for name in _PLAIN},
        "declared": tuple(tuple(cut) for cut in facts["declared"]),
    }


def _small(values: np.ndarray) -> np.ndarray:
    """The same numbers in the smallest type of whole ones that holds them, where it does."""
    if values.size and (
        values.dtype.kind == "i" or (np.abs(values).max() < 2**53 and (values == values.round()).all())
    ):
        low, high = int(values.min()), int(values.max())
        return values.astype(np.result_type(np.min_scalar_type(low), np.min_scalar_type(high)))
    return values


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
    return pd.DataFrame(facts["rows"], columns=facts["columns"], index=range(facts["length"]), dtype=object)


def codebook_facts(book: Codebook) -> dict[str, Any]:
    """A codebook as plain values; a label without a code (no opinion) has the code null."""
    scales = []
    for scale in book.scales.values():
        own = {each.name: getattr(scale, each.name) for each in fields(scale)}
        labels = [[label, None if math.isnan(code) else code] for label, code in scale.labels.items()]
        own |= {"labels": labels, "shown": list(scale.shown.items()), "favourable": sorted(scale.favourable)}
        scales.append(own)
    return {"items": frame_facts(book.items), "scales": scales, "notes": list(book.notes)}


def codebook_of(facts: dict[str, Any]) -> Codebook:
    scales = {}
    for own in facts["scales"]:
        labels = {label: math.nan if code is None else code for label, code in own["labels"]}
        own |= {"labels": labels, "shown": dict(own["shown"]), "favourable": frozenset(own["favourable"])}
        scales[own["name"]] = Scale(**own | {"codes": tuple(own["codes"])})
    return Codebook(items=frame_of(facts["items"]), scales=scales, notes=tuple(facts["notes"]))
