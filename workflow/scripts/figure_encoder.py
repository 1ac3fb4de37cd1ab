"""Draw the architecture: two images, one encoder for both, latent variables, an equation learner (paper B, Fig. 4)."""

from pathlib import Path

import numpy as np
from eqlearn.camera import Camera
from eqlearn.job import logged_to
from eqlearn.style import BLUE, GREEN, ORANGE, SKY, grid, save
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

SHOWN = (-1.2, 1.7)  # positions of the two particles
LAYERS = ("conv 32\npool 2", "conv 64\npool 2", "dense\n128, 16", "1\nnormalised")  # of Encoder
ROWS, TOP = (0.72, 0.2), 0.97


def figure_encoder(*, image: dict, svg: Path, png: Path) -> None:
    """``image``: how images are rendered."""
    figure, [[axis]] = grid(1, 1, (7.0, 2.6))
    axis.set(xlim=(0, 1), ylim=(0, 1))
    axis.set_axis_off()
    for row, (y, position) in enumerate(zip(ROWS, SHOWN), start=1):
        _image(axis, Camera(**image), position, y, row)
        left = 0.23
        for label, colour in zip(LAYERS, (SKY, SKY, ORANGE, ORANGE)):
            _box(axis, left, y, 0.095, label, colour)
            _arrow(axis, (left - 0.03, y), (left, y))
            left += 0.125
        axis.text(left + 0.005, y, rf"$\hat z_{row}$", va="center", fontsize=10)
        _arrow(axis, (left - 0.03, y), (left, y))
        _arrow(axis, (left + 0.035, y), (0.83, 0.46 + (0.04 if row == 1 else -0.04)))
    axis.text(0.455, 0.46, "shared weights", ha="center", va="center", style="italic")
    _box(axis, 0.83, 0.46, 0.1, "SEQL or\nHEQL", GREEN, 0.3)
    _arrow(axis, (0.93, 0.46), (0.96, 0.46))
    axis.text(0.965, 0.46, r"$\hat y$", va="center", fontsize=10)
    axis.text(0.88, 0.12, "parameter t", ha="center", va="center")
    _arrow(axis, (0.88, 0.16), (0.88, 0.31))
    save(figure, svg, png)


def _image(axis, camera: Camera, position: float, y: float, row: int) -> None:
    """One image as a strip of pixels with its profile above."""
    pixels = camera.image(np.array(position))
    axis.imshow(pixels[None], extent=(0.01, 0.19, y - 0.08, y - 0.02), aspect="auto", cmap="Greys", zorder=0)
    profile = np.linspace(0.01, 0.19, camera.pixels), y + 0.02 + 0.16 * pixels / pixels.max()
    axis.plot(*profile, color=BLUE)
    axis.text(0.1, y - 0.14, rf"image {row}: particle at $\psi_{row}$", ha="center", va="center")
    axis.set(xlim=(0, 1), ylim=(0, 1))


def _box(axis, left: float, y: float, width: float, label: str, colour: str, height: float = 0.2) -> None:
    style = {"boxstyle": "round,pad=0.0,rounding_size=0.01", "facecolor": colour, "alpha": 0.35, "edgecolor": "0.3"}
    axis.add_patch(FancyBboxPatch((left, y - height / 2), width, height, **style))
    axis.text(left + width / 2, y, label, ha="center", va="center")


def _arrow(axis, start: tuple[float, float], end: tuple[float, float]) -> None:
    axis.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=7, color="0.3", shrinkA=0, shrinkB=0))


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_encoder(
            image=snakemake.params.image,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )
