"""Values for every figure of a dossier: at a scenario, or drawn once and shared by all that use it.

See docs/methods/ownership_cost.md, "Shared draws"."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from dxkit.files.progress import watched
from dxkit.procurement.cost.schedule import exit_figure
from dxkit.procurement.dossier.dossier import Dossier, Figure
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.statistics.sampling import BLOCK, SCRAMBLES, blocks, points_for, units

DRAWS = 16_384
WAYS = ("forced", "voluntary")  # how a vendor is left
SCENARIOS = ("low", "likely", "high")
_FEW = 2**17  # more draws are not kept, and money is kept in single precision: enough for quantiles
WIDTH = 128  # dimensions of a part of the sequence: a figure more moves no other part
Inputs = Mapping[str, np.ndarray]


def owning(dossier: Dossier) -> list[Figure]:
    """The figures of drivers, costs, steps and benefits, in this order."""
    drivers = dossier.drivers.values()
    figures = [driver.amount for driver in drivers]
    figures += [driver.growth for driver in drivers if isinstance(driver.growth, Figure)]
    figures += [line.amount for line in dossier.costs if line.amount]
    figures += [step.amount for line in dossier.costs for step in line.steps]
    figures += [figure for line in dossier.benefits for figure in line.figures]
    return list({figure.key: figure for figure in figures}.values())


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


def event_key(vendor: str, way: str) -> str:
    """What the uniform numbers are called that say when a vendor is left in one way."""
    return f"event|{vendor}|{way}"


class Draws(Mapping[str, np.ndarray]):
    """What differs by draw, by key: uncertain figures, chances, and each vendor's ways out.

    All are of one scrambled Sobol sequence. Its parts belong to owning, to what may happen, and to leaving: the earlier
    a part, the more even it is. Where there are many, they are made anew whenever they are asked for.
    """

    def __init__(self, dossier: Dossier, seed: int = 0, draws: int = DRAWS):
        chances = [line.clauses["chance"] for line in (*dossier.costs, *dossier.benefits) if "chance" in line.clauses]
        own, left = owning(dossier), leaving(dossier)
        sizes = [len(own), len(WAYS) * len(dossier.vendors) + len(chances), len(left)]
        starts = np.cumsum([0, *(WIDTH * -(-max(size, 1) // WIDTH) for size in sizes)]).tolist()
        self._points = points_for(draws)
        self.size: int = self._points * SCRAMBLES
        self.rows: int = min(self.size, BLOCK)
        self.few: bool = self.size <= _FEW
        self._certain, self._width, self._seed = at_mean(dossier), starts[-1], seed
        self._kept: dict[str, np.ndarray] = {}
        self._made: dict[str, tuple[int, Callable[[np.ndarray], np.ndarray]]] = {}
        for start, part in ((0, own), (starts[2], left)):
            self._made |= {f.key: (start + k, f.draw) for k, f in enumerate(part) if not f.fixed}
        for k, chance in enumerate(chances):  # from the far end, so that a further vendor moves none of them
            self._made[chance.key] = starts[2] - 1 - k, lambda u, p=chance.mean: (u < p).astype(float)
        keys = [event_key(vendor, way) for vendor in dossier.vendors for way in WAYS]
        self._made |= {key: (starts[1] + k, lambda u: u) for k, key in enumerate(keys)}

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, key: str) -> np.ndarray:
        """All draws (S,), in single precision."""
        if key in self._kept:
            return self._kept[key]
        at, made = self._made[key]
        return np.concatenate(
            [_by_scramble(made, u * 2.0**-32, self._points) for (u,) in self._units([at])], dtype="f4"
        )

    def blocks(self) -> Iterator[tuple[slice, dict[str, np.ndarray]]]:
        """Blocks of draws: which they are, and the value of every figure, (B,) or (1,), and way out."""
        units_ = self._units([at for at, _ in self._made.values()])
        for k, block in enumerate(watched(units_, self.size // self.rows, "draws")):
            made = zip(self._made.items(), block, strict=True)
            values = {key: _by_scramble(make, u * 2.0**-32, self._points) for (key, (_, make)), u in made}
            rows = slice(k * self.rows, (k + 1) * self.rows)
            if self.few:
                for key, each in values.items():
                    self._kept.setdefault(key, np.empty(self.size, dtype=np.float32))[rows] = each
            yield rows, self._certain | values

    def _units(self, these: list[int]) -> Iterator[np.ndarray]:
        return units(self._width, self._seed, points=self._points, these=these)


def _by_scramble(draw: Callable[[np.ndarray], np.ndarray], u: np.ndarray, points: int) -> np.ndarray:
    """A draw for each uniform number of a block, as if each scramble came alone: of few numbers, draws are exact."""
    return np.concatenate([draw(part) for part in np.split(u, max(1, len(u) // points))])


def drawn_apart(dossier: Dossier, seed: int, draws: int) -> Iterator[list[Inputs]]:
    """Values for each line of cost by itself, as if no two lines shared a driver; for comparison only."""
    figures, certain = owning(dossier), at_mean(dossier)
    uncertain = [figure for figure in figures if not figure.fixed]
    width = WIDTH * -(-max(len(uncertain) * len(dossier.costs), 1) // WIDTH)
    points = points_for(draws)
    for block in blocks(width, seed, points=points):
        each = np.array_split(block, len(dossier.costs), axis=1)
        yield [
            certain | {figure.key: _by_scramble(figure.draw, own[:, k], points) for k, figure in enumerate(uncertain)}
            for own in each
        ]


def quarter_left(hazard: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The quarter in which a vendor is left, from a hazard a year and uniform numbers; inf where there is none.

    The smallest q with 1 - exp(-hazard q / 4) >= u.

    >>> quarter_left(np.array([0.4, 0.0]), np.array([0.5, 0.5])).tolist()
    [7.0, inf]
    """
    with np.errstate(divide="ignore"):
        return np.maximum(np.ceil(-4 * np.log1p(-u) / hazard), 1.0)
