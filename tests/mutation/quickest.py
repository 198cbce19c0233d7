"""The quickest tests first, by the times that mutmut took, so that a mutant dies soon.

While mutmut notes which test calls which function, nothing is known from the test before: neither what a function
remembers nor what a fixture of a whole module made. What such a fixture calls counts for each test that takes it.
"""

import json
import os
import sys
from pathlib import Path

import pytest

STATS = Path("mutmut-stats.json")
_CALLED = {}  # of each fixture, the functions that it called


def pytest_collection_modifyitems(items):
    if STATS.exists():
        taken = json.loads(STATS.read_text())["duration_by_test"]
        items.sort(key=lambda item: taken.get(item.nodeid, 0.0))


def _noting():
    """The functions that the test has called so far, while mutmut notes them."""
    if os.environ.get("MUTANT_UNDER_TEST") != "stats":
        return None
    from mutmut.state import state

    return state()._stats


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    if _noting() is not None:
        for name, module in list(sys.modules.items()):
            if name.startswith(("dxkit.", "tests.")):
                for known in list(vars(module).values()):
                    if callable(getattr(known, "cache_clear", None)):
                        known.cache_clear()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef):
    called = _noting()
    before = set(called or ())
    made = yield
    if called is not None:
        _CALLED[id(fixturedef)] = called - before
    return made


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    called = _noting()
    if called is not None:
        for each in item._fixtureinfo.name2fixturedefs.values():
            called.update(*(_CALLED.get(id(one), ()) for one in each))
