"""Made-up surveys, and what somebody who reads all their tables together can work out; nothing of the release is used.

A reader knows who is in which group and who answered what, and what dxkit prints.
"""

import itertools

import numpy as np
import pandas as pd
from scipy.optimize import linprog

import dxkit as dx
from tests.survey.privacy import companies

CODES = np.arange(1, 6)
_ZERO = 1e-9


def book(items, cuts, extra=()):
    """A codebook of ratings, two in a dimension, and segments; `extra` rows of item, kind."""
    ratings = [(name, "rating", "agreement5", f"D{j // 2}") for j, name in enumerate(items)]
    others = [*((name, "segment", "", "") for name in cuts), *((name, kind, "", "") for name, kind in extra)]
    rows = [(name, name, *rest) for name, *rest in (*ratings, *others)]
    return pd.DataFrame(rows, columns=["item", "text", "kind", "scale", "dimension"])


def company(rng, items=4, blank=0.25, agree=0.0, **size):
    """People: ratings q0, q1, ... and segments s1, s2, ...; those who agree do so within the first segment."""
    codes, _ = companies.company(rng, **size)
    names, cuts = [f"q{j}" for j in range(items)], [f"s{j}" for j in range(1, len(codes))]
    frame = pd.DataFrame({name: [f"g{code}" for code in each] for name, each in zip(cuts, codes[1:], strict=True)})
    mood = rng.choice([0.05, 0.3, 0.6, 0.95], (codes[1].max() + 1, items))[codes[1]]
    loose = rng.integers(1, 6, mood.shape)
    tight = np.clip(np.round(1 + 4 * mood + rng.normal(0, 0.7, mood.shape)), 1, 5)
    answers = np.where(rng.random(len(mood))[:, None] < agree, tight, loose).astype(float)
    answers[rng.random(answers.shape) < rng.uniform(0, blank)] = np.nan
    return frame.assign(**dict(zip(names, answers.T, strict=True))), names, cuts


def read(frame, items, cuts, **options):
    return dx.read_survey(frame, book(items, cuts), cuts=cuts, **options)


def members(frame, by):
    """Who is in which group of a cut, by its label."""
    names = [by] if isinstance(by, str) else list(by or ())
    if not names:
        return {(): np.ones(len(frame), dtype=bool)}
    labels = list(frame[names].itertuples(index=False, name=None))
    return {label: np.array([each == label for each in labels]) for label in dict.fromkeys(labels)}


def printed(survey, frame, cuts, table=dx.scores, **options):
    """Rows of a table that are shown, of every cut, with who is in the group."""
    rows = []
    for by in (None, *cuts):
        names = [by] if isinstance(by, str) else list(by or ())
        inside = members(frame, by)
        found = table(survey, by=by, **options).table
        for row in found.loc[found["shown"]].to_dict("records"):
            rows.append((inside[tuple(row[name] for name in names)], row))
    return rows


def row_space(rows):
    """An orthonormal basis of the row space."""
    rows = np.asarray(rows, dtype=float)
    if not len(rows):
        return np.zeros((0, rows.shape[-1] if rows.ndim > 1 else 0))
    _, values, basis = np.linalg.svd(rows, full_matrices=False)
    return basis[values > _ZERO * max(values.max(initial=0), 1)]


def few_told(rows, person, most):
    """The smallest set of people, `most` at most, of whose unknowns a nonzero combination follows, or None.

    rows (R, U) over unknowns, person (U,) whose each of them is.
    """
    basis = row_space(rows)
    owners = np.unique(person)
    used = [o for o in owners if np.abs(basis[:, person == o]).max(initial=0) > 1e-7]
    width = max((int((person == o).sum()) for o in used), default=0)
    at = np.full((len(used), width), -1)
    for i, owner in enumerate(used):
        mine = np.flatnonzero(person == owner)
        at[i, : len(mine)] = mine
    padded = np.concatenate([basis, np.zeros((len(basis), 1))], axis=1)
    for count in range(1, most + 1):
        sets = np.array(list(itertools.combinations(range(len(used)), count)), dtype=int).reshape(-1, count)
        for block in np.array_split(sets, max(1, len(sets) // 20_000)):
            if not len(block):
                continue
            columns = at[block].reshape(len(block), -1)
            part = padded[:, columns].transpose(1, 0, 2)
            left = np.eye(columns.shape[1]) - part.transpose(0, 2, 1) @ part
            if (np.linalg.eigvalsh(left)[:, 0] < _ZERO).any():
                return count
    return None


# ---- items and dimensions together


def persons_told(frame, items, figures, least):
    """Whether anybody's answer or sum of own answers follows from rows of scores, and any set below the minimum from
    those of one question. A dimension that is no function of shown figures counts as the mean over people's own means.
    """
    x = frame[items].to_numpy(dtype=float)
    given = ~np.isnan(x)
    column = np.where(given, np.cumsum(given).reshape(given.shape) - 1, -1)
    rows, shown = [], {}
    for inside, row in figures:
        if row["level"] == "item" and not row.get("bound"):
            here = inside & given[:, items.index(row["name"])]
            rows.append((column[here, items.index(row["name"])], np.ones(here.sum())))
            shown[inside.tobytes(), row["name"]] = row["estimate"]
    if len(frame):
        rows += [own for inside, row in figures if (own := _own_means(x, given, column, items, inside, row, shown))]
    if not rows:
        return False
    matrix = np.zeros((len(rows), int(given.sum())))
    for i, (where, value) in enumerate(rows):
        matrix[i, where] = value
    person = np.nonzero(given)[0]
    if few_told(matrix, person, 1):
        return True
    for j, name in enumerate(items):
        mine = [inside for inside, row in figures if row["level"] == "item" and row["name"] == name]
        if mine and companies.smallest_sum(np.array(mine, dtype=float), given[:, j].astype(int), least) is not None:
            return True
    return False


def _own_means(x, given, column, items, inside, row, shown):
    """The row of a dimension over answers, where it is not the mean of its questions' means as they are shown."""
    if row["level"] == "item":
        return None
    parts = range(len(items)) if row["level"] == "overall" else [2 * int(row["name"][1:]), 2 * int(row["name"][1:]) + 1]
    parts = [j for j in parts if j < len(items)]
    means = [shown.get((inside.tobytes(), items[j])) for j in parts]
    if row.get("bound") == "about" or (None not in means and abs(np.mean(means) - row["estimate"]) < 1e-9):
        return None
    here = inside & (given[:, parts].sum(axis=1) >= len(parts) / 2)
    where, value = [], []
    for i in np.flatnonzero(here):
        mine = [j for j in parts if given[i, j]]
        where += [column[i, j] for j in mine]
        value += [1 / len(mine) / here.sum()] * len(mine)
    return np.array(where, dtype=int), np.array(value)


# ---- linear programs over all figures of one question


def answers_told(frame, item, scores, answers, least):
    """People whose answer to a question is the only one that agrees with all its figures, means and shares alike.

    Unknown is how many of each kind of people gave which code. Kinds that share all groups are known together only.
    People of a group of twice the minimum who all answered alike are not counted: that is not promised.
    """
    given = frame[item].notna().to_numpy()
    truth = frame[item].to_numpy()
    means = [(inside & given, row) for inside, row in scores if row["level"] == "item" and row["name"] == item]
    shares = [(inside & given, row) for inside, row in answers if row["item"] == item and not np.isnan(row["code"])]
    sets = np.array([inside for inside, _ in (*means, *shares)])
    if not len(sets):
        return 0
    _, first, kind = np.unique(sets[:, given], axis=1, return_index=True, return_inverse=True)
    kind = kind.ravel()
    place, count = np.flatnonzero(given)[first], np.bincount(kind)
    rows, low, high = [], [], []
    for inside, row in means:
        n = inside.sum()
        one = 100.0 / n
        ends = {"": (row["estimate"],) * 2, "at most": (0, one), "at least": (100 - one, 100)}[row["bound"]]
        rows.append(np.outer(inside[place], 25.0 * (CODES - 1)).ravel())
        low, high = [*low, ends[0] * n], [*high, ends[1] * n]
    for inside, row in shares:
        n = inside.sum()
        ends = {"": (row["share"],) * 2, "at most": (0, 1 / n), "at least": (1 - 1 / n, 1)}[row["bound"]]
        rows.append(np.outer(inside[place], CODES == row["code"]).ravel().astype(float))
        low, high = [*low, ends[0] * n], [*high, ends[1] * n]
    rows, low, high = np.array(rows), np.array(low), np.array(high)
    whole = np.kron(np.eye(len(count)), np.ones(len(CODES)))
    exact = high - low < 1e-7
    loose = {
        "A_ub": np.vstack([rows[~exact], -rows[~exact]]),
        "b_ub": np.concatenate([high[~exact], -low[~exact]]) + 1e-7,
    }
    program = {"A_eq": np.vstack([whole, rows[exact]]), "b_eq": np.concatenate([count, low[exact]])}
    program |= loose if (~exact).any() else {}
    alike = [inside for inside, _ in shares if inside.sum() >= 2 * least and len(set(truth[inside])) == 1]
    told = 0
    for k in range(len(count)):
        own = np.flatnonzero(given)[kind == k]
        code = set(truth[own])
        if len(code) > 1 or any(inside[place[k]] for inside in alike):
            continue
        at = len(CODES) * k + np.flatnonzero(CODES == code.pop())[0]
        told += int(count[k]) * _only(program, at, [len(CODES) * k + c for c in range(len(CODES))], int(count[k]))
    return told


def _only(program, at, others, count):
    """Whether no solution has one person of a kind give another code."""
    for other in others:
        if other == at:
            continue
        objective = np.zeros(program["A_eq"].shape[1])
        objective[other] = -1.0
        found = linprog(objective, bounds=(0, None), method="highs", **program)
        if found.x is not None and found.x[at] < count - 1 + 1e-5 and -found.fun > 1 - 1e-5:
            return False
    return True
