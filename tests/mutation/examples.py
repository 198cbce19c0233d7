"""The examples in docstrings of the modules that mutmut changes; the plain run finds them where they stand."""

import doctest
import importlib
import tomllib
from fnmatch import fnmatch

import pytest

from tests.places import ROOT

_MUTATED = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]
_FILES = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "dxkit").rglob("*.py"))]


@pytest.mark.parametrize("file", [file for file in _FILES if any(fnmatch(file, each) for each in _MUTATED)])
def test_examples(file):
    module = importlib.import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    runner = doctest.DocTestRunner(verbose=False)
    for found in doctest.DocTestFinder(exclude_empty=True).find(module):
        if "__mutmut_" not in found.name:
            runner.run(found)
    assert runner.failures == 0
