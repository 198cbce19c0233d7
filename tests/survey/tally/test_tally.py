"""The tally merges exactly and says what the people said."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from tests.laws import examples
from tests.survey import worlds

BOOK = dx.read_codebook(worlds.codebook())


def same(one, two, tolerance=1e-10):
    assert one.cells.to_numpy().tolist() == two.cells.to_numpy().tolist()
    for name in ("people", "pairs", "sums", "products", "counts", "states", "anyone"):
        assert getattr(one, name) == pytest.approx(getattr(two, name), rel=tolerance, abs=tolerance)


@pytest.mark.mutation
@examples(30)
@given(worlds.worlds, st.integers(0, 2**32 - 1))
def test_the_tally_of_the_whole_is_the_sum_of_the_tallies_of_any_parts(frame, seed):
    part = np.random.default_rng(seed).integers(0, 3, len(frame))
    pieces = [dx.tally(frame[part == p].reset_index(drop=True), codebook=BOOK) for p in np.unique(part)]
    merged = pieces[0]
    for piece in pieces[1:]:
        merged = merged + piece
    whole = dx.tally(frame, codebook=BOOK)
    at = pd.MultiIndex.from_frame(merged.cells).get_indexer(pd.MultiIndex.from_frame(whole.cells))
    for name in ("people", "pairs", "sums", "products", "counts", "states"):
        assert getattr(merged, name)[at] == pytest.approx(getattr(whole, name), rel=1e-10, abs=1e-10)


def test_an_iterator_of_frames_gives_the_tally_of_one_frame():
    frame = worlds.answers(200)
    chunks = (frame.iloc[i : i + 37].reset_index(drop=True) for i in range(0, len(frame), 37))
    one, two = dx.tally(chunks, codebook=BOOK), dx.tally(frame, codebook=BOOK)
    at = pd.MultiIndex.from_frame(one.cells).get_indexer(pd.MultiIndex.from_frame(two.cells))
    assert one.products[at] == pytest.approx(two.products, rel=1e-12)


@pytest.mark.mutation
@examples(30)
@given(worlds.worlds)
def test_means_and_covariances_equal_pandas(frame):
    counted = dx.tally(frame, codebook=BOOK)
    names = [f"q{i}" for i in range(6)]
    index = 25.0 * (frame[names] - 1)
    covariance, pairs = counted.covariance(counted.at("item", names))
    enough = pairs > 1
    if len(frame) > 1:
        assert covariance[enough] == pytest.approx(index.cov().to_numpy()[enough], abs=1e-9)
    assert counted.over().means[0, :6] == pytest.approx(index.mean().to_numpy(), abs=1e-9, nan_ok=True)


@pytest.mark.mutation
@examples(20)
@given(worlds.worlds)
def test_every_respondent_is_in_exactly_one_state_per_item(frame):
    counted = dx.tally(frame, codebook=BOOK)
    assert (counted.states.sum(axis=2) == counted.people[:, None]).all()
    assert (counted.counts.sum(axis=2) == counted.states[:, :, 0]).all()


def test_a_dimension_needs_half_of_its_items():
    frame = pd.DataFrame({"q0": [1, 1], "q2": [5, np.nan], "q4": [np.nan, np.nan], "team": "A"})
    book = worlds.codebook()
    book = book[book["item"].isin(["q0", "q2", "q4", "team"])]
    counted = dx.tally(frame, codebook=dx.read_codebook(book)).over()
    at = counted.at("dimension", ["D0"])[0]
    assert counted.n[0, at] == 1  # two of three answered is enough, one of three is not
    assert counted.means[0, at] == pytest.approx(50.0)


def test_tallies_of_different_questions_are_not_added(refusal):
    other = worlds.codebook()
    other.loc[0, "scale"] = "agreement7"
    with refusal():
        dx.tally(worlds.answers(20), codebook=BOOK) + dx.tally(worlds.answers(20), codebook=dx.read_codebook(other))


def test_an_unknown_segment_is_said_with_those_there_are(refusal):
    with refusal("site"):
        dx.tally(worlds.survey(), by="site")


def test_scores_from_the_tally_equal_scores_from_the_survey():
    survey = worlds.survey(90)
    columns = ["n", "estimate", "se", "low", "high", "favourable"]
    for by in (None, "team"):
        one, two = dx.scores(survey, by=by).table, dx.scores(dx.tally(survey), by=by).table
        pd.testing.assert_frame_equal(one[columns], two[columns])


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_the_fast_pass_over_plain_codes_gives_the_same_tally(missing):
    rng = np.random.default_rng(8)
    names, scales = ["a", "b", "c", "d"], ["agreement5", "agreement7", "yesno", "satisfaction5"]
    book = pd.DataFrame(
        {"item": names, "text": names, "kind": "rating", "scale": scales, "reverse": ["", "yes", "", ""]}
    )
    book = dx.read_codebook(book)
    codes = [rng.choice(book.scale(name).codes, 10_000).astype(float) for name in names]
    frame = pd.DataFrame(dict(zip(names, codes, strict=True))).mask(rng.random((10_000, 4)) < missing)
    fast, slow = dx.tally(frame, codebook=book), dx.tally(dx.read_survey(frame, book))
    pd.testing.assert_frame_equal(fast.variables, slow.variables)
    for name in ("people", "pairs", "sums", "products", "counts", "states"):
        assert getattr(fast, name) == pytest.approx(getattr(slow, name), rel=1e-12), name
    pd.testing.assert_frame_equal(dx.scores(fast).table, dx.scores(slow).table, rtol=1e-12)
    parts = dx.tally([frame[:5_000], frame[5_000:]], codebook=book)
    assert parts.products == pytest.approx(slow.products, rel=1e-12)


@pytest.mark.parametrize("wrong", [6.0, 0.0, 2.5, -1.0, 1e300, np.inf, -np.inf])
def test_the_fast_pass_lets_no_wrong_code_through(wrong, refusal):
    book = dx.read_codebook(pd.DataFrame({"item": ["a"], "text": ["a"], "kind": ["rating"], "scale": ["agreement5"]}))
    codes = np.full(9_000, 3.0)
    codes[[7_000, 7_001]] = np.nan, wrong
    with refusal("column a"):
        dx.tally(pd.DataFrame({"a": codes}), codebook=book)


def test_options_of_a_tally_are_checked(refusal):
    frame = pd.DataFrame({"ci": [1, 2, 3, 4, 5]})
    book = pd.DataFrame({"item": ["ci"], "text": ["CI is fast"], "kind": ["rating"], "scale": ["agreement5"]})
    wrong = {"min_group": 2, "wave": 3, "progress": "yes", "source": "typefrom", "by": "team"}
    for name, value in wrong.items():
        with refusal(f"{name}="):
            dx.tally(frame, codebook=book, **{name: value})
    with refusal("survey=5"):
        dx.tally(5, codebook=book)
    with refusal("score='hour'", "'hours'"):
        dx.tally(frame, codebook=book.assign(topic="CI")).burden("hour")
