"""What mutmut makes of the statistics, ranking, anonymity, tallies and costs: `python -m tests.mutation.general`.

At least 90% must die. It needs `pip install -e ".[dev,mutation]"`; to try them all takes many hours.
`--sample 30` tries 30 of each module, chosen by `--seed`, and tells how sure the share is. Folders or files after it
are the only ones tried. What was tried is not tried again (folder mutants); with `--again` what lived is.

One kind is left out, and counted: less than `strict=True` asked of a zip. It differs only where the code stops.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import random
import subprocess
import sys
from functools import cache
from pathlib import Path

LEAST = 0.90
MADE = Path("mutants")
LIVED, UNTESTED, UNTRIED = 0, 33, None  # the codes of mutmut; any other is a test that failed or ran out of time
Z = 1.959964


class _Lengths(ast.NodeTransformer):
    """A function without the `strict=` of its zips; and how many of them ask for equal lengths."""

    def __init__(self, function: ast.FunctionDef):
        self.asking = 0
        self.rest = "".join(map(ast.dump, [self.visit(function).args, *function.body]))

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "zip":
            self.asking += any(getattr(each.value, "value", None) is True for each in node.keywords)
            node.keywords = []
        return node


@cache
def unable(module: str) -> frozenset[str]:
    """The mutants of a module that only ask less of the lengths of a zip, outside of every try."""
    tree = ast.parse((MADE / module).read_text())
    within = [tree, *(each for each in tree.body if isinstance(each, ast.ClassDef))]
    functions = {each.name: each for part in within for each in part.body if isinstance(each, ast.FunctionDef)}
    asked, found = {}, set()
    for name, function in functions.items():
        if name.endswith("__mutmut_orig") and any(getattr(each, "arg", "") == "strict" for each in ast.walk(function)):
            if not any(isinstance(each, ast.Try) for each in ast.walk(function)):
                asked[name.removesuffix("orig")] = _Lengths(function)
    for name, function in functions.items():
        start = name.rstrip("0123456789")
        if start != name and start in asked:
            given, had = _Lengths(function), asked[start]
            if given.rest == had.rest and given.asking < had.asking:
                found.add(f"{module.removesuffix('.py').replace('/', '.')}.{name}")
    return frozenset(found)


def codes(wanted: list[str]) -> dict[str, dict[str, int | None]]:
    """Of each module, its mutants with what became of them, without those that cannot change a result."""
    found = {}
    for path in sorted(MADE.rglob("*.meta")):
        module = str(path.relative_to(MADE).with_suffix(""))
        each = json.loads(path.read_text())["exit_code_by_key"]
        if each and (not wanted or any(module.startswith(start.rstrip("/")) for start in wanted)):
            found[module] = {name: code for name, code in each.items() if name not in unable(module)}
    return found


def scored(died: dict[str, list[bool]], made: dict[str, int]) -> tuple[float, str]:
    """The share that died, each module counting as what was made of it, with Wilson's interval (1927) at 95%."""
    total = sum(made[module] for module in died)
    share = sum(made[module] / total * sum(each) / len(each) for module, each in died.items())
    tried = 1 / sum((made[module] / total) ** 2 / len(each) for module, each in died.items())
    middle, wide = share + Z**2 / (2 * tried), Z * math.sqrt((share * (1 - share) + Z**2 / (4 * tried)) / tried)
    low, high = ((middle + side * wide) / (1 + Z**2 / tried) for side in (-1, 1))
    counts = f"{sum(map(sum, died.values()))} of {sum(map(len, died.values()))} tried, {total} made"
    return share, f"{share:6.1%} ({low:.0%} to {high:.0%})  {counts}"


def main() -> int:
    from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants

    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("modules", nargs="*")
    ask.add_argument("--sample", type=int)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--again", action="store_true")
    ask.add_argument("--processes", type=int, default=2)
    asked = ask.parse_args()

    copy_src_dir()
    copy_also_copy_files()
    create_mutants(asked.processes)
    chosen = {}
    for module, each in codes(asked.modules).items():
        shuffled = random.Random(f"{asked.seed} {module}").sample(sorted(each), len(each))
        chosen[module] = shuffled[: asked.sample]  # a larger sample holds the smaller one
    skipped = (UNTRIED, LIVED, UNTESTED) if asked.again else (UNTRIED,)
    before = codes(asked.modules)
    names = [name for module, some in chosen.items() for name in some if before[module][name] in skipped]
    if names:
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(asked.processes), *names]
        subprocess.run(command, check=True)

    died, made = {}, {}
    for module, each in codes(asked.modules).items():
        tried = {name: each[name] for name in chosen[module] if each[name] is not UNTRIED}
        if tried:
            made[module], died[module] = len(each), [code not in (LIVED, UNTESTED) for code in tried.values()]
            print(f"{scored({module: died[module]}, made)[1]}  {module}")
            for name in (name for name, code in tried.items() if code in (LIVED, UNTESTED)):
                print(f"    lived: {name}")
    for folder in sorted({str(Path(module).parent) for module in died}):
        print(f"{scored({each: died[each] for each in died if str(Path(each).parent) == folder}, made)[1]}  {folder}")
    share, text = scored(died, made)
    print(f"{text}  in all; {sum(len(unable(module)) for module in died)} left out")
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
