"""Values for every figure of a dossier: draws of what is uncertain, shared by all that use it.

See docs/methods/ownership_cost.md, "Shared draws"."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dxkit.files.progress import watched
from dxkit.procurement.cost.lines import Values, figures_of, means_of
from dxkit.procurement.dossier.dossier import Dossier, Figure
from dxkit.statistics.sampling import BLOCK, SCRAMBLES, blocks, points_for

DRAWS = 16_384
_WIDTH = 128  # the same sequence for any number of uncertain figures up to this, so a line added below moves no draw
_EXIT = 1_000_003  # exit has a sequence of its own, so that a further line of cost leaves it alone


def block_rows(draws: int) -> int:
    """Rows of every block."""
    return min(points_for(draws), BLOCK)


def figures_of_owning(dossier: Dossier) -> list[Figure]:
    """The figures of drivers, costs and benefits: all but those of leaving."""
    leaving = {figure.name for figure in dossier.exit.values()}
    return [figure for name, figure in dossier.figures.items() if name not in leaving]


def drawn(dossier: Dossier, seed: int = 0, draws: int = DRAWS) -> Iterator[Values]:
    """A value (B,) for every figure of drivers, costs and benefits, in blocks; each uncertain one is drawn once."""
    yield from _values(figures_of_owning(dossier), seed, draws)


def drawn_apart(dossier: Dossier, seed: int = 0, draws: int = DRAWS) -> Iterator[list[Values]]:
    """Values for each line of cost by itself, as if no two lines shared a driver; for comparison only."""
    figures = [
        Figure(name=f"{number} {name}", claims=figure.claims)
        for number, line in enumerate(dossier.costs)
        for name, figure in figures_of(line, dossier.drivers).items()
    ]
    for values in _values(figures, seed, draws):
        yield [
            {name: values[f"{number} {name}"] for name in figures_of(line, dossier.drivers)}
            for number, line in enumerate(dossier.costs)
        ]


def drawn_exits(dossier: Dossier, seed: int = 0, draws: int = DRAWS) -> Iterator[Values]:
    """A value (B,) for every uncertain figure of exit, in blocks that go with those of `drawn` row by row."""
    uncertain = [figure for figure in dossier.exit.values() if not figure.fixed]
    shuffle = np.random.default_rng([seed, _EXIT])  # else the n-th dimensions of both sequences would move together
    for each in _blocks(uncertain, seed + _EXIT, draws):
        order = shuffle.permutation(block_rows(draws))
        yield {name: column[order] for name, column in each.items()}


def _values(figures: list[Figure], seed: int, draws: int) -> Iterator[Values]:
    """The certain figures as they are, (1,), and the uncertain ones drawn, (B,), in blocks."""
    certain = means_of(figure for figure in figures if figure.fixed)
    count = SCRAMBLES * points_for(draws) // block_rows(draws)
    for block in watched(_blocks([figure for figure in figures if not figure.fixed], seed, draws), count, "draws"):
        yield {**certain, **block}


def _blocks(figures: list[Figure], seed: int, draws: int) -> Iterator[Values]:
    points = points_for(draws)
    width = _WIDTH * -(-len(figures) // _WIDTH)
    for block in blocks(max(width, 1), seed, scrambles=SCRAMBLES, points=points):
        yield {figure.name: figure.draw(block[:, k]) for k, figure in enumerate(figures)}
