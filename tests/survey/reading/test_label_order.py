"""Which sets of answer labels are a scale, and in which order; which are not."""

import csv
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxkit.survey.reading.labels.no_opinion import is_no_opinion
from dxkit.survey.reading.labels.order import label_order
from tests.places import CASE_FILES, SHARED


def sets_in(name):
    lines = (CASE_FILES / name).read_text(encoding="utf-8").splitlines()
    return [line.split(" ; ") for line in lines if not line.startswith("#")]


SCALES, LISTS = sets_in("label_scales.txt"), sets_in("label_lists.txt")


def scale_of(labels):
    found = label_order(labels)
    assert found is not None, labels
    return found


def codes(text):
    found = scale_of(text.split("; "))
    return [found.codes[label] for label in text.split("; ")]


def answered(labels):
    """The codes in the order of the labels, without those that say that there is no answer."""
    found = scale_of(labels)
    return [found.codes[label] for label in labels if not math.isnan(found.codes[label])]


@pytest.mark.parametrize("labels", SCALES, ids=lambda labels: labels[0])
def test_codes_rise_from_the_lowest_label_to_the_highest(labels):
    found = answered(labels)
    assert found == sorted(set(found))
    assert len(found) > 1


@pytest.mark.parametrize("labels", LISTS, ids=lambda labels: labels[0])
def test_a_list_of_things_is_not_a_scale(labels):
    assert label_order(labels) is None


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("Not at all; Slightly; Moderately; Very much; Extremely", [1, 2, 3, 4, 5]),
        ("(0) None at all.; (1) Small.; (2) Large.", [0, 1, 2]),
        ("Strongly agree; 9; 8; 7; 6; 5; 4; 3; 2; Strongly disagree", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ("Less than 1 hour; 1 to 2 hours; 3 to 5 hours; More than 5 hours", [0.5, 1.5, 4, 6]),
        ("Extremely dissatisfied; Slightly dissatisfied; Slightly satisfied", [1, 2, 4]),
        ("Agree; Strongly agree; Neutral", [4, 5, 3]),  # the codes of labels that nobody chose stay free
        ("Agree; Disagree; Neutral", [3, 1, 2]),
        ("Strongly agree; Disagree; Agree; Strongly disagree", [4, 2, 3, 1]),
        ("Never; Always; Sometimes", [1, 5, 3]),
        ("Very good; Excellent", [1, 2]),
        ("1 - Very good; 2 - Good; 3 - Bad", [1, 2, 3]),
        ("4 (Good); 1 (Bad); 3", [4, 1, 3]),
        ("Completely; 1; 3; 2; Not at all", [4, 1, 3, 2, 0]),
        ("0-6 months; 6-12 months; 1-2 years; 2+ years", [0.25, 0.75, 1.5, 2.5]),
        ("Under 20; 20–29; 30 or older", [10, 24.5, 34.5]),
        ("$50k–$75k; $75k–$100k; $100k+", [62500, 87500, 112500]),
        ("None; 1; 2-4; 5 or more", [0, 1, 3, 6]),
        ("1; 2; 3+", [1, 2, 3]),
        ("Less than 10%; 10% to 50%; Over 50%", [5, 30, 70]),
        ("Daily; Never; Once a semester; Weekly; Every quarter", [5, 1, 2, 4, 3]),
        ("Never; Once or twice; Many times; A few times", [1, 2, 4, 3]),
        ("Never; A few times; About once a month; Multiple times per week", [1, 2, 3, 4]),
        ("Several days; Not at all; Nearly every day; More than half the days", [2, 1, 4, 3]),
        ("sehr häufig; eher häufig; eher selten; selten; gar nicht", [5, 4, 3, 2, 1]),
        ("Stimme eher zu; Stimme eher nicht zu; Stimme vollständig zu; Stimme gar nicht zu", [3, 2, 4, 1]),
        ("Rs. 50,000 or more; Rs.40,000 - Rs. 49,999; Rs. 30,000 - Rs. 39,999", [54999.5, 44999.5, 34999.5]),
        ("Every sprint; Halbjährlich; Nie; Une fois par mois", [4, 2, 1, 3]),
        ("Just me; 2-9 employees; 1,000 or more employees", [1, 5.5, 1003.5]),
    ],
)
def test_codes_worked_by_hand(labels, expected):
    assert codes(labels) == expected


def test_several_sentences_beside_a_scale_are_no_steps():
    """Who does not know a tool, and who does not use it, are asked how satisfied they are with it."""
    steps = ["Completely dissatisfied", "Somewhat dissatisfied", "Neutral", "Somewhat satisfied"]
    aside = ["I don't know this tool", "I know but never used this tool"]
    assert answered([*aside, *steps]) == [1, 2, 3, 4]
    assert answered(["I have never used it", "I do not know it", "Rarely", "Often"]) == [1, 2, 3]
    ages = ["I prefer to keep it a secret", "24 years old or less", "25 - 34 years old", "35 years old or more"]
    assert answered(ages) == [12, 29.5, 39.5]


def test_no_opinion_has_no_code_beside_seven_steps_from_poor_to_good():
    labels = (
        "Extremely poor; Very poor; Somewhat poor; Neither good nor poor; Somewhat good; Very good; Extremely good; "
        "I don't know or NA"
    )
    *steps, unknown = codes(labels)
    assert steps == [1, 2, 3, 4, 5, 6, 7]
    assert math.isnan(unknown)


@pytest.mark.parametrize(
    ("labels", "good"),
    [
        ("Agree; Disagree", "high"),
        ("Very unclear; Clear", "high"),
        ("Often; Never", ""),
        ("Important; Not important", "neither"),
        ("Too slow; Just right; Too fast", "neither"),
        ("Not at all difficult; Slightly difficult; Very difficult", "low"),
        ("Not at all stressful; Slightly stressful; Very stressful", "low"),
        ("No problem; Minor problem; Major problem", "low"),
        ("1 - Very good; 2 - Good; 3 - Bad", "low"),
        ("1 - Strongly disagree; 2; 3; 4; 5 - Strongly agree", "high"),
        ("Less than 1 hour; 1 to 2 hours", ""),
        ("Fully remote; Mostly remote; Mostly office; Fully office", "neither"),
    ],
)
def test_the_words_say_which_end_is_good(labels, good):
    assert scale_of(labels.split("; ")).good == good


def test_the_unit_of_bands_is_the_one_that_most_labels_name():
    found = scale_of(["Less than 6 months", "6 months to 1 year", "1 to 2 years", "More than 2 years"])
    assert (found.unit, found.codes["6 months to 1 year"]) == ("year", 0.75)


def test_a_family_lists_the_labels_that_nobody_chose():
    found = scale_of(["Agree", "Strongly agree", "Neutral"])
    assert found.unused == {"Strongly disagree": 1.0, "Disagree": 2.0}


def test_a_partial_set_belongs_to_the_families_that_hold_all_of_it():
    found = scale_of(["Stimme eher zu", "Stimme voll zu"])
    assert (found.rule, len({**found.codes, **found.unused})) == ("agreement (de)", 5)
    assert label_order(["Agree", "Never"]) is None


@pytest.mark.parametrize(
    "label",
    "I don't know or NA; N/A or I don’t know; Don't know / Not applicable; Prefer not to say; Not applicable; N/A; "
    "No opinion; Not sure; I'd rather not say; Don't know yet; Does not apply to me; Can't say; weiss nicht; "
    "Weiß nicht / keine Angabe; keine Meinung; k.A.; sans opinion; Ne sait pas; Non concerné; "
    "Je préfère ne pas répondre; no sabe; No sabe / No contesta; NS/NC; "
    "Prefiero no decirlo; N/A - I do not share my code; "
    "Don't know/Refused/Web blank; Entfällt (kein Team); わからない; 該当なし; 答えたくない".split("; "),
)
def test_a_label_that_says_there_is_no_answer(label):
    assert is_no_opinion(label)
    assert is_no_opinion(f"  {label.upper()}.")


@pytest.mark.parametrize(
    "label",
    "None; No; Neutral; Undecided; Not important; Trifft nicht zu; Never; Not relevant for me; "
    "Nobody; NA - North America; あてはまらない".split("; "),
)
def test_a_label_that_is_an_answer(label):
    assert not is_no_opinion(label)


@given(st.sampled_from(SCALES), st.randoms(use_true_random=False))
def test_order_case_and_spacing_of_the_labels_change_nothing(labels, random):
    expected = answered(labels)
    shuffled = random.sample(labels, len(labels))
    found = scale_of(shuffled)
    assert [found.codes[x] for x in labels if not math.isnan(found.codes[x])] == expected
    assert answered([f"  {label.upper().replace(' ', chr(160) + ' ')} " for label in labels]) == expected
    assert answered([label.replace("'", "’").replace("-", "–") for label in labels]) == expected


@given(
    st.sampled_from(SCALES),
    st.sampled_from(["Banana", "Kubernetes", "Team Blue", "Other (please specify)", "紙", "Red"]),
)
def test_a_foreign_label_ends_the_scale(labels, foreign):
    assert label_order([*labels, foreign]) is None


@given(st.sampled_from(SCALES), st.data())
def test_a_part_of_a_scale_is_never_in_another_order(labels, data):
    part = data.draw(st.lists(st.sampled_from(labels), min_size=2, unique=True))
    if (found := label_order(part)) is not None:
        rising = [found.codes[x] for x in labels if x in found.codes and not math.isnan(found.codes[x])]
        whole = label_order(labels)
        if whole is not None and {whole.good, found.good} == {"low", "high"}:  # only the lower word is left
            rising.reverse()
        assert rising == sorted(set(rising))


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_text_is_read_without_an_error(labels):
    label_order(labels)


NUMBERS = "0 ; 1 ; 2 ; 3 ; 4 ; 5 ; 6 ; 7 ; 8 ; 9 ; 10"
AGREEMENT = "Strongly disagree ; Disagree ; Neutral ; Neither agree nor disagree ; Agree ; Strongly agree"
QUALITY = "Horrible ; Bad ; OK ; Good ; Excellent"
IMPORTANCE = "Not important ; Slightly important ; Somewhat important ; Very important ; Critical"
SPACK = [
    NUMBERS,
    QUALITY,
    IMPORTANCE,
    "1 - 10 ; 10 - 100 ; 100 - 200 ; 200 - 500 ; 500-1,000 ; > 1,000",
    "Never ; Yearly ; Monthly ; Weekly ; Daily",
    "No ; Probably not ; Probably ; Yes, definitely!",
]
DASK = [NUMBERS, "Not relevant for me ; Somewhat useful ; Critical to me"]
PUBLISHED = {  # rows of header, ordered questions found, and every order, decided by reading the questions
    "carpentries_2018": (
        1,
        33,
        [
            NUMBERS,
            AGREEMENT,
            "Too slow ; Slightly slow ; Just right ; Slightly fast ; Too fast",
            "Too much hands-on ; Slightly too much hands-on ; Balanced (lecture/hands-on) ; "
            "Slightly too much lecture ; Too much lecture",
            "Never ; Rarely ; Sometimes ; Often ; All of the time",
            "None of it ; Some of it ; About half of it ; Most of it ; All of it",
            "Not at all able ; Slightly able ; Neutral ; Moderately able ; Extremely able",
            "Little or no knowledge of topic ; Some knowledge of topic ; Extensive knowledge of topic",
            "Less motivated ; Slightly less motivated ; No change in motivation ; More motivated ; Much more motivated",
        ],
    ),
    "cncf_gitops_2021": (
        2,
        3,
        [
            "None - not using Kubernetes ; 1-50 ; 51-100 ; 101-250 ; 251-500 ; 501-1,000 ; More than 1,000",
            "Six months to one year ; One to two years",
            "Less than 5% ; 5-20% ; 21-25% ; 26% or more",
        ],
    ),
    "cncf_toc_2020": (2, 18, [AGREEMENT, "Not useful ; Somewhat useful ; Very useful"]),
    "dask_2019": (1, 11, DASK),
    "dask_2020": (1, 11, DASK),
    "kubernetes_2018": (
        1,
        28,
        [
            NUMBERS,
            "Just started ; Less than 6 months ; 6 months -1 year ; 1-2 years ; 2-3 years ; 3+ years",
            "None, Kubernetes is my first one! ; One more ; 2-4 ; 4+",
        ],
    ),
    "spack_2020": (1, 20, SPACK),
    "spack_2022": (1, 25, SPACK),
    "strimzi_2022": (2, 14, [NUMBERS]),
}


@pytest.mark.skipif(not (SHARED / "data").exists(), reason="the published surveys are in the shared folder")
@pytest.mark.parametrize("survey", PUBLISHED)
def test_every_ordered_question_of_a_published_survey(survey):
    headers, expected, orders = PUBLISHED[survey]
    text = (SHARED / "data" / "surveys" / f"{survey}.csv").read_text(encoding="utf-8", errors="replace")
    rows = list(csv.reader(text.splitlines()))[headers:]
    ordered = 0
    for column in zip(*rows, strict=True):
        found = label_order({label for label in column if label.strip()})
        if found is not None:
            ordered += 1
            rising = sorted(
                (code, " ".join(label.split()).lower()) for label, code in found.codes.items() if code == code
            )
            assert any(is_part([label for _, label in rising], order.lower().split(" ; ")) for order in orders), rising
    assert ordered == expected


def is_part(labels, order):
    rest = iter(order)
    return all(any(label.removesuffix(".0") == step for step in rest) for label in labels)
