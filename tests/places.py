"""Where tests find things: the project's root, published cases, and the shared folder that CI has."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
CASE_FILES = ROOT / "tests" / "cases"
SHARED = Path(os.environ.get("DXKIT_SHARED", ROOT.parent / "shared"))
