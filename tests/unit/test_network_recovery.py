"""The refined protocol, shortened, recovers the benchmarks' structure to round-off, with seeds fixed beforehand."""

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from eqlearn.datasets import analytic
from eqlearn.networks.choosing import ReadingSettings, read_network
from eqlearn.networks.fitting import NetworkSettings, fit_network
from eqlearn.networks.network import Initial
from eqlearn.networks.partition import partition
from eqlearn.networks.reading import to_equation
from eqlearn.networks.scores import test_errors as errors_of
from eqlearn.networks.training import Schedule
from eqlearn.structure import same_structure
from learner_settings import settings_for

CONFIG = yaml.safe_load((Path(__file__).parents[2] / "config" / "config.yaml").read_text(encoding="utf-8"))


def recovered(function: str, learner: str, epochs: int, trials: int, noise: float = 0.0):
    """Equation, table of trials and data of one run, with the settings of the default configuration but shorter."""
    settings = settings_for(CONFIG, learner)
    reading = ReadingSettings(**settings.pop("reading"))
    schedule = Schedule(**{**settings.pop("training"), "epochs": epochs}, initial=Initial(**settings.pop("initial")))
    sizes, reach = {"train": 256, "test": 64}, {"train": 3.0, "test": 5.0}
    values = analytic.grid([[-3.0, 0.0, 16], [0.0, 3.0, 16]])
    truth = analytic.FUNCTIONS[function]
    attributes = {"noise": noise}
    data = analytic.sampled("run", truth, values, sizes, reach, noise, (function, 0), attributes)
    torch.set_num_threads(1)
    chosen = NetworkSettings(learner.split(".")[0], training=schedule, **{**settings, "trials": trials})
    trained, table = fit_network(data, chosen, f"{function}|{learner}")
    parts = partition(data, chosen.parameter_values, chosen.held_out)
    found = read_network(trained, parts, table, reading)
    return to_equation(found.form, data.values, "t", "y", {}), found.table, data


@pytest.mark.parametrize(
    ("function", "learner", "epochs", "trials"),
    [
        ("f1", "seql.refined", 80, 4),
        ("f2", "seql.refined", 140, 4),
        ("f3", "heql.refined", 40, 2),  # with one trial, 15 of 16 runs are right
        ("f4", "heql.refined", 100, 1),
    ],
)
def test_the_benchmark_is_recovered(function, learner, epochs, trials):
    equation, table, data = recovered(function, learner, epochs, trials)
    assert same_structure(equation, analytic.FUNCTIONS[function])
    physical, scaled = errors_of(equation, data)
    assert physical <= 1e-12
    assert scaled <= 1e-12
    assert table["chosen"].sum() == 1
    assert table["least_test_error"].sum() == 1


def test_under_noise_the_structure_is_recovered_and_the_error_is_that_of_least_squares():
    equation, _, data = recovered("f1", "seql.refined", 80, 2, noise=0.01)
    assert same_structure(equation, analytic.FUNCTIONS["f1"])
    x = data.features[:, data.split[0] == "train", 0]
    y = data.target[:, data.split[0] == "train"]
    best = np.array([np.linalg.lstsq(np.stack([a, a**2], 1), b)[0] for a, b in zip(x, y)])
    found = equation.coefficients_at(data.values)
    assert equation.template == "c1*x + c2*x**2"
    merged = np.unique(data.values, return_inverse=True)[1]
    for k, name in enumerate(("c1", "c2")):
        mean = (np.bincount(merged, best[:, k]) / np.bincount(merged))[merged]  # t = 0 occurs twice
        np.testing.assert_allclose(found[name], mean, rtol=0, atol=1e-8)
