"""Words that order answer labels: how strong, of which kind, how often, how much; English, German, French, Spanish.

Levels run from 0 (not at all) to 100. Words whose order is disputed share a level: no scale holds both.
"""

from __future__ import annotations

STRENGTHS: dict[float, str] = {
    0: (
        "not at all|none at all|uberhaupt nicht|gar nicht|pas du tout|aucunement|en absoluto|to no extent|"
        "absolutely not|nada"
    ),
    2: "no|none|zero|kein|keine|keinen|keinerlei|aucun|aucune|ningun|ninguno|ninguna|nonexistent",
    4: "not|pas|nicht",
    5: "extremely low|little or no|little to no|extremely small",
    8: "hardly|barely|scarcely|not really|kaum|pas vraiment|a peine|apenas|hardly any|hardly at all",
    10: (
        "not very|not particularly|not so|not that|not too|not especially|not much|not very much|pas tres|no muy|"
        "eher nicht|plutot pas|nicht sehr|nicht besonders|tiny|negligible|trivial|insignificant|very little|tres peu|"
        "sehr wenig|muy poco|very low|lowest|very small|minimal|minimally|very weak|sehr niedrig|sehr gering|"
        "tres faible|muy bajo|muy baja"
    ),
    17: "very slightly",
    15: "little|of little|weniger|wenig|peu|poco|poca",
    20: (
        "slightly|a little|a little bit|a bit|mildly|marginally|slight|minor|small|low|weak|limited|mild|basic|"
        "to a small extent|to a slight extent|a small amount|ein wenig|ein bisschen|leicht|gering|niedrig|klein|"
        "un peu|"
        "un poco|legerement|faible|ligeramente|bajo|baja|short"
    ),
    30: (
        "somewhat|partly|partially|kind of|sort of|some|to some extent|to a certain extent|etwas|teilweise|algo|"
        "partiellement|en partie|parcialmente|en parte"
    ),
    40: (
        "moderately|fairly|rather|reasonably|moderate|medium|a moderate amount|to a moderate extent|eher|mittel|"
        "massig|"
        "mittelmassig|plutot|assez|moderement|moyennement|moyen|moyenne|moderadamente|medianamente|medio|media|normal"
    ),
    45: "mostly|largely|mainly|predominantly|weitgehend|uberwiegend|mayormente|generally",
    50: "quite|pretty|ziemlich|bastante",
    60: "quite a bit|well|too|zu|trop|demasiado",
    65: (
        "a lot|lots|much|considerably|considerable|significantly|significant|substantially|substantial|quite a lot|"
        "beaucoup|mucho|mucha|viel|deutlich|bien plus"
    ),
    70: "major|serious|large|big|high|hoch|gross|eleve|elevee|fort|alto|alta|to a large extent|to a great extent|long",
    75: "very|really|highly|very much|strongly|strong|greatly|sehr|stark|tres|muy|mucho mas|in hohem masse|far|way",
    80: (
        "a great deal|severe|very high|very large|very strong|extensive|extensively|vastly|to a very large extent|"
        "to a very great extent|sehr hoch|sehr gross|sehr stark|tres eleve|tres fort|muy alto|muy alta|very strongly|"
        "very severe|very serious"
    ),
    85: "huge|critical|urgent|enormous|enormously|hugely",
    90: (
        "extremely|extreme|exceptionally|incredibly|extremely high|highest|ausserst|extrem|extremement|extremadamente|"
        "certainly|excessively|extremely strongly|top"
    ),
    95: (
        "completely|totally|fully|entirely|absolutely|complete|total|full|vollig|voll|voll und ganz|vollkommen|ganz|"
        "tout a fait|totalement|completement|entierement|totalmente|completamente|catastrophic"
    ),
}

KINDS: dict[str, tuple[str, str, str]] = {  # what is good; words of the upper side; words of the lower side
    "agreement": (
        "high",
        "agree|agreement|zustimmen|zustimmung|d'accord|en accord|de acuerdo",
        "disagree|disagreement|en desaccord|en desacuerdo",
    ),
    "satisfaction": (
        "high",
        "satisfied|happy|pleased|zufrieden|satisfait|satisfaits|satisfaite|satisfecho|satisfecha|content|contento",
        (
            "dissatisfied|unsatisfied|unhappy|displeased|unzufrieden|insatisfait|insatisfaite|mecontent|insatisfecho|"
            "insatisfecha|descontento"
        ),
    ),
    "ease": (
        "high",
        "easy|simple|einfach|facile|facil|sencillo|intuitive|straightforward",
        (
            "difficult|hard|complex|complicated|challenging|schwierig|schwer|kompliziert|difficile|dificil|complicado|"
            "complique|unintuitive"
        ),
    ),
    "likelihood": (
        "high",
        "likely|probable|probably|wahrscheinlich|probablement|probablemente",
        "unlikely|improbable|unwahrscheinlich",
    ),
    "use": (
        "high",
        (
            "important|useful|helpful|relevant|valuable|necessary|needed|wichtig|nutzlich|hilfreich|notwendig|utile|"
            "utiles|util|importante|necessaire|necesario|significant to|impactful|influential"
        ),
        "unimportant|useless|unhelpful|irrelevant|unnecessary|worthless|unwichtig|nutzlos|inutile|unnutz|inutil",
    ),
    "speed": (
        "",
        "fast|quick|quickly|schnell|rapide|rapido",
        "slow|slowly|langsam|lent|lento",
    ),
    "size": (
        "",
        "too much|too many|too high|too large|too big|zu viel|zu viele|trop de|demasiado|demasiados",
        "too little|too few|too low|too small|not enough|zu wenig|zu wenige|pas assez|muy pocos",
    ),
    "length": (
        "",
        "too long|longer",
        "too short|shorter",
    ),
    "clarity": (
        "high",
        "clear|understandable|klar|clair|claro|verstandlich",
        "unclear|confusing|confused|unklar|unverstandlich|confuso",
    ),
    "comfort": (
        "high",
        "comfortable|confident|at ease",
        "uncomfortable|unconfident",
    ),
    "familiarity": (
        "",
        "familiar|knowledgeable|experienced|aware|vertraut|familier|familiarizado",
        "unfamiliar|inexperienced|unaware",
    ),
    "safety": (
        "high",
        "safe|secure|sicher|sur",
        "unsafe|insecure|inseguro",
    ),
    "stability": (
        "high",
        "stable|reliable|dependable|stabil",
        "unstable|unreliable|instabil",
    ),
    "effect": (
        "high",
        "productive|effective|efficient|produktiv|effektiv|efficace|productivo|eficaz",
        "unproductive|ineffective|inefficient|unproduktiv|inefficace|ineficaz",
    ),
    "tone": (
        "high",
        "positive|positively|favorable|favourable|positiv|positif|positivo",
        "negative|negatively|unfavorable|unfavourable|negativ|negatif|negativo",
    ),
    "support": (
        "high",
        "support|favor|favour|in favor|in favour|approve|approval",
        "oppose|opposed|against|disapprove|disapproval",
    ),
    "trust": (
        "high",
        "trust|trustworthy",
        "distrust|mistrust|untrustworthy",
    ),
    "accuracy": (
        "high",
        "accurate|adequate|sufficient|appropriate",
        "inaccurate|inadequate|insufficient|inappropriate",
    ),
    "interest": (
        "",
        "interested|interesting|interessiert|interesse|interesado|motivated|engaged|excited|enthusiastic",
        "uninterested|disinterested|boring|unmotivated|disengaged",
    ),
    "welcome": (
        "high",
        "welcome|included|valued|pleasant|enjoyable|friendly",
        "unwelcome|excluded|unpleasant|unfriendly",
    ),
    "concern": (
        "low",
        "",
        (
            "concerned|worried|stressed|stressful|frustrated|frustrating|annoyed|annoying|disruptive|disrupted|"
            "painful|"
            "burdensome|exhausted|overwhelmed|anxious|risky|problematic|bothersome|frustriert|belastend|genant|"
            "molesto|"
            "bad for me"
        ),
    ),
    "quality": (
        "high",
        "good|gut|gute|guter|gutes|bon|bonne|bueno|buena",
        "bad|poor|schlecht|schlechte|mauvais|mauvaise|malo|mala",
    ),
    "change": (
        "high",
        "better|improved|improve|besser|mieux|meilleur|mejor|mejorado|verbessert|ameliore|easier|einfacher|leichter",
        (
            "worse|worsened|worsen|deteriorated|declined|schlechter|verschlechtert|degrade|moins bien|pire|peor|"
            "harder|"
            "more difficult|schwieriger"
        ),
    ),
    "more": (
        "",
        "more|increased|increase|increases|higher|mehr|plus|mas|grown|grew|larger|bigger|hoher|aumente|augmenter",
        (
            "less|fewer|decreased|decrease|decreases|reduced|lower|weniger als|moins|menos|shrunk|smaller|niedriger|"
            "disminuya|diminuer"
        ),
    ),
    "truth": (
        "",
        "true|wahr|vrai",
        "untrue|false|unwahr|faux",
    ),
    "liking": (
        "high",
        "like|love|enjoy",
        "dislike|hate",
    ),
    "standing": (
        "high",
        "above",
        "below",
    ),
    "pace": (
        "",
        "faster|quicker|schneller|plus vite",
        "slower|langsamer|plus lent",
    ),
}
COMPARED = ("change", "more", "pace")  # "more motivated": the other word is the subject
ALONE = frozenset(  # denials that may be the whole label, beside "very useful"
    "not at all|none at all|not really|not much|uberhaupt nicht|gar nicht|pas du tout|nada|not very".split("|")
)

FIXED: dict[str, dict[float, str]] = {  # whole labels that hold their place without a strength, from -100 to 100
    "quality": {
        -90: "terrible|horrible|awful|dreadful|abysmal|atrocious|katastrophal|furchtbar|pesimo|pesima|execrable|worst",
        -70: "ungenugend|unacceptable|inacceptable|inaceptable",
        -40: "subpar|mangelhaft|unsatisfactory|insuffisant|deficiente|needs improvement|substandard",
        -30: "below average|mediocre|unterdurchschnittlich|passable|sous la moyenne|por debajo de la media",
        -10: "ausreichend|fair",
        0: (
            "ok|okay|medium|average|acceptable|satisfactory|so so|okay ish|mittelmassig|durchschnittlich|moyen|moyenne|"
            "regular|"
            "meh|correct"
        ),
        20: "decent|befriedigend|above average|uberdurchschnittlich|satisfying|assez bien",
        75: "great",
        90: (
            "excellent|superb|fantastic|amazing|awesome|wonderful|ausgezeichnet|hervorragend|exzellent|excellente|"
            "excelente"
        ),
        95: "outstanding|exceptional|best",
        98: "perfect|perfekt|parfait|perfecto",
    },
    "use": {
        30: "nice to have",
        70: "should have",
        90: (
            "critical|crucial|essential|vital|indispensable|critically important|absolutely essential|must have|must|"
            "mission critical|imprescindible|esencial|essentiel|unverzichtbar"
        ),
    },
    "manner": {
        **{
            -60: "not at all",
            -40: "not well|not very well",
            -90: "extremely poorly|extremely badly",
            -75: "very poorly|very badly",
            -50: "poorly|badly",
        },
        **{
            -30: "somewhat poorly|fairly poorly|rather poorly|somewhat badly",
            30: "somewhat well|fairly well|rather well",
        },
        **{50: "well", 75: "very well", 90: "extremely well"},
    },
    "likelihood": {
        -90: (
            "no not at all|"
            "definitely not|certainly not|definitely no|no definitely not|certainly no|no chance|auf keinen fall|"
            "certainement pas|definitivamente no|bestimmt nicht|no definitely|absolutely no"
        ),
        -60: "no|nein|non",
        -50: (
            "probably not|probably no|no probably not|eher nein|wahrscheinlich nicht|probablement pas|"
            "probablemente no|"
            "plutot non|mas bien no|likely not|no probably|not likely"
        ),
        10: "possibly|moglicherweise|posiblemente|could be",
        50: "yes probably|probably yes|eher ja|plutot oui|mas bien si",
        60: "yes|ja|oui|si",
        90: (
            "yes completely|yes fully|yes totally|yes entirely|yes very much|"
            "definitely|certainly|definitely yes|yes definitely|certainly yes|auf jeden fall|bestimmt|certainement|"
            "definitivamente|definitivamente si|yes absolutely|oui certainement|ja sicher|yes certainly|"
            "almost certainly"
        ),
    },
    "skill": {
        0: "no experience|no knowledge|never used|none|not at all|keine|keine kenntnisse|sin experiencia|ninguna",
        10: "novice|novato|neuling|complete beginner|absolute beginner",
        5: "complete novice|absolute novice",
        20: "beginner|basic|basic stuff|basics|elementary|anfanger|debutant|principiante|inicial|basico|basique",
        50: "intermediate|intermediaire|intermedio|competent|fortgeschrittene anfanger",
        70: "advanced|proficient|fortgeschritten|avance|avanzado",
        90: "expert|experte|experto",
    },
    "expectation": {
        -60: "far below expectations|well below expectations|much worse than expected",
        -30: "below expectations|does not meet expectations|did not meet expectations|worse than expected",
        -40: "completely does not meet expectations|completely not meet expectations|does not meet expectations at all",
        -20: "somewhat does not meet expectations|somewhat not meet expectations|partially meets expectations",
        0: "meets expectations|met expectations|met my expectations|as expected",
        10: "somewhat meets expectations",
        20: "mostly meets expectations",
        25: "completely meets expectations|fully meets expectations",
        30: (
            "exceeds expectations|exceeded expectations|exceeded my expectations|above expectations|"
            "better than expected"
        ),
        60: (
            "far exceeds expectations|far exceeded expectations|greatly exceeded expectations|well above expectations|"
            "much better than expected"
        ),
    },
}
FIXED_GOOD = {"skill": "", "expectation": "high", "manner": "high"}

ANSWERS = frozenset("ja|maybe|nein|no|non|oui|perhaps|si|vielleicht|yes".split("|"))
PARTLY = frozenset(
    (
        "a little|en parte|en partie|in part|ja teilweise|kind of|oui en partie|parcialmente|partially|partially yes|"
        "partiellement|partly|somewhat|sort of|teilweise|to some extent|un peu|un poco|yes in part|yes partially|"
        "yes partly|yes somewhat|yes to some extent"
    ).split("|")
)
FILLERS = frozenset(
    (
        "fell|a|all|am|amount|an|are|at|be|bin|by|c'est|degree|do|es|estoy|extent|for|fur|i|i'm|ich|im|in|is|it|it's|je|"
        "level|me|mi|mich|moi|my|need|needed|of|on|our|para|pour|so|suis|that|the|them|they|this|to|us|was|we|"
        "with|would"
    ).split("|")
)
UNWANTED = frozenset(
    (
        "aufwand|barrier|barriers|belastung|blocker|blockers|burden|challenge|challenges|concern|difficulties|"
        "difficulty|effort|friction|frustration|hindernis|impediment|interruption|interruptions|issue|issues|obstacle|"
        "obstacles|pain|problem|problema|probleme|problems|riesgo|risk|risque|stress"
    ).split("|")
)
