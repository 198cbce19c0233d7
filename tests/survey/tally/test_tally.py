"""The tally merges exactly and says what the people said."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.survey.tally.margins import ARRAYS
from tests.laws import examples
from tests.survey import worlds

pytestmark = pytest.mark.usefixtures("nothing_hidden")

BOOK = dx.read_codebook(worlds.codebook(segments=("team", "site")))
OF_PAIRS = ("pairs", "sums", "products")


def same(one, two, tolerance=1e-10):
    """Two tallies hold the same, whatever the order of their cuts."""
    assert set(one.cuts) == set(two.cuts)
    for cut, margins in one.cuts.items():
        pd.testing.assert_frame_equal(margins.groups, two.cuts[cut].groups)
        for name in ARRAYS:
            left, right = getattr(margins, name), getattr(two.cuts[cut], name)
            assert left == pytest.approx(right, rel=tolerance, abs=tolerance), (cut, name)
    assert one.comoments.at.tolist() == two.comoments.at.tolist()
    for name in OF_PAIRS:
        assert getattr(one.comoments, name) == pytest.approx(getattr(two.comoments, name), rel=tolerance, abs=1e-8), (
            name
        )


def groups_of(tally, segment="team"):
    """The labels of a segment and how many people each has."""
    margins = tally.cuts[segment,]
    return margins.groups[segment].tolist(), margins.people.tolist()


def with_sites(frame, seed=0):
    return frame.assign(site=np.random.default_rng(seed).choice(["A", "B", ""], len(frame)))


sited = st.builds(with_sites, worlds.worlds, st.integers(0, 100))


def tallied(frame, cuts=("team", "site", ("team", "site"))):
    return dx.tally(frame.reset_index(drop=True), cuts, codebook=BOOK)


@examples(30)
@given(sited, st.integers(0, 2**32 - 1))
@pytest.mark.thorough
def test_the_tally_of_the_whole_is_the_sum_of_the_tallies_of_any_parts_in_any_tree(frame, seed):
    rng = np.random.default_rng(seed)
    part = rng.integers(0, 4, len(frame))
    pieces = [tallied(frame[part == p]) for p in np.unique(part)]
    whole = tallied(frame)
    same(dx.Tally.merged(pieces), whole)
    while len(pieces) > 1:
        one, two = (pieces.pop(int(rng.integers(len(pieces)))) for _ in range(2))
        pieces.append(one + two)
    same(pieces[0], whole)


@examples(20)
@given(sited)
@pytest.mark.thorough
def test_what_is_added_does_not_depend_on_the_order(frame):
    half = len(frame) // 2 or 1
    one, two = tallied(frame[:half]), tallied(frame[half:] if len(frame) > 1 else frame)
    same(one + two, two + one)


def test_answers_counted_a_few_at_a_time_are_those_counted_at_once(monkeypatch):
    """Codes, sums of numbers, and how they go together."""
    frame = with_sites(worlds.answers(120))
    frame["lost"] = np.random.default_rng(1).gamma(1, 2, 120).round(1)
    hours = pd.DataFrame([{"item": "lost", "text": "Hours lost", "kind": "hours"}])
    book = dx.read_codebook(pd.concat([worlds.codebook(segments=("team", "site")), hours]).fillna(""))
    whole = dx.tally(frame, ["team", ["team", "site"]], codebook=book)
    monkeypatch.setattr("dxkit.survey.tally.margins.ROWS", 50)
    parts = dx.tally(frame, ["team", ["team", "site"]], codebook=book)
    same(parts, whole)
    assert parts.cuts[()].sums[0, 0] == pytest.approx([120, frame["lost"].sum(), (frame["lost"] ** 2).sum()])


def test_many_parts_add_up_as_a_few():
    frame = with_sites(worlds.answers(60))
    pieces = [tallied(frame[at : at + 3]) for at in range(0, 60, 3)]
    same(dx.Tally.merged(iter(pieces)), tallied(frame))


@examples(30)
@given(worlds.worlds)
def test_means_and_covariances_equal_pandas(frame):
    counted = dx.tally(frame, codebook=dx.read_codebook(worlds.codebook())).cut()
    names = [f"q{i}" for i in range(6)]
    index = 25.0 * (frame[names] - 1)
    covariance, pairs = counted.covariance(counted.at("item", names))
    enough = pairs > 1
    if len(frame) > 1:
        assert covariance[enough] == pytest.approx(index.cov().to_numpy()[enough], abs=1e-9)
    assert counted.means[0, :6] == pytest.approx(index.mean().to_numpy(), abs=1e-9, nan_ok=True)


@examples(20)
@given(sited)
def test_every_respondent_is_in_exactly_one_state_per_item(frame):
    counted = tallied(frame).cut(["team"])
    assert (counted.states.sum(axis=2) == counted.people[:, None]).all()
    assert (counted.counts.sum(axis=2) == counted.states[:, :, 0]).all()


@examples(20)
@given(sited)
@pytest.mark.thorough
def test_every_cut_sums_to_the_whole_and_a_finer_one_to_a_coarser(frame):
    whole = tallied(frame)
    finest = replace(tallied(frame, [["team", "site"]]), declared=whole.declared)
    for by in ([], ["team"], ["site"], ["site", "team"]):
        one, two = whole.cut(by), finest.cut(by)
        assert one.groups.to_numpy().tolist() == two.groups.to_numpy().tolist()
        assert one.people.sum() == len(frame)
        assert one.counts.sum(axis=0) == pytest.approx(whole.cut().counts[0])
        for name in ("n", "total", "squares"):
            assert getattr(one, name) == pytest.approx(getattr(two, name), rel=1e-12, abs=1e-9), name
        if by:
            left, right = (dx.scores(source, by=by).table for source in (whole, finest))
            pd.testing.assert_frame_equal(left, right, rtol=1e-12)


def test_a_dimension_is_the_mean_of_its_items_whoever_skipped_one():
    frame = pd.DataFrame({"q0": [1, 1, 4], "q2": [5, np.nan, 3], "q4": [np.nan, 3, 2], "team": "A"})
    book = worlds.codebook()
    book = book[book["item"].isin(["q0", "q2", "q4", "team"])]
    items = 25 * (frame[["q0", "q2", "q4"]].mean() - 1)
    whole = dx.tally(pd.concat([frame] * 3), codebook=dx.read_codebook(book), min_group=3)
    table = dx.scores(whole).table.set_index("name")
    assert table.loc["D0", "estimate"] == pytest.approx(items.mean())
    assert table.loc["D0", "n"] == 6


def test_tallies_of_different_questions_or_promises_are_not_added(refusal):
    other = worlds.codebook()
    other.loc[0, "scale"] = "agreement7"
    frame, roster = worlds.answers(20), pd.DataFrame({"team": ["Team A", "Team B", "Team C"], "headcount": 40})
    mine = dx.tally(frame, codebook=worlds.codebook())
    with refusal():
        mine + dx.tally(frame, codebook=dx.read_codebook(other))
    with refusal():
        mine + dx.tally(frame, codebook=worlds.codebook(), min_group=6)
    with refusal():
        mine + dx.tally(frame, codebook=worlds.codebook(), roster=roster)
    with refusal():
        dx.Tally.merged([])


def test_cuts_that_not_all_tallies_have_are_left_out_and_told():
    frame = with_sites(worlds.answers(40))
    added = tallied(frame, ["team", "site"]) + tallied(frame, ["team"])
    assert list(added.cuts) == [(), ("team",)]
    assert "the cut site is not in all of the tallies that were added up, and was left out" in added.notes


@examples(20)
@given(sited)
@pytest.mark.thorough
def test_scores_from_the_tally_of_a_file_equal_scores_from_its_survey(frame):
    survey = dx.read_survey(frame, BOOK, cuts=["team", "site", ["team", "site"]])
    of_file, of_survey = tallied(frame), dx.tally(survey, ["team", "site", ["team", "site"]])
    same(of_file, of_survey, 0)
    columns = ["n", "estimate", "se", "low", "high", "favourable"]
    for by in (None, "team", ["team", "site"]):
        one, two = dx.scores(survey, by=by).table, dx.scores(of_file, by=by).table
        pd.testing.assert_frame_equal(one[columns], two[columns])


REFERENCE = """id,team,site,ci,docs
a1,Red,Berlin,Agree,Disagree
a2,Red,Berlin,agree ,4
a3,red,Paris,Strongly agree,
a4,Blue,Paris,Disagree,Strongly disagree
a5,Blue,Paris,,3
a6,Blue,Berlin,3,Agree
a7,,Berlin,Agree,Agree
a8,Red,Paris,,
a1,Red,Berlin,Disagree,Disagree
a9,Blue,Paris,Strongly agree,Strongly agree
a10,Red,Berlin,Disagree,Agree
"""
FIGURES = [  # worked out by other means: n, sum, sum of squares, mean, favourable
    (None, "ci", 8, 475, 35625, 59.375, 0.5),
    (None, "docs", 8, 475, 35625, 59.375, 0.625),
    ("Blue", "ci", 3, 175, 13125, 58.333333, 0.333333),
    ("Blue", "docs", 4, 225, 18125, 56.25, 0.5),
    ("Red", "ci", 4, 225, 16875, 56.25, 0.5),
    ("Red", "docs", 3, 175, 11875, 58.333333, 0.666667),
]


@pytest.fixture
def reference(tmp_path):
    (tmp_path / "a.csv").write_text(REFERENCE)
    kinds = ["id", "segment", "segment", "rating", "rating"]
    book = pd.DataFrame({"item": ["id", "team", "site", "ci", "docs"], "kind": kinds})
    book = book.assign(text=book["item"], scale=np.where(book["kind"] == "rating", "agreement5", ""))
    return dx.tally(tmp_path / "a.csv", codebook=book, min_group=3)


@pytest.mark.parametrize("figures", FIGURES, ids=lambda row: f"{row[0] or 'all'} {row[1]}")
def test_a_file_of_eleven_rows_gives_the_worked_figures(reference, figures):
    group, item, n, total, squares, *wanted = figures
    cells = reference.cut(["team"] if group else [])
    g = cells.groups["team"].tolist().index(group) if group else 0
    j = cells.at("item", [item])[0]
    found = cells.n[g, j], cells.total[g, j] + 50 * cells.n[g, j]
    assert found == (n, total)
    assert cells.squares[g, j] + 100 * total - 2500 * n == squares
    table = dx.scores(reference, by="team" if group else None).table
    row = table[(table["name"] == item) & ((table["team"] == group) if group else True)].iloc[0]
    if row["shown"]:
        assert row[["estimate", "favourable"]].astype(float).tolist() == pytest.approx(wanted, abs=1e-6)
    else:
        assert cells.means[g, j] == pytest.approx(wanted[0], abs=1e-6)


def test_the_comoments_of_eleven_rows_are_the_worked_ones(reference):
    assert reference.respondents == 9
    assert groups_of(reference) == (["(not stated)", "Blue", "Red"], [1, 4, 4])
    cells = reference.cut()
    at = cells.at("item", ["ci", "docs"])
    pairs, sums, products = cells.together(at)
    assert (pairs[0, 1], sums[0, 1], sums[1, 0], products[0, 1]) == (7, 25, 75, 5000)
    assert cells.covariance(at)[0][0, 1] == pytest.approx(788.690476, abs=1e-6)


def test_answers_between_codes_are_counted_and_steps_that_are_uneven_too():
    """What cannot be multiplied as whole numbers gives the same figures as what can."""
    scales = pd.DataFrame({"scale": "uneven", "code": [1, 2, 2.7, 9], "label": list("abcd")})
    book = dx.read_codebook(
        pd.DataFrame(
            {"item": ["u", "h", "e"], "text": ["u", "h", "e"], "kind": ["rating", "hours", "recommend"]}
        ).assign(scale=["uneven", "hours", "recommend11"]),
        scales,
    )
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"u": rng.choice(list("abcd"), 400), "h": rng.random(400) * 9, "e": rng.integers(0, 11, 400)})
    frame = frame.mask(rng.random(frame.shape) < 0.1)
    values = frame.assign(
        u=frame["u"].map({"a": 0, "b": 12.5, "c": 21.25, "d": 100}),
        e=100.0 * (frame["e"] > 8) - 100.0 * (frame["e"] < 7) + 0 * frame["e"],
    )
    covariance, _ = dx.tally(frame, codebook=book).cut().covariance([0, 1, 2])
    assert covariance == pytest.approx(values.astype(float).cov().to_numpy(), rel=1e-10)


@pytest.mark.thorough
def test_a_survey_of_many_questions_that_are_all_alike_is_scored():
    """Of over 128 questions none stands apart: there are no columns of any other sort to be crossed."""
    codes = np.random.default_rng(3).integers(1, 6, (40, 150))
    frame = pd.DataFrame(codes, columns=[f"q{j:03d}" for j in range(150)])
    for scale, kind in (("agreement5", "rating"), ("", "number")):
        book = pd.DataFrame({"item": frame.columns, "text": frame.columns, "kind": kind, "scale": scale})
        if kind == "rating":
            book["dimension"] = "all"
        found = dx.tally(frame, codebook=book).comoments
        assert found.pairs == pytest.approx(np.full((150, 150), 40.0))
        assert dx.scores(dx.read_survey(frame, book)).table["n"].tolist() == [40] * (152 if kind == "rating" else 150)


def test_options_of_a_tally_are_checked(refusal):
    frame = pd.DataFrame({"ci": [1, 2, 3, 4, 5]})
    book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    wrong = {"min_group": 2, "wave": 3, "progress": "yes", "source": "typefrom", "cuts": "team", "memory": "much"}
    for name, value in wrong.items():
        with refusal(f"{name}="):
            dx.tally(frame, **{"codebook": book, name: value})
    with refusal("comoments="):
        dx.tally(frame, codebook=book, comoments=5)
    with refusal("got int"):
        dx.tally(5, codebook=book)
    with refusal("score='hour'", "'hours'"):
        dx.tally(frame, codebook=book.assign(topic="CI")).cut().burden("hour")
