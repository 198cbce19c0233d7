"""Settings for all tests: no deadlines (shared machines are slow), no pictures on a screen; and what pins a message.

Generated cases are the same on every run, few of them; the stage `thorough` tries all, with a profile of its name,
that of mutation twice as many,
and `--hypothesis-profile=search` looks for new ones.
Messages are compared with snapshots: `pytest --snapshot-update` writes them anew, and a person reads the difference.
"""

import gc
import sys
from contextlib import contextmanager

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from dxkit.files.errors import DataError
from dxkit.survey import answers, estimates, scores
from dxkit.survey.privacy import few_weighted
from dxkit.survey.privacy.ends import Ends
from dxkit.survey.privacy.figures import Figures
from dxkit.survey.tally import release
from tests import sample
from tests.laws import ALL

mpl.use("Agg")
settings.register_profile("dxkit", deadline=None, derandomize=True, max_examples=10)
settings.register_profile("mutation", deadline=None, derandomize=True, max_examples=20)
settings.register_profile("thorough", deadline=None, derandomize=True, max_examples=ALL)
settings.register_profile("search", deadline=None, max_examples=300)
settings.load_profile("dxkit")

PAGES = "tests/project/pages/"


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="claims on anonymity with more companies than docs tell")


@pytest.fixture
def refusal(snapshot, tmp_path):
    """Hold a refusal to its snapshot: `with refusal("row 3"):`; the message must also contain each text given."""

    @contextmanager
    def refuses(*named, error=DataError):
        with pytest.raises(error) as caught:
            yield caught
        message = str(caught.value)
        for part, name in ((str(tmp_path), "<folder>"), (tmp_path.name, "<folder>"), (str(tmp_path.parent), "<tmp>")):
            message = message.replace(part, name)
        for each in named:
            assert each in message
        assert message == snapshot

    return refuses


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Close what earlier tests drew, before any fixture draws: Matplotlib warns of more than twenty pictures."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def pytest_xdist_auto_num_workers(config):
    """Two processes for the whole suite; a few chosen files or tests start sooner in one."""
    return 0 if config.option.keyword or config.args != config.getini("testpaths") else 2


class _Together(LoadFileScheduling):
    """The tests of a file in one process, and those of the folder that shares its pages."""

    def _split_scope(self, nodeid):
        return PAGES if nodeid.startswith(PAGES) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config, log):
    return _Together(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is there before the first test stays to the end: nobody looks through it for garbage, which took a tenth.

    What a test makes is looked through less often than usual, which took a twenty-fifth."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000)
        gc.enable()


@pytest.fixture(scope="module")
def nothing_hidden():
    """For tests of the statistics alone: every figure is shown as it is, as if no rule of anonymity held."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "bounded", _no_bounds)
        patch.setattr(release, "decided", _all_decided)
        for module in (scores, answers):
            patch.setattr(module, "shares_bounded", lambda share, one, few: (share, np.zeros(share.shape, dtype=int)))
        patch.setattr(estimates, "enough_pairs", lambda cells: 2)
        patch.setattr(few_weighted, "FEW_WEIGHTED", 0)
        patch.setattr(release, "unpinned", lambda cuts, shown, each: shown)
        _forget()
        yield
    _forget()


def _forget():
    """Results of the samples are of the rules that held when they were worked out."""
    for known in vars(sample).values():
        if hasattr(known, "cache_clear"):
            known.cache_clear()


def _no_bounds(cuts, shown, answers, k):
    return Ends(shown=list(shown), bound=[np.zeros(len(each), dtype=int) for each in shown], others=[False] * len(cuts))


def _all_decided(cuts, people, answered, k):
    def of_groups(values, cut):
        return np.array([values[cut == group].sum(axis=0) for group in range(int(cut.max(initial=-1)) + 1)])

    n = [of_groups(answered, cut) for cut in cuts]
    every = [each > 0 for each in n]
    present = [of_groups(people, cut) > 0 for cut in cuts]
    return Figures(people=present, figure=every, detail=[each.copy() for each in every], n=n)
