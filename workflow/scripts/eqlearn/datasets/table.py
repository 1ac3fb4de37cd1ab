"""A user's table as a dataset: one trajectory per parameter value, averaged over replicates."""

from dataclasses import dataclass

import numpy as np

from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.datasets.table_file import Rows
from eqlearn.errors import InputError
from eqlearn.noise import scatter

MIN_TIMES = 5  # as differentiation needs


@dataclass(frozen=True)
class Quantities:
    """What the columns of a table mean."""

    parameter: Quantity
    time: Quantity
    state: Quantity

    @property
    def rate(self) -> Quantity:
        """Derivative of the state."""
        return Quantity(f"d{self.state.name}/dt", f"{self.state.unit}/{self.time.unit}")


def parametric_dataset(name: str, rows: Rows, quantities: Quantities, attributes: dict) -> ParametricDataset:
    """The dataset of a table's rows, in any order, with a target where the table has rates.

    Replicates are averaged, as those of a simulation are; their standard deviations become extra variables, and so does
    their correlation over time where all parameter values have the same number of them.
    Raises InputError, which names file and row, for repeated rows, replicates whose times differ, numbers of times
    that differ between parameter values or are below five, and a state that never changes.
    """
    columns = _sorted(rows, quantities)
    starts = _starts(columns["parameter"], columns["time"])
    _require_whole_replicates(rows, columns, starts, quantities)
    means = {role: _mean(columns[role], starts) for role in columns if role not in ("replicate", "row")}
    values, shape = _shape(rows, means["parameter"], columns["row"][starts], quantities)
    state = means["state"].reshape(shape)
    if (state == state[:, :1]).all():
        raise InputError(f"{rows.path}: {quantities.state.name} never changes, so there is nothing to learn from.")
    extra, counts = {}, np.diff([*starts, columns["state"].size])
    if "replicate" in rows.columns:
        extra[f"{quantities.state.name}_sd"] = _deviation(columns["state"], means["state"], starts).reshape(shape)
        if (counts == counts[0]).all():
            runs = columns["state"].reshape(*shape, counts[0]).transpose(0, 2, 1)
            extra |= scatter(quantities.state.name, runs)
            attributes = {**attributes, "replicates": int(counts[0])}
    given = "rate" in means
    return ParametricDataset(
        name=name,
        parameter=quantities.parameter,
        values=values,
        state=(quantities.state,),
        features=state[:, :, None],
        rate=quantities.rate if given else None,
        target=means["rate"].reshape(shape) if given else None,
        time_axis=quantities.time,
        time=means["time"].reshape(shape),
        extra=extra,
        attributes=attributes,
    )


def _sorted(rows: Rows, quantities: Quantities) -> dict[str, np.ndarray]:
    """Columns by parameter, time and replicate, with the number of each row in the table as 'row'."""
    replicate = rows.columns.get("replicate", np.zeros(rows.columns["time"].size, int))
    order = np.lexsort((replicate, rows.columns["time"], rows.columns["parameter"]))
    columns = {role: column[order] for role, column in {**rows.columns, "replicate": replicate}.items()}
    repeated = np.flatnonzero(
        np.all([np.diff(columns[key]) == 0 for key in ("parameter", "time", "replicate")], axis=0)
    )
    if repeated.size:
        first, second = sorted(order[repeated[0] : repeated[0] + 2])
        place = _place(quantities, columns["parameter"][repeated[0]], columns["time"][repeated[0]])
        hint = "" if "replicate" in rows.columns else "; if they are replicates, name their column"
        raise InputError(f"{rows.path}: rows {rows.line(first)} and {rows.line(second)} both give {place}{hint}.")
    return {**columns, "row": order}


def _place(quantities: Quantities, parameter: float, time: float) -> str:
    return f"{quantities.parameter.name} = {parameter:g} at time {time:g}"


def _starts(*columns: np.ndarray) -> np.ndarray:
    """Where a new combination of the sorted columns begins."""
    return np.flatnonzero(np.concatenate([[True], np.any([np.diff(column) != 0 for column in columns], axis=0)]))


def _require_whole_replicates(rows: Rows, columns: dict, starts: np.ndarray, quantities: Quantities) -> None:
    """Every replicate of a parameter value must have all its times, or an average would mix different ones."""
    counts = np.diff([*starts, columns["time"].size])
    order = np.lexsort((columns["replicate"], columns["parameter"]))
    pairs = columns["parameter"][order][_starts(columns["parameter"][order], columns["replicate"][order])]
    values, replicates = np.unique(pairs, return_counts=True)
    expected = replicates[np.searchsorted(values, columns["parameter"][starts])]
    lacking = np.flatnonzero(counts != expected)
    if lacking.size:
        first = starts[lacking[0]]
        place = _place(quantities, columns["parameter"][first], columns["time"][first])
        found = f"{counts[lacking[0]]} of {expected[lacking[0]]} replicates"
        line = rows.line(columns["row"][first])
        raise InputError(f"{rows.path}: row {line}: {place} has {found}, all of a parameter value need the same times.")


def _mean(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    counts = np.diff([*starts, values.size])
    # Sums of equal numbers round, and a time or parameter value must stay what it is.
    first = values[starts]
    return first + np.add.reduceat(values - np.repeat(first, counts), starts) / counts


def _deviation(values: np.ndarray, means: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Standard deviation over replicates; NaN where there is one."""
    counts = np.diff([*starts, values.size])
    squares = np.add.reduceat((values - np.repeat(means, counts)) ** 2, starts)
    return np.sqrt(np.divide(squares, counts - 1, out=np.full(squares.size, np.nan), where=counts > 1))


def _shape(
    rows: Rows, parameter: np.ndarray, order: np.ndarray, quantities: Quantities
) -> tuple[np.ndarray, tuple[int, int]]:
    """Parameter values (P,) and (P, S), the number of parameter values and of times of each."""
    starts = _starts(parameter)
    counts = np.diff([*starts, parameter.size])
    for wrong, allowed in (
        (counts < MIN_TIMES, f"at least {MIN_TIMES}"),
        (counts != counts[0], f"{counts[0]} as for others"),
    ):
        if wrong.any():
            worst = starts[np.argmax(wrong)]
            found = f"{quantities.parameter.name} = {parameter[worst]:g} has {counts[np.argmax(wrong)]} times"
            raise InputError(f"{rows.path}: row {rows.line(order[worst])}: {found}, needs {allowed}.")
    return parameter[starts], (starts.size, int(counts[0]))
