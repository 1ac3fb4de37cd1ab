"""Tabulate how often partial differential equations were found under noise, and how far coefficients were off."""

from pathlib import Path

import pandas as pd
from eqlearn.job import logged_to
from eqlearn.pde_scores import recovered
from eqlearn.tables import read_table, write_table


def tabulate_pde_recovery(*, draws: list[Path], recovery: Path) -> None:
    """Write a row per equation, noise level and learner."""
    numeric = ["noise", "relative_coefficient_error", "coefficient_mse_library"]
    table = pd.concat([read_table(path, numeric, ["equation", "learner"]) for path in draws])
    write_table(recovered(table, ["equation", "noise", "learner"]), recovery)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_pde_recovery(draws=snakemake.input.draws, recovery=snakemake.output.recovery)
