"""Panels of trajectory errors over the parameter, a row per dataset."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from eqlearn.style import PANEL, grid, legend, log_error, log_parameter, save
from eqlearn.tables import read_table


def error_panels(
    errors: dict[str, Path],
    columns: Iterable[str],
    draw: Callable[[Axes, pd.DataFrame, str, str], None],
    title: str,
    labels: dict[str, str],
    files: tuple[Path, Path],
    panel: tuple[float, float] = PANEL,
) -> None:
    """Draw into one panel per dataset and column; ``errors``: tables by dataset.

    ``draw`` gets the axes, the dataset's table, the column and the dataset's name; ``title`` has the fields {dataset}
    and {column}; ``files``: SVG and PNG.
    """
    columns = list(columns)
    tables = {n: read_table(p, ["parameter_value", "mse"], ["learner", "experiments"]) for n, p in errors.items()}
    figure, axes = grid(len(tables), len(columns), panel, sharex=True, sharey="row")
    for row, (name, table) in zip(axes, tables.items()):
        for axis, column in zip(row, columns):
            draw(axis, table, column, name)
            axis.set_title(title.format(dataset=name, column=column))
        log_error(row[0])  # after all are drawn, since they share it
        row[0].set_ylabel(labels["error"])
    for axis in axes[-1]:
        log_parameter(axis)
        axis.set_xlabel(labels["parameter"])
    legend(figure, [axis for row in axes for axis in row])
    save(figure, *files)
