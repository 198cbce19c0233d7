"""Where tests find things: the project's root, published cases, and the shared folder that CI has."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
CASE_FILES = ROOT / "tests" / "cases"
SHARED = ROOT.parent / "shared"  # CI has it beside the checkout
