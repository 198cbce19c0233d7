"""What every answer counts, question by question and all at once: from weights of the file, from a roster."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.statistics.means.spread import BOUNDED, HOURS, NUMBER
from dxkit.survey.tally.measures import BURDENS, VARIABLES
from dxkit.survey.tally.questions import Questions
from dxkit.survey.tally.topics import burdens
from dxkit.survey.tally.variables import Layout, contrasts, in_unit
from dxkit.survey.tally.weighed import said, weighed

pytestmark = pytest.mark.usefixtures("nothing_hidden")

ROWS = [
    ("team", "segment", "", "", "", ""),
    ("site", "segment", "", "", "", ""),
    ("ci", "rating", "agreement5", "builds", "CI", ""),
    ("cd", "rating", "agreement5", "builds", "CI", ""),
    ("docs", "rating", "yesno", "docs", "Docs", ""),
    ("ci_w", "importance", "importance5", "", "CI", ""),
    ("docs_w", "importance", "importance5", "", "Docs", ""),
    ("lost", "hours", "hours", "", "CI", ""),
    ("read", "hours", "hours", "", "Docs", ""),
    ("enps", "recommend", "recommend11", "", "", ""),
    ("age", "number", "", "", "", ""),
]
ITEMS = pd.DataFrame(ROWS, columns=["item", "kind", "scale", "dimension", "topic", "asked_if"])
ITEMS = ITEMS.assign(text=ITEMS["item"])
W = pd.DataFrame([{"item": "w", "text": "w", "kind": "weight"}])
BOOK, HEAVY = dx.read_codebook(ITEMS), dx.read_codebook(pd.concat([ITEMS, W]).fillna(""))
SITES = pd.DataFrame({"site": ["X", "Y"], "headcount": [90, 150]})


def people(n=80, seed=5):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"team": rng.choice(list("ABC"), n), "site": rng.choice(["X", "Y", "Y"], n)})
    for name in ("ci", "cd", "ci_w", "docs_w"):
        frame[name] = rng.integers(1, 6, n)
    frame["docs"], frame["enps"] = rng.integers(0, 2, n), rng.integers(0, 11, n)
    frame["lost"], frame["read"] = rng.gamma(1, 3, n).round(1), rng.gamma(1, 2, n).round(1)
    frame["age"] = rng.integers(20, 60, n)
    blank = rng.random((n, 9)) < 0.15
    frame[frame.columns[2:]] = frame.iloc[:, 2:].astype(float).mask(blank)
    return frame.assign(w=rng.choice([0.5, 1.0, 2.5], n))


def tally_of(kind):
    frame, cuts = people(), [["team", "site"]]
    if kind == "file":
        return dx.tally(frame, cuts, codebook=HEAVY)
    return dx.tally(frame, cuts, codebook=BOOK, roster=SITES if kind == "roster" else None)


@pytest.mark.parametrize("kind", ["nothing", "file", "roster"])
def test_one_question_after_the_other_counts_what_all_at_once_count(kind):
    tally = tally_of(kind)
    questions, cells = Questions(tally, tally.fine(["team", "site"])), tally.cut(["team", "site"]).every()
    every, of_all = weighed(cells), weighed(cells, counts=said)
    assert questions.everybody == (kind == "nothing")
    group = cells.groups["team"].map({"A": 0, "B": 1, "C": 2}).to_numpy()[cells.group]
    layout = tally.layout
    for p in range(len(layout.columns)):
        held = questions.of(p)
        assert held.n.tolist() == every.n[:, p].tolist() == questions.n(p).tolist()
        assert held.weights == pytest.approx(every.weights[:, p])
        assert held.worth == pytest.approx(np.where(held.weights > 0, every.worth[:, p], 0))
        means = cells.means[:, p] if kind != "file" else every.file_means[:, p]
        assert held.means[held.n > 0] == pytest.approx(means[held.n > 0])
        if layout.coded[p]:
            counts = cells.weighed_codes if kind == "file" else cells.counts
            times = held.weights[:, None] if kind == "roster" else 1.0
            assert held.given == pytest.approx(counts[:, p] * times)
        else:
            assert held.given.shape == (len(held.n), 0)
        weight = held.weights * held.worth
        heaviest = questions.heaviest(held, group, 3)
        for g in range(3):
            inside = (group == g) & (held.n > 0)
            each = held.weights[inside] * (np.sqrt(held.worth[inside]) if kind == "file" else 1)
            assert heaviest[g] == pytest.approx(each.max() / weight[group == g].sum())
    for i in range(len(layout.values)):
        assert questions.said(i).tolist() == of_all.n[:, i].tolist()


def test_weights_are_those_of_the_people_by_hand():
    """Kish's effective answers of the two teams, and the weighted means, from the rows of the file."""
    frame, tally = people(), tally_of("file")
    cells = tally.cut(["team"])
    found = weighed(cells)
    at = cells.at("item", ["ci", "lost"])
    for g, team in enumerate("ABC"):
        for j, name in zip(at, ("ci", "lost"), strict=True):
            rows = frame[(frame["team"] == team) & frame[name].notna()]
            w, x = rows["w"], 25 * (rows[name] - 1) if name == "ci" else rows[name]
            assert found.answers[g, j] == len(rows)
            assert found.n_eff[g, j] == pytest.approx(w.sum() ** 2 / (w**2).sum())
            assert found.stands_for[g, j] == pytest.approx(w.sum())
            assert found.average(found.file_means)[g, j] == pytest.approx((w * x).sum() / w.sum())
            assert found.differ[g, j]
            assert found.heaviest[g, j] == pytest.approx(np.sqrt((w**2).sum()) / w.sum())
    everybody = frame.groupby("team")["w"].agg(lambda w: w.sum() ** 2 / (w**2).sum())
    assert found.people == pytest.approx(everybody.to_numpy())


@pytest.mark.parametrize("kind", ["nothing", "file", "roster"])
def test_some_variables_and_some_groups_are_those_of_all(kind):
    every = weighed(tally_of(kind).cut(["team"]))
    at = np.array([3, 0])
    some, last = every.take(at), every.among(slice(1, 3))
    for name in ("weights", "worth", "n", "file_means"):
        whole = getattr(every, name)
        if whole is None:
            assert (some.file_means, last.file_means) == (None, None)
            continue
        assert getattr(some, name).tolist() == whole[:, at].tolist()
        assert getattr(last, name).tolist() == whole[every.group > 0].tolist()
    assert (some.part.tolist(), last.part.tolist()) == (every.part[at].tolist(), every.part.tolist())
    assert last.group.tolist() == (every.group[every.group > 0] - 1).tolist()
    assert last.people.tolist() == every.people[every.group > 0].tolist()
    assert (last.headcount.tolist(), last.groups, last.design) == (every.headcount[1:].tolist(), 2, None)
    assert every.among(slice(0, 3)) is every
    for name in ("answers", "n_eff", "coverage", "heaviest"):
        assert getattr(some, name) == pytest.approx(getattr(every, name)[:, at])
        assert getattr(last, name) == pytest.approx(getattr(every, name)[1:])


def test_everything_that_is_counted_has_the_mean_of_its_answers():
    """Items in their units, and the burdens of topics that several questions make up."""
    frame, cells = people(), tally_of("nothing").cut(["team"]).every()
    assert cells.variables["level"].tolist() == ["item"] * 9 + ["impact"] * 2 + ["severity"] * 2 + ["opportunity"] * 2
    answers = {name: frame[name].to_numpy(dtype=float) for name in ITEMS["item"][2:]}
    parts = [BOOK.index(answers[name], name) for name in ("ci", "cd", "docs", "ci_w", "docs_w")]
    promoters = 100.0 * (frame["enps"] >= 9) - 100.0 * (frame["enps"] <= 6) + 0 * frame["enps"]
    parts += [answers["lost"], answers["read"], promoters.to_numpy(), answers["age"]]
    order = ["ci", "cd", "docs", "ci_w", "docs_w", "lost", "read", "enps", "age"]
    assert cells.variables["name"].tolist()[:9] == order
    parts += [column for score in ("impact", "severity", "opportunity") for column in burdens(BOOK, answers, score).T]
    for g, team in enumerate("ABC"):
        here = np.column_stack(parts)[frame["team"] == team]
        assert cells.n[g].tolist() == (~np.isnan(here)).sum(axis=0).tolist()
        assert cells.means[g] == pytest.approx(np.nanmean(here, axis=0))
        assert cells.scatter[g] == pytest.approx(np.nansum((here - np.nanmean(here, axis=0)) ** 2, axis=0))


def test_every_column_has_its_form_its_step_and_its_origin():
    layout = Layout(BOOK)
    assert layout.burdens == ["impact", "severity", "opportunity"]
    nan, inf = np.nan, np.inf
    forms = [
        *[(BOUNDED, 0, 100, 1, 50, 0.25)] * 2,
        (BOUNDED, 0, 100, 1, 50, 1.0),
        *[(BOUNDED, 0, 100, 1, 50, 0.25)] * 2,
        *[(HOURS, 0, 1, 168, 0, nan)] * 2,
        (BOUNDED, -100, 200, 1, 0, 0.5),
        (NUMBER, 0, 1, inf, 0, nan),
        *[(BOUNDED, 0, 100, 1, 50, nan)] * 4,
        *[(BOUNDED, 0, 20, 1, 10, nan)] * 2,
    ]
    form = layout.form
    found = np.column_stack([form.form, form.low, form.width, form.top, layout.origin, layout.step])
    np.testing.assert_allclose(found, np.array(forms, dtype=float))
    assert layout.coded.tolist() == [True] * 5 + [False, False, True, False] + [False] * 6
    assert layout.summed.tolist() == [5, 6, 8, 9, 10, 11, 12, 13, 14]
    points = in_unit(BOOK, "enps", np.array([0, 6, 7, 8, 9, 10, nan]))
    np.testing.assert_array_equal(points, [-100, -100, 0, 0, 100, 100, nan])
    assert in_unit(BOOK, "age", np.array([30.0])).tolist() == [30]
    assert in_unit(BOOK, "ci", np.array([1.0, 4])).tolist() == [0, 75]
    rows, counts = contrasts(BOOK)
    assert rows.to_numpy().tolist() == [
        ["dimension", "builds", "index"],
        ["dimension", "docs", "index"],
        ["overall", "overall", "index"],
    ]
    assert counts[:, :3].tolist() == [[0.5, 0.5, 0], [0, 0, 1], [0.25, 0.25, 0.5]]
    assert not counts[:, 3:].any()
    assert {unit: VARIABLES[unit].origin for unit in ("index", "place")} == {"index": 50.0, "place": 1.0}
    assert BURDENS["opportunity"].high == 20.0
