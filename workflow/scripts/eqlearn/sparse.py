"""Sparse least squares solved to optimality: errors of every support of a small library."""

from functools import lru_cache

import numpy as np

from eqlearn.jit import njit

DEPENDENT = 1e-13  # of a normalised column, what is left beside others counts as round-off below this


@njit
def _residual_energies(triangle, response, masks, out):
    """Squared residual of the best fit on each support, by modified Gram-Schmidt (a Gram matrix would be unstable)."""
    size = triangle.shape[0]
    basis = np.empty((triangle.shape[1], size))
    for m in range(masks.size):
        rest = response.copy()
        kept = 0
        for column in range(triangle.shape[1]):
            if not (masks[m] >> column) & 1:
                continue
            vector = triangle[:, column].copy()
            before = np.sqrt(np.sum(vector * vector))
            for _ in range(2):
                for k in range(kept):
                    vector -= np.sum(vector * basis[k]) * basis[k]
            norm = np.sqrt(np.sum(vector * vector))
            if norm <= DEPENDENT * before:
                continue
            basis[kept] = vector / norm
            rest -= np.sum(rest * basis[kept]) * basis[kept]
            kept += 1
        out[m] = np.sum(rest * rest)


def supports(n_terms: int, max_terms: int) -> tuple[tuple[int, ...], ...]:
    """All non-empty supports of at most ``max_terms`` of ``n_terms`` columns, smallest first."""
    masks = [mask for mask in range(1, 2**n_terms) if mask.bit_count() <= max_terms]
    columns = [tuple(k for k in range(n_terms) if mask >> k & 1) for mask in masks]
    return tuple(sorted(columns, key=lambda support: (len(support), support)))


def best_subset_errors(
    design: np.ndarray,
    response: np.ndarray,
    candidates: tuple[tuple[int, ...], ...],
    nuisance: np.ndarray | None = None,
) -> np.ndarray:
    """Least squared error (len(candidates),) of response (n,) on each support of the columns of design (n, K).

    ``nuisance`` (n, q): columns that every fit may use freely. Exact up to round-off: each support is solved by
    an orthogonal decomposition of the columns themselves.
    """
    design, response = np.array(design, float), np.array(response, float)
    scale = np.linalg.norm(design, axis=0)
    if nuisance is not None:
        free, _ = np.linalg.qr(nuisance)
        design, response = design - free @ (free.T @ design), response - free @ (free.T @ response)
        before, scale = scale, np.linalg.norm(design, axis=0)
        design[:, scale <= DEPENDENT * before] = 0.0  # what is left of them is round-off
    triangle, projected, beyond = reduced(design, response, scale)
    masks = _masks(tuple(candidates))
    errors = np.empty(masks.size)
    _residual_energies(np.ascontiguousarray(triangle), projected, masks, errors)
    return errors + beyond


def reduced(design: np.ndarray, response: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Least squares on columns of length 1: triangle (K, K), response (K,) in its rows (of n where that is less), and
    the squared error that all columns leave. ``scale`` (K,): lengths of the columns of design (n, K)."""
    directions, triangle = np.linalg.qr(design / np.where(scale > 0, scale, 1.0))
    projected = directions.T @ response
    return triangle, projected, float(np.sum((response - directions @ projected) ** 2))


@lru_cache(maxsize=8)
def _masks(candidates: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """Bits of the columns of every support."""
    return np.array([sum(1 << k for k in support) for support in candidates], np.int64)
