"""Values for every figure of a dossier: at a scenario, or drawn once and shared by all that use it.

See docs/methods/ownership_cost.md, "Shared draws"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dxkit.files.progress import watched
from dxkit.procurement.cost.schedule import exit_figure
from dxkit.procurement.dossier.dossier import Dossier, Figure, Line
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.statistics.sampling import BLOCK, POINTS, SCRAMBLES, blocks, points_for

DRAWS = 16_384
WAYS = ("forced", "voluntary")  # how a vendor is left
SCENARIOS = ("low", "likely", "high")
WIDTH = 128  # dimensions of a part of the sequence: a figure more moves no other part
Inputs = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Draw:
    """A block of draws: the value of every figure, (B,) or (1,), and the uniform numbers of each vendor's ways out."""

    values: dict[str, np.ndarray]
    ways: Mapping[str, Mapping[str, np.ndarray]]


def owning(dossier: Dossier) -> list[Figure]:
    """The figures of drivers, costs, steps and benefits, in this order."""
    drivers = dossier.drivers.values()
    figures = [driver.amount for driver in drivers]
    figures += [driver.growth for driver in drivers if isinstance(driver.growth, Figure)]
    figures += [line.amount for line in dossier.costs if line.amount]
    figures += [step.amount for line in dossier.costs for step in line.steps]
    return list({figure.key: figure for line in [figures, _of(dossier.benefits)] for figure in line}.values())


def _of(lines: tuple[Line, ...]) -> list[Figure]:
    return [figure for line in lines for figure in line.figures]


def leaving(dossier: Dossier) -> list[Figure]:
    """The figures of leaving: those of all vendors, given or assumed, then those of single ones."""
    shared = [exit_figure(dossier, "all", name)[0] for name in EXIT_INPUTS]
    return [*shared, *(figure for (vendor, _), figure in dossier.exit.items() if vendor != "all")]


def every_figure(dossier: Dossier) -> dict[str, Figure]:
    """Every figure that a formula may use, by key."""
    cells = [figure for line in (*dossier.costs, *dossier.benefits) for figure in line.cells]
    figures = [*owning(dossier), *cells, *leaving(dossier), *dossier.numbers.values()]
    return {figure.key: figure for figure in figures}


def at_scenario(dossier: Dossier, scenario: str) -> dict[str, np.ndarray]:
    """Every figure at its low, likely or high value; where sources differ, at the mean of theirs."""
    return {
        key: np.array([np.mean([getattr(claim.estimate, scenario) for claim in figure.claims])])
        for key, figure in every_figure(dossier).items()
    }


def at_mean(dossier: Dossier) -> dict[str, np.ndarray]:
    return {key: np.array([figure.mean]) for key, figure in every_figure(dossier).items()}


def block_rows(draws: int) -> int:
    """Rows of every block."""
    return min(points_for(draws), BLOCK)


def drawn(dossier: Dossier, seed: int = 0, draws: int = DRAWS) -> Iterator[Draw]:
    """Blocks of draws of one scrambled Sobol sequence. Its parts belong to owning, to what may happen, and to leaving:
    the earlier a part, the more even it is."""
    chances = [line.clauses["chance"] for line in (*dossier.costs, *dossier.benefits) if "chance" in line.clauses]
    own, left, certain, vendors = owning(dossier), leaving(dossier), at_mean(dossier), dossier.vendors
    sizes = [len(own), 2 * len(vendors) + len(chances), len(left)]
    starts = np.cumsum([0, *(WIDTH * -(-max(size, 1) // WIDTH) for size in sizes)]).tolist()
    points = points_for(draws)
    count = SCRAMBLES * points // block_rows(draws)
    for block in watched(_points(starts[-1], seed, points), count, "draws"):
        values = dict(certain)
        for start, part in ((0, own), (starts[2], left)):
            for k, figure in enumerate(part):
                if not figure.fixed:
                    values[figure.key] = figure.draw(_uniform(block[start + k]))
        for k, chance in enumerate(chances):  # from the far end, so that a further vendor moves none of them
            values[chance.key] = (_uniform(block[starts[2] - 1 - k]) < chance.mean).astype(float)
        ways = {
            way: {vendor: _uniform(block[starts[1] + 2 * k + j]) for k, vendor in enumerate(vendors)}
            for j, way in enumerate(WAYS)
        }
        yield Draw(values, ways)


def _points(width: int, seed: int, points: int) -> Iterable[np.ndarray]:
    """Blocks (width, B) of the sequence, in units of 2^-32; that of the usual size is kept for the next call."""
    return _usual(width, seed) if points == POINTS else _made(width, seed, points)


@lru_cache(maxsize=1)
def _usual(width: int, seed: int) -> list[np.ndarray]:
    return list(_made(width, seed, POINTS))


def _made(width: int, seed: int, points: int) -> Iterator[np.ndarray]:
    for block in blocks(width, seed, scrambles=SCRAMBLES, points=points):
        yield (block.T * 2.0**32).astype(np.uint32)


def _uniform(row: np.ndarray) -> np.ndarray:
    return row * 2.0**-32


def drawn_apart(dossier: Dossier, seed: int, draws: int) -> Iterator[list[Inputs]]:
    """Values for each line of cost by itself, as if no two lines shared a driver; for comparison only."""
    figures, certain = owning(dossier), at_mean(dossier)
    uncertain = [figure for figure in figures if not figure.fixed]
    width = WIDTH * -(-max(len(uncertain) * len(dossier.costs), 1) // WIDTH)
    for points in blocks(width, seed, scrambles=SCRAMBLES, points=points_for(draws)):
        each = np.array_split(points, len(dossier.costs), axis=1)
        yield [certain | {figure.key: figure.draw(own[:, k]) for k, figure in enumerate(uncertain)} for own in each]


def quarter_left(hazard: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The quarter in which a vendor is left, from a hazard a year and uniform numbers; inf where there is none.

    The smallest q with 1 - exp(-hazard q / 4) >= u.

    >>> quarter_left(np.array([0.4, 0.0]), np.array([0.5, 0.5])).tolist()
    [7.0, inf]
    """
    with np.errstate(divide="ignore"):
        return np.maximum(np.ceil(-4 * np.log1p(-u) / hazard), 1.0)
