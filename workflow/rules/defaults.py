"""Values of keys that a study leaves out, as config/README.md says; those of the default run, where they fit."""

import copy
from contextlib import suppress
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import gcd, lcm
from typing import Any

from configuration import ConfigurationError
from studies import every, exact, parameter_values

_GRID = {"start": 0.01, "stop": 5.0, "step": 0.01}
_SEGMENTS = [[-3.0, 0.0, 64], [0.0, 3.0, 64]]
_TRAJECTORIES = {
    "parameter": _GRID,
    "initial_densities": [0.05, 0.25],
    "death_fraction": 0.5,
    "time": {"samples": 100, "growth_times": 20},
    "time_scale": "proliferation_rate",
    "learners": ["oat.refined", "oat.published", "es.refined", "es.published", "seql.refined", "heql.refined"],
}
_STEPS = [0.01, 0.1, 0.5, 1.0]
_SINGLE_RUNS, _INFERENCE, _SNAPSHOTS = 0.1, 0.5, (0.01, 1.0, 5.0)  # steps, steps, parameter values
DEFAULTS: dict[str, dict[str, Any]] = {
    "birth_death_migration": {
        **_TRAJECTORIES,
        "migration_rate": 1.0,
        "lattice": {"rows": 120, "columns": 120},
        "replicates": 25,
        "single_runs": {"replicates": 10},
        "batch_size": 40,
        "differentiation": "moving_mean",
        "inference": {"bounds": [0.001, 10.0]},
    },
    "mean_field": {**_TRAJECTORIES, "noise": [0.0, 0.0025], "differentiation": "central_difference"},
    "analytic": {
        "functions": ["f1", "f2", "f3", "f4", "f5"],
        "definitions": {},
        "parameter": _SEGMENTS,
        "samples": {"train": 512, "test": 256},
        "reach": {"train": 3.0, "test": 5.0},
        "noise": [0.0],
        "seeds": [0],
        "learners": ["seql.refined", "heql.refined"],
    },
    "pde": {
        "equations": ["advection_diffusion", "burgers", "kuramoto_sivashinsky"],
        "definitions": {},
        "noisy_derivatives": {"space": "polynomial", "time": "polynomial"},
        "highest_derivative": 4,
        "noise": [0.0],
        "seeds": [0],
        "learners": ["sindy.published", "sindy_linear.published", "sindy.refined", "seql.refined", "heql.refined"],
        "recovery": {"noise": [0.001, 0.01, 0.05], "seeds": [0], "learners": ["sindy.published", "sindy.refined"]},
    },
    "springs": {
        "tasks": ["force", "energy"],
        "definitions": {},
        "parameter": _SEGMENTS,
        "image": {"pixels": 64, "reach": 4.0, "width": 0.1},
        "reach": 3.0,
        "separation": {"train": 4.0, "test": None},
        "images": {"train": 96, "test": 256},
        "samples": {"train": 512, "test": 256},
        "seeds": [0],
    },
    "table": {},
}
# By equation or task; then of one's own.
GRIDS = {
    "advection_diffusion": [[256, 256], [256, 512]],
    "burgers": [[256, 256], [512, 256]],
    "kuramoto_sivashinsky": [[256, 1024]],
}
DERIVATIVES = {
    "advection_diffusion": {"space": "spectral", "time": "central"},
    "burgers": {"space": "central", "time": "central"},
    "kuramoto_sivashinsky": {"space": "spectral", "time": "central"},
}
LEARNERS = {"force": ["seql.refined", "relu.published"], "energy": ["heql.refined", "relu.published"]}
OWN_GRIDS, OWN_DERIVATIVES = [[256, 256]], {"space": "polynomial", "time": "polynomial"}
OWN_LEARNERS = ["seql.refined", "relu.published"]


def completed(key: str, study: dict[str, Any]) -> dict[str, Any]:
    """A study, which obeys its schema, with every key that has a default; ``key`` is its own, for messages."""
    own_time = study.get("time", {})
    if study["kind"] != "table" and own_time.get("end") is not None:
        study = {**study, "time": {"growth_times": None, **own_time}}
    study = _merged(DEFAULTS[study["kind"]], study)
    match study["kind"]:
        case "birth_death_migration" | "mean_field":
            _choose_values(key, study)
        case "analytic":
            study.setdefault("examples", _spread(study["parameter"]))
        case "springs":
            study.setdefault("examples", _spread(study["parameter"]))
            study.setdefault("learners", {task: LEARNERS.get(task, OWN_LEARNERS) for task in study["tasks"]})
        case "pde":
            equations = study["equations"]
            study.setdefault("grids", {name: GRIDS.get(name, OWN_GRIDS) for name in equations})
            study.setdefault("derivatives", {name: DERIVATIVES.get(name, OWN_DERIVATIVES) for name in equations})
    return study


def _merged(default: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The own keys over the default ones; of a mapping key by key, but for grids and definitions, which are one."""
    merged = {**copy.deepcopy(default), **own}
    for key, value in default.items():
        if isinstance(value, dict) and isinstance(own.get(key), dict) and key not in ("parameter", "definitions"):
            merged[key] = {**value, **own[key]}
    return merged


def _choose_values(key: str, study: dict[str, Any]) -> None:
    """Steps and examples of the default run where they fit the parameter values, else those that take all of them."""
    values = parameter_values(f"{key}.parameter", study["parameter"])
    chosen = study.setdefault("experiments", {})
    study["experiments"] = {"steps": _fitting(values, _STEPS), **chosen}
    steps = sorted(study["experiments"]["steps"])
    study.setdefault("examples", _examples(key, values, steps[0]))
    if "snapshots" in study:
        shown = [value for value in _SNAPSHOTS if values[0] <= value <= values[-1]] or study["examples"]
        last = study["time"]["samples"] - 1
        samples = sorted({0, (last + 1) // 4, (last + 1) // 2, last})
        study["snapshots"] = {"parameters": shown, "samples": samples, **study["snapshots"]}
    if study["kind"] == "birth_death_migration":
        study["single_runs"] = {"step": _fitting(values, [_SINGLE_RUNS])[0], **study["single_runs"]}
        skipped = {step for steps in study["experiments"].get("skip", {}).values() for step in steps}
        left = [step for step in steps if step not in skipped] or steps
        study["inference"] = {"step": _INFERENCE if _INFERENCE in left else left[-1], **study["inference"]}


def _fitting(values: list[float], steps: list[float]) -> list[float]:
    """Those steps that choose different numbers of values, two at least; else the step that chooses all values."""
    numbers: dict[int, float] = {}
    for step in steps:
        with suppress(ConfigurationError):
            numbers.setdefault(len(every("", values, step)), step)
    return list(numbers.values()) or [_common_step(values)]


def _common_step(values: list[float]) -> float:
    """The largest step that chooses every value."""
    distances = [later - earlier for earlier, later in pairwise(map(exact, values))]
    whole = reduce(lcm, (distance.denominator for distance in distances), 1)
    return float(Fraction(reduce(gcd, (int(distance * whole) for distance in distances), 0) or whole, whole))


def _examples(key: str, values: list[float], step: float) -> list[float]:
    """The first, middle and last of the values that learners see at most."""
    sampled = every(f"{key}.experiments.steps", values, step)
    return sorted({sampled[0], sampled[len(sampled) // 2], sampled[-1]})


def _spread(segments: list[list[float]]) -> list[int]:
    """Four rows of the parameter values, evenly spread: 8, 40, 72, 104 of 128."""
    total = sum(int(count) for *_, count in segments)
    return sorted({total * quarter // 4 + total // 16 for quarter in range(4)})
