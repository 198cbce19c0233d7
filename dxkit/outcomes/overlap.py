"""Benefits that the reported hours or the cost of ownership hold already: refused until it is said why they do not."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dxkit.files.errors import DataError
from dxkit.procurement.dossier.dossier import Dossier

# what would be counted twice, and the words in a line of benefit, its hyphens as spaces, that show it
OVERLAPS = {
    "hours and DORA": r"\b(dora|(lead|cycle) times?|deploy(ment)? frequency|change fail\w*|failed changes?|"
    r"failure rate|recovery times?|time to re(store|cover\w*)|mttr|rework\w*|"
    r"(faster|quicker|more) (deploy\w*|deliver\w*|releases?))\b",
    "hours and incident cost": r"\b(incident|outage|downtime|on ?call|post ?mortem)s?\b",
    "onboarding and hires' hours": r"\b(on ?boarding|ramp ?up|hir(e|es|ing)|newcomers?|(joiner|starter)s?)\b",
    "retired licences and TCO": r"\b(retir\w*|replac\w*|decommission\w*|licen[cs]\w*|subscriptions?)\b",
}


def guard(dossier: Dossier, declared: Mapping[str, str]) -> None:
    """Refuse benefits that the hours or the costs hold already, until it is declared that they do not."""
    if not isinstance(declared, Mapping):
        raise DataError(f"declared= is a dict of overlap and reason, got {type(declared).__name__}")
    unknown = sorted(set(declared) - set(OVERLAPS))
    if unknown:
        raise DataError(f"{unknown[0]!r} is no overlap; there are {', '.join(OVERLAPS)}")
    found: dict[str, list[str]] = {}
    for line in dossier.benefits:
        for name, words in OVERLAPS.items():
            reason = line.declared or str(declared.get(name, "")).strip()
            if re.search(words, re.sub(r"[-_]", " ", line.line.casefold())) and not reason:
                found.setdefault(name, []).append(line.line)
    if found:
        told = [
            f"{name}: {', '.join(repr(each[:40]) for each in dict.fromkeys(lines))}" for name, lines in found.items()
        ]
        raise DataError(
            "these benefits may be counted twice; leave them out, or say why they are not, in column declared of sheet "
            "benefits or with declared=:\n" + "\n".join(told)
        )
