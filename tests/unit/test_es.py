"""ES learner and joint fits: planted equations, optimality, clustered errors, supports that predict."""

import numpy as np
import pytest
from eqlearn.dataset import ParametricDataset
from eqlearn.datasets.sampling import density_trajectories
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.joint_fit import Trajectory, fit_jointly
from eqlearn.learners import es
from eqlearn.random import generator
from eqlearn.scoring import predicted
from eqlearn.selection import simplest_predictor
from eqlearn.structure import same_structure
from unit.numeric_truths import scipy_flow

SETTINGS = es.Settings(powers=4, exponents=(1, 1.5, 2), max_terms=5, candidates=3)
RATES = np.linspace(0.1, 4.0, 8)
PLANTED = {
    "rescaled time": {(1, 1): 0.5, (1, 2): -1.0},
    "a plateau that falls": {(1, 1): 0.5, (1, 2): -1.0, (1.5, 2): -0.2},
    "half powers": {(1, 1): 0.6, (1.5, 1): -0.1, (1, 3): -0.8, (2, 3): -0.1},
}


def planted(terms: dict, noise: float = 0.0, seed: int = 0, start: float | str = 0.1) -> ParametricDataset:
    times = np.tile(np.linspace(0.0, 30.0, 60), (RATES.size, 1)) / RATES[:, None]
    states = []
    for rate, time in zip(RATES, times):
        dense = np.zeros(5)
        for (exponent, power), value in terms.items():
            dense[power] += value * rate**exponent
        states.append(scipy_flow(dense, 0.1, time))
    random = generator("planted", "es", seed=seed)
    states = np.stack(states) + noise * random.normal(size=times.shape)
    return density_trajectories("d", RATES, states, times, {}, {"initial_state": start})


def equation_of(terms: dict) -> Equation:
    factors = [f"{value}*p**{exponent}*C**{power}" for (exponent, power), value in terms.items()]
    return Equation(" + ".join(factors).replace("+ -", "- "), ("C",), "p_rate", "dC/dt", {})


@pytest.mark.parametrize("start", [0.1, "data"])
@pytest.mark.parametrize("name", PLANTED)
def test_planted_equations_are_learned_exactly(name, start):
    learned = es.learn(planted(PLANTED[name], start=start), SETTINGS, {})
    assert same_structure(learned, equation_of(PLANTED[name]))
    found = sorted(coefficient.value for coefficient in learned.coefficients.values())
    np.testing.assert_allclose(found, sorted(PLANTED[name].values()), rtol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_moving_plateau_is_followed_through_noise(seed):
    data = planted(PLANTED["a plateau that falls"], noise=2e-3, seed=seed)
    clean = planted(PLANTED["a plateau that falls"])
    learned = es.learn(data, SETTINGS, {})
    assert np.mean((predicted(learned, clean) - clean.features[:, :, 0]) ** 2) < 2e-3**2 / 10


def test_with_exponent_1_alone_no_plateau_moves():
    settings = es.Settings(powers=4, exponents=(1,), max_terms=4, candidates=3)
    data = planted(PLANTED["a plateau that falls"])
    plateaus = predicted(es.learn(data, settings, {}), data)[:, -1]
    assert np.ptp(plateaus) < 1e-6 < 0.05 < np.ptp(data.features[:, -1, 0])


def test_the_weak_form_learns_clean_data_closely():
    settings = es.Settings(powers=4, exponents=(1, 1.5, 2), max_terms=3, candidates=3, form="integral")
    data = planted(PLANTED["a plateau that falls"])
    learned = es.learn(data, settings, {})
    assert np.mean((predicted(learned, data) - data.features[:, :, 0]) ** 2) < 1e-6
    assert all(coefficient.standard_error is None for coefficient in learned.coefficients.values())


def test_rates_must_be_positive():
    data = density_trajectories(
        "d", np.array([0.0, 1.0]), np.full((2, 9), 0.1), np.tile(np.arange(9.0), (2, 1)), {}, {}
    )
    with pytest.raises(InputError, match="a scale of time is above 0; set time_scale: none"):
        es.learn(data, SETTINGS, {})


# Joint fits

POWERS = np.array([1, 2, 2])


def joint(noise: float, seed: int):
    data = planted(PLANTED["a plateau that falls"], noise, seed)
    scaled = data.values[:, None] * data.time
    trajectories = [Trajectory(t, v, 0.1) for t, v in zip(scaled, data.features[:, :, 0])]
    factors = np.stack([np.ones(RATES.size), np.ones(RATES.size), RATES**0.5], axis=1)
    return trajectories, factors, fit_jointly(trajectories, factors, POWERS, np.array([0.45, -0.9, -0.1]))


def test_no_neighbouring_point_is_better():
    trajectories, factors, fit = joint(0.01, 0)

    def error(point: np.ndarray) -> float:
        curves = [
            scipy_flow(np.array([0.0, point[0], point[1] + f[2] * point[2]]), 0.1, t.times)
            for t, f in zip(trajectories, factors)
        ]
        return sum(float(np.sum((c - t.values) ** 2)) for c, t in zip(curves, trajectories))

    assert error(fit.coefficients) == pytest.approx(fit.error, rel=1e-9)
    for move in generator("neighbours").normal(size=(20, 3)) * fit.standard_errors * 0.1:
        assert error(fit.coefficients + move) > fit.error


def test_standard_errors_tell_the_scatter():
    """Over 40 draws of the noise, estimates scatter as their mean standard errors say, within a factor 1.5: with eight
    clusters the jackknife is conservative, by a fifth at most, and a scatter of 40 has a standard error of 11 %."""
    fits = [joint(0.01, seed)[2] for seed in range(40)]
    scatter = np.std([fit.coefficients for fit in fits], axis=0)
    claimed = np.mean([fit.standard_errors for fit in fits], axis=0)
    assert (scatter / claimed < 1.5).all() and (claimed / scatter < 1.5).all()


# Choice of the size


def test_the_first_model_that_is_no_worse_than_one_standard_error_is_chosen():
    best = np.array([1.0, 1.0, 1.0, 1.0])
    clearly_worse, not_told_apart = best + np.array([1.0, 1.1, 0.9, 1.0]), best + np.array([0.5, -0.4, 0.4, -0.3])
    assert simplest_predictor([clearly_worse, not_told_apart, best]) == 1
    assert simplest_predictor([clearly_worse, best, not_told_apart]) == 1
    assert simplest_predictor([best]) == 0
