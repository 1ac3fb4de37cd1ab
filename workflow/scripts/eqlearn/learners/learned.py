"""What learners of trajectories give."""

from dataclasses import dataclass

import pandas as pd

from eqlearn.equation import Equation
from eqlearn.held_out import Refit


@dataclass(frozen=True)
class Refittable:
    """The equation for all experiments; ``refit`` gives it with coefficients from some experiments alone."""

    equation: Equation
    refit: Refit


@dataclass(frozen=True)
class Learned(Refittable):
    """The same, and a table of coefficients of dC/d(p·t) with a row per parameter value, model (alone: of that
    experiment only; common: with the terms of the equation) and power of the state."""

    per_parameter: pd.DataFrame
