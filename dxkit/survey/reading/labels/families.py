"""Published families of answer labels in five languages.

Each scale runs from lowest to highest: `;` stands between steps, `|` between the spellings of a step.
"""

from __future__ import annotations

from collections.abc import Iterator

_NEUTRAL = {"Neutral", "Neutre", "中立"}

BIPOLAR = ("agreement", "satisfaction", "ease")

GOOD = {"agreement": "high", "satisfaction": "high", "ease": "high", "importance": "neither", "frequency": ""}

_AGREE_LOW = (
    "Strongly disagree|Completely disagree|Totally disagree|Fully disagree|Disagree strongly|Disagree completely"
)
_AGREE_HIGH = "Strongly agree|Completely agree|Totally agree|Fully agree|Agree strongly|Agree completely"
_AGREE_MID = (
    "Neither agree nor disagree|Neither agree or disagree|Neither disagree nor agree|Neither disagree or agree|"
    "Neutral|"
    "Neither|Undecided|Neither/nor|Agree nor disagree"
)
_SATISFIED_MID = (
    "Neither satisfied nor dissatisfied|Neither dissatisfied nor satisfied|Neither satisfied or dissatisfied|Neutral|"
    "Neither|Neither satisfied nor unsatisfied|Indifferent"
)
_EASY_MID = (
    "Neither easy nor difficult|Neither difficult nor easy|Neither easy or difficult|Neither easy nor hard|"
    "Neither hard nor easy|Neutral|Neither|Average"
)
_TEILS = "Teils, teils|Teils teils|Teils/teils|Teils-teils|Weder noch|Weder/noch|Neutral|Unentschieden|Mittel"
_JA_MID = "どちらともいえない|どちらでもない|普通|ふつう|中立"

FAMILIES: dict[str, dict[str, tuple[str, ...]]] = {
    "agreement": {
        "en": (
            f"{_AGREE_LOW}; Disagree|Somewhat disagree|Mostly disagree|Tend to disagree|Rather disagree|"
            f"Disagree somewhat|Moderately disagree|Slightly disagree|Mildly disagree|Disagree slightly; "
            f"{_AGREE_MID}; "
            "Agree|Somewhat agree|Mostly agree|Tend to agree|Rather agree|Agree somewhat|Moderately agree|"
            f"Slightly agree|Mildly agree|Agree slightly; {_AGREE_HIGH}",
            f"{_AGREE_LOW}; Disagree|Mostly disagree|Moderately disagree; Somewhat disagree|Slightly disagree|"
            f"Disagree somewhat|Tend to disagree|Disagree slightly; {_AGREE_MID}; Somewhat agree|Slightly agree|"
            f"Agree somewhat|Tend to agree|Agree slightly; Agree|Mostly agree|Moderately agree; {_AGREE_HIGH}",
        ),
        "de": (
            "Stimme überhaupt nicht zu|Stimme gar nicht zu|Trifft überhaupt nicht zu|Trifft gar nicht zu|"
            "Stimme ganz und gar nicht zu|Lehne völlig ab|Lehne stark ab; Stimme eher nicht zu|Stimme nicht zu|"
            f"Trifft eher nicht zu|Trifft nicht zu|Lehne eher ab|Lehne ab; {_TEILS}|Stimme teilweise zu|"
            "Trifft teilweise zu|Stimme teils zu|Trifft teils zu|Stimme weder zu noch nicht zu|"
            "Stimme weder zu noch lehne ich ab|Teilweise; Stimme eher zu|Stimme zu|Trifft eher zu|Trifft zu; "
            "Stimme voll und ganz zu|Stimme voll zu|Stimme völlig zu|Stimme stark zu|Stimme vollkommen zu|"
            "Trifft voll und ganz zu|Trifft voll zu|Trifft völlig zu|Trifft vollkommen zu|Trifft genau zu",
            "Stimme nicht zu|Trifft nicht zu|Lehne ab; Stimme eher nicht zu|Trifft eher nicht zu|Lehne eher ab; "
            f"{_TEILS}|Stimme teilweise zu|Trifft teilweise zu|Stimme teils zu|Trifft teils zu; "
            "Stimme eher zu|Trifft eher zu; Stimme zu|Trifft zu",
        ),
        "fr": (
            "Pas du tout d'accord|Tout à fait en désaccord|Fortement en désaccord|Totalement en désaccord; "
            "Plutôt pas d'accord|Pas d'accord|En désaccord|Plutôt en désaccord|Pas vraiment d'accord; "
            "Ni d'accord ni pas d'accord|Ni d'accord, ni pas d'accord|Ni d'accord ni en désaccord|"
            "Ni en accord ni en désaccord|Ni en désaccord ni d'accord|Neutre|Indécis; "
            "Plutôt d'accord|D'accord|En accord|Plutôt en accord; Tout à fait d'accord|Totalement d'accord|"
            "Fortement d'accord|Complètement d'accord|Entièrement d'accord|Tout à fait en accord",
        ),
        "es": (
            "Totalmente en desacuerdo|Muy en desacuerdo|Completamente en desacuerdo|Nada de acuerdo; "
            "En desacuerdo|Algo en desacuerdo|Más bien en desacuerdo|Poco de acuerdo|Parcialmente en desacuerdo; "
            "Ni de acuerdo ni en desacuerdo|Ni en desacuerdo ni de acuerdo|Ni de acuerdo, ni en desacuerdo|Neutral|"
            "Indeciso|Indiferente|Neutro; De acuerdo|Algo de acuerdo|Más bien de acuerdo|Parcialmente de acuerdo; "
            "Totalmente de acuerdo|Muy de acuerdo|Completamente de acuerdo",
        ),
        "ja": (
            "まったくそう思わない|強くそう思わない|非常にそう思わない|まったくあてはまらない|まったく同意しない|"
            "強く反対|強く反対する; そう思わない|あまりそう思わない|ややそう思わない|どちらかといえばそう思わない|"
            f"あてはまらない|あまりあてはまらない|同意しない|あまり同意しない|反対|反対する; {_JA_MID}; "
            "そう思う|ややそう思う|まあそう思う|どちらかといえばそう思う|あてはまる|ややあてはまる|同意する|"
            "やや同意する|賛成|賛成する; とてもそう思う|非常にそう思う|強くそう思う|大いにそう思う|かなりそう思う|"
            "とてもあてはまる|非常にあてはまる|よくあてはまる|強く同意する|強く賛成|強く賛成する",
            "そう思わない|あてはまらない|同意しない; あまりそう思わない|ややそう思わない|"
            f"どちらかといえばそう思わない|あまりあてはまらない|あまり同意しない; {_JA_MID}; "
            "ややそう思う|まあそう思う|どちらかといえばそう思う|ややあてはまる|どちらかといえばあてはまる|"
            "やや同意する; "
            "そう思う|あてはまる|同意する",
        ),
    },
    "satisfaction": {
        "en": (
            "Very dissatisfied|Extremely dissatisfied|Completely dissatisfied|Highly dissatisfied|"
            "Strongly dissatisfied|Very unsatisfied|Extremely unsatisfied; Dissatisfied|Somewhat dissatisfied|"
            f"Slightly dissatisfied|Moderately dissatisfied|Fairly dissatisfied|Unsatisfied|Somewhat unsatisfied; "
            f"{_SATISFIED_MID}; Satisfied|Somewhat satisfied|Slightly satisfied|Moderately satisfied|"
            f"Fairly satisfied; "
            "Very satisfied|Extremely satisfied|Completely satisfied|Highly satisfied|Strongly satisfied",
            "Very dissatisfied|Extremely dissatisfied|Completely dissatisfied; Dissatisfied|Moderately dissatisfied|"
            f"Mostly dissatisfied; Somewhat dissatisfied|Slightly dissatisfied; {_SATISFIED_MID}; "
            "Somewhat satisfied|Slightly satisfied; Satisfied|Moderately satisfied|Mostly satisfied; "
            "Very satisfied|Extremely satisfied|Completely satisfied",
            "Not at all satisfied|Not satisfied|Not satisfied at all; Slightly satisfied|Not very satisfied|"
            "A little satisfied; Moderately satisfied|Somewhat satisfied|Fairly satisfied; "
            "Very satisfied; Extremely satisfied|Completely satisfied",
        ),
        "de": (
            "Sehr unzufrieden|Äußerst unzufrieden|Völlig unzufrieden|Überhaupt nicht zufrieden; Unzufrieden|"
            f"Eher unzufrieden|Etwas unzufrieden|Eher nicht zufrieden; {_TEILS}|Weder zufrieden noch unzufrieden|"
            "Weder unzufrieden noch zufrieden|Teilweise zufrieden; Zufrieden|Eher zufrieden|Etwas zufrieden; "
            "Sehr zufrieden|Äußerst zufrieden|Völlig zufrieden",
        ),
        "fr": (
            "Très insatisfait|Très mécontent|Pas du tout satisfait|Extrêmement insatisfait; Insatisfait|"
            "Plutôt insatisfait|Plutôt pas satisfait|Mécontent|Pas satisfait|Peu satisfait; "
            "Ni satisfait ni insatisfait|Ni insatisfait ni satisfait|Ni satisfait, ni insatisfait|Neutre; "
            "Satisfait|Plutôt satisfait|Assez satisfait; Très satisfait|Extrêmement satisfait|Tout à fait satisfait",
        ),
        "es": (
            "Muy insatisfecho|Nada satisfecho|Totalmente insatisfecho|Extremadamente insatisfecho; Insatisfecho|"
            "Algo insatisfecho|Poco satisfecho; Ni satisfecho ni insatisfecho|Ni insatisfecho ni satisfecho|"
            "Ni satisfecho, ni insatisfecho|Neutral|Neutro|Indiferente; Satisfecho|Algo satisfecho|"
            "Bastante satisfecho; "
            "Muy satisfecho|Totalmente satisfecho|Extremadamente satisfecho",
        ),
        "ja": (
            "非常に不満|とても不満|大変不満|まったく満足していない|非常に不満である; 不満|やや不満|"
            "どちらかといえば不満|"
            f"あまり満足していない|不満である; {_JA_MID}; 満足|やや満足|まあ満足|どちらかといえば満足|満足している|"
            "やや満足している|満足である; 非常に満足|とても満足|大変満足|非常に満足している|とても満足している|"
            "非常に満足である",
        ),
    },
    "frequency": {
        "en": (
            "Never|None of the time|Not once; Rarely|Seldom|Infrequently|Almost never|Hardly ever|Very rarely; "
            "Sometimes|Occasionally|Once in a while|Some of the time|From time to time; "
            "Often|Frequently|Regularly|Usually|Most of the time|Very often|Very frequently; "
            "Always|All of the time|All the time|Constantly|Almost always",
            "Never; Sometimes|Occasionally; About half the time|About half of the time|Half the time|"
            "Half of the time; "
            "Most of the time|Often|Usually; Always",
        ),
        "de": (
            "Nie|Niemals; Selten; Manchmal|Gelegentlich|Ab und zu|Hin und wieder; Oft|Häufig|Meistens|Sehr oft|"
            "Sehr häufig; Immer|Stets|Ständig",
            "Nie|Niemals; Selten; Manchmal|Gelegentlich|Ab und zu|Hin und wieder; Oft|Häufig; Sehr oft|Sehr häufig",
        ),
        "fr": (
            "Jamais; Rarement; Parfois|De temps en temps|Occasionnellement|Quelquefois; Souvent|Fréquemment|"
            "La plupart du temps|Très souvent; Toujours|Tout le temps",
            "Jamais; Rarement; Parfois|De temps en temps|Occasionnellement|Quelquefois; Souvent|Fréquemment; "
            "Très souvent",
        ),
        "es": (
            "Nunca; Rara vez|Raramente|Casi nunca|Pocas veces; A veces|Algunas veces|Ocasionalmente|De vez en cuando; "
            "A menudo|Frecuentemente|Con frecuencia|Muchas veces|Casi siempre|Muy a menudo; Siempre|Todo el tiempo",
        ),
        "ja": (
            "まったくない|一度もない|しない|なし|決してない; ほとんどない|めったにない|まれに|まれにある|あまりない; "
            "ときどき|時々|たまに|ときどきある|時々ある|たまにある; よく|よくある|頻繁に|頻繁にある|しばしば|"
            "しばしばある; "
            "いつも|常に|常にある|いつもある|非常によくある",
        ),
    },
    "importance": {
        "en": (
            "Not important|Not at all important|Unimportant|Not important at all; Slightly important|"
            "Of little importance|A little important|Somewhat unimportant|Low importance|Not very important; "
            "Moderately important|Somewhat important|Fairly important|Of moderate importance; Very important|"
            "Important; "
            "Extremely important|Critical|Critically important|Essential|Absolutely essential|Crucial",
            "Not important|Not at all important|Unimportant|Very unimportant|Not important at all; Slightly important|"
            "Somewhat important|Of little importance|A little important|Somewhat unimportant|Not very important; "
            "Moderately important|Neutral|Neither important nor unimportant|Fairly important; Important; "
            "Very important",
        ),
        "de": (
            "Überhaupt nicht wichtig|Gar nicht wichtig|Unwichtig|Nicht wichtig|Völlig unwichtig|Sehr unwichtig; "
            f"Eher unwichtig|Weniger wichtig|Kaum wichtig|Wenig wichtig|Etwas wichtig|Eher nicht wichtig; {_TEILS}|"
            "Mittelmäßig wichtig|Mäßig wichtig|Weder wichtig noch unwichtig; Wichtig|Eher wichtig|Ziemlich wichtig; "
            "Sehr wichtig|Äußerst wichtig|Extrem wichtig",
        ),
        "fr": (
            "Pas du tout important|Pas important|Sans importance|Aucunement important; Peu important|"
            "Plutôt pas important|Légèrement important|Un peu important; Moyennement important|"
            "Modérément important|Neutre|Assez important; Important|Plutôt important|Très important; "
            "Extrêmement important|Essentiel|Indispensable",
            "Pas du tout important|Pas important|Sans importance; Peu important|Plutôt pas important; "
            "Moyennement important|Neutre|Modérément important; Important|Plutôt important|Assez important; "
            "Très important",
        ),
        "es": (
            "Nada importante|No es importante|Sin importancia|No importante; Poco importante|Ligeramente importante; "
            "Algo importante|Moderadamente importante|Medianamente importante|Neutral; Importante|Bastante importante|"
            "Muy importante; Extremadamente importante|Esencial|Imprescindible",
            "Nada importante|No es importante|Sin importancia|No importante; Poco importante; "
            "Algo importante|Moderadamente importante|Neutral; Importante|Bastante importante; Muy importante",
        ),
        "ja": (
            "まったく重要でない|まったく重要ではない|重要でない|重要ではない; あまり重要でない|あまり重要ではない; "
            f"{_JA_MID}|ある程度重要; 重要|やや重要|まあ重要|重要である|やや重要である; "
            "非常に重要|とても重要|極めて重要|非常に重要である|とても重要である|最も重要",
        ),
    },
    "ease": {
        "en": (
            "Very difficult|Very hard|Extremely difficult|Extremely hard; Difficult|Hard|Somewhat difficult|"
            f"Somewhat hard|Slightly difficult|Moderately difficult|Fairly difficult; {_EASY_MID}; "
            "Easy|Somewhat easy|Slightly easy|Moderately easy|Fairly easy; Very easy|Extremely easy",
            "Very difficult|Extremely difficult|Very hard|Extremely hard; Difficult|Moderately difficult|Hard; "
            f"Somewhat difficult|Slightly difficult|Somewhat hard|Slightly hard; {_EASY_MID}; "
            "Somewhat easy|Slightly easy; Easy|Moderately easy; Very easy|Extremely easy",
        ),
        "de": (
            "Sehr schwierig|Sehr schwer|Äußerst schwierig; Schwierig|Schwer|Eher schwierig|Eher schwer; "
            f"{_TEILS}|Weder einfach noch schwierig|Weder leicht noch schwer; Einfach|Leicht|Eher einfach|"
            f"Eher leicht; "
            "Sehr einfach|Sehr leicht|Äußerst einfach",
        ),
        "fr": (
            "Très difficile|Extrêmement difficile; Difficile|Plutôt difficile|Assez difficile; "
            "Ni facile ni difficile|Ni difficile ni facile|Neutre; Facile|Plutôt facile|Assez facile; "
            "Très facile|Extrêmement facile",
        ),
        "es": (
            "Muy difícil|Extremadamente difícil; Difícil|Algo difícil|Bastante difícil; Ni fácil ni difícil|"
            "Ni difícil ni fácil|Neutral|Neutro; Fácil|Algo fácil|Bastante fácil; Muy fácil|Extremadamente fácil",
        ),
        "ja": (
            "非常に難しい|とても難しい|大変難しい; 難しい|やや難しい|どちらかといえば難しい; "
            f"{_JA_MID}; 簡単|やや簡単|どちらかといえば簡単|易しい|やや易しい; 非常に簡単|とても簡単|とても易しい",
        ),
    },
}


def scales() -> Iterator[tuple[str, str, list[list[str]]]]:
    """Every scale as (family, language, steps with their spellings); of two-sided ones also without its middle or ends.

    >>> [steps[0][0] for family, language, steps in scales() if (family, language) == ("ease", "fr")]
    ['Très difficile', 'Très difficile', 'Difficile']
    """
    for family, languages in FAMILIES.items():
        for language, lines in languages.items():
            for line in lines:
                steps = [step.strip().split("|") for step in line.split(";")]
                yield family, language, steps
                middle = len(steps) // 2
                if not _NEUTRAL.isdisjoint(steps[middle]) and family in BIPOLAR:
                    yield family, language, steps[:middle] + steps[middle + 1 :]
                    if len(steps) == 5:
                        yield family, language, steps[1:-1]
