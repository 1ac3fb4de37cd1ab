"""LASSO by cyclic coordinate descent that stops as scikit-learn's does.

The published protocol needs the *unconverged* support after 1e5 sweeps from zero, so a better solver would give
other results. Use ``eqlearn.sparse`` for anything else.
"""

import numpy as np

from eqlearn.jit import njit

MAX_SWEEPS = 100_000
TOLERANCE = 1e-4
LOG_STRIDE = 8
STRIDE = 2**LOG_STRIDE  # sweeps that are done at once


@njit
def _gap(gram, moment, energy, weights, penalty):
    """Dual gap as in scikit-learn: upper bound on how far the objective is from its minimum."""
    slack, fitted, norm = 0.0, 0.0, 0.0
    quadratic = 0.0
    for j in range(weights.size):
        product = 0.0
        for k in range(weights.size):
            product += gram[j, k] * weights[k]
        slack = max(slack, abs(moment[j] - product))
        quadratic += weights[j] * product
        fitted += weights[j] * moment[j]
        norm += abs(weights[j])
    residual = energy - 2 * fitted + quadratic
    scale = 1.0 if slack <= penalty else penalty / slack
    gap = residual if slack <= penalty else 0.5 * (residual + residual * scale**2)
    return gap + penalty * norm - scale * (energy - fitted)


@njit
def _sweep(gram, moment, penalty, weights):
    """One pass over the coordinates; returns the largest move and the largest weight."""
    moved, largest = 0.0, 0.0
    for j in range(weights.size):
        own, old, partial = gram[j, j], weights[j], moment[j]
        if own == 0.0:
            continue
        for k in range(weights.size):
            partial -= gram[j, k] * weights[k]
        partial += own * old
        new = max(abs(partial) - penalty, 0.0) / own
        weights[j] = new if partial > 0 else -new
        moved, largest = max(moved, abs(weights[j] - old)), max(largest, new)
    return moved, largest


@njit
def _converged(gram, moment, energy, penalty, weights, moved, largest):
    """Whether scikit-learn would stop here."""
    small = largest == 0.0 or moved < TOLERANCE * largest
    return small and _gap(gram, moment, energy, weights, penalty) < TOLERANCE * energy


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
def _stride(gram, moment, energy, penalty, stride, signs, weights):
    """STRIDE sweeps at once and one more as a check; False, and weights as they were, at a new sign or the end."""
    before = weights.copy()
    weights[:] = (stride @ np.append(before, 1.0))[:-1]
    kept = (np.sign(weights) == signs).all()
    moved, largest = _sweep(gram, moment, penalty, weights)
    kept = kept and (np.sign(weights) == signs).all()
    if kept and not _converged(gram, moment, energy, penalty, weights, moved, largest):
        return True
    weights[:] = before
    return False


@njit
def _descend(gram, moment, energy, penalty, max_sweeps, weights):
    """Descend from weights (K,) = 0, by strides while no sign changes and the end is far, else sweep by sweep.

    Between sign changes a sweep is affine, so that many are one matrix. The first ones, and those around a change or
    the end, are done one by one: the result is that of single sweeps up to round-off.
    """
    signs, stride, single, done = np.full(weights.size, 2.0), np.eye(weights.size + 1), STRIDE, 0
    while done < max_sweeps:
        if single == 0 and done + STRIDE < max_sweeps:
            if (np.sign(weights) != signs).any():
                signs = np.sign(weights)
                stride = _stride_map(gram, moment, penalty, signs)
            if _stride(gram, moment, energy, penalty, stride, signs, weights):
                done += STRIDE + 1
                continue
            single = STRIDE + 1
        moved, largest = _sweep(gram, moment, penalty, weights)
        done, single = done + 1, max(single - 1, 0)
        if _converged(gram, moment, energy, penalty, weights, moved, largest):
            return


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
