"""Joining coefficients that were fitted one experiment at a time into functions of the parameter."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Joined:
    """coefficients (degree + 1, k) of the polynomials in the joining variable, their standard errors likewise."""

    coefficients: np.ndarray
    standard_errors: np.ndarray


def join(
    variable: np.ndarray,
    coefficients: np.ndarray,
    weights: np.ndarray,
    scales: np.ndarray,
    floors: np.ndarray,
    max_degree: int,
) -> Joined:
    """Generalised least squares of coefficients (P, k) at P values of the variable on polynomials.

    weights (P, k, k): W with W'W the inverse covariance of an experiment's coefficients. Correlations are kept, so
    that directions that a trajectory does not determine are taken from its neighbours. scales (P,): what turns a
    weighted error into an error of the trajectory; floors (P,): errors below are alike.
    The degree is the one that predicts best the trajectories that were left out, since that is what a joined
    equation is for; of equals, the smallest. It leaves one value of the variable over, or nothing could be left out.
    """
    response = np.einsum("pij,pj->pi", weights, coefficients).ravel()
    degrees = range(max(0, min(max_degree, np.unique(variable).size - 2)) + 1)
    designs = [_design(variable, weights, degree) for degree in degrees]
    errors = [float(np.maximum(scales * _left_out(design, response, scales.size), floors).sum()) for design in designs]
    design = designs[int(np.argmin(errors))]
    scale = np.linalg.norm(design, axis=0)
    solution = np.linalg.lstsq(design / scale, response, rcond=None)[0] / scale
    error = float(np.sum((response - design @ solution) ** 2))
    shape = (-1, coefficients.shape[1])
    return Joined(solution.reshape(shape), (_standard_errors(design / scale, error) / scale).reshape(shape))


def _design(variable: np.ndarray, weights: np.ndarray, degree: int) -> np.ndarray:
    """Weighted design (P·k, (degree + 1)·k): columns by degree, then by term."""
    basis = np.vander(variable, degree + 1, increasing=True)
    return np.einsum("pd,pij->pidj", basis, weights).reshape(weights.shape[0] * weights.shape[1], -1)


def _left_out(design: np.ndarray, response: np.ndarray, experiments: int) -> np.ndarray:
    """Weighted squared error (P,) of every experiment when the polynomials are fitted to the others.

    By the leverage of its rows, without fitting again. The two ends are never left out, because nothing is
    extrapolated; what the fit misses of them counts.
    """
    directions, _ = np.linalg.qr(design / np.linalg.norm(design, axis=0))
    residual = (response - directions @ (directions.T @ response)).reshape(experiments, -1)
    rows = directions.reshape(experiments, residual.shape[1], -1)
    errors = np.sum(residual**2, axis=1)
    for index in range(1, experiments - 1):
        inside = np.eye(residual.shape[1]) - rows[index] @ rows[index].T
        errors[index] = np.sum((np.linalg.pinv(inside) @ residual[index]) ** 2)
    return errors


def _standard_errors(design: np.ndarray, error: float) -> np.ndarray:
    """Standard errors of a weighted fit, grown where it misses by more than the weights say."""
    inverse = np.linalg.pinv(np.linalg.qr(design, mode="r"))
    dispersion = max(1.0, error / max(design.shape[0] - design.shape[1], 1))
    return np.sqrt(dispersion) * np.linalg.norm(inverse, axis=1)
