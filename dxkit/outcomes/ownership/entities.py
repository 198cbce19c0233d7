"""A service catalog out of the files in which a portal keeps it: catalog-info.yaml, or entities as JSON.

See docs/methods/catalog.md, "Entity files"."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from dxkit.files.errors import Missing, fault_at
from dxkit.files.opening import checked_path

_NAMES = ("catalog-info.yaml", "catalog-info.yml")
_SKIPPED = {".git", "node_modules", ".venv", "venv", "dist", "build"}
_MOST_BYTES = 2**20  # of one entity file
_LOCATION = re.compile(r"(?:url:)?https?://[^/]+/(?P<repo>[^/]+/[^/]+)(?:/(?:-/)?(?:tree|blob)/[^/]+/?(?P<path>.*))?")
COLUMNS = ["service", "path", "repository", "owner", "registered"]


def read_catalog(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Which services does a catalog hold? One row for each component, for `catalog_health`.

    See docs/methods/catalog.md, "Entity files".

    Parameters
    ----------
    path : path
        A folder with catalog-info.yaml files (of one repository or of several), one such file, or entities as JSON.
        YAML needs the package PyYAML: `pip install "dxkit[catalog]"`.

    Returns
    -------
    DataFrame
        service, path (of its folder in its repository), repository, owner, registered. `.attrs["left_out"]` counts
        entities that are not components, and files that cannot be read.

    Raises
    ------
    DataError
        Nothing there, no component in it, or YAML without PyYAML.

    Examples
    --------
    >>> read_catalog("/nowhere/catalog-info.yaml")
    Traceback (most recent call last):
    dxkit.files.errors.Missing: catalog-info.yaml: there is no such file; there is no folder nowhere either
    """
    place, file = checked_path(path, folder=True)
    left_out = {"not components": 0, "unreadable files": 0}
    rows: list[list[str]] = []
    for source, repository, folder in _files(place):
        try:
            entities = list(_entities(source))
        except Missing:
            raise
        except (ValueError, OSError, RecursionError):
            if not place.is_dir():
                raise fault_at("this is neither YAML nor JSON of entities", file=file) from None
            left_out["unreadable files"] += 1
            continue
        for entity in entities:
            row = _row(entity, repository, folder)
            if row is None:
                left_out["not components"] += 1
            else:
                rows.append(row)
    if not rows:
        counts = ", ".join(f"{what}: {count}" for what, count in left_out.items() if count)
        raise fault_at(f"there is no component in it{f' ({counts})' if counts else ''}", file=file)
    frame = pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(["service", "path", "repository"], ignore_index=True)
    frame.attrs["left_out"] = left_out
    return frame


def _files(place: Path) -> Iterator[tuple[Path, str, str]]:
    """Each entity file with its repository (the folder that holds .git, below the one given) and folder."""
    if not place.is_dir():
        yield place, "", ""
        return
    repositories: list[Path] = []
    for root, folders, names in os.walk(place):
        here = Path(root)
        if (here / ".git").exists() and here != place:
            repositories.append(here)
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in _NAMES:
            if name in names and not (here / name).is_symlink():
                home = next((one for one in reversed(repositories) if one == here or one in here.parents), place)
                inside = here.relative_to(home).as_posix()
                yield here / name, "" if home == place else home.relative_to(place).as_posix(), inside


def _entities(source: Path) -> Iterator[Mapping[str, Any]]:
    if source.stat().st_size > _MOST_BYTES and source.suffix != ".json":
        raise ValueError("too large")
    text = source.read_text(encoding="utf-8-sig")
    if text.lstrip()[:1] in ("[", "{"):
        value = json.loads(text)
        values = value.get("items", [value]) if isinstance(value, Mapping) else value
    else:
        values = _yaml(text)
    for value in values:
        if isinstance(value, Mapping):
            yield value


def _yaml(text: str) -> list[Any]:
    try:
        import yaml
    except ImportError:
        raise Missing('reading YAML needs the package PyYAML; pip install "dxkit[catalog]"') from None
    try:
        return list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        raise ValueError("not YAML") from error


def _row(entity: Mapping[str, Any], repository: str, folder: str) -> list[str] | None:
    """service, path, repository, owner and registered of a component; None for another kind of entity."""
    meta, spec = _part(entity, "metadata"), _part(entity, "spec")
    if str(entity.get("kind", "")).casefold() != "component" or not meta.get("name"):
        return None
    notes = _part(meta, "annotations")
    slug = str(notes.get("github.com/project-slug") or notes.get("gitlab.com/project-slug") or "")
    found = None
    for name in ("backstage.io/source-location", "backstage.io/managed-by-location"):
        found = found or _LOCATION.match(str(notes.get(name, "")))
    inside = folder
    if found and not folder:
        inside = re.sub(r"(^|/)[^/]*\.ya?ml$", "", found["path"] or "").strip("/") or "."
    home = slug or (found["repo"].removesuffix(".git") if found else "") or repository
    return [str(meta["name"]), inside or ".", home, str(spec.get("owner") or ""), "yes"]


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, Mapping) else {}
