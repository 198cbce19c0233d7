"""Benefits that the reported hours or the cost of ownership may include already: refused until you say why not."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dxkit.files.errors import DataError
from dxkit.files.options import choices, instance
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
    """Refuse benefits that the hours or the costs may include already, until it is declared why they do not."""
    instance("declared", declared, Mapping, "a dict of overlap and reason")
    choices("declared", list(declared), list(OVERLAPS))
    overlapping: dict[str, list[str]] = {}
    for line in dossier.benefits:
        for name, words in OVERLAPS.items():
            reason = line.declared or str(declared.get(name, "")).strip()
            if re.search(words, re.sub(r"[-_]", " ", line.line.casefold())) and not reason:
                overlapping.setdefault(name, []).append(line.line)
    if overlapping:
        listed = [
            f"{name}: {', '.join(repr(each[:40]) for each in dict.fromkeys(lines))}"
            for name, lines in overlapping.items()
        ]
        raise DataError(
            "these benefits may be counted twice; leave them out, or say in column declared of sheet benefits or with "
            "declared= why they are not:\n" + "\n".join(listed)
        )
