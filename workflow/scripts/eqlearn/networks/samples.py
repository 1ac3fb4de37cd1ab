"""Samples that equations are fitted to, and how two fits are compared."""

from dataclasses import dataclass

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.networks.form import Form
from eqlearn.networks.partition import spread

ROUND_OFF = 1e-26  # squared error, in units of the target's square, below which two fits are not told apart
ERROR = "error_"  # attribute of a dataset: mean squared error of a feature or of the target, by name


@dataclass(frozen=True)
class Samples:
    """Features (R, S, F) and target (R, S) in physical units.

    ``errors``: mean squared errors of the target, then of every feature, where they are known.
    """

    features: np.ndarray
    target: np.ndarray
    errors: tuple[float, ...] | None = None

    @property
    def floor(self) -> np.ndarray:
        """Sum of squared errors (R,) that counts as none."""
        squares = np.square(self.target)
        return ROUND_OFF * (squares.sum(1) + 1e-6 * squares.mean() * self.target.shape[1])

    def select(self, rows: np.ndarray, most: int | None = None) -> "Samples":
        """Some parameter values, and at most so many samples of each, evenly spread (None: all)."""
        columns = slice(None) if most is None else spread(self.target.shape[1], most)
        return Samples(self.features[rows][:, columns], self.target[rows][:, columns], self.errors)

    def own_error(self, form: Form) -> float:
        """Mean squared residual that the samples' own errors leave to a form, were it true: those of the target, and
        those of the features times its slopes (errors in all variables; Fuller 1987, Measurement Error Models)."""
        if self.errors is None:
            return 0.0
        slopes = np.mean(np.square(form.slopes(self.features)), (0, 1))
        return float(self.errors[0] + slopes @ np.array(self.errors[1:]))


def samples_of(data: ParametricDataset, columns: slice = slice(None)) -> Samples:
    """Features and target of a data set in physical units."""
    names = [f"{ERROR}{quantity.name}" for quantity in (data.rate, *data.state)]
    known = all(name in data.attributes for name in names)
    errors = tuple(float(data.attributes[name]) for name in names) if known else None
    return Samples(data.features[:, columns], data.target[:, columns], errors)


def criterion(cost: np.ndarray, samples: Samples, coefficients: int, own_error: float = 0.0) -> float:
    """Bayesian information criterion over all parameter values, none below round-off or the samples' own error."""
    size, rows = samples.target.size, len(samples.target)
    total, floor = float(cost.sum()), max(float(samples.floor.sum()), own_error * size)
    return size * np.log(max(total, floor, 1e-300) / size) + coefficients * rows * np.log(size)
