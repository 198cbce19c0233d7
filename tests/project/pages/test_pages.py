"""What a page says to each reader: the figures of the survey's release, and nothing of anybody."""

import datetime
import getpass
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.__main__ import main
from dxkit.procurement.cost import exit_cost, ownership, tornado
from dxkit.procurement.dossier.leaving_inputs import EXIT_INPUTS
from dxkit.project.attack.attack import attack
from dxkit.project.pages.blocks import Grid, Sentences
from dxkit.results.words import LANGUAGES, sentences
from tests import sample
from tests.places import ROOT

ACTIONS = dx.samples.path("company/actions.csv")
READERS = ("boss", "staff", "team", "decision")
SLOW = pytest.mark.thorough  # a page takes a second or more
PAGES = [
    pytest.param(reader, lang, marks=() if (reader, lang) == ("boss", "en") else SLOW)
    for reader in READERS
    for lang in LANGUAGES
]


@cache
def page(reader, lang="en"):
    if reader == "decision":
        return dx.page(sample.portal(), reader, lang=lang)
    team = "Customs" if reader == "team" else None
    return dx.page(sample.wave(), reader, team=team, earlier=sample.wave("2026-Q2"), actions=ACTIONS, lang=lang)


def words(made):
    """All that a page says, without its pictures."""
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", made.html, flags=re.DOTALL))


def grids(made):
    return {block.caption: block for part in made.document.parts for block in part.blocks if isinstance(block, Grid)}


def own(people=60, teams=3, items=4, seed=1, **columns):
    """A survey of our own: answers to ratings, with some blanks, by team."""
    draw = np.random.default_rng(seed)
    book = pd.DataFrame({"item": [f"q{k}" for k in range(items)], "kind": "rating", "scale": "agreement5", "topic": ""})
    book["text"] = [f"Question {k}" for k in range(items)]
    book = book.assign(**columns)
    frame = pd.DataFrame(draw.integers(1, 6, (people, items)), columns=book["item"]).astype(object)
    frame[draw.random(frame.shape) < 0.15] = ""
    frame["team"] = [f"Team {k % teams}" for k in range(people)]
    segment = pd.DataFrame([{"item": "team", "text": "Team", "kind": "segment"}])
    return frame, pd.concat([book, segment]).fillna("")


@pytest.mark.parametrize(("reader", "lang"), PAGES)
def test_the_first_line_is_the_sentence_of_the_result_and_every_picture_has_one(reader, lang):
    made = page(reader, lang)
    assert made.alt.splitlines()[0] == made.document.title
    assert len(made.alt.splitlines()) == 1 + len(made.document.pictures) >= 2
    assert not re.search(r"\bnan\b|\bNone\b|\{\w+\}|[a-z]+\.[a-z_]+\b(?=[^\w.]*<)", words(made))
    if lang == "en" and reader in ("boss", "decision"):
        result = sample.ranking() if reader == "boss" else sample.card()
        assert made.document.title == result.sentence


@pytest.mark.thorough
def test_what_the_pages_of_the_sample_say(snapshot):
    told = {}
    for reader in READERS:
        lines = [page(reader).document.about, page(reader).document.title]
        for part in page(reader).document.parts:
            lines.append(f"# {part.heading}")
            for block in part.blocks:
                of_grid = [*map(" | ".join, block.rows)] if isinstance(block, Grid) else []
                lines += block.texts if isinstance(block, Sentences) else of_grid or [block.alt]
        told[reader] = lines
    assert told == snapshot


def test_the_figures_are_those_of_the_results():
    lowest = grids(page("boss"))["Lowest first: 5 of 17 questions (score, 0 worst to 100 best)"]
    table = sample.scores().table.set_index("label")
    for label, score, ends in lowest.rows:
        row = table.loc[[label]].query("kind == 'rating'")
        assert f"{row['estimate'].iloc[0]:.0f}" == score
        assert f"{row['low'].iloc[0]:.0f} to {row['high'].iloc[0]:.0f}" == ends
    areas = next(iter(grids(page("team")).values()))
    split = sample.scores(by="team").table.query("team == 'Customs' and level == 'dimension'")
    assert [row[1] for row in areas.rows] == [f"{value:.0f}" for value in split["estimate"]]


def test_who_answered_sees_every_table_that_the_management_sees():
    boss, staff = (grids(page(reader)) for reader in ("boss", "staff"))
    assert boss
    assert {caption: staff[caption].rows for caption in boss} == {name: each.rows for name, each in boss.items()}


def test_two_topics_of_two_are_no_ranking():
    frame, book = own(items=2, topic=["CI", "Docs"], kind="hours", scale="hours")
    frame[["q0", "q1"]] = frame[["q0", "q1"]].mask(lambda answers: answers == "", 0)
    title = dx.page(dx.read_survey(frame, book)).document.title
    assert title.startswith("Too few topics to rank: ")
    assert "sure" not in title


@pytest.mark.parametrize("kind", ["rank", "rating"])
def test_a_page_of_places_speaks_of_no_scale(kind):
    cells = {"rating": [3, 4, 2, 5], "rank": ["CI;Docs", "Docs;CI"]}[kind]
    book = pd.DataFrame(
        {"item": ["q"], "text": ["q"], "kind": [kind], "scale": [{"rating": "1-5", "rank": "of"}[kind]]}
    )
    scales = pd.DataFrame({"scale": "of", "code": [1, 2], "label": ["CI", "Docs"]}) if kind == "rank" else None
    survey = dx.read_survey(pd.DataFrame({"q": cells * 6}), dx.read_codebook(book, scales))
    document = dx.page(survey).document
    headings = {part.heading for part in document.parts}
    said = " ".join(text for part in document.parts for block in part.blocks for text in getattr(block, "texts", ()))
    assert ("What people put first" in headings) == ("50 is the middle" not in said) == (kind == "rank")


def test_a_team_that_differs_is_said_to_and_where():
    frame, book = own(people=90, dimension=["Flow", "Flow", "Focus", "Focus"])
    low = frame["team"] == "Team 1"
    frame.loc[low, ["q0", "q1"]] = np.random.default_rng(2).integers(1, 3, (low.sum(), 2))
    made = dx.page(dx.read_survey(frame, book), "team", team="Team 1")
    assert made.document.title == "Team 1 differs from the other groups beyond chance in 1 of 2 areas"
    areas, questions = grids(made).values()
    assert [row[-1] for row in areas.rows] == ["lower", "no clear difference"]
    assert {row[0] for row in questions.rows} == {"Question 0", "Question 1"}


def test_a_hidden_team_and_what_cannot_be_are_refused(refusal):
    frame, book = own()
    frame.loc[0:2, "team"] = "Few"
    survey = dx.read_survey(frame, book)
    with refusal("Few", error=dx.Missing):
        dx.page(survey, "team", team="Few")
    with refusal("Team 2"):
        dx.page(survey, "team", team="Team 22")
    with refusal():
        dx.page(survey, "team")
    with refusal():
        dx.page(survey, "bos")
    with refusal():
        dx.page(survey, lang="fr")
    with refusal():
        dx.page(survey, "decision")
    with refusal():
        dx.page(survey, team="Team 1")


@pytest.mark.thorough
def test_a_page_is_the_same_when_answers_change_owners():
    """Answers of one team with the same blanks change owners, and the rows of the file change places."""
    frame, book = own(people=80, teams=4, topic=["CI", "Docs", "Tests", "Setup"], dimension="Flow")
    other, items = frame.copy(), ["q0", "q1", "q2", "q3"]
    pattern = frame[items].eq("").apply(tuple, axis=1).astype(str) + frame["team"]
    for _, rows in frame.groupby(pattern):
        other.loc[rows.index, items] = rows[items].to_numpy()[::-1]
    assert not other[items].equals(frame[items])
    for reader, team in (("boss", None), ("staff", None), ("team", "Team 1")):
        pages = [dx.page(dx.read_survey(each, book), reader, team=team).html for each in (frame, other)]
        assert pages[0] == pages[1], reader


def test_a_page_names_no_path_no_user_and_no_day(tmp_path):
    frame, book = own()
    frame.to_csv(tmp_path / "responses_1.csv", index=False)
    book.to_csv(tmp_path / "codebook.csv", index=False)
    text = dx.page(dx.open_survey(tmp_path / "responses_1.csv")).html
    today = datetime.date.today()
    for word in (str(tmp_path), tmp_path.name, f">{getpass.getuser()}<", today.isoformat(), today.strftime("%d.%m.%Y")):
        assert word not in text
    footer = re.search(r"<footer>(.*?)</footer>", text, re.DOTALL)[1]
    of = r"wave 1 · rows read 60, kept 60 · codebook and rules SHA-256 [0-9a-f]{12} · no release record"
    assert re.search(rf"dxkit [\d.]+ · {of} · seed 0 · smallest group 5", footer)


@pytest.mark.thorough
def test_the_digest_follows_the_codebook_and_no_answer():
    frame, book = own()
    digests = [
        re.search("SHA-256 ([0-9a-f]{12})", dx.page(dx.read_survey(*each)).html)[1]
        for each in ((frame, book), (frame.iloc[::-1], book), (frame.iloc[5:], book), (frame, book.assign(within="")))
    ]
    assert len(set(digests)) == 1
    other = book.assign(text=book["text"].replace("Question 1", "Another question"))
    assert digests[0] not in dx.page(dx.read_survey(frame, other)).html


def test_the_number_of_the_release_record_is_said(tmp_path):
    frame, book = own()
    book.to_csv(tmp_path / "codebook.csv", index=False)
    for wave in (1, 2):
        frame.to_csv(tmp_path / f"responses_{wave}.csv", index=False)
        dx.open_survey(tmp_path / f"responses_{wave}.csv").release.publish()
    assert "release record no. 2" in dx.page(dx.open_survey(tmp_path / "responses_2.csv")).html


@pytest.mark.parametrize("reader", ["boss", "staff"])
@pytest.mark.parametrize(
    ("people", "columns"),
    [
        (4, {}),
        (7, {}),
        (60, {"kind": "choice", "scale": "yesno"}),
        (60, {"good": "neither"}),
        (60, {"topic": ["CI", "Docs", "Tests", "Setup"], "kind": "hours", "scale": "hours"}),
        (60, {"text": [f"<b>$x$</b> & {'long ' * 40}{k}" for k in range(4)]}),
    ],
    ids=str,
)
def test_a_small_or_poor_survey_has_a_page_too(people, columns, reader):
    frame, book = own(people=people, **columns)
    if "hours" in str(columns):
        frame.iloc[:, :4] = frame.iloc[:, :4].mask(lambda answers: answers == "", 0)
    if "yesno" in str(columns):
        frame.iloc[:, :4] = frame.iloc[:, :4].replace({1: "Yes", 2: "No", 3: "No", 4: "", 5: "Yes"})
    text = words(dx.page(dx.read_survey(frame, book), reader))
    assert not re.search(r"\bnan\b|\bNone\b|<b>", text)


@pytest.mark.thorough
def test_pages_give_nobody_away(tmp_path, capsys):
    for reader in READERS[:3]:
        page(reader).save(tmp_path / f"{reader}.html")
    assert attack(tmp_path, ROOT / "data_samples/company/roster.csv") == 0, capsys.readouterr().out


def test_a_decision_of_one_vendor_without_criteria_says_what_it_lacks():
    costs = pd.DataFrame({"vendor": ["A"], "line": "seats", "timing": "yearly", "likely": [1000]})
    text = words(dx.page(dx.read_dossier({"costs": costs}), "decision"))
    assert "Left out: a comparison needs a second vendor." in text
    assert "Left out: points need criteria in the dossier." in text
    assert not re.search(r"\bnan\b|\bNone\b", text)


def decided(lang="en", **sheets):
    """What the page of two vendors says, with these sheets besides their prices."""
    costs = pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "category": "licence", "likely": [100_000, 120_000]})
    made = {name: pd.DataFrame(frame) for name, frame in sheets.items()}
    return words(dx.page(dx.read_dossier({"costs": costs, **made}), "decision", lang=lang))


def test_what_rests_on_values_that_the_dossier_does_not_give_says_so():
    text = decided()
    assert "cost to leave (assumed)" in text
    assert "3 years (assumed)" in text
    assert "10% (assumed) a year" in text
    assert "The dossier says nothing about leaving, so its cost rests on usual values that were assumed." in text
    assert "Assumed: 40 of 40 figures. Without a dated source: 2, such as A: seats; B: seats." in " ".join(text.split())
    usual = "Not in the dossier, so at usual values: 38, such as {}."
    assert usual.format("day rate of an engineer; number of users; chance of leaving by choice") in text
    assert "Where the dossier gives no terms, usual ones are assumed." in text
    assert "Prices without a rise, because none is named: 2, such as A: seats; B: seats." in text
    text = decided("de")
    assert "Ausstiegskosten (angenommen)" in text
    assert "38, etwa Tagessatz der Entwicklung; Zahl der Anwender; Chance eines gewollten Ausstiegs." in text
    given = {"vendor": ["B"], "input": ["people"], "likely": [90]}
    assert "Ohne datierte Quelle: 3, etwa A: seats; B: seats; B: Zahl der Anwender." in decided("de", exit=given)


def test_assumed_figures_that_cause_as_much_but_for_rounding_keep_their_order(monkeypatch):
    def shares(*given):
        def made(dossier, run, bases):
            rows = [["A", "pv", name, share, 0, 1] for name, share in zip(("A: seats", "B: seats"), given, strict=True)]
            return pd.DataFrame(rows, columns=tornado.COLUMNS)

        for room in (exit_cost, ownership):
            monkeypatch.setattr(room, "tornado", made)
        return decided()

    told = "Without a dated source: 2, such as {}."
    assert told.format("A: seats; B: seats") in shares(0.3, 0.1 + 0.2)
    assert told.format("B: seats; A: seats") in shares(0.3, 0.31)


def test_every_figure_that_may_be_assumed_has_a_name_in_plain_words():
    names = [*EXIT_INPUTS, "horizon_years", "discount_rate", "tax"]
    assert {key.removeprefix("input.") for key in sentences("en") if key.startswith("input.")} == {*names}
    assert all(len(sentences(lang)[f"input.{name}"]) <= 40 for lang in LANGUAGES for name in names)


def test_what_the_dossier_gives_is_not_called_assumed():
    given = {"vendor": "all", "input": ["engineer_day_rate", "notice_months"], "likely": [700, 2]}
    terms = {"key": ["horizon_years", "discount_rate"], "value": ["3", "0.1"]}
    text = decided(exit=given, decision=terms)
    assert "cost to leave (partly assumed)" in text
    assert "3 years, money" in text
    assert "at 10% a year" in text
    assert "Where the dossier gives no terms" in text  # the length of the contract is assumed still
    assert "says nothing about leaving" not in text
    given = {"vendor": "all", "input": ["notice_months", "term_months"], "likely": [2, 12]}
    assert "Where the dossier gives no terms" not in decided(exit=given)
    given = {"vendor": "all", "input": list(EXIT_INPUTS), "likely": [each.default for each in EXIT_INPUTS.values()]}
    text = decided(exit=given, decision=terms)
    assert "assumed)" not in text
    assert "Not in the dossier" not in text


def test_points_that_nobody_judged_are_named():
    criteria = {"criterion": ["ease", "feature fit"], "weight": [1, 1]}
    evidence = {"vendor": ["A"], "criterion": "ease", "rating": "4"}
    fit = {"vendor": ["A", "A", "B"], "topic": ["x", "y", "x"], "likely": [0.3, 0.4, 0.5]}
    lowest = "Points that nobody has judged, which count as the worst: {}."
    assert lowest.format("3, such as A: ease; B: ease; B: feature fit") in decided(criteria=criteria, fit=fit)
    text = decided(criteria=criteria, evidence=evidence)
    assert lowest.format("3, such as A: feature fit; B: ease; B: feature fit") in text


@pytest.mark.thorough
def test_the_command_finds_the_wave_before_and_the_actions(tmp_path, capsys):
    out = tmp_path / "staff.html"
    answers = str(dx.samples.path("company/responses_2026-Q3.csv"))
    assert main(["report", answers, "--for", "staff", "--lang", "de", "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == page("staff", "de").html
    assert main(["report", answers, "--for", "team", "--team", "Nobody", "--out", str(out)]) == 1
    assert "team='Nobody'" in capsys.readouterr().err


@SLOW
def test_the_command_writes_the_page_of_a_decision(tmp_path):
    out = tmp_path / "decision.html"
    assert main(["report", str(dx.samples.path("portal")), "--for", "decision", "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == page("decision").html
