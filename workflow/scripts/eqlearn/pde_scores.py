"""Scores of learned partial differential equations: one definition for all learners, beside those of Table III."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from eqlearn.dataset import ParametricDataset
from eqlearn.effective import effective_coefficients
from eqlearn.equation import Equation
from eqlearn.rates import wilson

LIBRARY = 20  # terms of the whole library: powers of u to 3, derivatives to order 4
# ASSUME: terms that Table III divides the error of SINDy by where not all; 16 (derivatives to order 3) give the printed
# 3.95e-7 of Burgers to three digits, 20 do not.
PRINTED_LIBRARY = {"burgers": 16}
NETWORK_TERMS = 3  # terms that it divides the errors of networks by
PRINTED_TRUTH = {"advection_diffusion": ("u_x",)}  # rows of the truth that its score of SINDy knew, where not all

Curves = dict[str, np.ndarray]


def curves(equation: Equation, values: np.ndarray) -> Curves:
    """Coefficient of every term over the varying coordinate (P,), by term; none of an unread equation."""
    if equation.status == "unread":
        return {}
    return {term: factors[0] for term, factors in effective_coefficients(equation, values).items()}


def squared_errors(found: Curves, true: Curves) -> dict[str, float]:
    """Mean squared error over the varying coordinate of every term that is true or found; an absent one is 0."""
    zero = np.zeros(1)
    return {k: float(np.mean((found.get(k, zero) - true.get(k, zero)) ** 2)) for k in sorted({*found, *true})}


def score(name: str, learner: str, learned: Equation, truth: Equation, data: ParametricDataset) -> dict[str, object]:
    """One row for the equation that ``learner`` learned from ``data`` of the benchmark ``name``; an unread one has no
    errors."""
    if learned.status == "unread":
        return {"terms": "unread", "support_right": False}
    found, true = curves(learned, data.values), curves(truth, data.values)
    errors = squared_errors(found, true)
    of_true, size = [errors[term] for term in true], sum(float(np.mean(c**2)) for c in true.values())
    physical, normalised = rate_errors(learned, data)
    return {
        "terms": " + ".join(found) or "0",
        "support_right": set(found) == set(true),
        "coefficient_mse": float(np.mean(list(errors.values()))),
        "coefficient_mse_true_terms": float(np.mean(of_true)),
        "coefficient_mse_library": sum(errors.values()) / LIBRARY,
        "coefficient_mse_as_printed": _as_printed(name, learner, found, true),
        "relative_coefficient_error": float(np.sqrt(sum(errors.values()) / size)),
        "ut_mse": physical,
        "ut_mse_normalised": normalised,
    }


def score_trials(trials: pd.DataFrame, truth: Equation) -> dict[str, int]:
    """How many trainings of a network there were, and how many ended in the true terms."""
    right = trials["structure"] == " + ".join(curves(truth, np.zeros(1)))
    return {"trials": len(trials), "trials_right": int(right.sum())}


def _as_printed(name: str, learner: str, found: Curves, true: Curves) -> float:
    if not learner.startswith("sindy"):
        return sum(squared_errors({k: found[k] for k in true if k in found}, true).values()) / NETWORK_TERMS
    known = {k: true[k] for k in PRINTED_TRUTH.get(name, true)}
    return sum(squared_errors(found, known).values()) / PRINTED_LIBRARY.get(name, LIBRARY)


def rate_errors(equation: Equation, data: ParametricDataset) -> tuple[float, float]:
    """Mean squared error of u_t, in physical units and over the range of u_t at the same value of the coordinate."""
    features = {q.name: data.features[:, :, k] for k, q in enumerate(data.state) if q.name in equation.features}
    errors = equation.evaluate(features, data.values[:, None]) - data.target
    widths = np.ptp(data.target, axis=1, keepdims=True)
    return float(np.mean(errors**2)), float(np.mean((errors / np.where(widths > 0, widths, 1.0)) ** 2))


def curve_rows(equation: Equation, values: np.ndarray) -> Iterator[dict[str, object]]:
    """Coefficients in rows: term, coordinate, value."""
    for term, coefficients in curves(equation, values).items():
        for coordinate, value in zip(values, coefficients):
            yield {"term": term, "parameter_value": float(coordinate), "value": float(value)}


def recovered(draws: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Right supports with the 95 % Wilson interval of their share, and spread of the coefficient error, by group."""
    rows = []
    for key, group in draws.groupby(by, sort=False):
        right = int(group["support_right"].sum())
        low, high = wilson(right, len(group))
        shares = {"draws": len(group), "supports_right": right, "share_low": low, "share_high": high}
        errors = {
            f"relative_error_{100 * q:g}": group["relative_coefficient_error"].quantile(q) for q in (0.25, 0.5, 0.75)
        }
        rows.append({**dict(zip(by, key)), **shares, **errors, "mean_mse": group["coefficient_mse_library"].mean()})
    return pd.DataFrame(rows)
