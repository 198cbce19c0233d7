"""How much of something: none, some, most, all."""

from __future__ import annotations

import re

from dxkit.survey.reading.labels.frequency import one_subject
from dxkit.survey.reading.labels.words import FILLERS

QUANTITIES: dict[float, str] = {
    0: "none|no one|nobody|zero|nothing|keine|keiner|nichts|aucun|aucune|ninguno|ninguna|nada|rien",
    5: "almost none|hardly any|very few|next to none|very little|fast keine|tres peu|muy pocos|muy pocas|few if any",
    15: (
        "few|a few|little|a little|wenige|einige wenige|peu|pocos|pocas|quelques|a minority|a small part|"
        "a small portion"
    ),
    30: "some|einige|certains|algunos|algunas|etwas|less than half|under half|several",
    45: (
        "about half|half|around half|roughly half|approximately half|etwa die halfte|die halfte|la moitie|"
        "environ la moitie|la mitad|a fair amount|a moderate amount"
    ),
    60: "many|much|a lot|lots|viele|viel|beaucoup|muchos|muchas|more than half|over half|a large part|quite a lot",
    75: (
        "most|the majority|a majority|majority|the vast majority|die meisten|meiste|la plupart|la mayoria|"
        "a great deal|"
        "mostly"
    ),
    90: (
        "almost all|nearly all|almost everything|fast alle|fast alles|presque tous|presque tout|casi todos|casi todo|"
        "nearly everything"
    ),
    100: "all|everything|everyone|everybody|alle|alles|tous|toutes|tout|todos|todas|todo|every single one",
}

_SIZES = {  # how many and how long, without a number
    word: float(place)
    for place, words in enumerate(
        (
            "seconds sekunden secondes segundos",
            "minutes minuten minutos",
            "hours stunden heures horas",
            "days tage jours dias",
            "weeks wochen semaines semanas",
            "months monate mois meses",
            "years jahre annees anos",
            "decades jahrzehnte decennies decadas",
        )
    )
    for word in words.split()
}
_ORDERS = (
    "one",
    "under ten",
    "tens",
    "dozens",
    "hundreds",
    "thousands",
    "tens of thousands",
    "hundreds of thousands",
    "millions",
)
_NOT_AMOUNTS = {"above", "other", "others", "not", "nicht", "pas", "no"}  # "all of the above", "not at all"
_QUANTITY = {phrase: float(level) for level, phrases in QUANTITIES.items() for phrase in phrases.split("|")}
_QUANTITY_PATTERN = re.compile(
    rf"(?<![\w'])(?:{'|'.join(sorted(map(re.escape, _QUANTITY), key=len, reverse=True))})(?!\w)"
)


def quantities(texts: list[str]) -> list[float] | None:
    """How much of something: none, some, most, all, with the same words after it.

    >>> quantities(["most of it", "all of it", "some of it"])
    [75.0, 100.0, 30.0]
    """
    for known in (_SIZES, {word: float(place) for place, word in enumerate(_ORDERS)}):
        if (
            len(texts) > 2
            and (sizes := [known.get(re.sub(r" or (?:more|less)$", "", text)) for text in texts]).count(None) == 0
        ):
            return [size for size in sizes if size is not None]
    places, rests = [], []
    for text in texts:
        found = _QUANTITY_PATTERN.findall(text)
        if len(found) != 1:
            return None
        places.append(_QUANTITY[found[0]])
        rests.append(
            " ".join(word for word in re.findall(r"[^\W_]+", _QUANTITY_PATTERN.sub(" ", text)) if word not in FILLERS)
        )
    denied = _NOT_AMOUNTS & set(" ".join(rests).split())
    return places if one_subject(rests) and not denied else None
