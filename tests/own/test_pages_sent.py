"""Pages to send of surveys and decisions that are not ours: whole, on one sheet where that is promised, of nobody."""

import pytest

import dxkit as dx
from dxkit.results.words import LANGUAGES
from tests.own.dossier_folders import DOSSIERS
from tests.own.folders import make
from tests.own.sent import assert_sound, pages_of
from tests.own.test_generated import PLANS
from tests.project.pages.test_pages import own

LONG = [f"Wie oft warten Sie auf {'etwas sehr Langes und noch etwas ' * 6}{k} 待つ時間" for k in range(30)]


@pytest.mark.simulated
@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_pages_of_a_survey_that_is_not_ours(plan, tmp_path):
    sound(make(plan, tmp_path), plan)


@pytest.mark.parametrize("k", [18, 27], ids=lambda k: str(PLANS[k]))
def test_pages_of_a_few_of_them(k, tmp_path):
    sound(make(PLANS[k], tmp_path), PLANS[k])


def sound(folder, plan):
    """Every page is, in one language after the other."""
    survey, earlier = dx.open_survey(folder.answers), dx.part(dx.open_before, folder.answers)
    for name, page in pages_of(survey, earlier, langs=LANGUAGES[plan.number % 2 :][:1]):
        assert_sound(page, f"{plan}, {name}")


def awkward():
    """A survey by what is awkward about it: its answers and codebook."""
    yield "long texts", own(people=90, items=30, text=LONG, topic=LONG, dimension=[f"{LONG[k % 9]}" for k in range(30)])
    frame, book = own(people=400, teams=40, items=3, topic=["CI", "Docs", "Tests"])
    frame["team"] = frame["team"].map(lambda name: f"{name} {'Donaudampfschifffahrtsgesellschaft' * 2}")
    yield "forty teams", (frame, book)
    yield "many dimensions", own(people=60, items=36, dimension=[f"Dimension {k}" for k in range(36)])
    yield "no dimensions", own(people=60, items=40)
    frame, book = own(people=60, items=8)
    yield "no segments", (frame.drop(columns="team"), book.loc[book["kind"] != "segment"])
    yield "five people", own(people=5, teams=1, topic=["CI", "Docs", "Tests", "Setup"], dimension="Flow")
    names = [f"ContinuousIntegrationAndDelivery_OfSomething{k}" for k in range(4)]
    yield "names in one word", own(people=60, text=names, topic=names)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n == "five people" else pytest.mark.thorough) for n, _ in awkward()]
)
def test_pages_of_an_awkward_survey(name, lang):
    frame, book = dict(awkward())[name]
    survey = dx.read_survey(frame, book)
    earlier = dx.read_survey(frame.iloc[::2], book) if len(frame) > 50 else None
    for of, page in pages_of(survey, earlier, langs=(lang,)):
        assert_sound(page, f"{name}, {of}")


@pytest.mark.simulated
@pytest.mark.parametrize("name", DOSSIERS)
def test_a_page_of_a_decision_that_is_not_ours(name, tmp_path):
    dossier = dx.read_dossier(DOSSIERS[name].write(tmp_path, "dossier"))
    lang = LANGUAGES[list(DOSSIERS).index(name) % 2]
    assert_sound(dx.page(dossier, "decision", lang=lang), f"{name}, {lang}")
