"""Draw lattices of agents over time beside the density and its mean field (S2)."""

from pathlib import Path

from eqlearn.job import logged_to
from eqlearn.netcdf import read_netcdf
from eqlearn.style import BLUE, LEARNERS, grid, legend, save
from matplotlib.colors import ListedColormap

PANEL = (1.75, 1.85)
AGENTS = ListedColormap(["white", BLUE])


def figure_snapshots(*, snapshots: Path, svg: Path, png: Path) -> None:
    """One row per parameter value: lattices, then the curves with the times of the lattices marked."""
    data = read_netcdf(snapshots)
    samples = data["snapshot_sample"].values
    figure, axes = grid(data.sizes["parameter"], samples.size + 1, PANEL)
    for row, value in zip(axes, range(data.sizes["parameter"])):
        part = data.isel(parameter=value)
        for axis, frame, sample in zip(row, part["occupancy"].values, samples):
            axis.imshow(frame, cmap=AGENTS, vmin=0, vmax=1, interpolation="nearest")
            axis.set(title=f"t = {part['time'].values[sample]:.4g}", xticks=[], yticks=[])
        row[0].set_ylabel(f"$r_p$ = {float(part['parameter_value']):g}\nsites")
        row[0].set_xlabel("sites")
        _draw_curves(row[-1], part, samples)
    legend(figure, axes[0][-1:])
    save(figure, svg, png)


def _draw_curves(axis, part, samples) -> None:
    name, colour, dashes = LEARNERS["mean_field.theory"]
    time, density = part["time"].values, part["density"].values
    axis.plot(time, density, color=BLUE, label="one simulation")
    axis.plot(time, part["mean_field"].values, color=colour, linestyle=dashes, label=name)
    axis.plot(time[samples], density[samples], "o", color=BLUE, ms=3, label="lattices shown")
    axis.set(ylim=(0, None), ylabel="density C\n(agents/site)", xlabel="time t (units of time)")


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        figure_snapshots(
            snapshots=snakemake.input.snapshots,
            svg=snakemake.output.svg,
            png=snakemake.output.png,
        )
