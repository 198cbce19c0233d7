"""Hours that a vendor would save a person each week, and benefits that these hours may hold already.

See docs/methods/business_case.md, "Hours saved" and "Overlaps"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from dxkit.files.errors import DataError, and_more
from dxkit.files.options import choices, instance
from dxkit.procurement.cost.schedule import exit_figure
from dxkit.procurement.dossier.columns import BENEFITS
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.procurement.dossier.judging import Fit
from dxkit.statistics.estimate import Estimate
from dxkit.statistics.sampling import SCRAMBLES, scrambled

if TYPE_CHECKING:
    from dxkit.survey.ranking import Ranking

OVERLAPS = {  # category of a benefit: what may hold it already
    "hours": "the reported hours",
    "incidents": "the hours of the people on call",
    "onboarding": "the hours of new people",
    "licences": "the cost of ownership",
}
_RATE = "engineer_day_rate"
_SEQUENCE = 2_000_003  # a sequence of its own, so that the hours leave the draws of the money alone


class SavedHours:
    """Draws of what the hours depend on: reported hours, shares removed, the rate and the bias."""

    def __init__(
        self, ranking: Ranking, dossier: Dossier, rate: Estimate | np.ndarray, bias: Estimate, size: int, seed: int
    ):
        table = ranking.table.dropna(subset=["estimate", "se"])
        self.fits: tuple[Fit, ...] = dossier.fit_read
        count = len(table) + len(self.fits) + 2
        u = scrambled(count, seed + _SEQUENCE, points=size // SCRAMBLES)
        u = np.random.default_rng([seed, _SEQUENCE]).permutation(u)  # else both sequences would move together
        hours = table["estimate"].to_numpy() + table["se"].to_numpy() * ndtri(u[:, : len(table)])
        self.hours: dict[str, np.ndarray] = dict(zip(table["topic"], np.maximum(hours, 0.0).T, strict=True))
        self.removed: list[np.ndarray] = [fit.share.draw(u[:, len(table) + k]) for k, fit in enumerate(self.fits)]
        self.rate: np.ndarray = rate.draw(u[:, -2]) if isinstance(rate, Estimate) else np.resize(rate, size)
        self.bias: np.ndarray = bias.draw(u[:, -1])

    def saved(self, vendor: str) -> np.ndarray:
        """Hours a person and week that a vendor saves (S,): sum of h (1 - prod (1 - a))."""
        remaining: dict[str, np.ndarray] = {}
        for fit, share in zip(self.fits, self.removed, strict=True):
            if fit.vendor == vendor and fit.topic in self.hours:
                remaining[fit.topic] = remaining.get(fit.topic, np.ones(1)) * (1 - share)
        return sum((self.hours[topic] * (1 - part) for topic, part in remaining.items()), np.zeros(len(self.rate)))


def hourly_rate(dossier: Dossier, draws: Mapping[str, np.ndarray], hours_a_day: float) -> np.ndarray:
    """Money an hour by draw: the engineer's day rate of all vendors, its sources pooled, in the same draws as leaving.

    Raises
    ------
    DataError
        A day rate of single vendors alone: whose hours are meant is then for the caller to say.
    """
    owners = {vendor for vendor, name in dossier.exit if name == _RATE}
    if owners and "all" not in owners:
        listed = ", ".join(sorted(owners))
        raise DataError(f"sheet exit has {_RATE} for {listed} alone, not for all; give hourly=, what an hour costs")
    figure, _ = exit_figure(dossier, "all", _RATE)
    return draws.get(figure.key, np.array([figure.mean])) / hours_a_day


def guard(dossier: Dossier, declared: Mapping[str, str]) -> None:
    """Refuse benefits without a category, and those that the hours or the costs may include already, until it is
    declared why they do not."""
    instance("declared", declared, Mapping, "a dict of category and reason")
    choices("declared", list(declared), list(OVERLAPS))
    nameless = [line.line for line in dossier.benefits if not line.category]
    if nameless:
        listed = and_more([repr(name[:40]) for name in dict.fromkeys(nameless)])
        raise DataError(f"sheet benefits: write a category ({', '.join(BENEFITS)}) for {listed}")
    overlapping: dict[str, list[str]] = {}
    for line in dossier.benefits:
        reason = line.declared or str(declared.get(line.category, "")).strip()
        if line.category in OVERLAPS and not reason:
            overlapping.setdefault(line.category, []).append(line.line)
    if overlapping:
        listed = [
            f"{name}, perhaps in {OVERLAPS[name]}: {', '.join(repr(each[:40]) for each in dict.fromkeys(lines))}"
            for name, lines in overlapping.items()
        ]
        raise DataError(
            "these benefits may be counted twice; leave them out, or say in column declared of sheet benefits or with "
            "declared= why they are not:\n" + "\n".join(listed)
        )
