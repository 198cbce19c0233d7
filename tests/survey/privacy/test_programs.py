"""Exchanges, rows and programs for many atoms at once find whom one program after the other finds."""

import numpy as np
import pytest
from scipy.optimize import linprog

from dxkit.survey.privacy.programs import Program, needed_step


def shown_of(rng, answers):
    """A made-up question: people of each atom, true unknowns (T, A), and rows of shown groups from low to high."""
    atoms = int(rng.integers(3, 15))
    people = rng.choice([1, 1, 1, 2, 4], atoms)
    gave = rng.choice(answers, atoms, p=rng.dirichlet(np.full(answers, 0.5)))
    whole = people * rng.choice([1.0, 1.0, 1.7], atoms)
    true = np.eye(answers)[gave] * whole[:, None]
    worth = np.linspace(0, 1, answers)
    rows, low, high = [], [], []
    for _ in range(int(rng.integers(1, 4))):
        cut = rng.integers(0, rng.integers(1, 4), atoms)
        for group in np.unique(cut[rng.random(atoms) < 0.8]):
            row = (cut == group)[:, None] * worth
            told, bound = (row * true).sum(), rng.random() < 0.4 and (row * true).sum() <= whole[cut == group].max()
            rows, low = [*rows, row], [*low, 0.0 if bound else told]
            high.append(whole[cut == group].max() if bound else told)
    return people, whole, true, worth, np.array(rows).reshape(-1, atoms, answers), np.array(low), np.array(high)


def program_of(made, sums):
    """The program over sums or over answers; of sums the rows add up what was answered."""
    people, whole, true, worth, rows, low, high = made
    one = whole / people * (worth[1] if sums else 1.0)
    if sums:
        member = (rows > 0).any(axis=2, keepdims=True).astype(float)
        size = np.zeros((len(whole), 1)), whole[:, None]
        return member, low, high, *size, one, people == 1, (true @ worth)[None, :, None]
    own = np.eye(len(whole))[:, :, None] * np.ones(len(worth))
    size = np.zeros(true.shape), np.tile(whole[:, None], len(worth))
    return (
        np.concatenate([rows, own]),
        np.append(low, whole),
        np.append(high, whole),
        *size,
        one,
        people == 1,
        true[None],
    )


def free(atom, rows, low, high, least, most, one, single, seen):
    """By a program for each end of each unknown of an atom."""
    matrix, ends = rows.reshape(len(rows), -1), np.zeros((2, least.shape[1]))
    bounds = list(zip(least.ravel(), most.ravel(), strict=True))
    for sign, found in zip((1, -1), ends, strict=True):
        for column in range(least.shape[1]):
            objective = np.zeros(least.shape)
            objective[atom, column] = sign
            limits = {"A_ub": np.vstack([matrix, -matrix]), "b_ub": np.concatenate([high, -low]) + 1e-9}
            found[column] = sign * linprog(objective.ravel(), **limits, bounds=bounds).fun
    if least.shape[1] > 1:
        return np.delete(ends[1], seen[0, atom].argmax()).max() > one[atom] * (1 - 1e-6)
    low, high, person = ends[0, 0], ends[1, 0], one[atom] * (1 - 1e-6)
    return high >= person and low <= most[atom, 0] - person and (not single[atom] or high - low >= person)


@pytest.mark.parametrize("sums", [True, False])
def test_the_first_who_is_left_one_answer_is_the_first_that_single_programs_find(sums):
    rng, pinned = np.random.default_rng([6, sums]), 0
    for _ in range(30 if sums else 15):
        rows, low, high, *rest, seen = program_of(shown_of(rng, int(rng.integers(2, 5))), sums)
        if not len(rows):
            continue
        found = Program(rows, (low, high), *rest, seen).pins(np.arange(seen.shape[1]))
        expected = (a for a in range(seen.shape[1]) if not free(a, rows, low, high, *rest, seen))
        assert found == next(expected, None)
        pinned += found is not None
    assert 3 < pinned < 27


def test_a_row_is_bounded_by_its_own_people_though_others_have_no_upper_end():
    """Two groups of one, both told: nothing is left to either, and nothing is multiplied by infinity."""
    rows, told = np.eye(2)[:, :, None], np.array([1.0, 5.0])
    low, high, one, single = np.zeros((2, 1)), np.array([[1.0], [np.inf]]), np.ones(2), np.ones(2, dtype=bool)
    assert Program(rows, [told, told], low, high, one, single, told[None, :, None]).pins(np.array([0, 1])) == 0


def test_a_step_is_needed_until_it_was_taken_both_ways():
    """Sums from 0 to 10, steps of 1: what solutions have shown of them, and of one person alone."""
    seen = [(5, 5, 2), (5, 5, 0), (0, 5, 0), (0.5, 5, 0), (9.5, 10, -1), (9, 10, 0), (0, 0.5, 1), (0, 1, 0)]
    single = np.arange(len(seen)) != 1
    least, most, needed = np.array(seen).T
    low, high, one = np.zeros(len(seen)), np.full(len(seen), 10.0), np.ones(len(seen))
    assert needed_step(least, most, low, high, one, single).tolist() == needed.tolist()


@pytest.mark.parametrize("sums", [True, False])
def test_whoever_can_take_a_step_alone_or_while_another_takes_it_back_is_seen(sums):
    """Each step of each atom is tried by hand, alone and with each other; all that was found agrees with the rows."""
    rng, seen = np.random.default_rng([8, sums]), 0
    for _ in range(12):
        rows, low, high, least, most, one, single, true = program_of(shown_of(rng, 3), sums)
        if not len(rows):
            continue
        base, program = true[0], Program(rows, (low, high), least, most, one, single, true)

        def fits(unknowns, within=(rows, low, high, least, most)):
            rows, low, high, least, most = within
            told = np.einsum("rta,ta->r", rows, unknowns)
            inside = (unknowns >= least - 1e-6).all() and (unknowns <= most + 1e-6).all()
            return inside and (told >= low - 1e-6).all() and (told <= high + 1e-6).all()

        atoms = program._pinned(np.arange(len(base)))
        tried = [(atom, step) for some, step in program._steps(atoms, program._need(atoms)) for atom in some]
        left = program._exchanged(atoms)
        assert set(left) == {atom for atom in atoms if program._need(np.array([atom]))[0]}
        assert all(fits(each) for each in program.found)
        for atom, step in tried:
            alone = base.copy()
            alone[atom] += one[atom] * step
            both = [alone.copy() for _ in base]
            for other, each in enumerate(both):
                each[other] -= one[atom] * step * (other != atom)
            if any(fits(each) for each in both):
                moved = [
                    (each[atom] - base[atom]) * step >= one[atom] * np.abs(step) * (1 - 1e-6) for each in program.found
                ]
                assert any(each.all() for each in moved)
                seen += 1
    assert seen > 20


def of_sums(high=(4.0, 4.0, np.inf), base=(1.0, 0.0, 3.0), single=(True, True, False)):
    """Three atoms in two rows: the first two are told as 1 exactly, the last two as 2 to 5."""
    rows = np.array([[1.0, 1, 0], [0, 1, 1]])[:, :, None]
    told = [np.array([1.0, 2.0]), np.array([1.0, 5.0])]
    low, high = np.array([[0.0], [0.0], [1.5]]), np.array(high)[:, None]
    return Program(rows, told, low, high, np.array([1.0, 0.5, 2.0]), np.array(single), np.array(base)[None, :, None])


def test_a_row_by_itself_leaves_an_atom_what_the_others_at_their_ends_leave():
    made = of_sums()
    more, less, either = 1, -1, 2
    assert [made._room(atom, more) for atom in range(3)] == pytest.approx([1.0, 2.0, 1.75])
    assert [made._room(atom, less) for atom in range(3)] == [7, 14, np.inf]
    assert [of_sums((4.0, 4.0, 1.5))._room(atom, less) for atom in range(3)] == pytest.approx([7, 7, 1.75])
    assert made._room(0, either) == np.inf


def test_slack_is_a_billionth_of_what_is_told_as_a_range():
    made = of_sums()
    assert made._from.tolist() == [1.0, 2.0 - 5e-9]
    assert made._to.tolist() == [1.0, 5.0 + 5e-9]


def test_the_steps_that_are_needed_and_those_who_need_them():
    made = of_sums()
    every = np.arange(3)
    assert made._need(every).tolist() == [2, 1, 1]
    assert [(some.tolist(), step.tolist()) for some, step in made._steps(every, made._need(every))] == [
        ([0, 1, 2], [1.0]),
        ([0], [-1.0]),
    ]
    assert made._together(every, np.array([2, -1, 1])).tolist() == [[1.0], [-1.0], [1.0]]
    assert made._pinned(every).tolist() == [0, 1, 2]
    made._see(np.array([[2.0], [1.0], [3.0]]))
    assert made._pinned(every).tolist() == [2]
    assert [each.tolist() for each in made.found] == [[[2.0], [1.0], [3.0]]]
    assert (made._least.ravel().tolist(), made._most.ravel().tolist()) == ([1, 0, 3], [2, 1, 3])


def test_of_answers_another_one_is_needed_by_whoever_gave_one():
    """Two of three in one group, of whom the first gave 1 and the second 0; the third gave 2."""
    true = np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]])
    rows, told = np.ones((1, 3, 3)) * np.array([[1.0], [1], [0]]), np.array([2.0])
    made = Program(rows, [told, told], np.zeros((3, 3)), np.ones((3, 3)), np.ones(3), np.ones(3, bool), true[None])
    every = np.arange(3)
    assert made._need(every).tolist() == [1, 1, 1]
    assert made._together(every, made._need(every)).tolist() == (-true).tolist()
    assert [(some.tolist(), step.tolist()) for some, step in made._steps(every, made._need(every))] == [
        ([1], [-1, 1, 0]),
        ([1], [-1, 0, 1]),
        ([0], [1, -1, 0]),
        ([0], [0, -1, 1]),
        ([2], [1, 0, -1]),
        ([2], [0, 1, -1]),
    ]
    assert made._room(0, 1) == np.inf
    made._see(np.array([[0, 0, 1.0], [1, 0, 0], [0, 0, 1]]))
    assert made._pinned(every).tolist() == [1, 2]
    assert made._free(np.array([1]), made._need(np.array([1])), several=True)
    assert made._pinned(every).tolist() == [2]
    assert made.pins(every) is None
