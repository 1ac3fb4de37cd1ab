"""Networks from Python in scikit-learn's manner: fit, predict, and the equation that was found."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.validation import check_is_fitted, validate_data

from eqlearn.dataset import ParametricDataset
from eqlearn.datasets.rows import column, dataset_of_rows, require_finite, table
from eqlearn.errors import InputError
from eqlearn.networks.architecture import Architecture
from eqlearn.networks.choosing import ReadingSettings, equations, read_network
from eqlearn.networks.fitting import NetworkSettings, fit_network
from eqlearn.networks.judging import judged_pair
from eqlearn.networks.partition import partition
from eqlearn.networks.training import Schedule
from eqlearn.verdict import Limits

# The refined protocol as config.yaml has it (a test compares both).
REFINED: dict[str, dict[str, Any]] = {
    "seql": {"trials": 4, "parameter_values": 8, "training": {"rate": 0.01}},
    "heql": {"trials": 2, "parameter_values": 16, "training": {"rate": 0.001, "gate_rate": 10.0, "output_rate": 10.0}},
}
BATCH = 16
NAME = "fit"


class ParametricNetwork(RegressorMixin, BaseEstimator):
    """An equation whose structure is fixed while its coefficients vary with a parameter, learned by SEQL or HEQL.

    Trains by the refined protocol, reads every trial, chooses one, and fits its equation at all parameter values.

    Parameters
    ----------
    network: 'seql' (free coefficients at every parameter value) or 'heql' (coefficients from a meta-weight unit).
    trials: independent trainings (None: 4 SEQL, 2 HEQL).
    steps: training steps, at least.
    parameter_values: parameter values that are trained on, at most, evenly spread (None: 8 SEQL, 16 HEQL).
    held_out: samples per parameter value that choose among trials (None: an eighth).
    architecture, training, reading: changes to ``Architecture``, ``Schedule`` and ``ReadingSettings``.
    shuffle: whether held-out samples are drawn at random, or are the last ones of every parameter value.
    random_state: integer; the same one gives the same equation.
    device: 'cpu', 'cuda' or 'auto'.

    Attributes
    ----------
    equation_: the Equation; its status is 'unread' where none could be read, its verdict says whether data support it.
    trials_: table with a row per trial: errors, structure, which one was chosen.
    n_features_in_, feature_names_in_: as in scikit-learn; columns of a data frame name the features of the equation.
    """

    def __init__(
        self,
        network: str = "seql",
        *,
        trials: int | None = None,
        steps: int = 4000,
        parameter_values: int | None = None,
        held_out: int | None = None,
        architecture: Mapping[str, Any] | None = None,
        training: Mapping[str, Any] | None = None,
        reading: Mapping[str, Any] | None = None,
        shuffle: bool = True,
        random_state: int = 0,
        device: str = "cpu",
    ) -> None:
        self.network = network
        self.trials = trials
        self.steps = steps
        self.parameter_values = parameter_values
        self.held_out = held_out
        self.architecture = architecture
        self.training = training
        self.reading = reading
        self.shuffle = shuffle
        self.random_state = random_state
        self.device = device

    def fit(self, features: Any, parameter: Any, target: Any) -> "ParametricNetwork":
        """Learn from N samples: features (N, F), parameter (N,), target (N,), the same number at every parameter value.

        InputError for data or settings that cannot be trained.
        """
        x = validate_data(self, table("features", features), dtype=float, ensure_all_finite=False)
        names = getattr(self, "feature_names_in_", None)
        seed = int(self.random_state) if self.shuffle else None
        data = dataset_of_rows(x, parameter, target, None if names is None else names.tolist(), seed)
        settings, reading = self._settings(data), ReadingSettings(**_changes(ReadingSettings, "reading", self.reading))
        trained, trials = fit_network(data, settings, f"{NAME}|{self.random_state}", self.device)
        parts = partition(data, settings.parameter_values, settings.held_out)
        chosen = read_network(trained, parts, trials, reading)
        pair = equations(chosen, trained, data, {"learner": f"{self.network}.refined"})
        self.equation_ = judged_pair(pair, chosen, trained, parts, Limits())[1]
        self.trials_ = chosen.table
        return self

    def predict(self, features: Any, parameter: Any) -> np.ndarray:
        """Target (N,) at features (N, F) and parameter (N,) or a number; beyond the fitted range coefficients are held.

        InputError where no equation was read, with the reason.
        """
        check_is_fitted(self)
        x = validate_data(self, table("features", features), dtype=float, ensure_all_finite=False, reset=False)
        require_finite("features", x)
        t = column("parameter", np.broadcast_to(parameter, len(x)) if np.ndim(parameter) == 0 else parameter, len(x))
        return self.equation_.evaluate(dict(zip(self.equation_.features, x.T)), t)

    def score(self, features: Any, parameter: Any, target: Any, sample_weight: Any = None) -> float:
        """Coefficient of determination, as of every regressor of scikit-learn."""
        return r2_score(target, self.predict(features, parameter), sample_weight=sample_weight)

    def _settings(self, data: ParametricDataset) -> NetworkSettings:
        if self.network not in REFINED:
            raise InputError(f"network: is {self.network!r}, must be one of {', '.join(REFINED)}.")
        if self.steps < 1:
            raise InputError(f"steps: is {self.steps}, must be at least 1.")
        refined = REFINED[self.network]
        held_out = data.target.shape[1] // 8 if self.held_out is None else self.held_out
        batches = max(1, (data.target.shape[1] - held_out) // BATCH)
        training = {"epochs": -(-self.steps // batches), "batch_samples": BATCH, **refined["training"]}
        return NetworkSettings(
            self.network,
            refined["trials"] if self.trials is None else self.trials,
            Schedule(**{**training, **_changes(Schedule, "training", self.training)}),
            architecture={"layers": 2, **_changes(Architecture, "architecture", self.architecture)},
            parameter_values=self.parameter_values or refined["parameter_values"],
            held_out=held_out,
            scale_target="magnitude",
        )


def _changes(kind: type, name: str, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The changes to the defaults of a kind of settings; InputError for a key that has none."""
    keys = [f.name for f in fields(kind) if f.init and (f.default, f.default_factory) != (MISSING, MISSING)]
    unknown = set(given or {}) - set(keys)
    if unknown:
        raise InputError(f"{name}: has no key {min(unknown)!r}, use {', '.join(keys)}.")
    return dict(given or {})
