"""Pages to send of surveys and decisions that are not ours: whole, on one sheet where that is promised, of nobody."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import dxkit as dx
from dxkit.project.pages.blocks import Picture
from dxkit.results.result import Result
from dxkit.results.words import LANGUAGES
from tests.own import companies
from tests.own.folders import make
from tests.own.sent import assert_sound, attacked, decided, pages_of, sound
from tests.own.test_generated import PLANS
from tests.project.pages.test_pages import own

LONG = [f"Wie oft warten Sie auf {'etwas sehr Langes und noch etwas ' * 6}{k} 待つ時間" for k in range(30)]


@pytest.mark.simulated
@pytest.mark.parametrize("plan", PLANS[3::4], ids=str)
def test_pages_of_a_survey_that_is_not_ours(plan, tmp_path):
    """A quarter of them; `python -m tests.own.sent` takes all."""
    sound(make(plan, tmp_path), plan)


@pytest.mark.parametrize("k", [18], ids=lambda k: str(PLANS[k]))
def test_pages_of_a_few_of_them(k, tmp_path):
    sound(make(PLANS[k], tmp_path), PLANS[k])


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
@pytest.mark.parametrize("name", ["long names", "large amounts", "one vendor, only costs"])
def test_a_page_of_a_decision_that_is_not_ours(name, tmp_path):
    decided(name, tmp_path)


@pytest.mark.parametrize(
    "number", [14, *(pytest.param(number, marks=pytest.mark.simulated) for number in (3, 6, 7, 9, 16))]
)
def test_pages_are_the_same_when_answers_change_owners(number, tmp_path):
    """All answers of people of the same groups, weight and blanks change owners, and rows their places.

    Companies 3, 7 and 14 have a roster, 6 and 9 weights; remarks stay with their people."""
    company, draw = companies.make(number, tmp_path), np.random.default_rng(number)
    (tmp_path / "responses_2026-Q2.csv").unlink()  # who answered before is the same person by its code
    frame = pd.read_csv(company.answers, dtype=str, keep_default_na=False).drop(columns="code")
    book = pd.read_csv(tmp_path / "codebook.csv", dtype=str, keep_default_na=False).query("item != 'code'")
    cell = [name for name in companies.SEGMENTS if name in frame]
    items = [name for name in frame if name not in (*cell, "remark")]
    if number in (6, 9):
        frame["weight"] = draw.choice(["0.5", "1", "2"], len(frame))
        book = pd.concat([book, pd.DataFrame([{"item": "weight", "text": "weight", "kind": "weight"}])]).fillna("")
        cell.append("weight")
    book.to_csv(tmp_path / "codebook.csv", index=False)
    other, blanks = frame.copy(), frame[items].eq("").astype(int).astype(str).agg("".join, axis=1)
    for _, rows in frame.groupby([*(frame[name] for name in cell), blanks]):
        other.loc[rows.index, items] = draw.permutation(rows[items].to_numpy())
    assert (other[items] != frame[items]).any(axis=1).sum() > 4
    written = []
    for each in (frame, other.sample(frac=1, random_state=number)):
        each.to_csv(company.answers, index=False)
        pages = pages_of(dx.open_survey(company.answers), langs=LANGUAGES[number % 2 :][:1])
        written.append({name: page.html for name, page in pages})
    assert written[0] == written[1]
    assert len(written[0]) > 1


@pytest.mark.simulated
@pytest.mark.parametrize("number", range(0, 30, 5))
def test_all_pages_of_a_company_together_give_nobody_away(number, tmp_path, monkeypatch):
    monkeypatch.setattr(Result, "figure_for_page", lambda self, **options: Figure())
    monkeypatch.setattr(Picture, "drawn", lambda self, form: b"<svg/>")
    code, said = attacked(companies.make(number, tmp_path), tmp_path / "out")
    assert code == 0, said
    assert any(line.startswith("figures: ") for line in said)
