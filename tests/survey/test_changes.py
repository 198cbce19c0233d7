"""Change between waves: R's and scipy's figures, false alarms by simulation, and what is not compared."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import dxkit as dx
from dxkit.statistics import comparison, intervals
from tests import sample
from tests.places import CASE_FILES
from tests.survey.topic_worlds import likert

pytestmark = pytest.mark.usefixtures("nothing_hidden")

CASES = json.loads((CASE_FILES / "statistics.json").read_text())["tests"]
WAVES = {name: sample.wave(name) for name in ("2025-Q4", "2026-Q2", "2026-Q3")}


def survey(columns, ids=None, population=None, min_group=3, scale="1-7", **book):
    frame = pd.DataFrame(columns)
    asked = tuple(frame.columns), ids is not None, population is not None, scale
    read = items(*asked, **book) if book or not isinstance(scale, str) else codebook(*asked)
    roster = None
    if ids is not None:
        frame["who"] = [f"p{i}" for i in ids]
    if population is not None:
        frame["site"] = "Here"
        roster = pd.DataFrame({"site": ["Here"], "headcount": [population]})
    return dx.read_survey(frame, read, roster, min_group=min_group)


def items(names, ids, site, scale, **book):
    found = pd.DataFrame({"item": names, "text": names, "kind": "rating", "scale": scale}).assign(**book)
    if ids:
        found.loc[len(found)] = {"item": "who", "text": "who", "kind": "id", "scale": ""}
    if site:
        found.loc[len(found)] = {"item": "site", "text": "site", "kind": "segment", "scale": ""}
    return found.fillna("")


@cache
def codebook(*asked):
    return dx.read_codebook(items(*asked))


def row(result, name="q"):
    return result.table.set_index("name").loc[name]


@pytest.mark.parametrize("case", CASES["two_sample"])
def test_welch_and_hedges_g_are_those_of_r(case):
    known = CASES["two_sample"][case]
    one, two = (np.array(known[name], dtype=float) for name in ("y", "x"))  # R says x less y
    (n1, n2), (v1, v2) = (len(one), len(two)), (one.var(ddof=1), two.var(ddof=1))
    gap, df = np.array([two.mean() - one.mean()]), np.array([n1 + n2 - 2.0])
    g = comparison.hedges_g(gap, np.sqrt(np.array([((n1 - 1) * v1 + (n2 - 1) * v2) / (n1 + n2 - 2)])), df)
    errors = [np.sqrt(np.array([v / n])) for v, n in ((v1, n1), (v2, n2))]
    free = comparison.welch_df(errors[0], np.array([n1 - 1.0]), errors[1], np.array([n2 - 1.0]))
    se = np.hypot(*errors)
    assert comparison.t_test_p(gap, se, free)[0] == pytest.approx(known["welch"]["p"], abs=1e-9)
    low, high = intervals.student(gap, se, free)
    assert (low[0], high[0]) == pytest.approx((known["welch"]["lo"], known["welch"]["hi"]), abs=1e-8)
    assert g[0] == pytest.approx(known["hedges_g"]["Hedges_g"], abs=1e-9)


def test_two_waves_of_other_people_are_welchs_test_of_questions_and_of_dimensions():
    rng = np.random.default_rng(8)
    answers = [pd.DataFrame({"q": rng.integers(1, 8, n), "r": rng.integers(2, 6, n)}) for n in (30, 45)]
    found = dx.compare(*(survey(each, dimension="D") for each in answers)).table.set_index("name")
    tallies = [dx.tally(survey(each, dimension="D")) for each in answers]
    pd.testing.assert_frame_equal(dx.compare(*tallies).table.set_index("name"), found)
    for name in ("q", "r", "D"):
        one, two = (each.mean(axis=1) if name == "D" else each[name] for each in answers)
        known = stats.ttest_ind(two, one, equal_var=False)
        assert found.loc[name, "p"] == pytest.approx(known.pvalue, abs=0.002 if name == "D" else 1e-9)
        assert found.loc[name, "estimate"] == pytest.approx((two.mean() - one.mean()) * 100 / 6)
        assert found.loc[name, "se"] == pytest.approx(np.hypot(one.sem(), two.sem()) * 100 / 6)
    assert (found["n_both"] == 0).all()


@pytest.mark.parametrize("case", CASES["paired"])
def test_the_paired_test_is_that_of_r(case):
    known = CASES["paired"][case]
    one, two = np.array(known["x"]), np.array(known["y"])
    shift, ids = 2 - min(one.min(), two.min()), range(len(one))  # hours may not be negative
    scale = "hours"
    waves = [survey({"q": values + shift}, ids, scale=scale, kind="hours") for values in (two, one)]
    found = row(dx.compare(*waves))
    assert found["n_both"] == len(one)
    assert found["p"] == pytest.approx(known["t_paired"]["p"], abs=1e-9)
    assert found["low"] == pytest.approx(known["t_paired"]["lo"], abs=1e-8)
    assert found["high"] == pytest.approx(known["t_paired"]["hi"], abs=1e-8)
    pooled = np.sqrt((one.var(ddof=1) + two.var(ddof=1)) / 2)
    g = comparison.hedges_g(np.array([one.mean() - two.mean()]), np.array([pooled]), np.array([2.0 * len(one) - 2]))
    assert found["g"] == pytest.approx(g[0], abs=1e-9)


@pytest.mark.parametrize("case", CASES["p.adjust"])
@pytest.mark.parametrize("method", ["holm", "BH"])
def test_adjusted_p_are_those_of_r(case, method):
    known = CASES["p.adjust"][case]
    p = np.array([np.nan if value is None else value for value in known["p"]], dtype=float)
    expected = np.array([np.nan if value is None else value for value in known[method]], dtype=float)
    assert comparison.adjusted_p(p, method.lower()) == pytest.approx(expected, abs=1e-9, nan_ok=True)


FIRST = dict(zip("p1 p2 p3 p4 p5 p6 p7 p8".split(), [3, 2, 4, 1, 3, 2, 5, 3], strict=True))
SECOND = dict(zip("p1 p2 p3 p4 p5 q1 q2".split(), [4, 3, 4, 2, 2, 5, 4], strict=True))


def named(answers, ids=None):
    """A wave of these people, scale 1 to 5."""
    ids = list(answers) if ids is None else ids
    items = pd.DataFrame({"item": ["q", "who"], "text": ["q", "who"], "kind": ["rating", "id"], "scale": ["1-5", ""]})
    return dx.read_survey(pd.DataFrame({"q": list(answers.values()), "who": ids}), items, min_group=5)


def test_people_seen_twice_are_one_person_in_the_error():
    """The worked case of docs/methods/change.md."""
    found = row(dx.compare(named(FIRST), named(SECOND)))
    assert found[["estimate", "se"]].tolist() == pytest.approx([13.839286, 11.039037], abs=1e-6)
    assert (found["p"], found["n_both"]) == (pytest.approx(0.228376, abs=1e-6), 5)
    others = {f"x{k}": answer for k, answer in enumerate(SECOND.values())}
    apart = row(dx.compare(named(FIRST), named(others)))
    assert apart[["estimate", "se"]].tolist() == pytest.approx([13.839286, 15.367781], abs=1e-6)
    same = [f"p{k}" for k in range(1, 6)]
    alone = row(dx.compare(*(named({name: wave[name] for name in same}) for wave in (FIRST, SECOND))))
    assert alone[["estimate", "se", "p"]].tolist() == pytest.approx([10, 10, 0.373901], abs=1e-6)


def test_a_row_without_an_id_is_another_person():
    ids = [f"p{k}" for k in range(40)]
    answers = {name: k % 5 + 1 for k, name in enumerate(ids)}
    full, blank = named(answers), named(answers, ["", *ids[1:]])
    assert row(dx.compare(full, named(answers)))["n_both"] == 40
    found = dx.compare(blank, named(answers))
    assert row(found)["n_both"] == 39
    assert any("earlier wave without an id" in note for note in found.notes)
    renamed = {f"x{name}": answer for name, answer in answers.items()}
    again = dx.compare(named(renamed, ["", *list(renamed)[1:]]), named(renamed))
    pd.testing.assert_frame_equal(again.table, found.table)


def test_several_waves_are_one_table_and_one_promise():
    waves = [WAVES[name] for name in ("2025-Q4", "2026-Q2", "2026-Q3")]
    found = dx.compare(waves[0], waves[1:], only="dimension")
    assert found.table["wave"].unique().tolist() == ["2026-Q2", "2026-Q3"]
    alone = [dx.compare(waves[0], wave, only="dimension", adjust="none") for wave in waves[1:]]
    p = np.concatenate([each.table["p"].to_numpy(dtype=float) for each in alone])
    assert found.table["p"].to_numpy(dtype=float) == pytest.approx(p)
    assert found.table["p_adjusted"].to_numpy(dtype=float) == pytest.approx(comparison.adjusted_p(p))
    assert found.not_compared["wave"].unique().tolist() == ["2026-Q2", "2026-Q3"]


def test_what_is_declared_beforehand_is_the_family():
    one, two = WAVES["2025-Q4"], WAVES["2026-Q3"]
    some = dx.compare(one, two, only=["sat_review", "sat_deploy"])
    assert some.table["name"].tolist() == ["sat_review", "sat_deploy"]
    every = dx.compare(one, two, adjust="none").only(names=["sat_review", "sat_deploy"]).table
    p = every["p"].to_numpy(dtype=float)
    assert some.table["p_adjusted"].to_numpy(dtype=float) == pytest.approx(comparison.adjusted_p(p))


def test_a_name_that_was_not_asked_is_said(refusal):
    with refusal("sat_revue"):
        dx.compare(WAVES["2026-Q2"], WAVES["2026-Q3"], only=["sat_revue"])


@pytest.mark.thorough
def test_swapping_the_waves_turns_the_sign():
    one, two = sample.change("2025-Q4", "2026-Q3"), sample.change("2026-Q3", "2025-Q4")
    joined = one.table.merge(two.table, on=["level", "name"], suffixes=("", "_2"))
    for column in ("estimate", "g"):
        assert joined[column].to_numpy() == pytest.approx(-joined[f"{column}_2"].to_numpy(), nan_ok=True)
    assert joined["p"].to_numpy() == pytest.approx(joined["p_2"].to_numpy(), nan_ok=True)


def test_before_and_after_are_the_scores_of_the_two_waves():
    found = sample.change("2025-Q4", "2026-Q3").table.set_index(["level", "name"])
    for wave, column in (("2025-Q4", "before"), ("2026-Q3", "after")):
        scores = dx.scores(WAVES[wave]).table.set_index(["level", "name"])["estimate"]
        shown = found[found["shown"]]
        assert shown[column].to_numpy() == pytest.approx(scores.loc[shown.index].to_numpy())


def test_what_was_planted_in_the_sample_company_is_found_and_nothing_else():
    asked = WAVES["2026-Q3"].codebook.of_kind("rating", topic=True)
    table = dx.compare(WAVES["2025-Q4"], WAVES["2026-Q3"], only=asked).table.set_index("name")
    assert list(table.index[table["holds"]]) == ["sat_review", "sat_deploy"]
    assert table.loc["sat_review", "estimate"] > 0 > table.loc["sat_deploy", "estimate"]


def test_a_reworded_question_and_what_holds_it_is_listed_not_compared(snapshot):
    result = sample.change("2025-Q4", "2026-Q3")
    assert result.not_compared["name"].tolist() == ["rhythm_choice", "Working rhythm", "overall"]
    assert result.not_compared["why"].tolist() == snapshot
    assert not set(result.not_compared["name"]) & set(result.table["name"])


def test_a_question_that_continues_another_is_compared_though_its_words_differ():
    """By the id or the text of the earlier one; its dimension is then the same too."""
    columns = {"old": [1, 2, 3, 4, 5] * 4, "r": [1, 2, 3, 4, 5] * 4}
    first = survey(columns, dimension="D", text=["How fast?", "r"])
    later = {"new": [2, 3, 4, 5, 6] * 4, "r": columns["r"]}
    for said in ("old", "How fast?"):
        second = survey(later, dimension="D", text=["Is it fast?", "r"], same_as=[said, ""])
        found = dx.compare(first, second)
        assert found.table["name"].tolist() == ["new", "r", "D", "overall"]
        assert row(found, "new")["estimate"] == pytest.approx(100 / 6)
        assert not len(found.not_compared)
        assert "compared though asked in other words, as same_as says: new" in found.notes
    wide = survey(later, dimension="D", text=["Is it fast?", "r"], same_as=["old", ""], scale=["1-9", "1-7"])
    apart = dx.compare(first, wide).not_compared.set_index("name")["why"]
    assert "scale changed" in apart["new"]
    assert "new" in apart["D"]


def test_only_the_words_changed_where_a_question_continues_itself():
    first = survey({"q": [1, 2, 3] * 4}, text=["How fast?"])
    second = survey({"q": [2, 3, 4] * 4}, text=["Is it fast?"], same_as=["q"])
    assert dx.compare(first, second).table["name"].tolist() == ["q"]
    with pytest.raises(dx.DataError, match="no question in common"):
        dx.compare(first, survey({"q": [2, 3, 4] * 4}, text=["Is it fast?"]))


@pytest.mark.parametrize(
    ("book", "says"),
    [
        ({"scale": "1-5"}, "scale changed"),
        ({"reverse": "yes"}, "good changed"),
        ({"kind": "importance"}, "kind changed"),
        ({"text": ["Another question", "r"]}, "worded differently: 'q' then 'Another question'"),
    ],
)
def test_what_changed_in_a_question_is_said(book, says):
    columns = {"q": [1, 2, 3, 4, 5] * 2, "r": [1, 2, 3, 4, 5] * 2}
    second = survey({"q": columns["q"], "r": columns["r"]}, **book)
    if "text" not in book:
        second = survey(
            columns, **{name: [value, {"scale": "1-7", "kind": "rating"}.get(name, "")] for name, value in book.items()}
        )
    result = dx.compare(survey(columns), second)
    assert says in result.not_compared.set_index("name").loc["q", "why"]
    assert result.table["name"].tolist() == ["r"]


def test_a_question_of_one_wave_only_is_listed(refusal, snapshot):
    result = dx.compare(
        survey({"q": [1, 2, 3, 4], "old": [1, 2, 3, 4]}), survey({"q": [1, 2, 3, 4], "new": [1, 2, 3, 4]})
    )
    why = result.not_compared.set_index("name")["why"]
    assert (why["old"], why["new"]) == snapshot
    with refusal():
        dx.compare(survey({"a": [1, 2, 3]}), survey({"b": [1, 2, 3]}))


def test_an_unknown_adjustment_is_said(refusal):
    with refusal("bonferroni"):
        dx.compare(WAVES["2026-Q2"], WAVES["2026-Q3"], adjust="bonferroni")


def alarms(runs, ids, population=None, response=1.0, people=30, adjust="holm"):
    """How often any of 12 topics that did not change is said to have changed; tests/claims holds it to 5%."""
    rng, said = np.random.default_rng([people, len(str(population))]), 0
    names = [f"q{j:02d}" for j in range(12)]
    for _ in range(runs):
        size = population or people
        mood = rng.normal(size=(size, 12)) * 8
        waves = []
        for _ in range(2):
            codes = (
                likert(np.zeros(12), size, rng)
                if not ids
                else np.clip(np.round(3 + (mood + 16 * rng.normal(size=(size, 12))) / 25), 1, 5)
            )
            if population:  # the same staff think the same: only who answers differs
                codes = np.clip(np.round(3 + mood / 10), 1, 5)
            who = np.flatnonzero(rng.random(size) < response)
            columns = dict(zip(names, codes[who].T, strict=True))
            waves.append(survey(columns, who if ids else None, population, scale="satisfaction5"))
        said += dx.compare(*waves, adjust=adjust).table["holds"].any()
    return said / runs


@pytest.mark.simulated
def test_without_adjustment_there_would_be_many_alarms():
    assert alarms(25, False, adjust="none") > 0.2


def test_a_change_without_spread_has_nothing_to_be_judged_by():
    one, two = [3] * 12, [2] * 12
    for ids, population in ((None, None), (range(12), None), (range(12), 12)):
        found = row(dx.compare(survey({"q": one}, ids, population), survey({"q": two}, ids, population)))
        assert found["estimate"] == pytest.approx(-100 / 6)
        assert found[["low", "high", "p", "g"]].isna().all()
        assert not found["holds"]


def test_a_dimension_changes_by_the_mean_of_its_questions():
    rng = np.random.default_rng(9)
    ids = range(30)
    one, two = (rng.integers(1, 8, (30, 3)).astype(float) for _ in range(2))
    one[:4, 0] = two[3:9, 1] = np.nan
    columns = [dict(zip("abc", each.T, strict=True)) for each in (one, two)]
    for who in (None, ids):
        found = dx.compare(*(survey(each, who, dimension="D") for each in columns)).table.set_index("name")
        assert found.loc["D", "estimate"] == pytest.approx(found.loc[list("abc"), "estimate"].mean())
        assert (found["n_both"] > 0).all() == (who is not None)


def test_row_numbers_of_a_tool_are_not_people():
    """LimeSurvey counts its answers from 1 in every wave: they are other people, not the same."""
    items = pd.DataFrame({"item": ["q"], "text": ["q"], "kind": ["rating"], "scale": ["1-5"]})
    head = {"submitdate": "2026-01-01", "lastpage": 5, "startlanguage": "en", "seed": 1}
    frames = [pd.DataFrame({"id": range(1, 31), **head, "q": [i * n % 5 + 1 for i in range(30)]}) for n in (1, 3)]
    one, two = (dx.read_survey(frame.astype(str), items, source="limesurvey") for frame in frames)
    assert not one.identified.any()
    assert (dx.compare(one, two).table["n_both"] == 0).all()


@pytest.mark.parametrize("known", [True, False], ids=["people known", "as a whole"])
def test_a_question_that_nobody_answered_leaves_the_others_as_they_are(known):
    names = ["q1", "q2", "q3", *(["who"] if known else [])]
    kinds = ["rating"] * 3 + ["id"] * known
    book = pd.DataFrame({"item": names, "text": names, "kind": kinds, "scale": ["1-5"] * 3 + [""] * known})
    book["dimension"] = ["D"] * 3 + [""] * known
    rng = np.random.default_rng(2)
    first, second = (pd.DataFrame(rng.integers(1, 6, (30, 3)), columns=names[:3]) for _ in range(2))
    if known:
        first, second = (each.assign(who=[f"p{k}" for k in range(30)]) for each in (first, second))
    whole = dx.compare(*(dx.read_survey(each, book) for each in (first, second))).table.set_index("name")
    gone = second.assign(q2=np.nan)
    found = dx.compare(*(dx.read_survey(each, book) for each in (first, gone))).table.set_index("name")
    figures = ["n_before", "n_after", "before", "after", "estimate", "se", "p"]
    pd.testing.assert_frame_equal(found.loc[["q1", "q3"], figures], whole.loc[["q1", "q3"], figures])
    assert not found.loc[["q2", "D", "overall"], "shown"].any()
    assert found.loc["q2", figures].isna().all()
