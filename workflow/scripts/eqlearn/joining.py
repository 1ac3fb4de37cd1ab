"""Joining coefficients that were fitted one experiment at a time into functions of the parameter."""

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Legendre, Polynomial, legendre

from eqlearn.selection import left_out_errors

_STIFFEST, _SOFTEST, _COMPETING = 1e2, 1e-10, 49  # penalties on curvature


@dataclass(frozen=True)
class Joined:
    """coefficients (degree + 1, k) of the polynomials in the joining variable, their standard errors likewise;
    stiffness: the penalty on curvature, infinite for constants; left_out: squared error of trajectories left out."""

    coefficients: np.ndarray
    standard_errors: np.ndarray
    stiffness: float = np.inf
    left_out: float = np.nan


@dataclass(frozen=True)
class _Candidate:
    """A penalised least-squares problem: weighted design (P·k, m), penalty rows (r, m), response (P·k,), and the
    power basis (degree + 1, degree + 1) of the polynomials that the design's columns belong to."""

    design: np.ndarray
    penalty: np.ndarray
    response: np.ndarray
    basis: np.ndarray
    stiffness: float

    @property
    def system(self) -> np.ndarray:
        """Design above penalty."""
        return np.concatenate([self.design, self.penalty])


def join(
    variable: np.ndarray,
    coefficients: np.ndarray,
    weights: np.ndarray,
    scales: np.ndarray,
    floors: np.ndarray,
    max_degree: int,
    softest: float = _SOFTEST,
) -> Joined:
    """Generalised least squares of coefficients (P, k) at P values of the variable on polynomials as smooth as needed.

    weights (P, k, k): W with W'W the inverse covariance of an experiment's coefficients. Correlations are kept, so
    that directions that a trajectory does not determine are taken from its neighbours. scales (P,): what turns a
    weighted error into an error of the trajectory; floors (P,): errors below are alike.
    Candidates are constants, then polynomials of ``max_degree`` (or what all values but one determine) whose curvature
    is penalised, stiffest first; a change of curvature counts as much as it changes the trajectories on average
    (Green & Silverman 1994, Section 2.3), ``softest`` is the least penalty. Chosen is the one that predicts best the
    trajectories that were left out, since that is what a joined equation is for; of equals, the stiffest.
    """
    degree = max(0, min(max_degree, np.unique(variable).size - 2))
    candidates = [_candidate(variable, coefficients, weights, 0, np.inf)]
    if degree > 0:
        penalties = np.geomspace(_STIFFEST, softest, _COMPETING if degree > 1 else 1)  # lines do not bend
        candidates += [_candidate(variable, coefficients, weights, degree, value) for value in penalties]
    left_out = (left_out_errors(c.system, c.response, scales.size) for c in candidates)
    errors = [float(np.maximum(scales * each, floors).sum()) for each in left_out]
    best = int(np.argmin(errors))
    return dataclasses.replace(_solved(candidates[best], coefficients.shape[1]), left_out=errors[best])


def rejoin(found: Joined, variable: np.ndarray, coefficients: np.ndarray, weights: np.ndarray, share: float) -> Joined:
    """The same degree and stiffness fitted to other experiments, ``share`` of those that they were chosen for."""
    degree = min(len(found.coefficients) - 1, np.unique(variable).size - 1)
    return _solved(_candidate(variable, coefficients, weights, degree, share * found.stiffness), weights.shape[1])


def _candidate(
    variable: np.ndarray, coefficients: np.ndarray, weights: np.ndarray, degree: int, stiffness: float
) -> _Candidate:
    low, high = float(variable.min()), float(variable.max())
    domain = [low, high] if high > low else [low - 1.0, low + 1.0]
    scaled = 2.0 * (variable - domain[0]) / (domain[1] - domain[0]) - 1.0
    design = np.einsum("pd,pij->pidj", legendre.legvander(scaled, degree), weights)
    response = np.einsum("pij,pj->pi", weights, coefficients).ravel()
    return _Candidate(
        design.reshape(response.size, -1),
        _penalty(weights, degree, stiffness),
        response,
        np.stack([_powers(Legendre.basis(d, domain), degree) for d in range(degree + 1)]),
        stiffness,
    )


def _powers(polynomial: Legendre, degree: int) -> np.ndarray:
    """Coefficients (degree + 1,) by power of the variable."""
    powers = polynomial.convert(kind=Polynomial).coef
    return np.pad(powers, (0, degree + 1 - powers.size))


def _penalty(weights: np.ndarray, degree: int, stiffness: float) -> np.ndarray:
    """Rows whose squares sum to stiffness · integral over [-1, 1] of the second derivatives in the mean metric W'W."""
    experiments, terms = weights.shape[:2]
    if degree < 2:
        return np.empty((0, (degree + 1) * terms))
    nodes, quadrature = legendre.leggauss(degree)
    second = np.stack([legendre.legval(nodes, legendre.legder(row, 2)) for row in np.eye(degree + 1)], axis=1)
    metric = np.linalg.qr(weights.reshape(-1, terms) / np.sqrt(experiments), mode="r")
    return np.sqrt(stiffness) * np.kron(np.sqrt(quadrature)[:, None] * second, metric)


def _norms(system: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(system, axis=0)
    return np.where(norms > 0, norms, 1.0)


def _solved(candidate: _Candidate, terms: int) -> Joined:
    """Solution in powers of the variable, with standard errors grown where it misses by more than the weights say."""
    system, norms = candidate.system, _norms(candidate.system)
    zeros = np.zeros(candidate.penalty.shape[0])
    solution = np.linalg.lstsq(system / norms, np.concatenate([candidate.response, zeros]), rcond=None)[0] / norms
    error = float(np.sum((candidate.response - candidate.design @ solution) ** 2))
    inverse = np.linalg.pinv(np.linalg.qr(system / norms, mode="r")) / norms[:, None]
    dispersion = max(1.0, error / max(candidate.design.shape[0] - system.shape[1], 1))
    spread = np.einsum("dn,dkm->nkm", candidate.basis, inverse.reshape(-1, terms, inverse.shape[1]))
    coefficients = candidate.basis.T @ solution.reshape(-1, terms)
    return Joined(coefficients, np.sqrt(dispersion) * np.linalg.norm(spread, axis=2), candidate.stiffness)
