"""Benefits that the reported hours or the cost of ownership may include already: refused until you say why not.

See docs/methods/business_case.md, "Overlaps"."""

from __future__ import annotations

from collections.abc import Mapping

from dxkit.files.errors import DataError, and_more
from dxkit.files.options import choices, instance
from dxkit.procurement.dossier.columns import BENEFITS
from dxkit.procurement.dossier.dossier import Dossier

OVERLAPS = {  # category of a benefit: what may hold it already
    "hours": "the reported hours",
    "incidents": "the hours of the people on call",
    "onboarding": "the hours of new people",
    "licences": "the cost of ownership",
}


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
