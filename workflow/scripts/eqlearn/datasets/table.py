"""A user's table as a dataset: a trajectory per parameter value, averaged over replicates, or per group of runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eqlearn.dataset import NOTES, ParametricDataset, Quantity
from eqlearn.datasets.conditions import Conditions
from eqlearn.datasets.other_columns import check_others, differing
from eqlearn.datasets.runs import Replicates, Run, mean
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
    their correlation over time where all parameter values have the same number of them. Runs of equal parameters that
    are no replicates are trajectories of their own, so that a parameter value may occur more than once. What a user
    should know of this is an attribute. Raises InputError, which names file and row, for repeated rows, a column that
    may be a forgotten parameter, numbers of times that differ or are below five, and a state that never changes.
    """
    columns = _sorted(rows, quantities)
    changing = check_others(rows.path, rows.others, rows.columns["parameter"], _replicate(rows))
    found = Conditions()
    for value, runs in _conditions(columns):
        found.add(value, runs)
    shape = _shape(rows, found, quantities)
    state = np.stack([mean(each.states) for each in found.trajectories])
    if (state == state[:, :1]).all():
        raise InputError(f"{rows.path}: {quantities.state.name} never changes, so there is nothing to learn from.")
    sentences = [*found.notes(quantities.parameter.name, quantities.state.name), *_mentioned(changing)]
    notes = " ".join(f"{Path(rows.path).name}: {sentence}" for sentence in sentences)
    extra, counted = {}, {}
    if "replicate" in rows.columns:
        extra, counted = _scatter(quantities.state.name, found.trajectories, shape)
    given = "rate" in rows.columns
    return ParametricDataset(
        name=name,
        parameter=quantities.parameter,
        values=np.array(found.values),
        state=(quantities.state,),
        features=state[:, :, None],
        rate=quantities.rate if given else None,
        target=np.stack([mean(each.rates) for each in found.trajectories]) if given else None,
        time_axis=quantities.time,
        time=np.stack([each.times for each in found.trajectories]),
        extra=extra,
        attributes={**attributes, **counted, **({NOTES: notes} if notes else {})},
    )


def _scatter(state: str, trajectories: list[Replicates], shape: tuple[int, int]) -> tuple[dict, dict]:
    """Extra variables that keep how replicates scatter, and how many there are where that is the same everywhere."""
    counts = {len(each.states) for each in trajectories}
    if len(counts) > 1 or any(each.lacking for each in trajectories):
        return {f"{state}_sd": np.stack([each.deviation for each in trajectories]).reshape(shape)}, {}
    return scatter(state, np.stack([each.states for each in trajectories])), {"replicates": counts.pop()}


def _replicate(rows: Rows) -> np.ndarray:
    return rows.columns.get("replicate", np.zeros(rows.columns["time"].size, int))


def _sorted(rows: Rows, quantities: Quantities) -> dict[str, np.ndarray]:
    """Columns by parameter, replicate and time, with the number of each row in the table as 'row'."""
    every = {**rows.columns, "replicate": _replicate(rows)}
    order = np.lexsort((every["time"], every["replicate"], every["parameter"]))
    columns = {role: column[order] for role, column in every.items()}
    repeated = np.flatnonzero(
        np.all([np.diff(columns[key]) == 0 for key in ("parameter", "time", "replicate")], axis=0)
    )
    if repeated.size:
        first, second = sorted(order[repeated[0] : repeated[0] + 2])
        place = _place(quantities, columns["parameter"][repeated[0]], columns["time"][repeated[0]])
        apart = ", ".join(differing(rows.others, first, second))
        hint = f", but differ in {apart}; if that is another parameter, keep rows of one value of it" if apart else ""
        hint += "" if "replicate" in rows.columns else "; if they are replicates, name their column"
        raise InputError(f"{rows.path}: rows {rows.line(first)} and {rows.line(second)} both give {place}{hint}.")
    return {**columns, "row": order}


def _place(quantities: Quantities, parameter: float, time: float) -> str:
    return f"{quantities.parameter.name} = {parameter:g} at time {time:g}"


def _starts(*columns: np.ndarray) -> np.ndarray:
    """Where a new combination of the sorted columns begins."""
    return np.flatnonzero(np.concatenate([[True], np.any([np.diff(column) != 0 for column in columns], axis=0)]))


def _conditions(columns: dict[str, np.ndarray]) -> Iterator[tuple[float, list[Run]]]:
    """Runs of every parameter value."""
    starts = _starts(columns["parameter"], columns["replicate"])
    runs, last = [], None
    for start, stop in zip(starts, [*starts[1:], columns["row"].size]):
        rates = columns["rate"][start:stop] if "rate" in columns else None
        run = Run(columns["time"][start:stop], columns["state"][start:stop], rates, int(columns["row"][start]))
        value = float(columns["parameter"][start])
        if runs and value != last:
            yield last, runs
            runs = []
        runs, last = [*runs, run], value
    yield last, runs


def _shape(rows: Rows, found: Conditions, quantities: Quantities) -> tuple[int, int]:
    """(P, S), the number of trajectories and of times of each."""
    counts = np.array([each.times.size for each in found.trajectories])
    for wrong, allowed in (
        (counts < MIN_TIMES, f"at least {MIN_TIMES}"),
        (counts != counts[0], f"{counts[0]} as for others"),
    ):
        if wrong.any():
            worst = int(np.argmax(wrong))
            place = f"{quantities.parameter.name} = {found.values[worst]:g} has {counts[worst]} times"
            line = rows.line(found.trajectories[worst].row)
            raise InputError(f"{rows.path}: row {line}: {place}, needs {allowed}.")
    return counts.size, int(counts[0])


def _mentioned(changing: list[str]) -> list[str]:
    names = ", ".join(changing)
    return [f"{names} changes within runs, may be another state, and is not used."] if changing else []
