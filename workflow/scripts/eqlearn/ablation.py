"""What each refinement is worth: learners with one of them switched off."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.inference import ParameterSearch, estimates_of, states_of
from eqlearn.learners import es, oat, oat_study
from eqlearn.medians import median_with_error
from eqlearn.noise import noise_of
from eqlearn.scales import size_of
from eqlearn.scoring import predicted, trajectory_mse


@dataclass(frozen=True)
class Variation:
    """A learner (oat or es), and what is changed: its settings, and what it is told beside the trajectories."""

    learner: str
    change: str
    settings: dict[str, Any] = field(default_factory=dict)
    knows_noise: bool = True
    knows_start: bool = True

    def told(self, data: ParametricDataset) -> ParametricDataset:
        """The dataset as the learner sees it."""
        start = data.attributes["initial_state"] if self.knows_start else "data"
        extra = data.extra if self.knows_noise else {}
        return dataclasses.replace(data, extra=extra, attributes={**data.attributes, "initial_state": start})

    def learn(self, data: ParametricDataset, settings: dict[str, dict[str, Any]]) -> Equation:
        """Equation from the experiments; ``settings`` by learner."""
        chosen, seen = {**settings[self.learner], **self.settings}, self.told(data)
        if self.learner == "es":
            return es.learn(seen, es.Settings(**chosen), {})
        return oat_study.learn(seen, oat.Settings(**chosen), {}).equation


AS_IT_IS = "as it is"
VARIATIONS = (
    Variation("oat", AS_IT_IS),
    Variation("oat", "noise does not weigh residuals", knows_noise=False),
    Variation("oat", "initial state fitted, not known", knows_start=False),
    Variation("oat", "neither noise nor initial state known", knows_noise=False, knows_start=False),
    Variation("oat", "coefficients joined by lines", {"max_degree": 1}),
    Variation("oat", "three terms at most", {"max_terms": 3}),
    Variation("oat", "weak form, no forward solves", {"form": "integral"}),
    Variation("es", AS_IT_IS),
    Variation("es", "initial state fitted, not known", knows_start=False),
    Variation("es", "exponent 1 of the parameter only", {"exponents": (1,)}),
    Variation("es", "whole exponents 0 to 3 only", {"exponents": (0, 1, 2, 3)}),
    Variation("es", "weak form, no forward solves", {"form": "integral"}),
)


def scores(equation: Equation, data: ParametricDataset) -> dict[str, float]:
    """Terms, and median, with its standard error, and worst trajectory error over all parameter values (infinite where
    one fails)."""
    errors = trajectory_mse(predicted(equation, data), data)
    size = {"terms": len(equation.coefficients), "experiments": equation.provenance["experiments"]}
    return size | _headline("mse", errors)


def _headline(quantity: str, errors: np.ndarray) -> dict[str, float]:
    median, error = median_with_error(errors)
    named = {f"median_{quantity}": median, f"standard_error_of_median_{quantity}": error}
    return {**named, f"worst_{quantity}": float(np.max(errors))}


def inference_errors(
    variation: Variation,
    equation: Equation,
    runs: ParametricDataset,
    experiments: ParametricDataset,
    bounds: tuple[float, float],
) -> dict[str, float]:
    """Median, with its standard error, and worst, over the parameter, of the mean relative error of inferred
    parameters."""
    noise = noise_of(experiments) if variation.knows_noise else None
    initial, scale = float(runs.attributes["initial_state"]), size_of(runs.features)
    table = estimates_of(runs, lambda t: ParameterSearch(states_of(equation, initial, t, scale), t, bounds, noise))
    return _headline("relative_error", table.groupby("parameter_value")["relative_error"].mean().to_numpy())
