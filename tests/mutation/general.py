"""Every mutant that mutmut makes of seven modules: `python -m tests.mutation.general`; at least 90% must die.

It needs `pip install -e ".[dev,mutation]"` and half an hour; what was tried is not tried again (folder mutants).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

LEAST = 0.90
LIVED, UNTESTED, UNTRIED = 0, 33, None  # the codes of mutmut; any other is a test that failed or ran out of time


def main() -> int:
    subprocess.run([sys.executable, "-m", "mutmut", "run", *sys.argv[1:]], check=True)
    died, made = Counter(), Counter()
    for path in sorted(Path("mutants").rglob("*.meta")):
        codes = json.loads(path.read_text())["exit_code_by_key"].values()
        if codes:
            name = str(path.relative_to("mutants").with_suffix(""))
            made[name], died[name] = len(codes), sum(code not in (LIVED, UNTESTED, UNTRIED) for code in codes)
            print(f"{died[name] / made[name]:.1%}  {died[name]} of {made[name]}  {name}")
    print(f"{died.total() / made.total():.1%}  {died.total()} of {made.total()} mutants died")
    return 0 if died.total() >= LEAST * made.total() else 1


if __name__ == "__main__":
    sys.exit(main())
