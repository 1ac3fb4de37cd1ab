"""What jobs would refuse, told before any of them runs, in the same words and by the same functions.

Asked where a run starts, not by each of its jobs. Modules of the library are imported where they are needed, because a
run without tables and definitions starts faster without them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import Benchmarks
from configuration import ConfigurationError
from learner_settings import settings_of
from pdes import Pdes
from plan import Plan
from springs import Springs
from studies import Study
from table_study import TableStudy


def check_run(plan: Plan, benchmarks: Benchmarks, pdes: Pdes, springs: Springs) -> list[str]:
    """What users should know of how the runs of their tables are taken. Raises ConfigurationError for data that a
    learner of their study could not learn from, and for definitions that could not be sampled."""
    notes = []
    for study in plan.studies.values():
        times = study.settings.get("time", {}).get("samples")
        if isinstance(study, TableStudy):
            times, note = _times_and_notes(study)
            notes.append(note)
        _require_learnable(plan, study, times)
    check_definitions(benchmarks, pdes, springs)
    return notes


def check_definitions(benchmarks: Benchmarks, pdes: Pdes, springs: Springs) -> None:
    """The part of it about functions, fields and images."""
    for kind, check in ((benchmarks, _sample_function), (pdes, _read_problem), (springs, _sample_task)):
        for name, settings in kind.studies.items():
            for key in settings["definitions"]:
                with _as_key(f"studies.{name}.definitions.{key}"):
                    check(key, settings)
    for name, settings in springs.studies.items():
        with _as_key(f"studies.{name}"):
            _render(settings)


@contextmanager
def _as_key(key: str) -> Iterator[None]:
    """Put the key before the sentence of the library."""
    from eqlearn.errors import InputError

    try:
        yield
    except InputError as error:
        raise ConfigurationError(f"config key '{key}': {error}") from None


def _require_learnable(plan: Plan, study: Study, times: int) -> None:
    from eqlearn.learners import needs

    for dataset in study.datasets:
        for learner in study.settings["learners"]:
            settings = settings_of(plan.config, study, learner, dataset.density_text)
            for number in study.experiments_of(learner):
                with _as_key(study.key("learners")):
                    needs.require(learner, settings, dataset.name, times, number)


def _times_and_notes(study: TableStudy) -> tuple[int, str]:
    """Times of every trajectory of a table, which is read as the import reads it, and the notes on its runs."""
    from eqlearn.calculus import require_times
    from eqlearn.dataset import NOTES, Quantity
    from eqlearn.datasets.table import Quantities, parametric_dataset
    from eqlearn.errors import InputError

    meaning = Quantities(**{role: Quantity(**quantity) for role, quantity in study.quantities.items()})
    try:
        data = parametric_dataset(study.name, study.rows, meaning, {})
    except InputError as error:
        raise ConfigurationError(str(error)) from None
    for value, time in zip(data.values, data.time):
        try:
            if study.differentiation is not None:
                require_times(time, study.differentiation)
        except InputError as error:
            raise ConfigurationError(f"{study.path}: at {data.parameter.name} {value:g}: {error}") from None
    return data.time.shape[1], data.attributes.get(NOTES, "")


def _sample_function(name: str, settings: dict[str, Any]) -> None:
    """Draw a few samples of a function, as its job draws many."""
    import numpy as np
    from eqlearn.datasets import analytic

    function = analytic.function_of(name, settings["definitions"])
    values, sizes = analytic.grid(settings["parameter"]), _few(settings["samples"])
    with np.errstate(all="ignore"):  # what is not finite is told as such
        analytic.sampled(name, function, values, sizes, settings["reach"], 0.0, (name,), {})


def _few(samples: dict[str, int]) -> dict[str, int]:
    return {split: min(size, 16) for split, size in samples.items()}


def _read_problem(name: str, settings: dict[str, Any]) -> None:
    from eqlearn.datasets.pde import problem_of

    problem_of(name, settings["definitions"])


def _sample_task(name: str, settings: dict[str, Any]) -> None:
    """The same for what acts between particles."""
    import numpy as np
    from eqlearn.datasets import springs
    from eqlearn.datasets.analytic import grid

    task, sizes = springs.task_of(name, settings["definitions"]), _few(settings["samples"])
    places = settings["images"], sizes, settings["reach"], settings["separation"]
    with np.errstate(all="ignore"):
        springs.sampled(name, task, grid(settings["parameter"]), *places, (name,), {})


def _render(settings: dict[str, Any]) -> None:
    """Take an image of a particle at the farthest position."""
    import numpy as np
    from eqlearn.camera import Camera

    Camera(**settings["image"]).image(np.array([settings["reach"]]))
