"""The first answers on a survey of 112 people, against the import of pandas."""

from __future__ import annotations

import tempfile

from benchmarks.measure import Ratio, Work, in_turns

RUNS = 7
PROMISED = {"scores": 0.2, "rank_pains": 0.5, "compare": 1.6}
RELEASED = {182: 8, 1_000: 30}


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


def release(people: str) -> Work:
    """What may be shown of 60 rare answers of people in many small groups, by four cuts: the hardest to decide."""
    import numpy as np
    import pandas as pd

    import dxkit as dx

    rng, groups = np.random.default_rng(1), {"country": 60, "team": 20, "role": 5, "tenure": 4}
    many = int(people)
    frame = pd.DataFrame({name: rng.choice(g, many, p=rng.dirichlet(np.full(g, 0.6))) for name, g in groups.items()})
    frame = frame.astype(str)
    asked = [f"q{i:02d}" for i in range(60)]
    for name in asked:
        ticked = (rng.random(many) < rng.beta(1, 6)).astype(float)
        frame[name] = np.where(rng.random(many) < 0.05, np.nan, ticked)
    names = [*groups, *asked]
    kinds, scales = ["segment"] * 4 + ["rating"] * 60, [""] * 4 + ["yesno"] * 60
    book = pd.DataFrame({"item": names, "text": names, "kind": kinds, "scale": scales})
    survey = dx.read_survey(frame, book)
    yield
    table = survey.release.table
    yield
    return [int(table["figure"].sum())]


def ratios():
    from benchmarks.people import write  # here: numpy shall not be loaded before its import is timed

    with tempfile.TemporaryDirectory() as folder:
        write(folder, 300, 24, {"team": 6})
        works = [("quick.pandas",), ("quick.pandas_numpy",), ("quick.dxkit",), ("quick.first", folder)]
        works += [("quick.release", people) for people in RELEASED]
        works += [("quick.call", name) for name in PROMISED]
        alone, both, bare, first, *calls = in_turns(works, RUNS, warm=True)
    released, calls = calls[: len(RELEASED)], calls[len(RELEASED) :]
    yield Ratio("import dxkit", "import pandas, numpy", bare.cpu, both.cpu, 0.2)
    yield Ratio("first scores of a process, 300 people x 24", "import pandas, numpy", first.cpu, both.cpu, 1.3)
    for (people, promised), spent in zip(RELEASED.items(), released, strict=True):
        work = f"what may be shown of {people:,} people x 60 rare answers, 4 cuts"
        yield Ratio(work, "import pandas, numpy", spent.cpu, both.cpu, promised)
    for (name, promised), spent in zip(PROMISED.items(), calls, strict=True):
        yield Ratio(f"{name} of 112 people, first call", "import pandas", spent.cpu, alone.cpu, promised)
