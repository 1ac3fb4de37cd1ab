"""Sparse least squares solved to optimality: every support of a small library."""

from functools import lru_cache

import numpy as np

from eqlearn.jit import njit

_DEPENDENT = 1e-13


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
            if norm <= _DEPENDENT * before:
                continue
            basis[kept] = vector / norm
            rest -= np.sum(rest * basis[kept]) * basis[kept]
            kept += 1
        out[m] = np.sum(rest * rest)


@njit
def _search(triangle, response, max_terms, errors, masks):
    """Keep the least squared residuals of every size, (sizes, keep) ascending, and their supports as bit masks.

    Depth first over all supports; every column not yet taken is kept orthogonal to those taken (modified
    Gram-Schmidt), so that a leaf costs one product.
    """
    size, n = triangle.shape
    columns, rest = np.zeros((max_terms + 1, n, size)), np.zeros((max_terms + 1, size))
    columns[0], rest[0] = triangle.T, response
    norms = np.sqrt(np.sum(triangle * triangle, axis=0))
    path, depth, mask = np.full(max_terms + 1, -1), 0, 0
    while depth >= 0:
        path[depth] += 1
        k = path[depth]
        if k >= n:
            path[depth] = -1
            depth -= 1
            if depth >= 0:
                mask ^= 1 << path[depth]
            continue
        vector = columns[depth, k]
        norm = np.sqrt(np.sum(vector * vector))
        if norm <= _DEPENDENT * norms[k]:
            continue
        along = np.sum(rest[depth] * vector) / norm
        error = max(np.sum(rest[depth] * rest[depth]) - along * along, 0.0)
        _insert(errors[depth], masks[depth], error, mask | (1 << k))
        if depth + 1 < max_terms and k + 1 < n:
            unit = vector / norm
            rest[depth + 1] = rest[depth] - along * unit
            for j in range(k + 1, n):
                taken = columns[depth, j].copy()
                for _ in range(2):
                    taken -= np.sum(taken * unit) * unit
                columns[depth + 1, j] = taken
            mask |= 1 << k
            path[depth + 1] = k
            depth += 1


@njit
def _insert(errors, masks, error, mask):
    place = errors.size
    while place > 0 and error < errors[place - 1]:
        place -= 1
    if place < errors.size:
        errors[place + 1 :] = errors[place:-1].copy()
        masks[place + 1 :] = masks[place:-1].copy()
        errors[place], masks[place] = error, mask


def best_subsets(
    design: np.ndarray, response: np.ndarray, max_terms: int, keep: int
) -> dict[int, list[tuple[tuple[int, ...], float]]]:
    """The ``keep`` best supports of every size up to ``max_terms``, of all there are, with their squared errors.

    design (n, K) with K at most 62 columns, response (n,). Columns that depend on others are not used.
    """
    design, response = np.array(design, float), np.array(response, float)
    scale = np.linalg.norm(design, axis=0)
    directions, triangle = np.linalg.qr(design / np.where(scale > 0, scale, 1.0))
    projected = directions.T @ response
    beyond = float(np.sum((response - directions @ projected) ** 2))
    largest = min(max_terms, *triangle.shape)
    errors, masks = np.full((largest, keep), np.inf), np.zeros((largest, keep), np.int64)
    _search(np.ascontiguousarray(triangle), projected, largest, errors, masks)
    found = {}
    for size, (row, chosen) in enumerate(zip(errors, masks), start=1):
        pairs = [(_columns(int(mask)), float(error) + beyond) for error, mask in zip(row, chosen) if error < np.inf]
        found |= {size: pairs} if pairs else {}
    return found


def _columns(mask: int) -> tuple[int, ...]:
    return tuple(k for k in range(mask.bit_length()) if mask >> k & 1)


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
        design[:, scale <= _DEPENDENT * before] = 0.0  # what is left of them is round-off
    directions, triangle = np.linalg.qr(design / np.where(scale > 0, scale, 1.0))
    projected = directions.T @ response
    beyond = np.sum((response - directions @ projected) ** 2)
    masks = _masks(tuple(candidates))
    errors = np.empty(masks.size)
    _residual_energies(np.ascontiguousarray(triangle), projected, masks, errors)
    return errors + beyond


@lru_cache(maxsize=8)
def _masks(candidates: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """Bits of the columns of every support."""
    return np.array([sum(1 << k for k in support) for support in candidates], np.int64)
