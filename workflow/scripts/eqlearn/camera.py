"""Images of particles on a line (paper B, Section IV-C)."""

from dataclasses import dataclass

import numpy as np

from eqlearn.errors import InputError

MARGIN = 3.0  # standard deviations of a bump that must lie inside of the image


@dataclass(frozen=True)
class Camera:
    """Images of ``pixels`` points on [-reach, reach], ends included; a particle is a bump of standard deviation
    ``width``: 0.1 in the authors' code, sqrt(0.1) in the paper.

    Raises InputError for a bump that falls between pixels.
    """

    pixels: int
    reach: float
    width: float

    def __post_init__(self) -> None:
        if self.pixels < 2 or self.reach <= 0:
            raise InputError(f"image: has {self.pixels} pixels on [-{self.reach}, {self.reach}], needs 2 and a reach.")
        half = self.spacing / 2
        if not self.width >= half:
            raise InputError(f"image.width: is {self.width:g}, must be at least half a pixel, {half:.3g}.")

    @property
    def spacing(self) -> float:
        """Distance of pixels."""
        return 2 * self.reach / (self.pixels - 1)

    def image(self, positions: np.ndarray) -> np.ndarray:
        """Images (..., pixels) of particles at positions (...): normal densities, which sum to 1/spacing.

        InputError for a position whose bump leaves the image.
        """
        outside = np.abs(positions) > self.reach - MARGIN * self.width
        if outside.any():
            limit = self.reach - MARGIN * self.width
            raise InputError(f"positions: {positions[outside].flat[0]:g} lies outside of [-{limit:.3g}, {limit:.3g}].")
        scaled = (np.linspace(-self.reach, self.reach, self.pixels) - positions[..., None]) / self.width
        return np.exp(-(scaled**2) / 2) / (self.width * np.sqrt(2 * np.pi))
