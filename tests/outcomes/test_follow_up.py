"""Did it move: rarely said where nothing changed, said where it did, beside what was agreed."""

from dataclasses import replace

import pandas as pd
import pytest

import dxkit as dx
from dxkit.statistics.intervals import wilson
from tests import sample

WAVES = [sample.wave(f"2026-Q{k}") for k in (1, 3)]
ACTIONS = pd.DataFrame(
    {
        "retro_date": ["2026-03-01", "2026-03-01", "2026-04-01", "2026-05-01"],
        "action": ["two reviewers", "cache", "shard", "pages"],
        "topic": ["Waiting for code review", "waiting for  CI", "Waiting for CI", "Finding documentation"],
        "done": ["2026-04-15", "2026-05-01", "", "2026-06-01"],
    }
)


@pytest.fixture(scope="module")
def followed():
    return dx.follow_up(*WAVES, ACTIONS, as_of="2026-07-01")


@pytest.mark.thorough
def test_a_mood_is_not_taken_for_an_effect():
    """Everybody is 0.4 hours happier with everything: no pain moved more than others."""
    first = WAVES[0]
    happier = first.answers.filter(like="hours").columns
    better = replace(first, answers=first.answers.assign(**{c: first.answers[c] * 0.9 for c in happier}), wave="later")
    assert "moved" not in set(dx.follow_up(first, better, ACTIONS, as_of="2026-07-01").table["verdict"])


@pytest.mark.thorough
def test_with_few_untouched_topics_nothing_can_be_told(snapshot):
    names = WAVES[0].codebook.topics
    many = pd.DataFrame({"retro_date": "2026-03-01", "action": "a", "topic": names[:-2], "done": ""})
    found = dx.follow_up(*WAVES, many)
    assert set(found.table["verdict"]) == {"not separable"}
    assert found.table[["estimate", "se", "p", "expected"]].isna().all(axis=None)
    assert found.table["remark"].unique().tolist() == snapshot
    assert found.shift is not None


def test_what_was_planted_in_the_company_is_found(followed, snapshot):
    """Review hurts less from 2026-Q2 on; nothing else gets better."""
    table = followed.table.set_index("topic")
    assert table.loc["Waiting for code review", "verdict"] == "moved"
    assert table.loc["Waiting for code review", "remark"] == snapshot
    assert set(table["verdict"]) <= {"moved", "not shown", "worse", "no action"}
    assert table.loc["Finding documentation", "remark"] == snapshot
    assert table.loc["Waiting for CI", ["done", "action"]].tolist() == ["open", "cache; shard"]
    assert table.loc["Number of tools", "verdict"] == "no action"
    assert (table["verdict"] == "moved").sum() == 1


def test_completion_age_and_repeats(followed, snapshot):
    found = followed
    assert found.completion == pytest.approx((0.75, *map(float, wilson(0.75, 4))))
    assert (found.age.n, found.age.open, found.age.median.estimate) == (4, 1, 53.0)
    assert found.repeats == ("Waiting for CI",)
    assert found.notes == snapshot
    assert "because" not in repr(found)


def test_more_than_two_open_themes_are_warned_of(snapshot):
    assert dx.follow_up(*WAVES, ACTIONS.assign(done="")).notes == snapshot


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param({"topic": "Lunch"}, ["Lunch"], id="the survey has no topic 'Lunch'"),
        pytest.param({"done": "2025-01-01"}, [], id="done before it was agreed"),
        pytest.param({"retro_date": ""}, [], id="the cell is empty"),
    ],
)
def test_actions_that_cannot_be(change, named, refusal):
    with refusal(*named):
        dx.follow_up(*WAVES, ACTIONS.assign(**change))


def test_what_was_done_after_the_look_is_open_then(snapshot):
    found = dx.follow_up(*WAVES, ACTIONS, as_of="2026-04-20")
    assert found.completion[0] == pytest.approx(1 / 3)
    assert (found.age.n, found.age.open) == (3, 2)
    assert found.table.set_index("topic").loc["Waiting for CI", "done"] == "open"
    assert found.notes == snapshot


def test_actions_are_on_time_late_or_open_by_retrospective():
    due = ACTIONS.assign(due=["2026-04-15", "2026-04-30", "2026-05-01", ""])
    counts = dx.follow_up(*WAVES, due, as_of="2026-07-01").actions.set_index("retro_date")
    assert counts.columns.tolist() == ["actions", "on_time", "late", "no_due", "open"]
    assert counts.loc["2026-03-01"].tolist() == [2, 1, 1, 0, 0]
    assert counts.loc["2026-04-01"].tolist() == [1, 0, 0, 0, 1]
    assert counts.loc["2026-05-01"].tolist() == [1, 0, 0, 1, 0]
    assert not dx.follow_up(*WAVES).actions


def test_no_action_at_all_is_no_fault():
    found = dx.follow_up(*WAVES, ACTIONS[:0], as_of="2026-04-20")
    assert found.completion is None
    assert set(found.table["done"]) == {"none"}


def test_a_topic_that_was_asked_differently_is_named_and_not_compared(snapshot):
    items = pd.DataFrame(
        {
            "item": ["a", "b", "c"],
            "text": ["CI?", "Docs?", "Review?"],
            "kind": "hours",
            "topic": ["CI", "Docs", "Review"],
            "scale": "hours",
        }
    )
    answers = pd.DataFrame({"a": [1, 2, 3] * 4, "b": [2, 2, 1] * 4, "c": [3, 1, 1] * 4})
    other = items.assign(text=["CI, a week?", "Docs?", "Review?"], item=["a", "b", "d"])
    other.loc[2, "topic"] = "Pull requests"
    first = dx.read_survey(answers, dx.read_codebook(items))
    found = dx.follow_up(first, dx.read_survey(answers.rename(columns={"c": "d"}), dx.read_codebook(other)))
    assert found.table["topic"].tolist() == ["Docs"]
    for topic in ("CI", "Review", "Pull requests"):
        assert any(topic in note for note in found.notes)
    assert found.notes == snapshot
