"""Words that say whether a box was ticked, and options that say "none of these"; in five languages."""

import re

from dxkit.files.cells import normal

TICKED = frozenset("yes|y|1|true|selected|checked|x|ja|oui|si|sí|sì|sim|はい".split("|"))
NOT_TICKED = frozenset("no|n|0|false|not selected|unchecked|nein|non|não|いいえ".split("|"))
_NONE = re.compile(
    r"no|none|nothing|neither|none (of|apply|at all)\b.*|nein|nichts|keine?[srn]?( (davon|der|von)\b.*)?|"
    r"non|rien|aucune?( (de|des)\b.*| d'.*)?|nada|ningun[oa]?( de\b.*)?|ningún|なし|特になし|いいえ|どれも.*ない"
)


def means_none(label: str) -> bool:
    """Whether an option says that no other one was chosen.

    >>> [means_none(label) for label in ("None of the above", "Keine davon", "Aucun", "ninguno de estos", "なし")]
    [True, True, True, True, True]
    >>> means_none("No-code tools"), means_none("Nonesuch")
    (False, False)
    """
    return bool(_NONE.fullmatch(normal(label)))
