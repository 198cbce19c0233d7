"""Small companies with declared cuts, as cells and group codes; and attackers that share no code with dxkit."""

import numpy as np


def company(rng, least=8, most=60, cuts=None, blank=0.25):
    """Group codes of people for everybody and 1 to 5 cuts (some finer than others), and who answered."""
    n = int(rng.integers(least, most + 1))
    codes = [np.zeros(n, dtype=int)]
    for _ in range(cuts or int(rng.integers(1, 6))):
        groups = int(rng.integers(2, max(3, n // 4)))
        code = rng.choice(groups, n, p=rng.dirichlet(np.full(groups, rng.choice([0.7, 2.0, 8.0]))))
        if len(codes) > 1 and rng.random() < 0.25:
            code = code + groups * codes[-1]  # a cut of two segments
        codes.append(np.unique(code, return_inverse=True)[1])
    return codes, (rng.random(n) >= rng.uniform(0, blank)).astype(int)


def as_cells(codes, answered):
    """The same by cell: group codes, people and answers of each."""
    distinct, cell = np.unique(np.vstack(codes), axis=1, return_inverse=True)
    cell = cell.ravel()
    return list(distinct), np.bincount(cell), np.bincount(cell, answered).astype(int)


def rows_over_people(codes, shown):
    """Each shown group as 0 and 1 over people."""
    rows = [code == group for code, each in zip(codes, shown, strict=True) for group in np.flatnonzero(each)]
    return np.array(rows, dtype=float).reshape(-1, len(codes[0]))


def smallest_sum(rows, answered, k):
    """People of the smallest set below k with a determined sum, all sets tried; None where there is none.

    A sum over a set is determined when what the rows leave open of its people is linearly dependent.
    """
    rows = rows[:, answered > 0]
    if not len(rows):
        return None
    _, first, code = np.unique(rows, axis=1, return_index=True, return_inverse=True)
    size, table = np.bincount(code.ravel()), rows[:, first]
    _, values, basis = np.linalg.svd(table * np.sqrt(size), full_matrices=False)
    basis = basis[values > 1e-9 * values.max()]
    open_ = np.eye(len(size)) - basis.T @ basis
    small = np.flatnonzero((size < k) & table.any(axis=0))
    open_, size = open_[np.ix_(small, small)], size[small]
    for count in range(1, k):
        for each in _singular(open_, size, k - 1, count):  # a product of small numbers is not yet zero
            if np.linalg.eigvalsh(open_[np.ix_(each, each)])[0] < 1e-9:
                return int(size[each].sum())
    return None


def _singular(matrix, size, room, count, product=1.0):
    """Every set of `count` rows, of at most `room` people, whose part of the matrix has a determinant of about zero.

    A determinant is the product of its pivots. Up to three rows are taken at once; of more, one after the other.
    """
    rows = np.arange(len(size))
    pivots = np.where(np.diag(matrix) > 1e-12, np.diag(matrix), np.inf)  # else a smaller set is found before
    if count > 3:
        for row in np.flatnonzero(size <= room - count + 1).tolist():
            later = rows[row + 1 :][size[row + 1 :] <= room - int(size[row]) - count + 2]
            left = matrix[np.ix_(later, later)] - np.outer(matrix[later, row], matrix[row, later]) / pivots[row]
            for rest in _singular(left, size[later], room - int(size[row]), count - 1, product * pivots[row]):
                yield [row, *later[rest].tolist()]
        return
    value, people = np.diag(matrix), size
    if count > 1:
        step = pivots[:, None, None]
        left = matrix[None] if count == 2 else matrix - matrix[:, :, None] * matrix[:, None, :] / step
        own, later = np.einsum("rii->ri", left), rows[:, None] < rows
        value = np.where(later, own[:, :, None] * own[:, None, :] - left**2, np.inf)
        people = size[:, None] + size
        if count == 2:
            value = value[0]
        else:
            value, people = np.where(later[:, :, None], value * step, np.inf), people + size[:, None, None]
    yield from np.argwhere((product * value < 1e-10) & (people <= room)).tolist()


def least_cut(first, second, shown, n):
    """With two cuts, people of the smallest determined sum: the least edge cut of the graph of their groups.

    Groups are nodes and cells edges; hidden groups of a cut are one node. A combination of the shown sums gives each
    node a number, and counts the cells whose two ends differ. Stoer and Wagner (1997), in each connected part.
    """
    one = np.where(shown[1][first], first, shown[1].size)
    two = np.where(shown[2][second], second, shown[2].size) + shown[1].size + 1
    names, ends = np.unique(np.concatenate([one, two]), return_inverse=True)
    weight = np.zeros((len(names), len(names)))
    np.add.at(weight, (ends[: len(one)], ends[len(one) :]), n)
    weight += weight.T
    least, left = np.inf, set(range(len(names)))
    while left:
        part, grown = [], [left.pop()]
        while grown:
            node = grown.pop()
            part.append(node)
            near = {other for other in left if weight[node, other] > 0}
            left -= near
            grown += near
        least = min(least, _global_cut(weight[np.ix_(part, part)]))
    return least


def _global_cut(weight):
    weight, least = weight.copy(), np.inf
    nodes = list(range(len(weight)))
    while len(nodes) > 1:
        order, bound = [nodes[0]], weight[nodes[0]].copy()
        while len(order) < len(nodes):
            rest = [node for node in nodes if node not in order]
            order.append(max(rest, key=lambda node: bound[node]))
            bound += weight[order[-1]]
        last, before = order[-1], order[-2]
        least = min(least, weight[last, [node for node in nodes if node != last]].sum())
        weight[before] += weight[last]
        weight[:, before] += weight[:, last]
        weight[before, before] = 0
        nodes.remove(last)
    return least
