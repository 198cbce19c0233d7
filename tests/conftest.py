"""Settings for all tests: no deadlines (shared machines are slow), no pictures on a screen."""

import matplotlib as mpl
from hypothesis import settings

mpl.use("Agg")
settings.register_profile("dxkit", deadline=None)
settings.load_profile("dxkit")
