"""Results of the samples, worked out once for all tests of a process. A test reads them and changes none."""

from functools import cache

import dxkit as dx


@cache
def wave(name="2026-Q3"):
    return dx.open_survey(dx.samples.path(f"company/responses_{name}.csv"))


@cache
def ranking(by=None, score=None):
    return dx.rank_pains(wave(), score=score, by=by)


@cache
def scores(by=None):
    return dx.scores(wave(), by=by)


@cache
def change(before, after="2026-Q3"):
    return dx.compare(wave(before), wave(after))


@cache
def portal():
    return dx.read_dossier(dx.samples.path("portal"))


@cache
def cost():
    return dx.tco(portal())


@cache
def leaving():
    return dx.exit_cost(portal())


@cache
def card():
    return dx.scorecard(portal())
