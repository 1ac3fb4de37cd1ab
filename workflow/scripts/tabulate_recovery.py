"""Count how often the true structure is learned at one parameter value alone, where the truth is known."""

from pathlib import Path

import numpy as np
import pandas as pd
from eqlearn.dataset import ParametricDataset, read_dataset
from eqlearn.dynamics import state_polynomial
from eqlearn.equation import Equation
from eqlearn.job import logged_to
from eqlearn.rates import wilson
from eqlearn.tables import read_table, write_table


def tabulate_recovery(*, datasets: dict[str, Path], alone: dict[tuple[str, str], Path], recovery: Path) -> None:
    """Write one row per dataset and learner: right structures of all, and the 95 % Wilson interval of the rate.

    ``alone``: tables per parameter value by dataset and learner.
    """
    rows, read = [], {name: read_dataset(path) for name, path in datasets.items()}
    for (name, learner), path in alone.items():
        data, truth = read[name], true_powers(read[name])
        table = read_table(path, ["parameter_value", "power"], ["model"])
        learned = table[table["model"] == "alone"].groupby("parameter_value")["power"].agg(lambda p: tuple(sorted(p)))
        right = int(sum(powers == truth for powers in learned))
        noise, start = data.attributes["noise"], data.attributes["initial_state"]
        rows.append((name, learner, start, noise, right, len(learned), *wilson(right, len(learned))))
    columns = ["dataset", "learner", "initial_density", "noise", "right", "of", "rate_low", "rate_high"]
    write_table(pd.DataFrame(rows, columns=columns), recovery)


def true_powers(data: ParametricDataset) -> tuple[int, ...] | None:
    """Powers of the state in the dataset's true equation; None where that is no polynomial, which no powers are."""
    names = tuple(quantity.name for quantity in data.state)
    truth = Equation(data.attributes["true_equation"], names, data.parameter.name, data.rate.name, {})
    coefficients = state_polynomial(truth, 1.0)
    return None if coefficients is None else tuple(int(power) for power in np.flatnonzero(coefficients))


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_recovery(
            datasets=dict(zip(snakemake.params.datasets, snakemake.input.datasets)),
            alone={tuple(label): path for label, path in zip(snakemake.params.labels, snakemake.input.alone)},
            recovery=snakemake.output.recovery,
        )
