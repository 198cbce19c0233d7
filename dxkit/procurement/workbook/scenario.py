"""A dossier with every figure at its low, likely or high value: the certain model that the workbook repeats."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dxkit.files.options import choice
from dxkit.procurement.cost.leaving import given_for, known_for
from dxkit.procurement.dossier.dossier import Dossier, Figure
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS

SCENARIOS = ("low", "likely", "high")


def value_of(figure: Figure, scenario: str) -> float:
    """The figure in a scenario; where sources differ, the mean of what they say."""
    return float(np.mean([getattr(claim.estimate, scenario) for claim in figure.claims]))


def values_at(dossier: Dossier, scenario: str = "likely") -> dict[str, np.ndarray]:
    """Every figure of drivers, costs, benefits and exit in a scenario, (1,) each by name."""
    choice("scenario", scenario, SCENARIOS)
    return {name: np.full(1, value_of(figure, scenario)) for name, figure in dossier.figures.items()}


def exit_inputs_at(dossier: Dossier, vendor: str, values: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Every input of a vendor's exit cost: as given, else as the other sheets say, else as assumed."""
    given = {name: float(values[figure.name][0]) for name, figure in given_for(dossier, vendor).items()}
    assumed = {name: each.default for name, each in EXIT_INPUTS.items()}
    return assumed | known_for(dossier, vendor, values) | given
