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
    while True:  # a segment in which nearly everybody is alone is an id
        codes, _ = companies.company(rng, **size)
        if all(code.max() < len(code) / 2 for code in codes):
            break
    names, cuts = [f"q{j}" for j in range(items)], [f"s{j}" for j in range(1, len(codes))]
    frame = pd.DataFrame({name: [f"g{code}" for code in each] for name, each in zip(cuts, codes[1:], strict=True)})
    mood = rng.choice([0.05, 0.3, 0.6, 0.95], (codes[1].max() + 1, items))[codes[1]]
    loose = rng.integers(1, 6, mood.shape)
    tight = np.clip(np.round(1 + 4 * mood + rng.normal(0, 0.7, mood.shape)), 1, 5)
    answers = np.where(rng.random(len(mood))[:, None] < agree, tight, loose).astype(float)
    answers[rng.random(answers.shape) < rng.uniform(0, blank)] = np.nan
    frame = frame.assign(**dict(zip(names, answers.T, strict=True))).dropna(subset=names, how="all")
    return frame.reset_index(drop=True), names, cuts


def read(frame, items, cuts, **options):
    return dx.read_survey(frame, book(items, [name for name in cuts if isinstance(name, str)]), cuts=cuts, **options)


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


# ---- whole answers of a few whose weights are known


def whole_answers_told(frame, item, scores, answers, weight, values, exact=False):
    """People of sets of up to eight of whom the weighted figures leave one whole answer, all choices tried.

    A set is a group, or what the groups of a cut leave of a larger group. weight (n,) is known; `values` are what the
    codes count, on 0 to 100. Where all of a set count alike, the rules of counts and of ends hold instead.
    """
    given = frame[item].notna().to_numpy() & (weight > 0)
    known = {}
    for inside, row in scores:
        if row["level"] == "item" and row["name"] == item:
            here = inside & given
            step = np.diff(sorted(values.values())).min()
            known[here.tobytes()] = here, *_interval(row, here, weight, step, exact)
    possible = np.ones((len(frame), len(values)), dtype=bool)
    for inside, row in answers:
        if row["item"] == item and not np.isnan(row["code"]) and row["share"] == 0 and not row["bound"]:
            possible[inside, list(values).index(row["code"])] = False
    sets = {key: (here, low, high) for key, (here, low, high) in known.items() if here.sum() <= 8}
    for here, low, high in known.values():
        for parts in _partitions(here & given, [each for each, _, _ in known.values()], frame):
            left = here & ~np.any(parts, axis=0) if parts else here
            if 0 < left.sum() <= 8 and left.sum() < here.sum():
                inner = [known[part.tobytes()] for part in parts]
                ends = low - sum(each[2] for each in inner), high - sum(each[1] for each in inner)
                old = sets.get(left.tobytes(), (left, -np.inf, np.inf))
                sets[left.tobytes()] = left, max(old[1], ends[0]), min(old[2], ends[1])
    told = set()
    for here, low, high in sets.values():
        if np.ptp(weight[here]) > 1e-9 * weight[here].max():
            told |= _enumerated(np.flatnonzero(here), weight, np.array([*values.values()]), possible, low, high)
    return len(told)


def exact(frame, item, cuts, weight, values, least=5):
    """Exact weighted means as a plain minimum shows them."""
    x, rows = frame[item].map(values).to_numpy(), []
    for by in (None, *cuts):
        for inside in members(frame, by).values():
            here = inside & ~np.isnan(x) & (weight > 0)
            if here.sum() >= least:
                mean = weight[here] @ x[here] / weight[here].sum()
                rows.append((inside, {"level": "item", "name": item, "estimate": mean, "bound": ""}))
    return rows


def _interval(row, here, weight, step, exact):
    """The least and largest weighted sum that a printed mean may stand for."""
    whole = weight[here].sum()
    one = 100 * weight[here].max() / whole
    rough = not exact and here.sum() < 30 and np.ptp(weight[here]) > 1e-9 * weight[here].max()
    half = (step / 20 if here.sum() <= 8 else 0.05) if rough else 0.0
    value = row["estimate"]
    low, high = {"": (value - half, value + half), "at most": (0, one), "at least": (100 - one, 100)}[row["bound"]]
    return whole * (low - 1e-7), whole * (high + 1e-7)


def _partitions(here, sets, frame):
    """Shown groups within this one that do not overlap: of each cut all that lie in it."""
    inside = [each for each in sets if not (each & ~here).any() and each.sum() < here.sum()]
    found = []
    for cut in {name for name in frame if str(name).startswith("s")}:
        labels = frame[cut].to_numpy()
        groups = [each for each in inside if len(set(labels[each])) == 1 and _whole_group(each, here, labels)]
        found.append(groups)
    found += [[each] for each in inside]
    return [each for each in found if each]


def _whole_group(each, here, labels):
    return not (here & (labels == labels[each][0]) & ~each).any()


def _enumerated(people, weight, values, possible, low, high):
    """Those of them whose answer is the same in all choices of whole answers that agree with the sum."""
    w, choices = weight[people], [values[possible[i]] for i in people]
    halves = slice(None, None, 2), slice(1, None, 2)
    grids = [np.array(list(itertools.product(*choices[half]))).reshape(-1, len(people[half])) for half in halves]
    mine, theirs = (grid @ w[half] for grid, half in zip(grids, halves, strict=True))
    fits = np.argwhere((mine[:, None] + theirs >= low - 1e-6) & (mine[:, None] + theirs <= high + 1e-6))
    if not len(fits):
        raise AssertionError("the true answers do not agree with what is printed")
    every = np.empty((len(fits), len(people)))
    for half, grid, column in zip(halves, grids, fits.T, strict=True):
        every[:, half] = grid[column]
    told = set()
    for value in np.unique(w):
        alike = np.flatnonzero(np.abs(w - value) <= 1e-9 * value)
        sums, most = every[:, alike].sum(axis=1), values.max() * len(alike)
        if sums.max() == 0 or sums.min() == most or (len(alike) == 1 and np.ptp(sums) == 0):
            told |= set(people[alike].tolist())
    return told


# ---- several waves together


def waves_told(waves, changes, least, most):
    """The smallest set of people, `most` at most, told by the figures of several waves and by changes between them.

    waves: for each a dict of person to answer, and shown groups as sets of people; changes: (one, two, estimate) in the
    unit of answers. A change that is not the later figure less the earlier one counts as one more figure.
    """
    column = {(w, person): None for w, (answers, _) in enumerate(waves) for person in answers}
    column = {key: i for i, key in enumerate(column)}
    rows = []
    for w, (_, groups) in enumerate(waves):
        for group in groups:
            row = np.zeros(len(column))
            row[[column[w, person] for person in group]] = 1.0
            rows.append(row)
    for one, two, estimate in changes:
        first, second = waves[one][0], waves[two][0]
        plain = np.mean(list(second.values())) - np.mean(list(first.values()))
        if abs(estimate - plain) > 1e-6:
            row = np.zeros(len(column))
            for person in set(first) & set(second):
                row[column[two, person]], row[column[one, person]] = 1.0, -1.0
            rows.append(row)
    names = {person: i for i, person in enumerate(dict.fromkeys(person for _, person in column))}
    person = np.array([names[each] for _, each in column])
    return few_told(np.array(rows).reshape(-1, len(column)), person, min(most, least - 1))
