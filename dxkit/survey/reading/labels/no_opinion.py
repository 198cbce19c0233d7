"""Labels that say "I have no answer": do not know, not applicable, prefer not to say; in five languages."""

from __future__ import annotations

import re

from dxkit.survey.reading.labels.folding import fold

_ENGLISH = (
    r"(?:(?:i|we) )?(?:really |simply |honestly )?(?:do not|don't|dont|cannot|can not|can't|cant|could not|couldn't) "
    r"(?:know|say|tell|remember|recall|judge|answer|decide|rate|comment|evaluate)(?: for sure)?"
    r"(?: yet| this| that| it| enough.*| how.*| about.*)?",
    r"not[ -]?(?:applicable|sure|certain)(?: yet)?(?: to (?:me|us|my|our).*)?|non ?applicable|inapplicable",
    r"na|n\.a|n a|dk|nr|unknown|refused|no clue|don't know yet|skip(?:ped)?(?: this)?(?: question)?|no ?answer",
    r"not ?applicable|notapplicable|dontknow|noanswer|noopinion",
    r"(?:(?:it|this) )?(?:does not|do not|doesn't|don't|did not|didn't) apply(?: to (?:me|us|my|our).*)?",
    r"(?:(?:i|we) have )?no (?:opinion|answer|response|comment|idea|view|basis.*|experience with (?:it|this|that).*)",
    r"(?:(?:i|we|i'd) )?(?:would |do )?(?:prefer|rather|choose|wish|want)(?: to)? not(?: to)? "
    r"(?:say|answer|disclose|state|share|respond|specify|tell|reply).*|prefer no answer",
    r"(?:i )?(?:declined?|refused?) to (?:answer|state|say|respond).*",
    r"(?:(?:i|we) (?:am|are) |i'm |we're )?(?:not sure|unsure|uncertain|not certain)(?: yet)?",
    r"(?:not enough|not sufficient|insufficient) (?:information|experience|data|knowledge)(?: .*)?",
    r"(?:it is |it's )?too (?:early|soon) to (?:say|tell|judge)|(?:hard|difficult) to (?:say|tell)",
    r"(?:i'm |(?:i|we) (?:am |was |are |were ))?(?:not aware of|unaware of|not familiar with) (?:this|it|that)",
    r"(?:i |we )?(?:have not|haven't|did not|didn't) (?:used?|tried|try) (?:it|this|that)",
    r"not (?:used|answered|asked|observed|rated)",
)
_GERMAN = (
    r"(?:ich )?(?:weiss|kenne)(?: ich es| ich das| ich| es| das)?(?: noch)? nicht",
    r"keine (?:angaben?|meinung|antwort|ahnung|aussage.*)|k\. ?a|unbekannt|entfallt",
    r"(?:ich )?kann (?:das |es |ich |ich das )?nicht (?:beurteilen|sagen|einschatzen)|nicht (?:beurteilbar|anwendbar)",
    r"(?:ich )?(?:bin )?(?:mir )?(?:unsicher|nicht sicher)",
    r"(?:ich )?mochte (?:das |ich |dazu )?(?:lieber )?nicht (?:sagen|angeben|beantworten)",
)
_FRENCH = (
    r"(?:je )?ne (?:sais?|sait) pas(?: encore)?|(?:je )?ne (?:me|se) prononce pas",
    r"(?:je )?ne (?:souhaite|veux|peux) pas (?:repondre|me prononcer|dire|savoir)",
    r"nsp|nspp|s/o|sans (?:opinion|reponse|avis|objet)|aucune (?:opinion|idee|reponse)",
    r"pas (?:d'opinion|de reponse|d'avis|concernee?|applicable|sure?)|non (?:concernee?|repondu)|ne s'applique pas",
    r"(?:je )?prefere ne pas (?:repondre|le dire|dire|me prononcer)",
)
_SPANISH = (
    r"(?:yo )?no (?:lo )?(?:se|sabe|contesta|responde|opina|aplica|aplicable|procede|corresponde)(?: aun)?",
    r"ns|nc|sin (?:opinion|respuesta)|ninguna opinion|no tengo opinion|desconozco",
    r"prefiero no (?:decir|responder|contestar|opinar)(?:lo)?|no est(?:oy|a) segur[oa]",
)
_JAPANESE = (
    r"(?:わから|分から|知ら)ない|(?:わか|分か|知)りません|不明|該当(?:なし|しない|せず|しません)|対象外",
    r"答えたくない|回答し(?:たく)?ない|[無未]回答|意見(?:なし|はない)|特に意見はない|判断でき(?:ない|ません)",
    r"(?:何|なん)ともいえない",
)
_ONE = "|".join(_ENGLISH + _GERMAN + _FRENCH + _SPANISH + _JAPANESE)  # compiled when first used
_LONGEST = 120
_JOINT = re.compile(r"\s*(?:[/,;()・:]|(?<!\w)(?:or|oder|ou|o|and|und)(?!\w)|または|\s-\s)\s*")


def is_no_opinion(label: object) -> bool:
    """Whether a label says that the person has no answer to give; two of them joined are one.

    >>> [is_no_opinion(label) for label in ("I don't know or NA", "weiß nicht", "sans opinion", "わからない")]
    [True, True, True, True]
    >>> is_no_opinion("Neutral"), is_no_opinion("Not relevant for me"), is_no_opinion("None")
    (False, False, False)
    """
    text = fold(label).replace("_", " ")
    if len(text) > _LONGEST:
        return False
    if re.fullmatch(_ONE, text):
        return True
    pieces = [piece for piece in _JOINT.split(text) if piece]
    return len(pieces) > 1 and all(re.fullmatch(_ONE, piece) for piece in pieces)
