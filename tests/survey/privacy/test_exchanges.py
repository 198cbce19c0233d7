"""Very many groups: whom exchanges by group and programs of a few find free, a program over everything finds free; and
what two cuts at a time call certain, an attacker who tries all sets confirms."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import dxkit as dx
from dxkit.survey.privacy import ends, exchanges
from dxkit.survey.privacy.exchanges import Sums
from dxkit.survey.privacy.pairs import Pairs, _folded, _with_rest
from tests.survey.privacy import companies


def sums_of(rng):
    """A made-up question of one answer from 0 to 1 a person: who is in which group, some sums exact, some a bound."""
    atoms, top = int(rng.integers(6, 40)), rng.choice([1.0, np.inf])
    code = [np.zeros(atoms, dtype=int), *(rng.integers(0, g, atoms) for g in rng.choice([2, 3, 8], rng.integers(1, 4)))]
    single = rng.random(atoms) < 0.8
    people = np.where(single, 1, 3)
    base = np.minimum(rng.choice([0.0, 0.0, 0.0, 0.5, 1.0], atoms) * people, people * min(top, 9.0))
    told, seen = [], []
    for cut in code:
        whole = np.bincount(cut, base)
        bound = (whole <= 1) & (rng.random(len(whole)) < 0.9)
        told.append((np.where(bound, 0.0, whole), np.where(bound, 1.0, whole)))
        hidden = rng.random(len(whole)) < (0.2 if cut.any() else 0)
        seen.append(np.where(hidden[cut], -1, cut))
    one = people * rng.choice([1.0, 0.5])
    high = people * top
    return Sums(code=seen, told=told, low=np.zeros(atoms), high=high, base=base, one=one / people, single=single)


def free(made, atom):
    """By a program over all atoms for each end of one."""
    rows, low, high = [], [], []
    for code, (least, most) in zip(made.code, made.told, strict=True):
        for group in np.unique(code[code >= 0]):
            rows, low, high = [*rows, code == group], [*low, least[group]], [*high, most[group]]
    matrix, objective = np.array(rows, dtype=float), np.zeros(len(made.base))
    limits = {"A_ub": np.vstack([matrix, -matrix]), "b_ub": np.append(high, -np.array(low)) + 1e-9}
    found = []
    for sign in (1, -1):
        objective[atom] = sign
        solved = linprog(objective, **limits, bounds=list(zip(made.low, made.high, strict=True)))
        found.append(np.inf if solved.status == 3 else sign * solved.fun)
    person, single = made.one[atom] * (1 - 2e-6), made.single[atom]
    least, most = found
    return most >= person and least <= made.high[atom] - person and (not single or most - least >= person)


@pytest.mark.parametrize("questions", [4, pytest.param(60, marks=pytest.mark.thorough)])
def test_nobody_is_called_free_whom_a_program_over_everything_pins(questions):
    rng, freed, left = np.random.default_rng(6), 0, 0
    for _ in range(questions):
        made = sums_of(rng)
        check = np.flatnonzero(rng.random(len(made.base)) < 0.5)
        pinned, found = made.pins(check)
        assert set(found) <= set(check)
        assert all(free(made, atom) for atom in found)
        freed += len(found)
        if pinned is not None:
            assert pinned in check
            left += free(made, pinned)
    assert freed > 3 * questions
    assert left <= questions // 4  # counted as pinned though a program over everything would free them


@pytest.mark.parametrize("k", [3, 5])
def test_where_two_cuts_at_a_time_are_certain_no_sum_is_about_a_few(k):
    rng, certain = np.random.default_rng(k), 0
    for _ in range(300):
        codes, answered = companies.company(rng, least=30, most=60, cuts=2, blank=0.1)
        shown = [np.bincount(code, answered) >= k for code in codes]
        if Pairs(codes, answered).apart(shown, k):
            certain += 1
            assert companies.smallest_sum(companies.rows_over_people(codes, shown), answered, k) is None
    assert certain >= 10


def near_an_end(people, teams, seed=1):
    """Answers near the ends of their scales, in many small teams."""
    rng = np.random.default_rng(seed)
    frame = {"team": rng.integers(0, teams, people), "site": rng.integers(0, 8, people)}
    frame |= {"no": np.where(rng.random(people) < 0.06, "Yes", "No"), "lost": rng.choice([0] * 9 + [3], people)}
    rows = [("team", "segment", ""), ("site", "segment", ""), ("no", "rating", "yesno"), ("lost", "hours", "")]
    book = pd.DataFrame([(name, name, *rest) for name, *rest in rows], columns=["item", "text", "kind", "scale"])
    return pd.DataFrame(frame).astype(str), book


def test_1_000_teams_near_an_end_are_decided_and_shown():
    frame, book = near_an_end(12_000, 1_000)
    table = dx.tally(frame, codebook=book).release.table
    teams = table[(table["cut"] == "team") & (table["question"] != "people")]
    assert teams["figure"].mean() > 0.95


def test_groups_tell_as_much_as_programs_over_everything(monkeypatch):
    frame, book = near_an_end(300, 30)
    before = dx.tally(frame, codebook=book).release.table
    monkeypatch.setattr(ends, "_MOST", 0)
    monkeypatch.setattr(exchanges, "_TOGETHER", 1)
    pd.testing.assert_frame_equal(dx.tally(frame, codebook=book).release.table, before)


def test_a_group_that_all_answered_alike_is_hidden_and_not_the_smaller_ones():
    team = np.repeat(["a", "b", "c", "d"], [21, 22, 30, 60])
    ticked = np.arange(len(team)) % 3 == 0
    options = np.where(ticked & (team != "c"), "A;B", "B")
    book = pd.DataFrame(
        {"item": ["team", "q"], "text": ["team", "q"], "kind": ["segment", "multi"], "scale": ["", "L"]}
    )
    scales = pd.DataFrame({"scale": ["L", "L"], "code": ["0", "1"], "label": ["A", "B"]})
    survey = dx.read_survey(pd.DataFrame({"team": team, "q": options}), dx.read_codebook(book, scales))
    table = survey.release.table.query("cut == 'team' and question == 'q[A]'").set_index("group")["figure"]
    assert table.to_dict() == {"a": False, "b": True, "c": False, "d": True, "(others)": True}  # c alone would follow


def test_whoever_can_exchange_with_another_is_free():
    """Each step of each atom is tried by hand, alone and with each other, against what is told of every group."""
    rng, freed, kept = np.random.default_rng(9), 0, 0
    for _ in range(10):
        made = sums_of(rng)
        atoms = np.arange(len(made.base))
        left = set(made._exchanged(atoms))

        def fits(sums, made=made):
            inside = (sums >= made.low - 1e-6).all() and (sums <= made.high + 1e-6).all()
            for code, (least, most) in zip(made.code, made.told, strict=True):
                told = np.bincount(code[code >= 0], sums[code >= 0], len(least))
                inside &= (told >= least - 1e-6)[code[code >= 0]].all() and (told <= most + 1e-6)[code[code >= 0]].all()
            return inside

        for atom in atoms:
            one = made.one[atom]
            more = made.base[atom] < made.low[atom] + one * (1 - 1e-6)
            less = not more and made.base[atom] > made.high[atom] - one * (1 - 1e-6)
            signs = [1] if more else [-1] if less else [1, -1] if made.single[atom] else []
            found = False
            for sign in signs:
                for other in atoms:
                    sums = made.base.copy()
                    sums[atom] += sign * one
                    sums[other] -= sign * one * (other != atom)
                    found |= fits(sums)
            if found or not signs:
                assert atom not in left
                freed += 1
            kept += atom in left
    assert min(freed, kept) > 10


def two_cuts():
    """Five atoms: everybody is told as 2 to 4, one team exactly, one as 0 to 1, and who is in no team not at all."""
    return Sums(
        code=[np.zeros(5, dtype=int), np.array([0, 0, 1, 1, -1])],
        told=[(np.array([2.0]), np.array([4.0])), (np.array([1.5, 0.0]), np.array([1.5, 1.0]))],
        low=np.zeros(5),
        high=np.array([1.0, 1, 1, 1, np.inf]),
        base=np.array([0.5, 1, 0, 0.25, 1]),
        one=np.array([1.0, 1, 0.5, 0.5, 1]),
        single=np.array([True, True, False, True, True]),
    )


def test_how_much_more_and_less_each_group_may_be():
    made = two_cuts()
    (more, less), (team_more, team_less) = (
        made._room(code, *told) for code, told in zip(made.code, made.told, strict=True)
    )
    assert (more.tolist(), less.tolist()) == ([pytest.approx(1.25 + 4e-9, abs=1e-12)] * 5, [0.75 + 4e-9] * 5)
    assert team_more == pytest.approx([0, 0, 0.75 + 1e-9, 0.75 + 1e-9, np.inf], abs=1e-12)
    assert team_less == pytest.approx([0, 0, 0.25 + 1e-9, 0.25 + 1e-9, np.inf], abs=1e-12)


def test_a_partner_is_somebody_else_in_the_same_groups():
    made, atoms = two_cuts(), np.array([0, 2, 4])
    assert made._partner(atoms, np.array([0, 1, 3, 4]), 0b10).tolist() == [1, 3, -1]
    assert made._partner(atoms, np.array([0, 1, 3, 4]), 0b01).tolist() == [4, 0, 0]
    assert made._partner(atoms, np.array([0, 4]), 0b11).tolist() == [-1, -1, -1]
    assert made._partner(atoms, np.array([], dtype=int), 0b01).tolist() == [-1, -1, -1]
    assert made._need(np.arange(5), made.base, made.base).tolist() == [1, -1, 1, 1, 2]
    assert exchanges._bits([np.array([True, False, True]), np.array([False, True, True])]).tolist() == [1, 2, 3]


def test_who_shares_any_or_all_groups_with_others():
    codes = [np.zeros(4, dtype=int), np.array([0, 0, 1, 2]), np.array([1, 0, 1, 0])]
    assert Sums._share(codes, np.array([0]), np.any).tolist() == [True, True, True, False]
    assert Sums._share(codes, np.array([0]), np.all).tolist() == [True, False, False, False]
    assert Sums._share(codes[:1], np.array([0]), np.all).tolist() == [True] * 4
    assert Sums._share([], np.array([0]), np.any).tolist() == []


def test_the_program_of_a_few_leaves_all_others_as_they_answered():
    """The three others of everybody have 1.25, the two others 1.75; of the second team somebody else has 0.25."""
    program = two_cuts()._program(np.array([0, 1]))
    assert program._rows[:, :, 0].tolist() == [[1, 1], [1, 1]]
    assert program._from == pytest.approx([2 - 1.25, 1.5], abs=1e-7)
    assert program._to == pytest.approx([4 - 1.25, 1.5], abs=1e-7)
    other = two_cuts()._program(np.array([2, 4]))
    assert other._rows[:, :, 0].tolist() == [[1, 1], [1, 0]]
    assert other._from == pytest.approx([2 - 1.75, -0.25], abs=1e-7)
    assert other._to == pytest.approx([4 - 1.75, 0.75], abs=1e-7)
    assert (other._low.ravel().tolist(), other._high.ravel().tolist()) == ([0, 0], [1, np.inf])
    assert (other._one.tolist(), other._single.tolist()) == ([0.5, 1], [False, True])
    assert other._last.ravel().tolist() == [0, 1]


def test_groups_with_the_hidden_ones_together():
    place, people = _with_rest(np.array([True, False, True, False]), np.array([5, 3, 0, 4]))
    assert (place.tolist(), people.tolist()) == ([0, 1, -1, 1], [5, 7])
    place, people = _with_rest(np.array([True, True]), np.array([5, 3]))
    assert (place.tolist(), people.tolist()) == ([0, 1], [5, 3])
    table = np.array([[1.0, 2], [3, 4], [5, 6], [7, 8]])
    assert _folded(table, np.array([0, 1, -1, 1]), 2).tolist() == [[1, 2], [10, 12]]
    assert _folded(table[:2], np.array([0, 1]), 2).tolist() == [[1, 2], [3, 4]]


def test_it_is_certain_of_large_groups_that_cross_evenly_and_of_no_others():
    """100 people in two cuts of halves: no leverage is above 1/50 and twice 1/50, so that 16 others are too few."""
    half, other = np.repeat([0, 1], 50), np.resize([0, 1], 100)
    cuts, n, shown = [np.zeros(100, dtype=int), half, other], np.ones(100), [np.ones(1, bool), *[np.ones(2, bool)] * 2]
    pairs = Pairs(cuts, n)
    assert [each.tolist() for each in pairs.sizes] == [[100], [50, 50], [50, 50]]
    assert [k for k in range(2, 60) if pairs.apart(shown, k)] == list(range(2, 18))
    assert not pairs.apart([np.zeros(1, bool), *shown[1:]], 5)
    assert pairs.apart(shown[:1], 100)
    assert not pairs.apart(shown[:1], 101)
    assert [k for k in range(2, 60) if pairs.apart(shown[:2], k)] == list(range(2, 51))
    hidden = [shown[0], np.array([True, False]), shown[2]]  # the other half is the hidden rest
    assert [k for k in range(2, 60) if pairs.apart(hidden, k)] == list(range(2, 18))
