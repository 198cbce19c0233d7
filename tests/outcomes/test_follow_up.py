"""Did it move: rarely said where nothing changed, said where it did, beside what was agreed."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

import dxkit as dx
from dxkit.outcomes.follow_up import judged
from dxkit.statistics import clusters
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


def world(made, spread, people=30, topics=12):
    """Two waves of other people with one truth: answers (2, people, topics)."""
    truth = made.normal(50, spread, topics)
    mood = made.normal(0, 12, (2, people, 1))
    return truth + mood + made.normal(0, 20, (2, people, topics))


def shrunken(mean, covariance, n):
    """The scores without the part that is probably luck."""
    line, result = np.argsort(mean), np.empty_like(mean)
    variance = clusters.own_variances(covariance[None], np.array([n]))[:, line]
    result[line] = clusters.draw(mean[None, line], variance, clusters.chance(1_024, len(mean))).mean(axis=1)[0]
    return result


def judgement(first, second):
    """The first wave's scores, and the verdicts."""
    mean, covariance, n = first.mean(axis=0), np.cov(first.T) / len(first), np.full(first.shape[1], len(first))
    after, se = second.mean(axis=0), second.std(axis=0, ddof=1) / np.sqrt(len(second))
    return mean, judged(mean, shrunken(mean, covariance, len(first)), np.sqrt(np.diag(covariance)), n, after, se, n)[-1]


def false_alarms(spread, runs):
    """How often one of the chosen two is called moved where nothing changed, and by a t-test of their scores."""
    made, false, naive = np.random.default_rng(4), 0, 0
    for _ in range(runs):
        first, second = world(made, spread)
        mean, verdicts = judgement(first, second)
        worst = np.argsort(-mean)[:2]
        false += any(verdicts[k] == "moved" for k in worst)
        p = ttest_ind(first[:, worst], second[:, worst], alternative="greater", equal_var=False).pvalue
        naive += bool((p < 0.05).any())
    return false / runs, naive / runs


@pytest.mark.parametrize("spread", [0.0, 4.0, 8.0])
def test_the_chosen_two_are_rarely_called_moved_where_nothing_changed(spread):
    """12 topics and 30 answers; 500 worlds, whose simulation error is 1 point."""
    ours, naive = false_alarms(spread, 500)
    assert ours <= 0.07
    assert naive > 0.09


def test_a_large_change_is_seen():
    made, seen = np.random.default_rng(6), 0
    for _ in range(300):
        first, second = world(made, 8.0)
        worst = int(np.argmax(first.mean(axis=0)))
        second[:, worst] -= 30
        _, verdicts = judgement(first, second)
        seen += verdicts[worst] == "moved"
    assert seen / 300 > 0.85


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
