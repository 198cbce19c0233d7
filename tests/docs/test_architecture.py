"""ARCHITECTURE.md is the map of the package: each room and each file is on it, and nothing that is not there."""

import re

from tests.places import ROOT

PAGE = (ROOT / "ARCHITECTURE.md").read_text()


def mapped():
    """Paths below dxkit/ that the map names: a line `folder/   what it is`, indented file names under it."""
    block = re.search(r"```text\ndxkit/\n(.*?)```", PAGE, flags=re.DOTALL)
    assert block
    rooms, paths = [], set()
    for line in block[1].splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        room = re.match(r"\s*([\w/]+/)(\s|$)", line)
        if room:
            rooms = [*rooms[: depth - 1], room[1]]
            paths.add("".join(rooms).rstrip("/"))
        else:
            paths |= {"".join([*rooms[: depth - 1], name]) for name in re.findall(r"\b[\w]+\.pyi?\b", line)}
    return paths


def test_the_map_is_the_tree():
    package = ROOT / "dxkit"
    found = [path for path in package.rglob("*") if not {"_shipped", "__pycache__"} & set(path.parts)]
    tree = {
        path.relative_to(package).as_posix()
        for path in found
        if path.is_dir() or (path.suffix in (".py", ".pyi") and (path.name != "__init__.py" or path.parent == package))
    }
    assert mapped() == tree


def test_it_fits_on_two_screens():
    assert len(PAGE.splitlines()) <= 100
