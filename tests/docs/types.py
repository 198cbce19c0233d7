"""Check the types of every python block of the README and the docs: `python -m tests.docs.types`."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.places import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> list[str]:
    """The python blocks of a page, in order."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def main() -> int:
    """Put the blocks of each page one after another into a file, as a reader would, and run pyright over all."""
    place = ROOT / "build"  # pyright passes over folders whose name begins with a dot, ruff over this one
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, prefix="blocks-") as folder:
        for page in PAGES:
            code = "\n".join(blocks(page))
            if code and "import dxkit as dx" not in code:
                code = f"import dxkit as dx\n{code}"
            if code:
                (Path(folder) / f"{'_'.join(page.relative_to(ROOT).with_suffix('').parts)}.py").write_text(code)
        return subprocess.run([sys.executable, "-m", "pyright", "--pythonpath", sys.executable, folder]).returncode


if __name__ == "__main__":
    sys.exit(main())
