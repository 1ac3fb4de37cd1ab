"""Paper A's published tables and our tables, brought to the same names (source/item/quantity).

Our numbers are those of one protocol; the mean field, for which nothing is learned, has one of its own.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from eqlearn.calculus import published_window, window_at
from eqlearn.coverage import coverage_of
from eqlearn.dataset import ParametricDataset
from eqlearn.dynamics import state_polynomial
from eqlearn.equation import Equation
from eqlearn.medians import median_with_error
from eqlearn.tables import read_table
from eqlearn.verification import THEORY, Criterion, Measured, Number

BANDS = {"all": (0, np.inf), "0.01-0.1": (0.01, 0.1), "0.11-0.5": (0.11, 0.5), "0.51-1": (0.51, 1.0)}
BANDS |= {"1.01-2.5": (1.01, 2.5), "2.51-5": (2.51, 5.0)}
RUNS, RATES = 10, 500
PROTOCOLS = ("published", "refined", THEORY)
WINDOWED = "published"  # a refined derivative has no window
WINDOWS = tuple(sorted({float(window_at(bin_reached, 100)) for bin_reached in range(1, 101)}))
_MSE, _INFERENCE, _STRUCTURES = "me_eql_mse_medians", "me_eql_inference_errors", "me_eql_oat_structures"
_ES, _TARGETS = "me_eql_es_equations", "targets"
_EQUATIONS, _WINDOWS = "me_eql_inference_equations", "me_eql_smoothing_windows"
INFERENCE_STEP = "0.5"  # of the equations that infer parameters


def of_protocol(learner: str, protocol: str) -> bool:
    """Whether a learner's label belongs to a protocol."""
    return learner.split(".")[1] == protocol


def _learned(model: str) -> bool:
    return model != "mean_field"


def by_place(path: Path, numeric: list[str], text: list[str]) -> pd.DataFrame:
    """A published table with a column 'place': data/initial density."""
    table = read_table(path, numeric, ["data", "initial_density", *text])
    return table.assign(place=table["data"] + "/" + table["initial_density"])


def published_mse(table: pd.DataFrame) -> Iterator[Number]:
    """Median errors by band, and for 'all' the number of rates at which an equation fails to integrate."""
    for row in table.itertuples():
        item = f"{row.data}/{row.initial_density}/{row.model}/{row.rp_band}"
        learned = _learned(row.model)
        truth = not learned and row.data == "mean_field_nonoise"
        yield Number(_MSE, item, "median_mse", row.median_mse, learned=learned, truth=truth)
        if row.rp_band == "all":
            failing = float(row.rp_that_fail_to_integrate)
            yield Number(_MSE, item, "rp_that_fail_to_integrate", failing, learned=learned)


def measured_mse(place: str, table: pd.DataFrame, steps: dict[str, str]) -> dict[str, Measured]:
    """The same from our trajectory errors of the dataset at ``place`` (data/initial density)."""
    ours = {}
    for (learner, experiments), rows in table.groupby(["learner", "experiments"]):
        model = _mse_model(learner, steps.get(experiments))
        errors = rows["mse"].fillna(np.inf)
        ours[f"{_MSE}/{place}/{model}/all/rp_that_fail_to_integrate"] = Measured(float(np.isinf(errors).sum()))
        ours[f"{_MSE}/{place}/{model}/all/worst_mse"] = Measured(float(errors.max()))
        for band, (low, high) in BANDS.items():
            inside = rows["parameter_value"].between(low, high)
            if inside.any():
                ours[f"{_MSE}/{place}/{model}/{band}/median_mse"] = Measured(*median_with_error(errors[inside]))
    return ours


def _mse_model(learner: str, step: str | None) -> str:
    name = learner.split(".")[0]
    if learner.endswith(".alone"):
        return f"{name.upper()}_EQL"
    return name if learner.endswith(".theory") else f"{name.upper()}_ME_{step}"


def published_inference(table: pd.DataFrame) -> Iterator[Number]:
    """Mean relative error per rate, and the median over rates."""
    for (density, model), rows in table.groupby(["initial_density", "model"]):
        learned = _learned(model)
        for row in rows.itertuples():
            item, spread = f"{density}/{model}/{row.proliferation_rate:g}", row.sd_relative_error
            error = row.mean_relative_error
            yield Number(_INFERENCE, item, "mean_relative_error", error, spread, RUNS, learned=learned)
        median = rows["mean_relative_error"].median()
        yield Number(_INFERENCE, f"{density}/{model}/median", "mean_relative_error", median, learned=learned)


def measured_inference(density: str, learner: str, table: pd.DataFrame) -> dict[str, Measured]:
    """The same from our estimates under one equation."""
    place = f"{_INFERENCE}/{density}/{learner.split('.')[0]}"
    by_rate = table.groupby("parameter_value")["relative_error"].agg(["mean", "std", "count"])
    ours = {
        f"{place}/{rate:g}/mean_relative_error": Measured(row["mean"], row["std"], int(row["count"]))
        for rate, row in by_rate.iterrows()
    }
    ours[f"{place}/median/mean_relative_error"] = Measured(*median_with_error(by_rate["mean"].to_numpy()))
    ours[f"{place}/worst/mean_relative_error"] = Measured(float(by_rate["mean"].max()))
    coverage = coverage_of(table)
    if coverage.share == coverage.share:
        spread = float(np.sqrt(coverage.share * (1 - coverage.share)))  # of a run that is held, or not
        ours[f"{place}/all/coverage"] = Measured(coverage.share, spread, coverage.runs)
    return ours


def targets(table: pd.DataFrame) -> Iterator[Number]:
    """What the refined protocol is to reach, and the limits of inference with the simulations' own mean curves."""
    for row in table.itertuples():
        yield Number(_TARGETS, row.item, row.quantity, row.value, learned="/mean_curves/" not in row.measured_as)


def measured_targets(table: pd.DataFrame, ours: dict[str, Measured]) -> dict[str, Measured]:
    """Our numbers that targets speak of, which ``measured_as`` names."""
    paths = {f"{_TARGETS}/{row.item}/{row.quantity}": row.measured_as for row in table.itertuples()}
    return {path: ours[measured] for path, measured in paths.items() if measured in ours}


def structures_alone(table: pd.DataFrame) -> pd.Series:
    """Structure of every parameter value's own equation, as powers in text: '1 2 3 5'."""
    alone = table[table["model"] == "alone"].sort_values("power")
    return alone.groupby("parameter_value")["power"].agg(lambda powers: " ".join(str(int(p)) for p in powers))


def published_structures(table: pd.DataFrame) -> Iterator[Number]:
    """At how many of 500 rates each structure was learned; the spread of 500 times one rate's yes or no."""
    for row in table.itertuples():
        item, share = f"{row.data}/{row.initial_density}/{row.powers_of_c}", row.count_of_500_rp / RATES
        spread = RATES * (share * (1 - share)) ** 0.5
        yield Number(_STRUCTURES, item, "count_of_500_rp", float(row.count_of_500_rp), spread, RATES)


def measured_structures(place: str, table: pd.DataFrame, numbers: Iterable[Number]) -> dict[str, Measured]:
    """The same from our equations per parameter value, scaled to 500 rates where there are fewer; the spread is that of
    the published share, and a published structure that we never learn has the count 0."""
    names = structures_alone(table)
    counts, folder = RATES * names.value_counts(normalize=True), f"{_STRUCTURES}/{place}/"
    found = {f"{folder}{name}/count_of_500_rp": float(n) for name, n in counts.items()}
    known = {number.path: number.spread for number in numbers if number.path.startswith(folder)}
    return {path: Measured(found.get(path, 0.0), known.get(path, np.nan), len(names)) for path in {**known, **found}}


def published_es_equations(table: pd.DataFrame) -> Iterator[Number]:
    """Coefficient of p·C^k for every power of every equation."""
    for row in table.itertuples():
        item = f"{row.data}/{row.initial_density}/{row.n_experiments}"
        yield Number(_ES, item, f"coefficient_of_power_{row.power_of_c}", row.coefficient_of_rp_c_power)


def measured_es_equation(place: str, experiments: str, equation: Equation) -> dict[str, Measured]:
    """The same from our equation; a power that it lacks has the coefficient 0."""
    return _coefficients(f"{_ES}/{place}/{experiments}/coefficient_of_power_", equation)


def _coefficients(name: str, equation: Equation) -> dict[str, Measured]:
    coefficients = state_polynomial(equation, 1.0)
    if coefficients is None:  # a form of which the publication has no coefficient
        return {}
    padded = np.zeros(11)
    padded[: coefficients.size] = coefficients
    return {f"{name}{power}": Measured(float(value)) for power, value in enumerate(padded)}


def published_inference_equations(table: pd.DataFrame) -> Iterator[Number]:
    """Coefficient of p^j·C^k in every equation that inferred parameters."""
    for row in table.itertuples():
        quantity = f"coefficient_of_rp^{row.power_of_rp}_c^{row.power_of_c}"
        item, learned = f"{row.initial_density}/{row.model}", _learned(row.model)
        yield Number(_EQUATIONS, item, quantity, row.coefficient, learned=learned, truth=not learned)


def measured_inference_equation(place: str, learner: str, equation: Equation) -> dict[str, Measured]:
    """The same from our equation of one learner, for equations that are p times a polynomial in C."""
    name = f"{_EQUATIONS}/{place.removeprefix('ABM/')}/{learner.split('.')[0]}/coefficient_of_rp^1_c^"
    return _coefficients(name, equation)


def published_windows(table: pd.DataFrame) -> Iterator[Number]:
    """Window of the moving mean at every rate; and, by band, at how many of its rates one within a step is ours."""
    for row in table.itertuples():
        item = f"{row.initial_density}/{row.proliferation_rate:g}"
        yield Number(_WINDOWS, item, "window_points", row.window_points, grid=WINDOWS)
    for density, rows in table.groupby("initial_density"):
        for band, (low, high) in BANDS.items():
            rates = rows["proliferation_rate"].between(low, high).sum()
            yield Number(_WINDOWS, f"{density}/{band}", "rates_within_a_step", float(rates))


def measured_windows(place: str, data: ParametricDataset, numbers: Iterable[Number]) -> dict[str, Measured]:
    """The same by the published rule on our averages."""
    folder = f"{_WINDOWS}/{place.removeprefix('ABM/')}"
    curves = zip(data.values, data.features[:, :, 0], data.time)
    ours = {
        f"{folder}/{value:g}/window_points": Measured(float(published_window(np.gradient(states, time))))
        for value, states, time in curves
    }
    return ours | within_a_step(folder, ours, numbers)


def within_a_step(folder: str, ours: dict[str, Measured], numbers: Iterable[Number]) -> dict[str, Measured]:
    """At how many rates of a band our windows are within a step of the published ones; ``folder``: source/density."""
    step = Criterion("", "steps", 1, "")
    close = {number.item: step.holds(number, ours[number.path]) for number in numbers if number.path in ours}
    rates = {float(item.split("/")[1]): holds for item, holds in close.items()}
    inside = {band: [holds for rate, holds in rates.items() if a <= rate <= b] for band, (a, b) in BANDS.items()}
    return {f"{folder}/{band}/rates_within_a_step": Measured(float(sum(rows))) for band, rows in inside.items() if rows}
