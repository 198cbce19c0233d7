"""Tests of the package. Two processes run beside each other, so linear algebra takes one core of each."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
