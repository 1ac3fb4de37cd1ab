"""What chooses between models is a statistic, which data without noise cannot see: truths with planted noise.

As in numeric_truths.py: ``truth_xxx(module)`` raises AssertionError where a module breaks the law; seeds are fixed, and
over all seeds a correct module would fail with probability LEVEL at most.
"""

from types import ModuleType, SimpleNamespace

import numpy as np
from eqlearn.datasets.sampling import density_trajectories
from eqlearn.networks.form import Form
from eqlearn.noise import scatter
from eqlearn.random import generator
from scipy import stats

LEVEL = 1e-4


def assert_count(found: int, runs: int, chance: float, what: str) -> None:
    """A count of independent runs is one that a chance gives."""
    low, high = stats.binom(runs, chance).ppf([LEVEL / 2, 1 - LEVEL / 2])
    assert low <= found <= high, f"{what}: {found} of {runs}, allowed {low:.0f} to {high:.0f}"


# Selection


def truth_one_standard_error_of_the_sum(selection: ModuleType) -> None:
    """Of two models that predict equally well, the simpler is kept with the chance of Student's t below one."""
    runs, experiments, simplest = 500, 40, 0
    for run in range(runs):
        errors = generator("one standard error", run=run).normal(1.0, 0.1, (2, experiments))
        simplest += selection.simplest_predictor(list(errors)) == 0
    assert_count(simplest, runs, stats.t(experiments - 1).cdf(1.0), "simplest kept")


def truth_left_out_errors_are_those_of_fresh_data(selection: ModuleType) -> None:
    """The squared errors of experiments that were left out are on average those of new noise (closed form): with m
    columns and S rows each, noise of variance 1 gives S + the trace of the fit's covariance. Normal, LEVEL."""
    random, runs, experiments, rows = generator("left out"), 300, 8, 3
    system = random.normal(size=(experiments * rows, 4))
    errors = [selection.left_out_errors(system, random.normal(size=len(system)), experiments) for _ in range(runs)]
    mean, spread = np.mean(errors, axis=0), np.std(errors, axis=0, ddof=1) / np.sqrt(runs)
    for left in range(1, experiments - 1):
        own = np.arange(left * rows, (left + 1) * rows)
        others = np.delete(system, own, axis=0)
        expected = rows + np.trace(system[own] @ np.linalg.inv(others.T @ others) @ system[own].T)
        limit = stats.norm.isf(LEVEL / 2 / experiments) * spread[left]
        assert abs(mean[left] - expected) < limit, f"experiment {left}: {mean[left]:.2f} for {expected:.2f}"


# Noise of replicates


def truth_noise_of_experiments_that_end_early(noise: ModuleType) -> None:
    """Replicates whose noise grows tenfold in scaled time, sampled at equal times, so that only the fastest experiment
    sees the end: standard deviation and memory rate to 15 %, six standard errors of 1,000 replicates."""
    values, times, replicates = np.array([0.5, 1.0, 2.0, 4.0, 5.0]), np.linspace(0.0, 2.0, 41), 1000
    random = generator("ends early")
    runs = np.stack([0.5 + _deviations(value * times, random.normal(size=(replicates, 41))) for value in values])
    grid = np.tile(times, (values.size, 1))
    data = density_trajectories("d", values, runs.mean(axis=1), grid, scatter("C", runs), {"replicates": replicates})
    found = noise.noise_of(data)
    np.testing.assert_allclose(np.exp(found.log_sd), _sd(found.times), rtol=0.15)
    np.testing.assert_allclose(np.diff(found.memory)[1:] / np.diff(found.times)[1:], 0.4, rtol=0.15)


def truth_all_that_reach_the_end_count_there(noise: ModuleType) -> None:
    """Experiments that end at the same scaled time but for round-off are averaged up to the end."""
    grid, times = np.linspace(0.0, 1.0, 5), np.linspace(0.0, 1.0, 9) * np.array([[1.0], [1.0 - 1e-12]])
    found = noise._pooled(grid, times, np.array([[1.0], [3.0]]) * np.ones(9))
    np.testing.assert_allclose(found, 2.0)


def _sd(scaled: np.ndarray) -> np.ndarray:
    return 0.01 * (1.0 + scaled)


def _deviations(scaled: np.ndarray, white: np.ndarray) -> np.ndarray:
    """Ornstein-Uhlenbeck processes (R, S) of rate 0.4 from white noise."""
    correlation = np.exp(-0.4 * np.abs(scaled[:, None] - scaled))
    return white @ np.linalg.cholesky(correlation).T * _sd(scaled)


# One support for all


def truth_ties_of_supports(oat: ModuleType) -> None:
    """Of supports of one size that noise does not tell apart, the lowest powers; of fits to round-off, the least
    error, whatever the powers."""
    noisy = [_experiment({(1, 2): 1.0, (1, 3): 0.99}), _experiment({(1, 2): 1.01, (1, 3): 1.0})]
    exact = [_experiment({(1, 2): 1e-20, (1, 3): 1e-22}), _experiment({(1, 2): 1e-21, (1, 3): 1e-23})]
    above = [_experiment({(1, 2): 1.5e-18, (1, 3): 1.49e-18})] * 2
    assert oat.common_support(noisy, 2) == oat.common_support(above, 2) == (1, 2)
    assert oat.common_support(exact, 2) == (1, 3)


def truth_supports_by_the_mean_criterion(oat: ModuleType) -> None:
    """A term that every experiment asks for by less than 2 does not enter, however many there are; by more, it does."""
    for gain, expected in ((1.9, (1,)), (2.1, (1, 2))):
        ratio = np.exp(-(gain + 2.0) / 100)  # AIC of 100 samples, one parameter more
        experiments = [_experiment({(1,): 1.0, (1, 2): ratio}) for _ in range(5)]
        assert oat.common_support(experiments, 2) == expected


def _experiment(errors: dict[tuple[int, ...], float]) -> SimpleNamespace:
    """An experiment of 100 samples whose fits have these errors; below 1e-18 is round-off."""

    def criteria(found: np.ndarray, supports: list) -> np.ndarray:
        return 100 * np.log(np.maximum(found, 1e-18)) + 2 * np.array([len(powers) for powers in supports])

    each = np.array(list(errors.values()))
    fit = {powers: SimpleNamespace(error=error) for powers, error in errors.items()}.__getitem__
    return SimpleNamespace(supports=tuple(errors), errors=each, criteria=criteria, fit=fit, floor=1e-18)


# Readings of networks


def truth_one_standard_error_of_the_mean(reading: ModuleType) -> None:
    """A simpler equation is chosen up to one standard error of the mean held-out error above the best, no further."""
    errors = generator("held out").uniform(0.5, 1.5, (4, 50))
    step = errors.std() / np.sqrt(errors.size)
    for size, expected in ((0.9, 1), (1.1, 0)):
        trials = [_reading(reading, 0, 3, errors), _reading(reading, 1, 2, errors + size * step)]
        assert reading.choose(trials).trial == expected, f"{size} standard errors"


def truth_own_errors_of_samples_are_no_reason_for_terms(reading: ModuleType) -> None:
    """Errors that the samples of the best themselves have tell nothing apart."""
    errors = np.full((4, 50), 1.0)
    for own, expected in ((1.2, 1), (1.05, 0)):
        trials = [_reading(reading, 0, 3, errors, own), _reading(reading, 1, 2, errors + 0.1, own)]
        assert reading.choose(trials).trial == expected, f"own errors {own}"


def _reading(module: ModuleType, trial: int, coefficients: int, errors: np.ndarray, own: float = 0.0):
    form = Form(("x",), "0", {f"c{k}": np.zeros(1) for k in range(coefficients)})
    return module.Reading(trial, form, form, errors, own=own)


# Weak form


def truth_superfluous_groups_stay_out(weak_sindy: ModuleType) -> None:
    """One group of four columns is planted, five are not: a superfluous one enters by chance of the F statistic of its
    columns beyond what the criterion asks, and of any of five at most five times as often."""
    runs, rows, size, groups, wrong = 100, 200, 4, 6, 0
    for run in range(runs):
        random = generator("superfluous groups", run=run)
        design = random.normal(size=(rows, groups * size))
        response = design[:, :size] @ np.ones(size) + 3.0 * random.normal(size=rows)
        candidates = weak_sindy._candidates(_system(weak_sindy, design, response, size), 3)
        chosen = min(candidates, key=lambda model: model.criterion(rows))
        assert (0, 1) in chosen.terms, "planted group lost"
        wrong += len(chosen.terms) > 1
    ratio = np.expm1(size * np.log(rows) / rows) * (rows - 2 * size) / size
    chance = stats.f(size, rows - 2 * size).sf(ratio)
    assert_count(wrong, runs, 1 - (1 - chance) ** (groups - 1), "superfluous groups")


def truth_terms_enter_and_leave(weak_sindy: ModuleType) -> None:
    """Entering finds one term that five others nearly add up to, of which leaving the whole drops any; leaving finds
    two alike that help only together, before which entering takes a third."""
    for run in range(20):
        random = generator("enter and leave", run=run)
        others, noise = random.normal(size=(100, 4)), random.normal(size=100)
        planted = random.normal(size=100)
        rest = planted - others.sum(axis=1) + 1e-3 * random.normal(size=100)
        _assert_terms(weak_sindy, np.column_stack([planted, others, rest]), planted + 0.1 * noise, [1])
        alike = random.normal(size=(100, 1)) + 0.1 * random.normal(size=(100, 2))
        response = alike[:, 0] - alike[:, 1]
        third = response / response.std() + random.normal(size=100)
        _assert_terms(weak_sindy, np.column_stack([third, alike]), response + 1e-3 * noise, [2, 3])


def _assert_terms(module: ModuleType, design: np.ndarray, response: np.ndarray, planted: list[int]) -> None:
    candidates = list(module._candidates(_system(module, design, response, 1), 3))
    assert planted in [sorted(order for _, order in model.terms) for model in candidates], f"{planted} not tried"


def _system(module: ModuleType, design: np.ndarray, response: np.ndarray, size: int):
    lengths = np.linalg.norm(design, axis=0)
    directions, triangle = np.linalg.qr(design / lengths)
    projected, energy = directions.T @ response, float(response @ response)
    terms = [(0, number + 1) for number in range(design.shape[1] // size)]
    error = energy - float(projected @ projected)
    return module._System(terms, np.ones((1, size)), triangle, lengths, projected, energy, error)


# Groups over parameter values


def truth_errors_of_groups_are_numpys(group_sindy: ModuleType) -> None:
    """Mean squared error of every support with noise that no term explains, at every parameter value by itself."""
    random = generator("groups")
    design, response = random.normal(size=(3, 40, 4)), random.normal(size=(3, 40))
    reduced = group_sindy._Reduced(design, response)
    for chosen in ((0,), (1, 3), (0, 1, 2, 3)):
        columns = design[:, :, list(chosen)]
        fits = [np.linalg.lstsq(one, own, rcond=None) for one, own in zip(columns, response)]
        np.testing.assert_allclose(reduced.solution(chosen, 0.0), [fit[0] for fit in fits])
        np.testing.assert_allclose(reduced.error(chosen), sum(fit[1][0] for fit in fits) / response.size)
        ridge = [
            np.linalg.solve(one.T @ one + 2.0 * np.eye(len(chosen)), one.T @ own) for one, own in zip(columns, response)
        ]
        np.testing.assert_allclose(reduced.solution(chosen, 2.0), ridge)


# Local polynomials


def truth_variance_of_planted_noise(local_polynomials: ModuleType) -> None:
    """Beside long waves, the variance of white noise to four standard errors of 2,800 degrees of freedom (7e-5)."""
    x, random = np.arange(128) / 128, generator("noise variance")
    for scale in (0.3, 20.0):
        noisy = np.sin(6 * np.pi * x) + random.normal(0.0, scale, (64, 128))
        assert abs(local_polynomials.noise_variance(noisy) / scale**2 - 1) < 4 * np.sqrt(2 / 2800)


def truth_windows_suit_the_noise(local_polynomials: ModuleType) -> None:
    """The smoothed field is at most a third further from the truth than with the best windows of all; more noise asks
    for wider ones."""
    x, t = np.arange(64) / 64, np.linspace(0, 1, 60)[:, None]
    wave, noise = np.sin(8 * np.pi * x + 6 * t), generator("windows").normal(size=(60, 64))
    widths = []
    for scale in (1e-4, 0.3):

        def error(windows: tuple[int, int]) -> float:
            smoothed = local_polynomials.derivative(wave + scale * noise, (1.0, 1.0), (0, 0), windows)  # noqa: B023
            return float(np.mean((smoothed - wave) ** 2))

        odd = [window for window in local_polynomials.WINDOWS if window < 30]
        assert all(window % 2 for window in odd), "a window has as many points on either side"
        chosen = local_polynomials.chosen_windows(wave + scale * noise)
        assert error(chosen) < 1.33 * min(error((along, across)) for along in odd for across in odd), f"{chosen}"
        widths.append(chosen[0] * chosen[1])
    assert widths[0] < widths[1]


SELECTION = (truth_one_standard_error_of_the_sum, truth_left_out_errors_are_those_of_fresh_data)
NOISE = (truth_noise_of_experiments_that_end_early, truth_all_that_reach_the_end_count_there)
OAT = (truth_ties_of_supports, truth_supports_by_the_mean_criterion)
READING = (truth_one_standard_error_of_the_mean, truth_own_errors_of_samples_are_no_reason_for_terms)
WEAK_SINDY = (truth_superfluous_groups_stay_out, truth_terms_enter_and_leave)
GROUP_SINDY = (truth_errors_of_groups_are_numpys,)
LOCAL_POLYNOMIALS = (truth_variance_of_planted_noise, truth_windows_suit_the_noise)
