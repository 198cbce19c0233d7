"""The first answers on a survey of 112 people, against the import of pandas."""

from __future__ import annotations

import tempfile

from benchmarks.measure import Ratio, Work, in_turns

RUNS = 7
PROMISED = {"scores": 0.2, "rank_pains": 0.5, "compare": 1.6}


def pandas() -> Work:
    yield
    import pandas

    yield
    return [pandas.__version__]


def pandas_numpy() -> Work:
    yield
    import numpy
    import pandas

    yield
    return [pandas.__version__, numpy.__version__]


def dxkit() -> Work:
    yield
    import dxkit

    yield
    return [dxkit.__version__]


def first(folder: str) -> Work:
    """The first score of a process."""
    yield
    import dxkit as dx

    table = dx.scores(dx.read_survey(f"{folder}/answers.csv", f"{folder}/codebook.csv")).table
    yield
    return [len(table)]


def call(name: str) -> Work:
    """The first call of a session on the sample: four segments and a roster."""
    import dxkit as dx

    answers = dx.samples.path("company/responses_2026-Q3.csv")
    waves = [*([dx.open_before(answers)] if name == "compare" else []), dx.open_survey(answers)]
    work = getattr(dx, name)
    yield
    table = work(*waves).table
    yield
    return [len(table)]


def ratios():
    from benchmarks.people import write  # here: numpy shall not be loaded before its import is timed

    with tempfile.TemporaryDirectory() as folder:
        write(folder, 300, 24, {"team": 6})
        works = [("quick.pandas",), ("quick.pandas_numpy",), ("quick.dxkit",), ("quick.first", folder)]
        works += [("quick.call", name) for name in PROMISED]
        alone, both, bare, first, *calls = in_turns(works, RUNS, warm=True)
    yield Ratio("import dxkit", "import pandas, numpy", bare.cpu, both.cpu, 0.2)
    yield Ratio("first scores of a process, 300 people x 24", "import pandas, numpy", first.cpu, both.cpu, 1.3)
    for (name, promised), spent in zip(PROMISED.items(), calls, strict=True):
        yield Ratio(f"{name} of 112 people, first call", "import pandas", spent.cpu, alone.cpu, promised)
