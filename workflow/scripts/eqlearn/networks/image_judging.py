"""The verdict on equations behind an encoder: their error on held-out images, in the space that each of them is of."""

from collections.abc import Sequence

import numpy as np

from eqlearn.dataset import ParametricDataset
from eqlearn.equation import Equation
from eqlearn.networks.image_reading import ImageReading, over_latent, over_position
from eqlearn.networks.judging import judged
from eqlearn.networks.latent import Latent
from eqlearn.networks.partition import partition
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.verdict import Limits


def judged_images(
    equations: Sequence[Equation],
    found: ImageReading,
    trained: TrainedNetwork,
    latent: Latent,
    data: ParametricDataset,
    held_out: int,
    limits: Limits,
) -> tuple[Equation, ...]:
    """The equation as trained and the refined one over latent variables, and that over positions, with their verdicts;
    ``held_out``: samples per parameter value. The features are what images tell, so an encoder's error counts."""
    if found.trial is None:
        return tuple(equations)
    over_z, over_psi = (
        partition(space(data, latent, found.trial), None, held_out) for space in (over_latent, over_position)
    )
    everywhere = np.arange(data.values.size)
    raw, refined, physical = equations
    return (
        judged(raw, None, over_z, trained.rows, limits),
        judged(refined, found.latent, over_z, everywhere, limits),
        judged(physical, found.physical, over_psi, everywhere, limits),
    )
