"""Sparse least squares solved to optimality: the best supports of every size, of all that a large library has.

Regression trees of Furnival & Wilson (1974, Regressions by leaps and bounds, Technometrics 16), searched from chosen
columns up, with the orthogonal updates of Gatu & Kontoghiorghes (2006, J. Comput. Graph. Stat. 15): no Gram matrix,
which would square the condition of a library of powers.
"""

import numpy as np

from eqlearn.jit import njit
from eqlearn.sparse import DEPENDENT, reduced


def best_subsets(
    design: np.ndarray, response: np.ndarray, max_terms: int, keep: int
) -> dict[int, list[tuple[tuple[int, ...], float]]]:
    """The ``keep`` best supports of every size up to ``max_terms``, of all there are, with their squared errors.

    design (n, K) with K at most 62 columns, response (n,). Columns that depend on others are not used. Quickest where
    the columns that matter come first.
    """
    design, response = np.array(design, float)[:, ::-1], np.array(response, float)
    rows, within, beyond = reduced(design, response, np.linalg.norm(design, axis=0))
    columns, largest = design.shape[1], min(max_terms, *rows.shape)
    triangle, projected = np.zeros((columns, columns)), np.zeros(columns)
    triangle[: within.size], projected[: within.size] = rows, within
    errors, masks = np.full((largest, keep), np.inf), np.zeros((largest, keep), np.int64)
    _search(triangle, projected, errors, masks)
    found = {}
    for size, (row, chosen) in enumerate(zip(errors, masks), start=1):
        pairs = [(_support(int(m), columns), float(error) + beyond) for error, m in zip(row, chosen) if error < np.inf]
        found |= {size: pairs} if pairs else {}
    return found


def _support(mask: int, columns: int) -> tuple[int, ...]:
    return tuple(columns - 1 - k for k in reversed(range(columns)) if mask >> k & 1)


@njit
def _search(triangle, projected, errors, masks):
    """Keep the least squared errors of every size, (sizes, keep) ascending, and their supports as bit masks.

    Depth first, the last column first; after it only columns before it enter. At every depth, ``triangles`` holds
    those columns and ``responses`` the response, orthogonal to the columns chosen and triangular, so that the error
    with all of the first k columns besides is the sum of squares beyond k: the bound of everything below.
    """
    sizes, columns = errors.shape[0], triangle.shape[1]
    triangles, responses = np.zeros((sizes, columns, columns)), np.zeros((sizes, columns + 1))
    triangles[0], responses[0, :columns] = triangle, projected
    beyond, column, chosen = np.zeros(sizes), np.full(sizes, columns), np.zeros(sizes, np.int64)
    depth = 0
    while depth >= 0:
        beyond[depth] += responses[depth, column[depth]] ** 2
        column[depth] -= 1
        k = column[depth]
        if k < 0 or beyond[depth] >= np.max(errors[depth:, -1]):
            depth -= 1
            continue
        vector, rest = triangles[depth, : k + 1, k], responses[depth, : k + 1]
        length, along, energy = _products(vector, rest)
        if length <= DEPENDENT**2:
            continue
        support = chosen[depth] | (1 << k)
        _insert(errors[depth], masks[depth], max(beyond[depth] + energy - along**2 / length, 0.0), support)
        if depth + 1 < sizes and k > 0:
            _choose(triangles[depth], rest, k, triangles[depth + 1], responses[depth + 1])
            depth += 1
            beyond[depth], column[depth], chosen[depth] = beyond[depth - 1], k, support


@njit
def _products(vector, rest):
    """Squared length of a column, its product with the response, and the squared length of that."""
    length, along, energy = 0.0, 0.0, 0.0
    for i in range(vector.size):
        length += vector[i] ** 2
        along += vector[i] * rest[i]
        energy += rest[i] ** 2
    return length, along, energy


@njit
def _choose(triangle, rest, k, below, rest_below):
    """Write what is orthogonal to column k, of the columns before it and of the response, into the next depth.

    Givens rotations turn column k into its last row, from the bottom up; the rows below it are triangular again.
    """
    row, last, length = np.zeros(k), rest[k], triangle[k, k]
    for i in range(k - 1, -1, -1):
        joint = np.hypot(triangle[i, k], length)
        c, s = (triangle[i, k] / joint, length / joint) if joint > 0 else (1.0, 0.0)
        for j in range(i, k):
            below[i, j] = c * row[j] - s * triangle[i, j]
            row[j] = c * triangle[i, j] + s * row[j]
        rest_below[i] = c * last - s * rest[i]
        last = c * rest[i] + s * last
        length = joint
    rest_below[k] = 0.0


@njit
def _insert(errors, masks, error, mask):
    place = errors.size
    while place > 0 and error < errors[place - 1]:
        place -= 1
    if place < errors.size:
        errors[place + 1 :] = errors[place:-1].copy()
        masks[place + 1 :] = masks[place:-1].copy()
        errors[place], masks[place] = error, mask
