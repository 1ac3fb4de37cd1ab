"""What learners of trajectories give."""

from dataclasses import dataclass

import pandas as pd

from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.held_out import Refit


@dataclass(frozen=True)
class Refittable:
    """The equation for all experiments; ``refit`` gives it with coefficients from some experiments alone."""

    equation: Equation
    refit: Refit


@dataclass(frozen=True)
class Learned(Refittable):
    """The same, and a table of coefficients of dC/dt, or of dC/d(p·t) where the dataset's time_scale is the parameter,
    with a row per parameter value, model (alone: of that experiment only; common: with the terms of the equation) and
    power of the state."""

    per_parameter: pd.DataFrame


def by_value(table: pd.DataFrame, data: ParametricDataset) -> pd.DataFrame:
    """A table with a column ``row``, of the dataset, as one per parameter value; where several trajectories have the
    same value, the column ``run`` tells them apart."""
    rows = table["row"]
    named = table.drop(columns="row")
    named.insert(0, "parameter_value", data.values[rows])
    return named.assign(run=data.runs[rows]) if data.runs.any() else named
