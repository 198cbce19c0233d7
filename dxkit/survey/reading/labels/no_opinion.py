"""Labels that say "I have no answer" (do not know, prefer not to say) or "this is not my case", in five languages."""

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
_USE = (
    r"(?:us(?:e|ed|ing|o|amos|e)|do|done|doing|perform\w*|contribut\w*|attend\w*|work\w*|need\w*|utili[sz]\w*|benutz\w*|"
    r"verwend\w*|nutz\w*|espero usar)"
)
_UNUSED = (  # not used: the lowest step of how often
    rf"(?:(?:i|we) )?(?:(?:do|did|have|had|has|am|are|was|were) not|(?:do|did|have|had|has|was|were)n't|i'm not)"
    rf"(?: been| currently| yet)? {_USE}\b.*|(?:i|we) (?:have )?never (?:been )?{_USE}\b.*|"
    rf"(?:yo )?no (?:lo |la )?(?:uso|utilizo|usamos|espero usar)\b.*|(?:ich|wir) {_USE} .*\b(?:nicht|nie|keine?)\b.*|"
    r"je n'utilise (?:pas|jamais)\b.*"
)
_NOT_MINE = (  # the question is not about this person
    r"(?:i|we|i'm|i've|i'd|we're|we've|my \w+|our \w+) .*\b(?:not|never|n't|don't|didn't|haven't|wasn't|weren't|isn't|"
    r"no longer|unaware|stop|no)\b.*|(?:i'm|i am|we're|we are) (?:unaware|new|not)\b.*|"
    r"(?:yo )?(?:no|aun no|todavia no|nunca) (?:lo |la |me |se )?(?:uso|utilizo|usamos|espero|se|conozco|tengo|he|"
    r"siento)\b.*|planeo dejar\b.*|(?:ich|wir) .*\b(?:nicht|nie|keine?n?)\b.*|je n(?:e|')\s?.*\b(?:pas|jamais)\b.*"
)
_LATELY = re.compile(r"\b(?:in a while|recently|lately|any ?more|yet)\b")


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


def is_unused(text: str) -> bool:
    """Whether a folded label says that somebody does not use or do the thing.

    >>> is_unused("i had not been using tools like these"), is_unused("i was not aware of the calls")
    (True, False)
    """
    return bool(re.fullmatch(_UNUSED, text)) and not _LATELY.search(text)


def is_not_mine(text: str) -> bool:
    """Whether a folded label is a sentence that says that the question is not about this person.

    >>> is_not_mine("i have never submitted a request"), is_not_mine("not so helpful")
    (True, False)
    """
    return len(text.split()) > 2 and (bool(re.fullmatch(_NOT_MINE, text)) or is_unused(text))
