"""LASSO by cyclic coordinate descent that stops after the same sweep as scikit-learn's.

The published protocol needs the *unconverged* support after 1e5 sweeps from zero, so a better solver would give
other results. Use ``eqlearn.sparse`` for anything else.
"""

import numpy as np

from eqlearn.jit import njit

MAX_SWEEPS = 100_000
TOLERANCE = 1e-4
LOG_STRIDE = 4
STRIDE = 2**LOG_STRIDE  # least number of sweeps that are done at once
CALM = 8  # sweeps done at once are so many times fewer than those since the last change of a sign
LEVELS = 10  # of strides, STRIDE·2**level


@njit
def _multiply(matrix, vector, out):
    """Product of a matrix (K, K) and a vector (K,); at this size a call of BLAS costs more."""
    for j in range(out.size):
        total = 0.0
        for k in range(out.size):
            total += matrix[j, k] * vector[k]
        out[j] = total


@njit
def _gap(moment, energy, weights, fitted, penalty):
    """Dual gap as in scikit-learn: upper bound on how far the objective is from its minimum."""
    slack, explained, norm, quadratic = 0.0, 0.0, 0.0, 0.0
    for j in range(weights.size):
        slack = max(slack, abs(moment[j] - fitted[j]))
        quadratic += weights[j] * fitted[j]
        explained += weights[j] * moment[j]
        norm += abs(weights[j])
    residual = energy - 2 * explained + quadratic
    scale = 1.0 if slack <= penalty else penalty / slack
    gap = residual if slack <= penalty else 0.5 * (residual + residual * scale**2)
    return gap + penalty * norm - scale * (energy - explained)


@njit
def _sweep(gram, moment, energy, penalty, weights, fitted):
    """One pass over the coordinates; returns whether a sign has changed, and whether scikit-learn would stop.

    fitted (K,): gram·weights, kept up to date.
    """
    moved, largest, changed = 0.0, 0.0, False
    for j in range(weights.size):
        own, old = gram[j, j], weights[j]
        if own == 0.0:
            continue
        partial = moment[j] - fitted[j] + own * old
        new = max(abs(partial) - penalty, 0.0) / own
        largest = max(largest, new)
        new = new if partial > 0 else -new
        if new != old:
            for k in range(weights.size):
                fitted[k] += gram[j, k] * (new - old)
            weights[j] = new
            moved = max(moved, abs(new - old))
            changed = changed or np.sign(new) != np.sign(old)
    small = largest == 0.0 or moved < TOLERANCE * largest
    return changed, small and _gap(moment, energy, weights, fitted, penalty) < TOLERANCE * energy


@njit
def _stride_map(gram, moment, penalty, signs):
    """STRIDE sweeps as one matrix (K + 1, K + 1) on (weights, 1), as long as the signs stay what they are."""
    size = signs.size
    sweep = np.eye(size + 1)
    for j in range(size):
        row = np.zeros(size + 1)
        if signs[j] != 0:
            row[size] = (moment[j] - signs[j] * penalty) / gram[j, j]
            for k in range(size):
                if k != j:
                    row -= gram[j, k] / gram[j, j] * sweep[k]
        sweep[j] = row
    for _ in range(LOG_STRIDE):
        sweep = sweep @ sweep
    return sweep


@njit
def _stride(gram, moment, energy, penalty, stride, weights, fitted):
    """Many sweeps at once and one more as a check; False, and weights as they were, at a new sign or the end."""
    before, after = np.ones(weights.size + 1), np.empty(weights.size + 1)
    before[:-1] = weights
    _multiply(stride, before, after)
    kept = True
    for j in range(weights.size):
        kept = kept and np.sign(after[j]) == np.sign(weights[j])
        weights[j] = after[j]
    _multiply(gram, weights, fitted)
    changed, done = _sweep(gram, moment, energy, penalty, weights, fitted)
    if kept and not changed and not done:
        return True
    weights[:] = before[:-1]
    _multiply(gram, weights, fitted)
    return False


@njit
def _level(calm, left):
    """Level of the longest stride, -1 for a single sweep."""
    level = -1
    while STRIDE << (level + 1) < min(calm // CALM, left):
        level += 1
    return level


@njit
def _descend(gram, moment, energy, penalty, max_sweeps, weights):
    """Descend from weights (K,) = 0, by strides while no sign changes and the end is far, else sweep by sweep.

    Between changes of signs a sweep is affine, so that many are one matrix. The first ones are done one by one, later
    ones by strides that grow as the fast modes die, and the way to a change or the end by ever shorter ones. The result
    is that of single sweeps up to round-off, unless a sign changes and changes back, or an end comes and goes, within
    one stride.
    """
    fitted, strides = np.zeros(weights.size), np.empty((LEVELS, weights.size + 1, weights.size + 1))
    known, longest, calm, done = 0, LEVELS - 1, 0, 0
    while done < max_sweeps:
        level = min(_level(calm, max_sweeps - done), longest)
        if level < 0:
            changed, stops = _sweep(gram, moment, energy, penalty, weights, fitted)
            done, calm = done + 1, calm + 1
            if changed:
                known, longest, calm = 0, LEVELS - 1, 0
            if stops:
                return
            continue
        for k in range(known, level + 1):
            if k == 0:
                strides[0] = _stride_map(gram, moment, penalty, np.sign(weights))
            else:
                strides[k] = strides[k - 1] @ strides[k - 1]
        known = max(known, level + 1)
        if _stride(gram, moment, energy, penalty, strides[level], weights, fitted):
            done, calm = done + (STRIDE << level) + 1, calm + (STRIDE << level) + 1
        else:
            longest = level - 1


def lasso(design: np.ndarray, response: np.ndarray, penalties: np.ndarray, max_sweeps: int = MAX_SWEEPS) -> np.ndarray:
    """Coefficients (L, K) that minimise |y - Xw|²/(2n) + penalty·|w|₁, X (n, K), y (n,), penalties (L,).

    Descent from zero; a penalty is done when no coefficient moves by TOLERANCE of the largest and the dual gap is
    below TOLERANCE·|y|², or after ``max_sweeps`` sweeps.
    """
    out = np.zeros((penalties.size, design.shape[1]))
    gram, moment, energy = np.ascontiguousarray(design.T @ design), design.T @ response, float(response @ response)
    for weights, penalty in zip(out, penalties):
        _descend(gram, moment, energy, penalty * response.size, max_sweeps, weights)
    return out
