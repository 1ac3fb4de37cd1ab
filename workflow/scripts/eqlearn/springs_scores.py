"""What was learned of images of particles, where the truth is known: errors inside and outside of the training
domain, coefficients, equations in both spaces."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eqlearn.dataset import ParametricDataset
from eqlearn.effective import effective_coefficients
from eqlearn.equation import Equation
from eqlearn.networks.latent import Latent
from eqlearn.structure import same_structure, to_text

EXACT = 0.01  # relative error of coefficients, at every parameter value, that counts as recovered
LINEAR = 0.9999  # R² of the latent variable over the position


@dataclass(frozen=True)
class Learned:
    """One dataset, its true equation, and what one learner made of it: the equation over positions, that over latent
    variables, the latent variables themselves, and the chosen ``trial``; or, of the baseline, its ``predicted`` target
    (P, S) on the test samples."""

    data: ParametricDataset
    truth: Equation
    physical: Equation
    over_latent: Equation | None
    latent: Latent
    trial: int
    predicted: np.ndarray | None = None

    @property
    def test(self) -> np.ndarray:
        """Mask of the test samples (S,)."""
        return self.data.split[0] == "test"

    def prediction(self) -> np.ndarray:
        """Target (P, S) on the test samples from their images alone; NaN of an unread equation."""
        if self.predicted is not None:
            return self.predicted
        if self.physical.status == "unread":
            return np.full(self.data.target[:, self.test].shape, np.nan)
        line = self.latent.line(self.trial)
        seen = line.position(self.latent.of(self.trial, self.data.features[:, self.test]))
        named = dict(zip(self.physical.features, np.moveaxis(seen, 2, 0)))
        return self.physical.evaluate(named, self.data.values[:, None])


def separations(data: ParametricDataset, split: str) -> np.ndarray:
    """Largest distance (P, S') of the positions of every sample of a split."""
    return np.ptp(data.features[:, data.split[0] == split], axis=2)


def score(learned: Learned) -> dict[str, object]:
    """One row: what was found, whether it is right, and how far it is off."""
    data, line = learned.data, learned.latent.line(learned.trial)
    right = same_structure(learned.physical, learned.truth)
    errors = learned.prediction() - data.target[:, learned.test]
    inside = separations(data, "test") <= separations(data, "train").max()
    rmse = {name: _rmse(errors[mask]) for name, mask in (("inside", inside), ("outside", ~inside))}
    worst = max(relative_errors(learned.physical, learned.truth, data).values()) if right else np.nan
    return {
        "structure_right": right,
        "recovered": right and worst <= EXACT and line.r2 >= LINEAR,
        "coefficient_error": worst,
        "latent_r2": line.r2,
        "latent_residual": line.residual,
        "rmse_inside": rmse["inside"],
        "rmse_outside": rmse["outside"],
        "rmse_ratio": rmse["outside"] / rmse["inside"],
    }


def _rmse(errors: np.ndarray) -> float:
    return float(np.sqrt(np.mean(errors**2))) if errors.size else np.nan


def relative_errors(found: Equation, truth: Equation, data: ParametricDataset) -> dict[str, float]:
    """Largest relative error of every factor over the parameter; where a true value is below a hundredth of the
    largest, in units of that hundredth."""
    values = np.unique(data.values)
    mine, true = effective_coefficients(found, values), effective_coefficients(truth, values)
    return {
        f"{term} factor {k}": float(np.max(np.abs(mine[term][k] - factor) / np.maximum(np.abs(factor), least)))
        for term, factors in true.items()
        for k, (factor, least) in enumerate(zip(factors, np.abs(factors).max(1) / 100))
    }


def predictions(learned: Learned, rows: list[int]) -> pd.DataFrame:
    """True and predicted target of the test samples at some parameter values, over psi2 - psi1, in rows."""
    features, predicted = learned.data.features[:, learned.test], learned.prediction()
    return pd.concat(
        pd.DataFrame(
            {
                "parameter_value": learned.data.values[row],
                "difference": features[row, :, -1] - features[row, :, 0],
                "true": learned.data.target[row, learned.test],
                "predicted": predicted[row],
            }
        )
        for row in rows
    )


def encodings(learned: Learned) -> pd.DataFrame:
    """Latent variable of every image, rising with the position, and whether it was trained on."""
    latent = learned.latent
    seen = np.arange(len(latent.positions)) < latent.training
    values = np.sign(latent.line(learned.trial).slope) * latent.values[learned.trial]
    return pd.DataFrame({"position": latent.positions, "latent": values, "trained_on": seen})


def texts(learned: Learned, values: np.ndarray) -> Iterator[dict[str, object]]:
    """Rows of Tables V and VI: the true equation, and the learned one over latent variables and over positions."""
    named = {"true": learned.truth, "learned_latent": learned.over_latent, "learned_transformed": learned.physical}
    for value in values:
        shown = {
            name: "" if equation is None or equation.status == "unread" else to_text(equation, value).split(" = ", 1)[1]
            for name, equation in named.items()
        }
        yield {"parameter_value": float(value), **shown}
