"""No interval of a sample has zero width or leaves its scale; that of a census has none."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import dxkit as dx
from tests.laws import examples
from tests.statistics.means.test_laws import no_interval_of_a_sample_has_zero_width

KINDS = {  # scale, least and most of a score, codes that people choose
    "rating": ("agreement5", 0, 100, np.arange(1, 6)),
    "importance": ("1-7", 0, 100, np.arange(1, 8)),
    "recommend": ("recommend11", -100, 100, np.arange(11)),
    "hours": ("hours", 0, 168, np.array([0, 0, 0, 0.5, 1, 5, 40, 168])),
}
NAMES = {f"{kind}{j}": kind for kind in KINDS for j in range(2)}
BOOK = dx.read_codebook(
    pd.DataFrame(
        [
            {
                "item": name,
                "text": name,
                "kind": kind,
                "scale": KINDS[kind][0],
                "dimension": "D" if kind == "rating" else "",
            }
            for name, kind in NAMES.items()
        ]
        + [{"item": name, "text": name, "kind": "segment", "scale": "", "dimension": ""} for name in ("team", "site")]
    )
)
LIMITS = {name: KINDS[kind][1:3] for name, kind in NAMES.items()} | {"D": (0, 100), "overall": (0, 100)}


def drawn(seed):
    """Answers, of which many are all alike or at an end; the roster or None; people of all groups."""
    rng = np.random.default_rng(seed)
    n, teams = int(rng.integers(3, 31)), int(rng.integers(1, 4))
    frame = pd.DataFrame({"team": rng.choice([*"ABC"][:teams], n), "site": rng.choice([*"NS"], n)})
    for name, kind in NAMES.items():
        codes = KINDS[kind][3]
        favour = rng.dirichlet(np.full(len(codes), rng.choice([0.05, 0.3, 2.0])))
        frame[name] = rng.choice(codes, n, p=favour).astype(float)
        frame.loc[rng.random(n) < rng.choice([0.0, 0.0, 0.2, 0.6]), name] = np.nan
    if rng.random() < 0.3:
        return frame, None
    cells = ["team", "site"][: rng.integers(1, 3)]
    roster = frame.groupby(cells).size().rename("headcount").reset_index()
    if rng.random() < 0.6:  # else everybody has sent something
        roster["headcount"] += rng.integers(0, 12, len(roster))
    return frame.drop(columns=["site"][: len(cells) == 1]), roster


def hold(frame, roster, fpc):
    """Hold every interval of a survey to the law."""
    survey = dx.read_survey(frame.assign(site=frame.get("site", "")), BOOK, roster, min_group=3)
    for by in (None, "team"):
        table = dx.scores(survey, by=by, fpc=fpc).table
        table = table[table["shown"].to_numpy(dtype=bool) & (table["n"] >= 2).to_numpy(dtype=bool)]
        ends = table["bound"].isin(["at most", "at least"])  # figures near an end: no interval
        assert table.loc[ends, ["se", "low", "high"]].isna().all(axis=None)
        table = table[~ends]
        low, estimate, high = table[["low", "estimate", "high"]].to_numpy(dtype=float).T
        floor, top = np.array([LIMITS[name] for name in table["name"]]).reshape(-1, 2).T
        assert (floor - 1e-9 <= low).all()
        assert (low <= estimate + 1e-9).all()
        assert (estimate <= high + 1e-9).all()
        assert (high <= top + 1e-9).all()
        census = np.zeros(len(table), dtype=bool)
        weighed_alike = np.ones(len(table), dtype=bool)
        if roster is not None and fpc:
            heads = roster.groupby("team")["headcount"].sum()
            people = table["team"].map(heads) if by else pd.Series(heads.sum(), index=table.index)
            census = table["n"].to_numpy(dtype=float) >= people.to_numpy(dtype=float)
            weighed_alike[:] = not by or "site" not in roster  # a whole group may count unequally under raking
        assert (low < high)[~census].all()
        assert (low == high)[census & weighed_alike].all()
        assert (low == estimate)[census & weighed_alike].all()
        shares = table.loc[table["favourable"].notna() & ~census, ["favourable_low", "favourable_high"]].to_numpy()
        assert (shares[:, 0] < shares[:, 1]).all()
        assert ((shares >= 0) & (shares <= 1)).all()


@examples(60)
@given(st.integers(0, 10**9), st.booleans())
@example(39838, True)  # all have answered, raked: rounding left dimensions a width
@pytest.mark.thorough
def test_no_interval_of_a_sample_has_zero_width_or_leaves_its_scale(seed, fpc):
    hold(*drawn(seed), fpc)


def test_a_team_that_did_not_answer_what_cost_nobody_an_hour_is_no_warning():
    frame = pd.DataFrame({"hours": [0.0] * 9 + [np.nan] * 3, "q": [1, 3, 5] * 4, "team": [*"ABC"] * 3 + ["D"] * 3})
    book = pd.DataFrame({"item": frame.columns, "text": frame.columns, "kind": ["hours", "rating", "segment"]})
    book["scale"] = ["hours", "agreement5", ""]
    table = dx.scores(dx.read_survey(frame, book, min_group=3), by="team").table
    assert not table["stands_out"][:4].any()


@pytest.mark.thorough
def test_ten_thousand_surveys_have_no_interval_without_width(claimed):
    for seed in range(500):
        hold(*drawn(seed), fpc=seed % 2 == 0)
    for seed in range(10_000):
        no_interval_of_a_sample_has_zero_width(seed)
    claimed(
        "an interval of a sample has zero width or leaves its scale, or one of a census has a width (`-m thorough`)",
        "none",
        "none",
        "10,000 generated surveys by the array functions, 500 by `dx.scores`",
    )
