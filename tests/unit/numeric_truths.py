"""Numerical laws of the central modules, shared by their tests and by the mutants that must break them.

``truth_xxx(module)`` takes the module, so that a changed one can be tried, and raises AssertionError where it
breaks the law. What is expected comes from closed forms, NumPy or SciPy, never from the module itself.

Seeds are fixed. Over all seeds a correct module would fail a statistical truth with probability LEVEL at most.
"""

from collections.abc import Callable
from itertools import combinations
from types import ModuleType

import numpy as np
from eqlearn.coefficients import Constant
from eqlearn.equation import Equation
from eqlearn.random import generator
from scipy import stats
from scipy.integrate import solve_ivp

LEVEL = 1e-4


# Sparse least squares


def least_squares_error(columns: np.ndarray, response: np.ndarray) -> float:
    """Squared residual of NumPy's least squares."""
    return float(np.sum((response - columns @ np.linalg.lstsq(columns, response, rcond=None)[0]) ** 2))


def assert_every_support(
    sparse: ModuleType, design: np.ndarray, response: np.ndarray, nuisance: np.ndarray | None = None
) -> None:
    """The error of every support, one column to all, is NumPy's, to 1e-7 of itself or round-off of the response."""
    candidates = sparse.supports(design.shape[1], design.shape[1])
    free = np.empty((response.size, 0)) if nuisance is None else nuisance
    expected = [least_squares_error(np.column_stack([design[:, support], free]), response) for support in candidates]
    found = sparse.best_subset_errors(design, response, candidates, nuisance)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-24 * (response @ response))


def truth_every_support(sparse: ModuleType) -> None:
    """Random designs of columns of any size, with and without columns that every fit may use."""
    random = generator("sparse truth", "every support")
    for nuisances in (0, 1, 3):
        design = random.normal(size=(40, 6)) * 10.0 ** np.arange(-6, 6, 2)
        nuisance = random.normal(size=(40, nuisances)) if nuisances else None
        assert_every_support(sparse, design, random.normal(size=40), nuisance)


def truth_ill_conditioned(sparse: ModuleType) -> None:
    """Powers 1 ... 10 of states between 0.4 and 1, columns of length one: condition number above 1e9."""
    random = generator("sparse truth", "ill-conditioned")
    design = np.linspace(0.4, 1.0, 60)[:, None] ** np.arange(1, 11)
    assert np.linalg.cond(design / np.linalg.norm(design, axis=0)) > 1e9
    for noise in (1.0, 1e-3, 1e-6):
        response = design @ random.normal(size=10) + noise * random.normal(size=60)
        assert_every_support(sparse, design, response)
        assert_every_support(sparse, design, response, np.exp(-design[:, :1]))


def truth_dependent_columns(sparse: ModuleType) -> None:
    """Columns that repeat one another, are zero or lie in the span of the nuisance columns explain nothing more."""
    random = generator("sparse truth", "dependent")
    for _ in range(10):
        design, nuisance = random.normal(size=(20, 5)), random.normal(size=(20, 2))
        design[:, 1] = -3.0 * design[:, 0]
        design[:, 2], design[:, 3] = 0.0, nuisance @ random.normal(size=2)
        assert_every_support(sparse, design, random.normal(size=20), nuisance)


# Polynomial flow


def logistic(times: np.ndarray, initial: complex, growth: complex, crowding: complex) -> np.ndarray:
    """Solution of dC/dt = growth·C + crowding·C², for complex arguments too."""
    return initial * np.exp(growth * times) / (1.0 - initial * crowding / growth * np.expm1(growth * times))


def logistic_slopes(times: np.ndarray, *arguments: float) -> np.ndarray:
    """Derivatives (S, 3) by the start, growth and crowding, by a complex step: exact to round-off."""
    steps = 1e-30j * np.eye(3)
    return np.stack([logistic(times, *(np.array(arguments) + step)).imag / 1e-30 for step in steps], axis=1)


def scipy_flow(coefficients: np.ndarray, initial: float, times: np.ndarray) -> np.ndarray:
    """States (S,) by SciPy's Dormand-Prince 8(5,3) at a tolerance tighter than ours."""
    rate = np.polynomial.Polynomial(coefficients)
    options = {"method": "DOP853", "t_eval": times, "rtol": 1e-13, "atol": 1e-15}
    return solve_ivp(lambda _time, state: rate(state), (times[0], times[-1]), [initial], **options).y[0]


LOGISTICS = ((0.05, 0.5, -1.0), (0.25, 0.5, -1.0), (1.5, 0.5, -1.0), (0.3, -0.7, 0.4), (-0.2, -1.0, 0.5))
SAMPLINGS = (np.linspace(0.0, 40.0, 100), np.array([0.0, 30.0]), 5.0 + np.geomspace(1e-3, 30.0, 40))


def truth_logistic(flow: ModuleType) -> None:
    """States are the closed form's to 1e-9 of the largest, however dense, late or uneven the samples."""
    for initial, growth, crowding in LOGISTICS:
        for times in SAMPLINGS:
            expected = logistic(times - times[0], initial, growth, crowding)
            found = flow.solve(np.array([0.0, growth, crowding]), initial, times)
            assert np.abs(found - expected).max() <= 1e-9 * np.abs(expected).max(), "logistic curve"


def truth_logistic_sensitivities(flow: ModuleType) -> None:
    """Sensitivities are the closed form's derivatives to 1e-8 of the largest of each, or 1e-13; states stay alike."""
    powers = np.array([1, 2])
    for initial, growth, crowding in LOGISTICS:
        for times in SAMPLINGS:
            coefficients = np.array([0.0, growth, crowding])
            states, found = flow.solve_with_sensitivities(coefficients, powers, initial, times)
            np.testing.assert_array_equal(states, flow.solve(coefficients, initial, times))
            expected = logistic_slopes(times - times[0], initial, growth, crowding)
            allowed = 1e-8 * np.abs(expected).max(axis=0) + 1e-13
            assert (np.abs(found - expected) <= allowed).all(), "logistic sensitivities"


def truth_sensitivities_to_any_power(flow: ModuleType) -> None:
    """Sensitivities to powers in and beyond the equation agree with central differences of SciPy's solutions."""
    coefficients, initial, times = np.array([0.2, 0.6, -0.5, 0.0, -0.7, 0.0, 0.0, 0.0]), 0.1, np.linspace(0.0, 6.0, 13)
    powers, step = np.array([0, 1, 4, 7]), 1e-4
    _, found = flow.solve_with_sensitivities(coefficients[:5], powers, initial, times)
    moves = np.concatenate([np.zeros((1, 8)), np.eye(8)[powers]]) * step
    starts = initial + step * (np.arange(moves.shape[0]) == 0)
    up = [scipy_flow(coefficients + move, start, times) for move, start in zip(moves, starts)]
    down = [scipy_flow(coefficients - move, 2 * initial - start, times) for move, start in zip(moves, starts)]
    np.testing.assert_allclose(found, (np.array(up) - np.array(down)).T / (2 * step), atol=1e-7)


def truth_blow_up(flow: ModuleType) -> None:
    """dC/dt = C² from 1 and dC/dt = -C² from -1 are +-1/(1 - t) up to 1000 and +-1000 after that.

    Exponential growth, finite for ever, counts as lost from the first sample above 1000, however near.
    """
    times = np.array([0.0, 0.5, 0.9, 0.99, 0.998, 0.9995, 1.5, 3.0])
    for sign in (1.0, -1.0):
        out = np.full((times.size, 3), np.nan)
        good = flow.integrate(np.array([0.0, 0.0, sign]), np.array([2]), sign, times, out)
        assert good == 5, f"blow-up: {good} good samples"
        np.testing.assert_allclose(out[:5, 0], sign / (1.0 - times[:5]), rtol=1e-6)
        assert (out[5:, 0] == sign * 1e3).all() and not out[5:, 1:].any(), "blow-up: not held"
    for last, good in ((999.9, 2), (1000.1, 1), (1e6, 1)):
        out = np.full((2, 1), np.nan)
        found = flow.integrate(np.array([0.0, 1.0]), np.empty(0, int), 1.0, np.array([0.0, np.log(last)]), out)
        assert found == good and abs(out[1, 0] - min(last, 1e3)) < 1e-4, f"growth to {last}: {found} good samples"


def truth_steep_sensitivities(flow: ModuleType) -> None:
    """At the unstable rest of dC/dt = 50·C the sensitivity grows as exp(50·t): before its square overflows, the state
    counts as blown up."""
    states, slopes = flow.solve_with_sensitivities(np.array([0.0, 50.0]), np.array([1]), 0.0, np.arange(50.0))
    assert 1e10 < np.abs(slopes).max() < 1e100, "a sensitivity that no least squares can square"
    assert states[0] == 0
    assert abs(states[-1]) == 1e3


def truth_units_of_states(flow: ModuleType) -> None:
    """States of any size are solved alike, up to a thousand times their scale, which is where solutions end."""
    times = np.linspace(0.0, 10.0, 21)
    for scale in (1e-13, 1e12):
        for growth, crowding in ((0.9, -0.9), (0.7, 0.1)):
            found = flow.solve(np.array([0.0, growth, crowding / scale]), 0.05 * scale, times, scale) / scale
            expected = logistic(times, 0.05, growth, crowding)
            expected = np.where((expected > 0) & (expected < 1e3), expected, 1e3)
            np.testing.assert_allclose(found[:14], expected[:14], rtol=1e-8)
            assert abs(found[-1] - expected[-1]) < 1e-3


# Units


def truth_coefficients_by_their_units(scales: ModuleType) -> None:
    """Rates are the same by the coefficients of dC'/ds' and by those of dC/ds."""
    random = generator("scales truth", "coefficients")
    for state, time in ((1e12, 1e-9), (3e-12, 2e6), (7.0, 0.1)):
        own, states = random.normal(size=4), random.uniform(0, 1, 5)
        powers = np.array([0, 1, 2, 5])
        given = own * scales.Units(state, time).coefficients(powers)
        expected = state / time * (states[:, None] ** powers @ own)
        np.testing.assert_allclose((state * states)[:, None] ** powers @ given, expected, rtol=1e-9)


def truth_last_digits_decide_nothing(scales: ModuleType) -> None:
    """What another unit does to the last digits of values is gone after rounding, and the others are kept."""
    values = np.concatenate([generator("scales truth", "digits").normal(size=500), [0.0, 1.0, -0.5]])
    for unit in (3.7e12, 1.9e-12, 1.1e-3):
        np.testing.assert_array_equal(scales.rounded(values * unit / unit, 36), scales.rounded(values, 36))
    np.testing.assert_allclose(scales.rounded(values, 36), values, rtol=2.0**-36)


def truth_sizes(scales: ModuleType) -> None:
    """The largest absolute state, 1 for zeros, and the median span of trajectories."""
    times = np.array([[0.0, 1.0], [2.0, 4.0], [0.0, 30.0]])
    assert scales.own_units(times, np.array([0.5, -3.0])) == scales.Units(3.0, 2.0)
    assert scales.own_units(times, np.zeros(2)).state == 1.0


# Joining


def coefficient_study(random: np.random.Generator, truth: np.ndarray, experiments: int, *, factor: float = 1.0):
    """Variable (P,), coefficients (P, k) about polynomials truth (degree + 1, k), and their weights (P, k, k).

    Standard deviations vary up to a hundredfold, along random directions and between experiments, so that errors are
    strongly correlated; true errors are ``factor`` times what the weights say.
    """
    variable, terms = np.linspace(0.1, 2.2, experiments), truth.shape[1]
    directions = np.linalg.qr(random.normal(size=(experiments, terms, terms)))[0]
    weights = directions * 10.0 ** random.uniform(1, 3, (experiments, terms, 1))
    errors = np.linalg.solve(weights, random.normal(size=(experiments, terms, 1)))[:, :, 0]
    return variable, np.vander(variable, truth.shape[0], increasing=True) @ truth + factor * errors, weights


def design_of(variable: np.ndarray, weights: np.ndarray, degree: int) -> np.ndarray:
    """Weighted design (P, k, (degree + 1)·k) of polynomials, columns by degree, then by term."""
    basis = np.vander(variable, degree + 1, increasing=True)
    return np.stack([np.kron(row, w) for row, w in zip(basis, weights)])


def refitted_without(variable: np.ndarray, coefficients: np.ndarray, weights: np.ndarray, degree: int) -> np.ndarray:
    """Weighted squared error (P,) of experiments under the fit to all others, of the two ends under the fit to all."""
    design, response = design_of(variable, weights, degree), np.einsum("pij,pj->pi", weights, coefficients)
    errors = np.empty(variable.size)
    for left in range(variable.size):
        used = (np.arange(variable.size) != left) | (left in (0, variable.size - 1))
        solution = np.linalg.lstsq(np.concatenate(design[used]), response[used].ravel(), rcond=None)[0]
        errors[left] = np.sum((response[left] - design[left] @ solution) ** 2)
    return errors


QUADRATIC = np.array([[0.5, -1.0], [0.2, -0.3], [0.1, 0.25]])


def penalised_errors(study: tuple, degree: int, stiffness: float) -> np.ndarray:
    """Weighted squared error (P,) of experiments under the penalised fit to all others, by normal equations.

    Polynomials in Legendre's form over the range of the variable; the penalty integrates products of second
    derivatives exactly.
    """
    variable, coefficients, weights = study
    scaled = 2 * (variable - variable[0]) / (variable[-1] - variable[0]) - 1
    basis = [np.polynomial.Legendre.basis(d) for d in range(degree + 1)]
    curvature = [[(a.deriv(2) * b.deriv(2)).integ(lbnd=-1)(1.0) for a in basis] for b in basis]
    metric = np.mean([w.T @ w for w in weights], axis=0)
    penalty = stiffness * np.kron(curvature, metric) if degree > 1 else 0.0
    design = [np.kron([b(x) for b in basis], w) for x, w in zip(scaled, weights)]
    response = [w @ c for w, c in zip(weights, coefficients)]
    errors = np.empty(variable.size)
    for left in range(variable.size):
        used = [i for i in range(variable.size) if i != left or left in (0, variable.size - 1)]
        normal = sum(design[i].T @ design[i] for i in used) + penalty
        solution = np.linalg.solve(normal, sum(design[i].T @ response[i] for i in used))
        errors[left] = np.sum((response[left] - design[left] @ solution) ** 2)
    return errors


def truth_stiffness_by_refitting(joining: ModuleType) -> None:
    """No stiffness has a clearly smaller error of left-out experiments, found by refitting without each of them."""
    for seed, experiments in enumerate((4, 5, 6, 8, 12) * 3):
        random = generator("joining truth", "stiffness", seed=seed)
        study = coefficient_study(random, QUADRATIC[: seed % 3 + 1], experiments)
        scales, floors = random.uniform(0.5, 2.0, experiments), random.uniform(0.0, 1.0, experiments)

        def error(degree: int, stiffness: float) -> float:
            return float(np.maximum(scales * penalised_errors(study, degree, stiffness), floors).sum())  # noqa: B023

        found, degree = joining.join(*study, scales, floors, 4), min(4, experiments - 2)
        constant = np.isinf(found.stiffness)
        assert found.coefficients.shape[0] == (1 if constant else degree + 1)
        chosen = error(0, 0.0) if constant else error(degree, found.stiffness)
        others = [error(0, 0.0), *(error(degree, stiffness) for stiffness in np.geomspace(1e2, 1e-8, 11))]
        assert chosen <= min(others) * (1 + 1e-6), f"stiffness {found.stiffness:g}: {chosen:g}, least {min(others):g}"


def truth_softest_is_obeyed(joining: ModuleType) -> None:
    """Coefficients that bend are joined by what the softest penalty leaves of them, and exactly where it is none."""
    study = coefficient_study(generator("joining truth", "softest"), QUADRATIC, 8, factor=0.0)
    truth = np.vander(study[0], 3, increasing=True) @ QUADRATIC

    def miss(softest: float) -> float:
        found = joining.join(*study, np.ones(8), np.zeros(8), 5, softest)
        assert found.stiffness >= softest * (1 - 1e-9)
        return np.abs(
            np.vander(study[0], found.coefficients.shape[0], increasing=True) @ found.coefficients - truth
        ).max()

    assert miss(1e-10) < 1e-6 < miss(1.0)


def truth_best_estimator(joining: ModuleType) -> None:
    """Estimates scatter about the truth as the best linear unbiased estimator does (Gauss-Markov).

    The squared distance in its covariance is chi-square, tails of LEVEL/2. An unweighted fit is ten times as far off.
    """
    runs, truth, squared, ours, unweighted = 400, QUADRATIC[:2], 0.0, 0.0, 0.0
    for run in range(runs):
        random = generator("joining truth", "best estimator", run=run)
        variable, coefficients, weights = coefficient_study(random, truth, 12)
        found = joining.join(variable, coefficients, weights, np.ones(12), np.zeros(12), 1).coefficients
        assert found.shape == truth.shape
        squared += np.sum((np.concatenate(design_of(variable, weights, 1)) @ (found - truth).ravel()) ** 2)
        ours += np.sum((found - truth) ** 2)
        unweighted += np.sum((np.polynomial.polynomial.polyfit(variable, coefficients, 1) - truth) ** 2)
    low, high = stats.chi2(runs * truth.size).ppf([LEVEL / 2, 1 - LEVEL / 2])
    assert low <= squared <= high, f"estimates: chi-square {squared:.0f}, allowed {low:.0f} to {high:.0f}"
    assert unweighted > 10 * ours, f"an unweighted fit is {unweighted / ours:.1f} times as far off"


def truth_calibrated_errors(joining: ModuleType) -> None:
    """About 95 % of the true coefficients lie within 1.96 standard errors, of weights that are right or 3 times off.

    Counts over 250 runs are binomial with chance 0.95 to 0.96 (the errors never shrink below the weights'), LEVEL
    shared by the 8 counts.
    """
    runs, truth = 250, QUADRATIC[:2]
    low, high = stats.binom.ppf(LEVEL / 16, runs, 0.95), stats.binom.isf(LEVEL / 16, runs, 0.96)
    for factor in (1.0, 3.0):
        inside = np.zeros(truth.shape)
        for run in range(runs):
            random = generator("joining truth", "standard errors", run=run, factor=factor)
            study = coefficient_study(random, truth, 40, factor=factor)
            found = joining.join(*study, np.ones(40), np.zeros(40), 1)
            inside += np.abs(found.coefficients - truth) <= 1.96 * found.standard_errors
        assert ((low <= inside) & (inside <= high)).all(), f"{inside.ravel()} of {runs}, allowed {low} to {high}"


# Inference

BOUNDS, RUN_TIMES = (0.001, 10.0), np.linspace(0.0, 10.0, 60)
RATE = "proliferation_rate"
MEAN_FIELD = Equation("p*(c1*C + c2*C**2)", ("C",), RATE, "dC/dt", {"c1": Constant(0.5), "c2": Constant(-1.0)})
TWO_VALLEYS = Equation("(0.2 + log(p)**2)*C*(1 - (1 + 0.02*log(p))*C)", ("C",), RATE, "dC/dt", {})


def mean_field_curve(rate: float) -> np.ndarray:
    """Closed form of MEAN_FIELD from 0.05."""
    return logistic(RUN_TIMES, 0.05, 0.5 * rate, -rate)


def two_valleys_curve(rate: float) -> np.ndarray:
    """Closed form of TWO_VALLEYS from 0.05; p and 1/p grow alike, to plateaus that differ a little."""
    growth = 0.2 + np.log(rate) ** 2
    return logistic(RUN_TIMES, 0.05, growth, -growth * (1 + 0.02 * np.log(rate)))


def search_of(
    inference: ModuleType, equation: Equation, initial: float, times: np.ndarray, bounds: tuple, **options: object
):
    """Search of an equation's parameter."""
    return inference.ParameterSearch(inference.states_of(equation, initial, times, 1.0), times, bounds, **options)


def assert_recovered(inference: ModuleType, equation: Equation, curve: Callable, rates: np.ndarray) -> None:
    """The rate behind every clean curve is found to 1e-6 of itself, inside the bounds."""
    search = search_of(inference, equation, 0.05, RUN_TIMES, BOUNDS)
    for rate in rates:
        found = search.estimate(curve(rate))
        assert abs(found.parameter / rate - 1) <= 1e-6, f"estimate {found.parameter:.9g}, true {rate:.9g}"
        assert not found.at_bound and found.mse < 1e-14


def truth_recovery(inference: ModuleType) -> None:
    """Clean curves give their rate over the whole range."""
    assert_recovered(inference, MEAN_FIELD, mean_field_curve, np.geomspace(0.0011, 9.7, 12))


def truth_two_valleys(inference: ModuleType) -> None:
    """The error of TWO_VALLEYS has a valley at p and one almost as deep at 1/p; the deeper one is found."""
    rates = np.geomspace(0.15, 0.6, 12)
    assert_recovered(inference, TWO_VALLEYS, two_valleys_curve, np.concatenate([rates, 1 / rates]))


def truth_at_bound(inference: ModuleType) -> None:
    """An estimate at a bound is flagged, on either side, and no other is."""
    for low, high, expected in ((0.5, 2.0, None), (1.5, 2.0, 1.5), (0.1, 0.7, 0.7)):
        found = search_of(inference, MEAN_FIELD, 0.05, RUN_TIMES, (low, high)).estimate(mean_field_curve(1.0))
        assert found.at_bound == (expected is not None)
        assert abs(found.parameter / (expected or 1.0) - 1) <= 1e-6


def truth_a_narrow_valley_between_grid_points(inference: ModuleType) -> None:
    """Of three valleys with kinks the deepest lies between two points of the grid, on which both others are deeper.

    Curves by averages have such kinks; nothing that is known of the grid says which valley is deepest.
    """
    logs = np.log(np.geomspace(0.1, 10.0, 200))  # the grid of a search
    floors, centres = np.array([0.02, 0.021, 0.0]), np.array([logs[30], logs[150], (logs[90] + logs[91]) / 2])
    slope = 0.06 / (logs[1] - logs[0])  # 0.03 at the points beside the deepest

    def model(value: float) -> np.ndarray:
        return np.array([np.min(floors + slope * np.abs(np.log(value) - centres))])

    found = inference.ParameterSearch(model, np.zeros(1), (0.1, 10.0)).estimate(np.zeros(1))
    assert abs(np.log(found.parameter) - centres[2]) <= 1e-6


def truth_no_effect(inference: ModuleType) -> None:
    """Where the parameter changes nothing, errors tie to the last digit and an estimate is flagged at a bound."""
    still = Equation("0*p*C", ("C",), RATE, "dC/dt", {})
    search = search_of(inference, still, 0.3, RUN_TIMES, (0.1, 1.0))
    noise = np.random.default_rng(0).normal(scale=0.01, size=(100, RUN_TIMES.size))
    assert all(search.estimate(0.3 + each).at_bound for each in noise)


def truth_ends_of_an_interval(inference: ModuleType) -> None:
    """At both ends of an interval the likelihood ratio is its threshold."""
    threshold, stream = inference.CHI_SQUARE, np.random.default_rng(0)
    search = search_of(inference, MEAN_FIELD, 0.05, RUN_TIMES, BOUNDS, threshold=threshold)
    for rate in (0.3, 2.0) * 5:
        values = mean_field_curve(rate) + stream.normal(scale=0.01, size=RUN_TIMES.size)
        found = search.estimate(values)
        ratios = [search.likelihood_ratio(values, end) for end in (found.low, found.high)]
        np.testing.assert_allclose(ratios, threshold, rtol=1e-4)


def truth_units_of_the_parameter(inference: ModuleType) -> None:
    """Estimate and interval of a small parameter over long times are those of a usual one."""
    values = mean_field_curve(0.7) + np.random.default_rng(0).normal(scale=0.01, size=RUN_TIMES.size)
    given = {"threshold": inference.CHI_SQUARE}
    usual = search_of(inference, MEAN_FIELD, 0.05, RUN_TIMES, BOUNDS, **given).estimate(values)
    small = search_of(inference, MEAN_FIELD, 0.05, 1e12 * RUN_TIMES, (1e-15, 1e-11), **given).estimate(values)
    assert usual.low < usual.parameter < usual.high
    for end in ("parameter", "low", "high"):
        np.testing.assert_allclose(1e12 * getattr(small, end), getattr(usual, end), rtol=1e-5)


SPARSE = (truth_every_support, truth_ill_conditioned, truth_dependent_columns)


# The best supports of a large library


def assert_best_subsets(
    module: ModuleType, design: np.ndarray, response: np.ndarray, largest: int, rtol: float = 1e-9
) -> None:
    """The best supports of every size, one, three or more than there are, are those that NumPy finds by trying all."""
    every = [s for size in range(1, largest + 1) for s in combinations(range(design.shape[1]), size)]
    errors = {support: least_squares_error(design[:, support], response) for support in every}
    for keep in (1, 3, 9):
        found = module.best_subsets(design, response, largest, keep)
        assert list(found) == list(range(1, largest + 1))
        for size, pairs in found.items():
            best = sorted((s for s in every if len(s) == size), key=errors.__getitem__)[:keep]
            assert [support for support, _ in pairs] == best
            np.testing.assert_allclose([error for _, error in pairs], [errors[s] for s in best], rtol=rtol)


def truth_best_of_any_columns(module: ModuleType) -> None:
    """Random columns of any length, more rows than columns or fewer."""
    random = generator("best subsets", "any columns")
    for rows in (40, 6):
        design = random.normal(size=(rows, 7)) * 10.0 ** np.arange(-6, 8, 2)
        assert_best_subsets(module, design, random.normal(size=rows), 4)


def truth_best_of_powers(module: ModuleType) -> None:
    """Powers of states and their products with a factor, as a library of ES has them; most of the tree is cut off."""
    random, states = generator("best subsets", "powers"), np.linspace(0.4, 1.0, 60)
    design = np.column_stack([states**k * factor for factor in (1.0, np.sin(9 * states)) for k in range(1, 6)])
    for noise, terms in ((1.0, 4), (1e-3, 4), (1e-3, 10)):
        response = design[:, random.permutation(10)[:terms]] @ random.normal(size=terms)
        assert_best_subsets(module, design, response + noise * random.normal(size=60), 6, rtol=1e-6)


def truth_best_without_dependent_columns(module: ModuleType) -> None:
    """Of columns that repeat one another up to a factor, one is used at most; a column of zeros never: the errors are
    those without the repeated one and the zeros."""
    random = generator("best subsets", "dependent")
    for _ in range(5):
        design, response = random.normal(size=(40, 7)), random.normal(size=40)
        design[:, 5], design[:, 2] = -3.0 * design[:, 1], 0.0
        found, usable = module.best_subsets(design, response, 4, 3), (0, 1, 3, 4, 6)
        for size, pairs in found.items():
            supports = [tuple(1 if k == 5 else k for k in support) for support, _ in pairs]
            assert all(set(s) <= set(usable) and len(set(s)) == size for s in supports)
            alone = [(s, least_squares_error(design[:, s], response)) for s in combinations(usable, size)]
            doubled = [error for s, error in alone for _ in range(1 + (1 in s))]  # once with each of the two
            np.testing.assert_allclose([error for _, error in pairs], sorted(doubled)[:3], rtol=1e-9)


BEST_SUBSETS = (truth_best_of_any_columns, truth_best_of_powers, truth_best_without_dependent_columns)
FLOW = (
    truth_logistic,
    truth_logistic_sensitivities,
    truth_sensitivities_to_any_power,
    truth_blow_up,
    truth_steep_sensitivities,
    truth_units_of_states,
)
SCALES = (truth_coefficients_by_their_units, truth_last_digits_decide_nothing, truth_sizes)
JOINING = (truth_stiffness_by_refitting, truth_softest_is_obeyed, truth_best_estimator, truth_calibrated_errors)
INFERENCE = (
    truth_recovery,
    truth_two_valleys,
    truth_a_narrow_valley_between_grid_points,
    truth_at_bound,
    truth_no_effect,
    truth_ends_of_an_interval,
    truth_units_of_the_parameter,
)
