"""Sequentially thresholded group ridge regression: a group is one term over all parameter values.

Rudy, Alla, Brunton & Kutz (2019), Data-driven identification of parametric partial differential equations,
SIAM J. Appl. Dyn. Syst. 18, Algorithm 2; the baseline of paper B, Table III.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from eqlearn.coefficients import Samples
from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.expression import Expression

Support = tuple[int, ...]
ROUNDS = 25
GUARD = 1e-5  # errors below this do not count: those of derivatives are no reason for a further term


@dataclass(frozen=True)
class Settings:
    """powers: highest power of u; cross_terms: whether powers multiply derivatives; ridge: of the normalised problem;
    thresholds: how many are tried."""

    powers: int = 3
    cross_terms: bool = True
    ridge: float = 1e-5
    thresholds: int = 50


def library(states: Sequence[str], powers: int, cross_terms: bool) -> list[str]:
    """Terms as text: 1, derivatives, and powers of u alone and (with cross terms) times every derivative."""
    value, *slopes = states
    alone = ["1", *slopes]
    factors = [value if power == 1 else f"{value}**{power}" for power in range(1, powers + 1)]
    if not cross_terms:
        return ["1", value, *slopes]
    return alone + [term for factor in factors for term in (factor, *(f"{factor}*{slope}" for slope in slopes))]


def learn(data: ParametricDataset, settings: Settings, provenance: dict) -> Equation:
    """Support by the threshold of least criterion, coefficients by least squares at every parameter value.

    InputError for a dataset without target, with fewer samples per parameter value than terms, or of zeros.
    """
    terms = library([q.name for q in data.state], settings.powers, settings.cross_terms)
    if data.target is None or data.target.shape[1] < len(terms):
        samples = 0 if data.target is None else data.target.shape[1]
        raise InputError(
            f"{data.name}: has {samples} samples of a target per parameter value, {len(terms)} terms need as many."
        )
    design = columns(data, terms)
    for name, values in ((data.rate.name, data.target), (data.state[0].name, data.features[:, :, 0])):
        if not values.any():
            raise InputError(f"{data.name}: {name} is 0 at every sample, so there is nothing to learn from.")
    lengths, sizes = np.linalg.norm(design, axis=(0, 1)), len(data.values) * np.linalg.norm(data.target, axis=1)
    reduced = _Reduced(
        design / np.where(lengths > 0, lengths, 1.0), data.target / np.where(sizes > 0, sizes, 1.0)[:, None]
    )
    chosen = _selected(reduced, settings)
    coefficients = reduced.solution(chosen, 0.0) * sizes[:, None] / lengths[list(chosen)]
    return equation_of(data, [terms[k] for k in chosen], coefficients, provenance)


def columns(data: ParametricDataset, terms: Sequence[str]) -> np.ndarray:
    """Values of every term (P, S, K)."""
    features = {q.name: data.features[:, :, k] for k, q in enumerate(data.state)}
    shape = data.features.shape[:2]
    return np.stack([np.broadcast_to(Expression(term).evaluate(features), shape) for term in terms], axis=-1)


def equation_of(data: ParametricDataset, terms: list[str], coefficients: np.ndarray, provenance: dict) -> Equation:
    """Sum of terms with sampled coefficients (P, K); 0 without any."""
    names = {f"c{number}": term for number, term in enumerate(terms, start=1)}
    grid = tuple(map(float, data.values))
    return Equation(
        template=" + ".join(f"{name}*({term})" for name, term in names.items()) or "0",
        features=tuple(q.name for q in data.state),
        parameter=data.parameter.name,
        target=data.rate.name,
        coefficients={n: Samples(grid, tuple(map(float, c))) for n, c in zip(names, coefficients.T)},
        valid_range=(grid[0], grid[-1]),
        provenance=provenance,
    )


class _Reduced:
    """Least squares at all parameter values, reduced to triangles once."""

    def __init__(self, design: np.ndarray, response: np.ndarray) -> None:
        self.samples = response.size
        # Triangles instead of normal equations: those would square the condition.
        directions, self.triangles = np.linalg.qr(design)
        self.projected = np.einsum("psk,ps->pk", directions, response)
        self.beyond = float(np.sum(response**2) - np.sum(self.projected**2))

    def solution(self, chosen: Support, ridge: float) -> np.ndarray:
        """Coefficients (P, k) of the chosen columns."""
        part, size = self.triangles[:, :, list(chosen)], len(chosen)
        damping = np.broadcast_to(np.sqrt(ridge) * np.eye(size), (len(part), size, size))
        target = np.concatenate([self.projected, np.zeros((len(part), size))], axis=1)
        directions, triangles = np.linalg.qr(np.concatenate([part, damping], axis=1))
        projected = np.einsum("pks,pk->ps", directions, target)[..., None]
        try:
            return np.linalg.solve(triangles, projected)[..., 0]
        except np.linalg.LinAlgError:  # at some parameter value a term is 0, or one of the others
            return (np.linalg.pinv(triangles) @ projected)[..., 0]

    def error(self, chosen: Support) -> float:
        """Mean squared error of the least-squares fit."""
        rest = self.projected - np.einsum("pkc,pc->pk", self.triangles[:, :, list(chosen)], self.solution(chosen, 0.0))
        return float(np.sum(rest**2) + max(self.beyond, 0.0)) / self.samples


def _selected(reduced: _Reduced, settings: Settings) -> Support:
    """Terms of the threshold with the least N·ln(error + guard) + 2k."""

    @cache  # many thresholds meet the same supports
    def norms(chosen: Support) -> np.ndarray:
        return np.linalg.norm(reduced.solution(chosen, settings.ridge), axis=0)

    def criterion(chosen: Support) -> tuple[float, int]:
        return reduced.samples * np.log(reduced.error(chosen) + GUARD) + 2 * len(chosen), len(chosen)

    everything = tuple(range(reduced.triangles.shape[2]))
    least, most = norms(everything)[norms(everything) > 0].min(), norms(everything).max()
    thresholds = np.geomspace(least, most, settings.thresholds) * (1 - 1e-9)
    tried = dict.fromkeys(_thresholded(norms, everything, threshold) for threshold in thresholds)
    return min(filter(None, tried), key=criterion)


def _thresholded(norms: Callable[[Support], np.ndarray], chosen: Support, threshold: float) -> Support:
    """What is left once terms below the threshold have gone, again and again."""
    for _ in range(ROUNDS):
        kept = tuple(k for k, norm in zip(chosen, norms(chosen)) if norm >= threshold)
        if kept in (chosen, ()):
            return kept
        chosen = kept
    return chosen
