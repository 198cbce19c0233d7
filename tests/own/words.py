"""What the generated surveys ask, in five languages: none of these words stands in a sample of dxkit."""

from typing import NamedTuple


class Words(NamedTuple):
    """The questions of a survey and their answers in one language; scales go from the low to the high end."""

    team: str
    teams: tuple[str, ...]
    tenure: str
    tenures: tuple[str, ...]
    satisfied: str
    lines: tuple[str, ...]
    satisfaction: tuple[str, ...]
    important: str
    importance: tuple[str, ...]
    hours: str
    agree: str
    statements: tuple[str, ...]  # of the last one agreeing is bad news
    agreement: tuple[str, ...]
    recommend: str
    editor: str
    editors: tuple[str, ...]
    tools: str
    kit: tuple[str, ...]
    wishes: str
    wished: tuple[str, ...]
    number: str
    comment: str
    no_opinion: str


WORDS = {
    "en": Words(
        team="Which team are you in?",
        teams=("Heron", "Kestrel", "Osprey", "Plover"),
        tenure="What is your seniority?",
        tenures=("Trainee", "Engineer", "Principal"),
        satisfied="How satisfied are you with these?",
        lines=("Laptop", "Build times", "Release process", "Monitoring", "Office noise"),
        satisfaction=(
            *("Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied"),
            *("Satisfied", "Very satisfied"),
        ),
        important="How important is each of these to you?",
        importance=(
            *("Not important", "Slightly important", "Moderately important", "Very important"),
            "Extremely important",
        ),
        hours="How many hours a week do these take from you?",
        agree="Do you agree with these statements?",
        statements=("I hear back quickly", "I know what is expected of me", "I am pulled away too often"),
        agreement=("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"),
        recommend="How likely are you to recommend this employer?",
        editor="Which editor do you prefer?",
        editors=("Vim", "Emacs", "Helix"),
        tools="Which of these have you used?",
        kit=("Git", "Docker", "Terraform", "None of them"),
        wishes="Put these in order, the most useful first",
        wished=("More tests", "Better docs", "Faster builds"),
        number="How many tickets did you close in October?",
        comment="What else should be said?",
        no_opinion="Don't know",
    ),
    "de": Words(
        team="In welchem Team arbeiten Sie?",
        teams=("Reiher", "Falke", "Adler", "Möwe"),
        tenure="Ihre Rolle?",
        tenures=("Einsteiger", "Fachkraft", "Führung"),
        satisfied="Wie zufrieden sind Sie damit?",
        lines=("Rechner", "Bauzeiten", "Auslieferung", "Überwachung", "Lärm im Büro"),
        satisfaction=(
            *("Sehr unzufrieden", "Unzufrieden", "Weder zufrieden noch unzufrieden", "Zufrieden"),
            "Sehr zufrieden",
        ),
        important="Wie wichtig ist Ihnen das?",
        importance=("Überhaupt nicht wichtig", "Weniger wichtig", "Mäßig wichtig", "Wichtig", "Sehr wichtig"),
        hours="Wie viele Stunden pro Woche kostet Sie das?",
        agree="Stimmen Sie diesen Aussagen zu?",
        statements=("Ich bekomme schnell Rückmeldung", "Ich weiß, was erwartet wird", "Ich werde zu oft gestört"),
        agreement=(
            "Stimme überhaupt nicht zu",
            "Stimme eher nicht zu",
            "Teils, teils",
            "Stimme eher zu",
            "Stimme voll zu",
        ),
        recommend="Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
        editor="Welchen Editor mögen Sie am liebsten?",
        editors=("Vim", "Emacs", "Helix"),
        tools="Was davon haben Sie benutzt?",
        kit=("Git", "Docker", "Terraform", "Nichts davon"),
        wishes="Ordnen Sie diese, das Nützlichste zuerst",
        wished=("Mehr Tests", "Bessere Texte", "Schneller bauen"),
        number="Wie viele Tickets haben Sie im Oktober gelöst?",
        comment="Was möchten Sie sonst noch sagen?",
        no_opinion="Weiß nicht",
    ),
    "fr": Words(
        team="Dans quelle équipe êtes-vous ?",
        teams=("Héron", "Faucon", "Aigle", "Mouette"),
        tenure="Quel est votre rôle ?",
        tenures=("Débutant", "Ingénieur", "Référent"),
        satisfied="Êtes-vous satisfait de ces points ?",
        lines=("Ordinateur", "Temps de compilation", "Mise en production", "Surveillance", "Bruit au bureau"),
        satisfaction=(
            *("Très insatisfait", "Insatisfait", "Ni satisfait ni insatisfait", "Satisfait"),
            "Très satisfait",
        ),
        important="Ces points sont-ils importants pour vous ?",
        importance=("Pas du tout important", "Peu important", "Moyennement important", "Important", "Très important"),
        hours="Combien d'heures par semaine perdez-vous ainsi ?",
        agree="Êtes-vous d'accord avec ces affirmations ?",
        statements=("J'ai vite une réponse", "Je sais ce qu'on attend de moi", "On m'interrompt trop souvent"),
        agreement=(
            *("Pas du tout d'accord", "Plutôt pas d'accord", "Ni d'accord ni pas d'accord"),
            *("Plutôt d'accord", "Tout à fait d'accord"),
        ),
        recommend="Quelle est la probabilité que vous recommandiez cet employeur ?",
        editor="Quel éditeur préférez-vous ?",
        editors=("Vim", "Emacs", "Helix"),
        tools="Lesquels avez-vous utilisés ?",
        kit=("Git", "Docker", "Terraform", "Aucun de ceux-ci"),
        wishes="Classez ces idées, la plus utile en premier",
        wished=("Plus de tests", "De meilleurs textes", "Compiler plus vite"),
        number="Combien de tickets avez-vous fermés en octobre ?",
        comment="Voulez-vous dire autre chose ?",
        no_opinion="Je ne sais pas",
    ),
    "es": Words(
        team="¿En qué equipo está?",
        teams=("Garza", "Halcón", "Águila", "Gaviota"),
        tenure="¿Cuál es su rol?",
        tenures=("Principiante", "Ingeniero", "Líder"),
        satisfied="¿Está satisfecho con esto?",
        lines=("Portátil", "Compilación", "Puesta en producción", "Monitorización", "Ruido en la oficina"),
        satisfaction=(
            *("Muy insatisfecho", "Insatisfecho", "Ni satisfecho ni insatisfecho", "Satisfecho"),
            "Muy satisfecho",
        ),
        important="¿Es importante para usted?",
        importance=("Nada importante", "Poco importante", "Algo importante", "Importante", "Muy importante"),
        hours="¿Cuántas horas por semana pierde con esto?",
        agree="¿Está de acuerdo con estas frases?",
        statements=("Recibo respuesta pronto", "Sé lo que se espera de mí", "Me interrumpen demasiado"),
        agreement=(
            *("Totalmente en desacuerdo", "En desacuerdo", "Ni de acuerdo ni en desacuerdo", "De acuerdo"),
            "Totalmente de acuerdo",
        ),
        recommend="¿Qué probabilidad hay de que recomiende esta empresa?",
        editor="¿Qué editor prefiere?",
        editors=("Vim", "Emacs", "Helix"),
        tools="¿Cuáles ha usado?",
        kit=("Git", "Docker", "Terraform", "Ninguno"),
        wishes="Ordene estas ideas, la más útil primero",
        wished=("Más pruebas", "Mejores textos", "Compilar más rápido"),
        number="¿Cuántos tickets cerró en octubre?",
        comment="¿Quiere decir algo más?",
        no_opinion="No sé",
    ),
    "ja": Words(
        team="どのチームに所属していますか？",
        teams=("さぎ", "はやぶさ", "わし", "かもめ"),
        tenure="あなたの役割は？",
        tenures=("新人", "エンジニア", "リーダー"),
        satisfied="次の点に満足していますか？",
        lines=("パソコン", "ビルド時間", "リリース手順", "監視", "オフィスの騒音"),
        satisfaction=("非常に不満", "不満", "どちらともいえない", "満足", "非常に満足"),
        important="次の点は重要ですか？",
        importance=("まったく重要でない", "あまり重要でない", "どちらともいえない", "重要", "非常に重要"),
        hours="次のことに週に何時間かかりますか？",
        agree="次の文についてどう思いますか？",
        statements=("返事が早い", "期待されていることがわかる", "作業を中断されることが多すぎる"),
        agreement=(
            "まったくそう思わない",
            "あまりそう思わない",
            "どちらともいえない",
            "ややそう思う",
            "とてもそう思う",
        ),
        recommend="この会社を友人に勧める可能性はどのくらいですか？",
        editor="どのエディターが好きですか？",
        editors=("Vim", "Emacs", "Helix"),
        tools="どれを使ったことがありますか？",
        kit=("Git", "Docker", "Terraform", "どれもない"),
        wishes="役に立つ順に並べてください",
        wished=("テストを増やす", "文書を良くする", "ビルドを速くする"),
        number="10月に閉じたチケットの数は？",
        comment="ほかに言いたいことはありますか？",
        no_opinion="わからない",
    ),
}
