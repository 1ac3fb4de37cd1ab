"""When a density is recorded, and the dataset that its trajectories make."""

from dataclasses import dataclass

import numpy as np

from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.errors import InputError

STATE, PARAMETER = "C", "proliferation_rate"


@dataclass(frozen=True)
class Sampling:
    """``samples`` equally spaced times from 0 to an end: a fixed ``end``, or ``growth_times`` / net growth rate."""

    samples: int
    end: float | None = None
    growth_times: float | None = None

    def times(self, growth: float) -> np.ndarray:
        """Times (samples,). InputError where the end is to scale with a growth rate that is not positive."""
        if self.end is not None:
            return np.linspace(0.0, self.end, self.samples)
        if growth <= 0:
            raise InputError(f"growth_times: the net growth rate is {growth:g}, must be positive; set end instead.")
        return np.linspace(0.0, self.growth_times / growth, self.samples)


def density_trajectories(
    name: str, values: np.ndarray, density: np.ndarray, times: np.ndarray, extra: dict, attributes: dict
) -> ParametricDataset:
    """Densities C (P, S) at times (P, S) for P proliferation rates, as a dataset without target.

    Time is scaled by the rate unless the attributes hold another time_scale.
    """
    return ParametricDataset(
        name=name,
        parameter=Quantity(PARAMETER, "1/time"),
        values=values,
        state=(Quantity(STATE, "agents/site"),),
        features=density[:, :, None],
        time_axis=Quantity("time", "time"),
        time=times,
        extra=extra,
        attributes={"time_scale": PARAMETER, **attributes},
    )
