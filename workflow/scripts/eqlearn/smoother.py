"""What a smoother foretells of samples that it has not seen: local polynomials through the nearest of the others.

Cleveland & Devlin (1988), Locally weighted regression, J. Am. Stat. Assoc. 83; here without weights. It knows nothing
of an equation, so its error is what noise and sampling alone cost.
"""

from itertools import combinations_with_replacement

import numpy as np
from scipy.spatial import cKDTree

DEGREES, SHARES = (0, 1, 2), (1.5, 2.0, 4.0)  # of the polynomials, and samples per coefficient of theirs
RCOND = 1e-8  # directions in which neighbours hardly differ are not followed


def foretold(points: np.ndarray, values: np.ndarray, at: np.ndarray | None = None) -> np.ndarray:
    """Values (M, H) at points ``at`` (H, F) from samples at points (N, F) with values (N,), by M smoothers that differ
    in degree and width; which one is right is for their errors to tell. Without ``at``, every sample (M, N) from the
    others."""
    scale = points.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    tree, own, features = cKDTree(points / scale), int(at is None), points.shape[1]
    away = points / scale if at is None else at / scale
    found = []
    for degree in DEGREES:
        powers = [c for d in range(degree + 1) for c in combinations_with_replacement(range(features), d)]
        most = len(points) - own
        for size in dict.fromkeys(min(int(np.ceil(share * len(powers))), most) for share in SHARES):
            found.append(_local(tree, values, away, powers, np.arange(1 + own, size + own + 1)))
    return np.stack(found)


def _local(tree: cKDTree, values: np.ndarray, at: np.ndarray, powers: list, neighbours: np.ndarray) -> np.ndarray:
    """Constant terms (H,) of the polynomials fitted to some neighbours of every point, counted from the nearest."""
    distances, near = tree.query(at, k=neighbours)
    away = (tree.data[near] - at[:, None]) / np.maximum(distances[:, -1:, None], 1e-300)
    columns = [np.prod(away[:, :, list(power)], axis=2) for power in powers]
    inverse = np.linalg.pinv(np.stack(columns, axis=2), rcond=RCOND)
    return np.einsum("hk,hk->h", inverse[:, 0], values[near])
