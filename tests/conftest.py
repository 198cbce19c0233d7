"""Settings for all tests: no deadlines (shared machines are slow), no pictures on a screen.

Generated cases are the same on every run; `--hypothesis-profile=search` looks for new ones.
"""

import matplotlib as mpl
from hypothesis import settings

mpl.use("Agg")
settings.register_profile("dxkit", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=300)
settings.load_profile("dxkit")

collect_ignore = ["hostile/fuzz.py"]  # needs atheris


def pytest_xdist_auto_num_workers(config):
    """Two processes for the whole suite; a few chosen files or tests start sooner in one."""
    return 0 if config.option.keyword or config.args != config.getini("testpaths") else 2
