"""What an attacker can work out from published sums: the smallest groups that they determine.

See docs/methods/anonymity.md, "Audit by attack"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_WIDTH = 8  # random directions; groups of up to four atoms stay apart in eight
_ZERO = 1e-7


@dataclass(frozen=True, eq=False, kw_only=True)
class Breach:
    """A group that the published rows determine: its atoms and their coefficients in the attacker's sum."""

    atoms: tuple[int, ...]
    coefficients: tuple[float, ...]


def atoms_of(rows: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge units that no row tells apart: rows (R, U) and counts n (U,) become (R, A) and (A,)."""
    merged, counts, _ = _merged(rows, n, None)
    return merged, counts


def find_breach(rows: np.ndarray, n: np.ndarray, least: int, weightings: np.ndarray | None = None) -> Breach | None:
    """A group of 1 to `least - 1` answers whose sum follows from the rows (R, A); None where there is none.

    The rows reveal every vector of their row space. What is left of random directions after projecting that space
    away is zero for an atom that is determined, opposite for two atoms whose weighted sum is, and sums to zero for
    larger groups. Sums are looked for with the weights of each weighting (W, A) that was published with.
    """
    rows, n, atom = _merged(rows, n, weightings)
    small = np.flatnonzero((n > 0) & (n < least))
    if not len(rows) or not len(small) or _out_of_reach(rows, n, least):
        return None
    used = np.ones((1, rows.shape[1])) if weightings is None else weightings[:, atom]
    for weights in {each.tobytes(): each for each in np.where(used > 0, used, 1.0)}.values():
        found = _determined(_left_over(rows / weights)[small], n[small], least)
        if found is not None:
            atoms, coefficients = found
            at = small[list(atoms)]
            return Breach(atoms=tuple(atom[at].tolist()), coefficients=tuple(np.array(coefficients) * weights[at]))
    return None


def _out_of_reach(rows: np.ndarray, n: np.ndarray, least: int) -> bool:
    """Whether there are but one or two different rows, and every sum of them holds the minimum of answers.

    A sum of two rows is zero only on atoms that have the same share of both.
    """
    there = rows.any(axis=0)
    different: list[np.ndarray] = []
    for row in rows[:, there]:
        if not any(np.array_equal(row, other) for other in different):
            different.append(row)
        if len(different) > 2:
            return False
    rows, n = np.stack(different), n[there]
    turn = np.arctan2(*(rows / rows.max(axis=1, keepdims=True))) if len(rows) == 2 else np.arange(len(n), dtype=float)
    order = np.argsort(turn)
    alike = np.cumsum(np.diff(turn[order], prepend=turn[order[0]]) > _ZERO)
    heaviest = np.bincount(alike, n[order]).max() if len(rows) == 2 else 0.0
    return bool(n.sum() - heaviest >= least)


def _merged(rows: np.ndarray, n: np.ndarray, weightings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Atoms that these rows do not tell apart as one; the third array is a first atom of each."""
    keys = np.vstack([rows, *([] if weightings is None else [weightings])])
    blur = np.random.default_rng(7).standard_normal(len(keys)) @ keys
    _, first, code = np.unique(np.round(blur, 9), return_index=True, return_inverse=True)
    return rows[:, first], np.bincount(code.ravel(), weights=n, minlength=len(first)), first


def _determined(left: np.ndarray, size: np.ndarray, least: int):
    """The smallest determined group among atoms: positions and coefficients; None where there is none."""
    length = np.linalg.norm(left, axis=1)
    if (single := np.flatnonzero(length < _ZERO)).size:
        return (int(single[np.argmin(size[single])]),), (1.0,)
    return _pair(left / length[:, None], length, size, least) or _several(left, size, least)


def _left_over(rows: np.ndarray) -> np.ndarray:
    """Random directions (A, width) without their part in the row space."""
    scale = np.linalg.norm(rows, axis=1, keepdims=True)
    left, values, _ = np.linalg.svd((rows / np.where(scale > 0, scale, 1.0)).T, full_matrices=False)
    basis = left[:, values > 1e-9 * max(values.max(initial=0.0), 1.0)]
    directions = np.random.default_rng(11).standard_normal((rows.shape[1], _WIDTH))
    return directions - basis @ (basis.T @ directions)


def _pair(unit: np.ndarray, length: np.ndarray, size: np.ndarray, least: int):
    """Two atoms in opposite directions: a positive sum of both is determined."""
    found = _meet(unit, unit, size, size, least)
    if found is None:
        return None
    a, b = found
    return (a, b), (1.0 / length[a], 1.0 / length[b])


def _several(left: np.ndarray, size: np.ndarray, least: int):
    """Three and more atoms that sum to zero, found by meeting in the middle on the first direction."""
    few = np.flatnonzero(size <= least - 3)  # the others of a group of three have at least one answer each
    if len(few) < 2:
        return None
    first, second = np.triu_indices(len(few), 1)
    pairs = left[few[first]] + left[few[second]]
    together = size[few[first]] + size[few[second]]
    light = together < least
    first, second, pairs, together = few[first[light]], few[second[light]], pairs[light], together[light]
    if not len(pairs):
        return None
    found = _meet(pairs, left, together, size, least)
    if found is not None:
        k, c = found
        group = tuple(sorted({int(first[k]), int(second[k]), int(c)}))
        return group, (1.0,) * len(group)
    if least >= 5:
        found = _meet(pairs, pairs, together, together, least)
        if found is not None:
            k, m = found
            group = tuple(sorted({int(first[k]), int(second[k]), int(first[m]), int(second[m])}))
            return group, (1.0,) * len(group)
    return None


def _meet(one: np.ndarray, two: np.ndarray, size_one: np.ndarray, size_two: np.ndarray, least: int):
    """Positions k, m with one[k] + two[m] = 0 and fewer than `least` answers in both."""
    order, turn = np.argsort(two[:, 0], kind="stable"), np.argsort(-one[:, 0], kind="stable")
    keys, sought = two[order, 0], -one[turn, 0]  # both ascending, which makes the search fast
    low = np.searchsorted(keys, sought - _ZERO)
    near = np.flatnonzero((low < len(keys)) & (keys[np.minimum(low, len(keys) - 1)] <= sought + _ZERO))
    for k, start in zip(turn[near], low[near], strict=True):
        for m in order[start : np.searchsorted(keys, -one[k, 0] + _ZERO, side="right")]:
            if size_one[k] + size_two[m] < least and np.abs(one[k] + two[m]).max() < _ZERO:
                return int(k), int(m)
    return None


def taking_part(rows: np.ndarray, breach: Breach) -> np.ndarray:
    """Which rows (R,) the attacker's least-norm sum for a breach needs."""
    target = np.zeros(rows.shape[1])
    for atom, coefficient in zip(breach.atoms, breach.coefficients, strict=True):
        target[(rows == rows[:, [atom]]).all(axis=0)] = coefficient  # units alike are in it together
    weights = np.linalg.lstsq(rows.T, target, rcond=None)[0]
    return np.abs(weights) > 1e-7 * max(1e-12, np.abs(weights).max(initial=0.0))
