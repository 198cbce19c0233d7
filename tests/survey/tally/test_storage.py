"""A saved tally comes back as it was; a file that is none is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import dxkit as dx
from tests.laws import examples
from tests.survey.tally.test_from_csv import PLAIN, either
from tests.survey.tally.test_tally import groups_of, same, sited, tallied


@pytest.mark.mutation
@examples(15)
@given(sited)
def test_save_and_load_change_nothing(tmp_path_factory, frame):
    path, tally = tmp_path_factory.mktemp("saved") / "a.tally", tallied(frame)
    tally.save(path)
    back = dx.Tally.load(path)
    same(back, tally, 0)
    for cut, margins in tally.cuts.items():
        assert all(getattr(margins, name).dtype == getattr(back.cuts[cut], name).dtype for name in ("people", "counts"))
    assert back.notes == tally.notes
    pd.testing.assert_frame_equal(dx.scores(back, by="team").table, dx.scores(tally, by="team").table)


def saved(path, tmp_path):
    frame = pd.DataFrame({"team": ["Blue", "Green"] * 40, "ci": [1, 2, 4, np.nan] * 20})
    tally = dx.tally(frame, codebook=PLAIN, roster=pd.DataFrame({"team": ["Blue", "Green"], "headcount": [60, 50]}))
    tally.save(tmp_path / path)
    return tally


def test_a_saved_tally_comes_back_and_scores_alike(tmp_path):
    tally = saved("ours.tally", tmp_path)
    back = dx.Tally.load(tmp_path / "ours.tally")
    same(back, tally, 0)
    assert dx.scores(back).table.equals(dx.scores(tally).table)
    assert groups_of(back + tally)[1] == [80, 40]
    assert (tmp_path / "ours.tally").stat().st_size < 20_000


def test_a_damaged_or_foreign_tally_is_refused(tmp_path, refusal):
    saved("ours.tally", tmp_path)
    data = (tmp_path / "ours.tally").read_bytes()
    rng = np.random.default_rng(1)
    for _ in range(60):
        place = int(rng.integers(len(data)))
        (tmp_path / "bad.tally").write_bytes(data[:place] + bytes([data[place] ^ 85]) + data[place + 1 :])
        back = either(lambda: dx.Tally.load(tmp_path / "bad.tally"))
        if isinstance(back, str):
            assert back.startswith("bad.tally: ")
        else:  # the change was in what zip keeps beside the arrays
            same(back, dx.Tally.load(tmp_path / "ours.tally"), 0)
    (tmp_path / "bad.tally").write_text("no tally")
    with refusal():
        dx.Tally.load(tmp_path / "bad.tally")


def test_tallies_of_other_codebooks_do_not_pool(tmp_path, refusal):
    saved("ours.tally", tmp_path)
    other = dx.read_codebook(PLAIN.items.assign(scale=["", "agreement7"]))
    with refusal():
        dx.Tally.load(tmp_path / "ours.tally") + dx.tally(pd.DataFrame({"team": ["Blue"], "ci": [7]}), codebook=other)


def test_thousands_of_teams_are_a_small_file(tmp_path):
    rng = np.random.default_rng(0)
    names = [f"q{k}" for k in range(10)]
    book = pd.DataFrame({"item": names, "kind": "rating", "scale": "agreement5"}).assign(text=names)
    book.loc[10] = ["team", "segment", "", "team"]
    frame = pd.DataFrame(rng.integers(1, 6, (3_000, 10)), columns=names).assign(team=rng.integers(0, 1_000, 3_000))
    tally = dx.tally(frame.astype({"team": str}), codebook=book)
    tally.save(tmp_path / "a.tally")
    assert (tmp_path / "a.tally").stat().st_size < 40_000
    same(dx.Tally.load(tmp_path / "a.tally"), tally, 0)
