"""What the published OAT and ES protocols share: a LASSO path over splits, a cap, a vote, a Nelder-Mead refit.

Paper A, Sections 2.4 and 2.5, as its authors ran it. The LASSO gives only supports: coefficients are least squares.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from eqlearn import runge_kutta
from eqlearn.errors import InputError
from eqlearn.lasso import lasso

Powers = tuple[int, ...]
NONZERO, VOTED = 1e-14, 1e-4  # the authors count a coefficient in AIC above the first, in the vote above the second
LOST = 1e10  # state that stands for a trajectory whose solution ends early


@dataclass(frozen=True)
class Path:
    """powers: highest power of the library C ... C^powers; penalties: how many, from 1e-9 to 1e-1; cap: largest
    coefficient of a split that is accepted; folds: how many splits into training and test data."""

    powers: int
    penalties: int
    cap: float
    folds: int


@dataclass(frozen=True)
class Fold:
    """Training design (n, K) and rates (n,), and the test criterion (AIC) of coefficients (K,)."""

    design: np.ndarray
    response: np.ndarray
    criterion: Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Selected:
    """Powers that won the vote, their mean coefficients over the splits that have them, and the votes by powers."""

    powers: Powers
    coefficients: np.ndarray
    votes: dict[Powers, int]


def select(folds: list[Fold], path: Path, name: str = "data") -> Selected:
    """Structure at the penalty of least mean criterion, or at the first larger one whose coefficients obey the cap.

    Raises InputError, which begins with ``name``, where no penalty leaves a term.
    """
    fitted = [_path(fold, np.logspace(-9, -1, path.penalties)) for fold in folds]
    coefficients = np.stack([solution for solution, _ in fitted])
    best = int(np.argmin(np.mean([criteria for _, criteria in fitted], axis=0)))  # NaN wins, as in the authors' code
    tame = np.abs(coefficients).max(axis=(0, 2)) <= path.cap
    chosen = best + int(np.argmax(tame[best:])) if tame[best:].any() else path.penalties - 1
    # DEVIATES: where the penalty leaves no term in any split, the authors' code has nothing to refit; ours goes back.
    while chosen > 0 and not np.abs(coefficients[:, chosen]).max() > VOTED:
        chosen -= 1
    structures = [structure(row) for row in coefficients[:, chosen]]
    votes = Counter(powers for powers in structures if powers)
    if not votes:
        raise InputError(f"{name}: no penalty of the published protocol leaves a term, so nothing is learned.")
    powers = votes.most_common(1)[0][0]
    mean = coefficients[[s == powers for s in structures], chosen].mean(axis=0)
    return Selected(powers, mean[np.array(powers) - 1], dict(votes))


def structure(coefficients: np.ndarray) -> Powers:
    """Powers that count in the vote."""
    return tuple(int(k) + 1 for k in np.flatnonzero(np.abs(coefficients) > VOTED))


def _path(fold: Fold, penalties: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (L, K) and criteria (L,): every support is solved once, however many penalties give it."""
    supports = np.abs(lasso(fold.design, fold.response, penalties)) > NONZERO
    distinct, which = np.unique(supports, axis=0, return_inverse=True)
    solutions = np.zeros(distinct.shape)
    for solution, support in zip(solutions, distinct):
        if support.any():
            solution[support] = np.linalg.lstsq(fold.design[:, support], fold.response, rcond=None)[0]
    return solutions[which], np.array([fold.criterion(solution) for solution in solutions])[which]


def criterion(squared_error: float, samples: int, coefficients: np.ndarray) -> float:
    """AIC of the test samples; minus infinity for a perfect fit, as of a state that rests."""
    with np.errstate(divide="ignore"):
        likelihood = samples * np.log(squared_error / samples)
    return likelihood + 2.0 * np.count_nonzero(np.abs(coefficients) > NONZERO)


def residuals(coefficients: np.ndarray, rate: float, times: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Predicted minus observed states (S,) of dC/dt = rate·sum of coefficients[k]·C^(k+1), from the first state.

    Where the solution ends early, the prediction is LOST throughout, which no fit survives.
    """
    solved = runge_kutta.solve(np.concatenate([[0.0], rate * coefficients]), states[0], times)
    return (solved if solved.size == states.size else LOST) - states


def dense(powers: Powers, coefficients: np.ndarray) -> np.ndarray:
    """Coefficients (max(powers),) of every power, 0 where absent."""
    full = np.zeros(max(powers))
    full[np.array(powers) - 1] = coefficients
    return full


def refit(selected: Selected, squared_error: Callable[[np.ndarray], float]) -> tuple[np.ndarray, float]:
    """Nelder-Mead from the mean coefficients, at most 200 evaluations per coefficient (scipy's default): it may
    stall, as it did for the authors. Returns coefficients and squared error of the full trajectories."""
    found = minimize(
        lambda point: squared_error(dense(selected.powers, point)),
        selected.coefficients,
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-8},
    )
    return found.x, float(found.fun)
