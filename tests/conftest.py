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
