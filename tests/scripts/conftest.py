"""Scripts are plain functions: tests import them by name and call them on temporary folders."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "workflow" / "scripts"))

SIMULATION = {
    "lattice": {"rows": 20, "columns": 20},
    "migration_rate": 1.0,
    "death_fraction": 0.5,
    "time": {"samples": 30, "growth_times": 20},
}
VALUES = [0.5, 1.0, 1.5, 2.0]
CODE = {"script.py": "0123456789abcdef", "numpy==": "2.0"}
OAT = {"powers": 4, "max_terms": 3, "candidates": 2, "max_degree": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for a chain of scripts."""
    return tmp_path_factory.mktemp("chain")


@pytest.fixture(scope="module")
def mean_field_dataset(folder: Path) -> Path:
    """A differentiated mean-field dataset without noise."""
    from differentiate import differentiate
    from sample_mean_field import sample_mean_field

    trajectories, dataset = folder / "trajectories.nc", folder / "dataset.nc"
    settings = {"death_fraction": 0.5, "time": {"samples": 100, "growth_times": 20}}
    place = {"dataset": "mean_field-c0.25", "study": "mean_field", "initial_density": 0.25, "noise": 0.0}
    meaning = {"settings": settings, "time_scale": "proliferation_rate"}
    sample_mean_field(trajectories=trajectories, values=VALUES, **meaning, code=CODE, **place)
    differentiate(trajectories=trajectories, dataset=dataset, method="central_difference", code=CODE)
    return dataset


@pytest.fixture(scope="module")
def fitted(folder: Path, mean_field_dataset: Path) -> tuple[Path, Path]:
    """Equation and table per parameter value that OAT learns from it."""
    from fit_oat import fit_oat

    equation, table = folder / "equation.json", folder / "per_parameter.csv"
    paths = {"dataset": mean_field_dataset, "equation": equation, "per_parameter": table}
    fit_oat(**paths, values=VALUES, settings=OAT, code=CODE)
    return equation, table
