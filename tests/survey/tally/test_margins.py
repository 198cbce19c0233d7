"""What is counted of each group: groups and codes by hand, and each way to count gives the same."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.tally import margins
from dxkit.survey.tally.from_survey import of_survey
from dxkit.survey.tally.margins import Cross, chunks, counted, crossed, grouped, in_cells, packed, smallest

ITEMS = [
    ("team", "segment", ""),
    ("site", "segment", ""),
    ("role", "segment", ""),
    ("ci", "rating", "agreement5"),
    ("docs", "rating", "yesno"),
    ("lost", "hours", "hours"),
    ("w", "weight", ""),
]
BOOK = dx.read_codebook(
    pd.DataFrame([(name, name, *rest) for name, *rest in ITEMS], columns=["item", "text", "kind", "scale"])
)


def people(n=60, seed=2):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"team": rng.choice(list("ABCD"), n), "site": rng.choice(["X", "Y"], n)})
    frame = frame.assign(role=rng.choice(["p", "q", "r"], n), ci=rng.integers(1, 6, n), docs=rng.integers(0, 2, n))
    frame = frame.assign(lost=rng.gamma(1, 3, n).round(1), w=rng.choice([0.5, 2.0], n))
    for name in ("ci", "docs", "lost"):
        frame[name] = frame[name].astype(float).mask(rng.random(n) < 0.2)
    return frame


@pytest.fixture(scope="module")
def read():
    return of_survey(dx.read_survey(people(), BOOK))


def by_hand(cut):
    """Of each group, sorted: people, how often each code of ci was given, sums of hours and of weights."""
    frame, rows = people(), []
    for _, part in frame.groupby(list(cut)) if cut else [((), frame)]:
        hours = part[part["lost"].notna()]
        w, x = hours["w"], hours["lost"]
        rows.append(
            [
                len(part),
                [int((part["ci"] == code).sum()) for code in range(1, 6)],
                [float(part["w"][part["ci"] == code].sum()) for code in range(1, 6)],
                [len(x), x.sum(), (x**2).sum()],
                [w.sum(), (w * x).sum(), (w**2).sum()],
            ]
        )
    return list(zip(*rows, strict=True))


@pytest.mark.parametrize("quick", [1, 8, 4_096])
def test_cuts_that_are_counted_together_are_those_that_are_counted_alone(read, monkeypatch, quick):
    cuts = [(), ("team",), ("site",), ("role", "team"), ("site", "role"), ("team", "site", "role")]
    monkeypatch.setattr(margins, "_QUICK", quick)
    for cut, found in zip(cuts, counted(read.layout, read.coded, cuts), strict=True):
        people_, codes, weights, sums, weighted = by_hand(cut)
        assert list(found.groups) == list(cut)
        assert found.people.tolist() == list(people_)
        assert found.counts[:, 0, :5].tolist() == list(codes)
        assert found.weighted_counts[:, 0, :5, 0] == pytest.approx(np.array(weights))
        assert found.sums[:, 0] == pytest.approx(np.array(sums))
        assert found.weighted_sums[:, 0] == pytest.approx(np.array(weighted))
        assert (found.counts.sum(axis=2) == found.people[:, None]).all()
        assert found.weighted
    sizes = {each: len(margins._crosses(read.layout, read.coded, cuts[:each])) for each in (1, 3, 5)}
    assert sizes == {1: {1: 1, 3: 2, 5: 2}, 8: {1: 1, 3: 1, 5: 2}, 4_096: {1: 1, 3: 1, 5: 1}}[quick]


def test_a_cross_counts_each_question_as_margins_do(read):
    cut = ("team", "site")
    cross, whole = crossed(read.layout, read.coded, cut), counted(read.layout, read.coded, [cut])[0]
    for each in (cross, Cross.of([cross], cut)):
        for i in range(2):
            assert each.of_item(i).tolist() == whole.of_item(i).tolist()
        for name in ("people", "sums", "weighted_counts", "weighted_sums"):
            assert getattr(each, name) == pytest.approx(getattr(whole, name))
        assert each.weighted
    turned = Cross.of([cross, cross], ("site",))
    of_sites = counted(read.layout, read.coded, [("site",)])[0]
    assert turned.people.tolist() == (2 * of_sites.people).tolist()
    assert turned.sums == pytest.approx(2 * of_sites.sums)
    assert turned.of_item(0).tolist() == (2 * of_sites.of_item(0)).tolist()
    assert smallest([whole, of_sites], ("site",)) is of_sites
    added = smallest([whole], ("site",))
    assert (added.groups["site"].tolist(), added.people.tolist()) == (["X", "Y"], of_sites.people.tolist())
    assert added.weighted_sums == pytest.approx(of_sites.weighted_sums)


def test_rows_are_taken_in_slices(monkeypatch):
    monkeypatch.setattr(margins, "ROWS", 4)
    monkeypatch.setattr(margins, "_HELD", 6)

    def lengths(*given, **named):
        found = list(chunks(*given, **named))
        assert [each.start for each in found] == [0, *(each.stop for each in found[:-1])]
        return [each.stop - each.start for each in found]

    assert lengths(10, 1) == lengths(10, 0) == [4, 4, 2]
    assert lengths(8, 2) == [3, 3, 2]
    assert lengths(3, 7) == [1, 1, 1]
    assert lengths(10, 7, least=5) == [5, 5]
    assert list(chunks(0, 1)) == []


def test_groups_are_sorted_by_their_labels_whatever_the_order_of_the_categories():
    teams = pd.Categorical(["b", "a", "c", "b"], categories=["c", "b", "x", "a"])
    frame = pd.DataFrame({"team": teams, "site": pd.Categorical(["Y", "X", "X", "X"])})
    groups, code = grouped(frame, ["team", "site"])
    assert groups.to_numpy().tolist() == [["a", "X"], ["b", "X"], ["b", "Y"], ["c", "X"]]
    assert (code.tolist(), groups.index.tolist()) == ([2, 0, 3, 1], [0, 1, 2, 3])
    one, none = grouped(frame, [])
    assert (len(one), list(one), none.tolist()) == (1, [], [0] * 4)
    assert packed(np.array([7, 3, 7, 5])).tolist() == [2, 0, 2, 1]
    assert packed(np.array([2**40, 3, 2**40])).tolist() == [1, 0, 1]
    assert packed(np.array([1_039, 0, 4])).tolist() == packed(np.array([1_040, 0, 4])).tolist() == [2, 0, 1]


def test_codes_lie_cell_after_cell_in_an_order_of_their_own():
    cell, codes = np.array([1, 0, 1, 0, 3]), np.array([[4, 0], [2, 1], [1, 3], [0, 0], [3, 3]], dtype=np.uint8)
    found = in_cells(cell, codes, 5)
    assert found.tolist() == [[0, 0], [2, 1], [1, 0], [4, 3], [3, 3]]
    assert found.dtype == np.uint8
    assert in_cells(cell, codes, 2**31 // 3 + 1).tolist() == found.tolist()  # numbers that need 64 bits


def test_counts_by_two_segments_are_titled_by_both(read):
    assert read.frame(["team", "site"]).title == "Counts by team and site"
    counts = read.frame(["team", "site"]).table
    assert counts[counts["item"] == "ci"]["count"].sum() == 60
