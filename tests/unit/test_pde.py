"""Parametric PDEs: solutions, derivatives and linear learners against closed forms and planted equations."""

import dataclasses

import numpy as np
import pytest
from eqlearn.dataset import ParametricDataset
from eqlearn.datasets.pde import PROBLEMS, Problem, problem_of, sampled, solve, with_noise
from eqlearn.effective import effective_coefficients
from eqlearn.errors import InputError
from eqlearn.expression import Expression
from eqlearn.fields import Field, space_derivatives, spectral_matrix, time_derivative
from eqlearn.learners import group_sindy, weak_sindy
from eqlearn.random import generator
from scipy.linalg import expm

PAPER = {  # derivatives of paper B, Section IV-B
    "advection_diffusion": {"space": "spectral", "time": "central"},
    "burgers": {"space": "central", "time": "central"},
    "kuramoto_sivashinsky": {"space": "spectral", "time": "central"},
}
NOISY = {"space": "polynomial", "time": "polynomial"}
SUPPORTS = {"advection_diffusion": ["u", "u_x", "u_xx"], "burgers": ["u*u_x", "u_xx"]}


def data_of(name: str, field: Field, methods: dict[str, str] | None = None, highest: int = 3) -> ParametricDataset:
    return sampled(name, PROBLEMS[name], field, methods or PAPER[name], highest, {})


@pytest.fixture(scope="module")
def fields() -> dict[str, Field]:
    """Noise-free fields on the grids of Rudy et al."""
    return {name: solve(PROBLEMS[name], 256, 256) for name in SUPPORTS}


# Solutions


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Largest difference, relative to the largest value."""
    return float(np.abs(one - other).max() / np.abs(other).max())


@pytest.mark.parametrize(("name", "points"), [("advection_diffusion", 64), ("burgers", 192)])
def test_solutions_agree_with_a_grid_four_times_as_fine_and_a_tighter_tolerance(name, points):
    short = dataclasses.replace(PROBLEMS[name], until=1.0)
    coarse, fine = solve(short, points, 9), solve(short, 4 * points, 9, rtol=1e-12, atol=1e-14)
    assert difference(coarse.u, fine.u[:, ::4]) < 1e-8


def test_a_chaotic_solution_agrees_over_a_short_time():
    short = dataclasses.replace(PROBLEMS["kuramoto_sivashinsky"], until=2.0, kept=1.0)
    coarse, fine = solve(short, 64, 9), solve(short, 256, 9, rtol=1e-12, atol=1e-14)
    assert difference(coarse.u, fine.u[:, ::4]) < 1e-8


def test_over_a_long_time_the_statistics_of_a_chaotic_solution_do_not_depend_on_the_grid():
    """Mean square and power of the first waves of Kuramoto-Sivashinsky, over the times that are kept."""
    problem = PROBLEMS["kuramoto_sivashinsky"]
    coarse, fine = solve(problem, 48, 401, rtol=1e-6, atol=1e-8), solve(problem, 64, 401, rtol=1e-8, atol=1e-10)
    powers = [np.mean(np.abs(np.fft.rfft(f.u, axis=1)[:, :8] / f.x.size) ** 2, axis=0) for f in (coarse, fine)]
    np.testing.assert_allclose(np.mean(coarse.u**2), np.mean(fine.u**2), rtol=0.01)
    np.testing.assert_allclose(*powers, rtol=0.05, atol=1e-3 * powers[1].max())


def test_advection_diffusion_is_the_exponential_of_its_matrix():
    field = solve(dataclasses.replace(PROBLEMS["advection_diffusion"], until=5.0), 64, 9)
    f = -1.5 + np.cos(2 * np.pi * field.x / 5)
    slope, bend = spectral_matrix(64, 10.0, 1), spectral_matrix(64, 10.0, 2)
    generator_ = np.diag(slope @ f) + f[:, None] * slope + 0.1 * bend
    exact = expm(5.0 * generator_) @ np.cos(2 * np.pi * field.x / 5)
    assert difference(field.u[-1], exact) < 1e-8


@pytest.mark.parametrize(
    ("name", "physical", "normalised"),
    [("advection_diffusion", 3.4e-8, 2.3e-9), ("burgers", 8.3e-9, 1.9e-8)],
)
def test_the_true_equation_leaves_the_errors_of_the_derivatives(name, physical, normalised):
    """On the grids of paper B; both numbers were found with its authors' code."""
    problem = PROBLEMS[name]
    field = solve(problem, *((256, 512) if name == "advection_diffusion" else (512, 256)))
    data = sampled(name, problem, field, PAPER[name], 4, {})
    given = {q.name: data.features[:, :, k] for k, q in enumerate(data.state) if q.name in problem.truth.features}
    rest = problem.truth.evaluate(given, data.values[:, None]) - data.target
    widths = np.ptp(data.target, axis=1, keepdims=True)
    assert np.mean(rest**2) == pytest.approx(physical, rel=0.03)
    assert np.mean((rest / widths) ** 2) == pytest.approx(normalised, rel=0.03)


def test_a_solution_that_ends_early_is_refused_with_a_sentence():
    definition = {"varying": "x", "template": "u**2", "domain": [0, 1], "until": 5.0, "initial": "1 + 0*x"}
    with pytest.raises(InputError, match=r"u_t = u\*\*2: its solution ends at t = .* of 5\."):
        solve(problem_of("own", {"own": definition}), 16, 9)
    with pytest.raises(InputError, match="'heat': is neither defined nor one of advection_diffusion, burgers"):
        problem_of("heat", {})


# Derivatives


def wave(points: int = 64, times: int = 64, number: int = 3) -> Field:
    """sin(2π·number·x)·e^t on one period."""
    x, t = np.arange(points) / points, np.linspace(0, 1, times)
    return Field(x, t, np.sin(2 * np.pi * number * x) * np.exp(t)[:, None])


def slopes(field: Field, number: int = 3) -> np.ndarray:
    """Exact derivatives of orders 0 to 4."""
    k, grown = 2 * np.pi * number, np.exp(field.t)[:, None]
    return np.stack([k**m * np.sin(k * field.x + m * np.pi / 2) * grown for m in range(5)], axis=-1)


@pytest.mark.parametrize("points", [63, 64])
def test_spectral_derivatives_of_a_wave_are_exact(points):
    field = wave(points)
    exact = slopes(field)
    error = np.abs(space_derivatives(field, "spectral") - exact).max(axis=(0, 1))
    assert (error < 1e-11 * np.abs(exact).max(axis=(0, 1))).all()


@pytest.mark.parametrize(("method", "order"), [("central", 2)])
def test_errors_in_x_fall_with_the_order_of_the_method(method, order):
    errors = []
    for points in (64, 128):
        field = wave(points)
        errors.append(np.abs(space_derivatives(field, method) - slopes(field)).max(axis=(0, 1))[1:])
    np.testing.assert_allclose(np.log2(errors[0] / errors[1]), order, atol=0.1)


def test_errors_in_t_fall_with_the_order_of_the_method():
    errors = [np.abs(time_derivative(f, "central") - f.u).max() for f in (wave(times=33), wave(times=65))]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.1)


def test_local_polynomials_reproduce_polynomials_in_t_and_suit_noise():
    t = np.linspace(0, 1, 64)
    field = Field(np.arange(64) / 64, t, np.repeat((t**5 - t)[:, None], 64, axis=1))
    np.testing.assert_allclose(time_derivative(field, "polynomial"), (5 * t**4 - 1)[:, None] + 0 * field.u, atol=1e-9)
    clean = wave(128, 128)
    noise = 0.01 * generator("local polynomials").normal(size=clean.u.shape)
    noisy = dataclasses.replace(clean, u=clean.u + noise)
    wrong = [
        np.abs(space_derivatives(noisy, m, 1)[..., 1] - slopes(clean)[..., 1]).mean()
        for m in ("spectral", "polynomial")
    ]
    assert wrong[1] < 0.05 * wrong[0]
    assert np.sqrt(np.mean((time_derivative(noisy, "polynomial") - clean.u) ** 2)) < 0.1


def test_windows_widen_with_noise_and_ignore_the_scale():
    clean, random = wave(128, 128), generator("windows").normal(size=(128, 128))
    chosen = [dataclasses.replace(clean, u=clean.u + share * random).windows for share in (0.0, 0.01, 0.1)]
    assert chosen[0] == (7, 7)
    assert chosen[0] < chosen[1] < chosen[2]
    assert dataclasses.replace(clean, u=1e6 * (clean.u + 0.01 * random)).windows == chosen[1]


# Bad input

AXIS = np.arange(16) / 16
BAD_FIELDS = [
    (AXIS, AXIS, np.full((16, 16), np.nan), "u is not finite at t = 0, x = 0"),
    (AXIS**2, AXIS, np.zeros((16, 16)), "x is spaced unevenly"),
    (AXIS, np.sqrt(AXIS), np.zeros((16, 16)), "t is spaced unevenly"),
    (AXIS, AXIS[:4], np.zeros((4, 16)), "t has 4 values, must be eight or more"),
    (AXIS, AXIS[::-1], np.zeros((16, 16)), "t has 16 values, must be eight or more, increasing"),
    (AXIS, AXIS, np.zeros((16, 15)), r"has shape \(16, 15\), must be \(16, 16\)"),
]


@pytest.mark.parametrize(("x", "t", "u", "sentence"), BAD_FIELDS)
def test_a_bad_field_is_refused_with_a_sentence(x, t, u, sentence):
    with pytest.raises(InputError, match=sentence):
        Field(x, t, u)


def test_what_a_grid_cannot_give_is_refused_with_a_sentence():
    with pytest.raises(InputError, match=r"shorter than three grid steps of x \(16 points\)"):
        space_derivatives(wave(16, number=7), "spectral")
    with pytest.raises(InputError, match="has 8 points in x, derivatives of order 4 need 9"):
        space_derivatives(wave(8, number=1), "central")
    with pytest.raises(InputError, match="has 8 times and 64 points, local polynomials need 14 of each"):
        time_derivative(wave(times=8), "polynomial")
    with pytest.raises(InputError, match="'fourier' is unknown, use one of spectral, central, polynomial"):
        space_derivatives(wave(), "fourier")
    with pytest.raises(InputError, match="'spectral' is unknown, use one of central, polynomial"):
        time_derivative(wave(), "spectral")


# Linear learners


def errors_of(name: str, data: ParametricDataset, equation) -> tuple[list[str], float]:
    """Terms found, and squared coefficient error, summed over terms and averaged over parameter values."""
    true, found = (effective_coefficients(e, data.values) for e in (PROBLEMS[name].truth, equation))
    zero = np.zeros((1, 1))
    terms = sorted({*true, *found})
    return sorted(found), sum(float(np.mean((true.get(k, zero)[0] - found.get(k, zero)[0]) ** 2)) for k in terms)


@pytest.mark.parametrize(("name", "most"), [("advection_diffusion", 2e-7), ("burgers", 4e-7)])
def test_group_regression_finds_the_equation_to_the_targets(fields, name, most):
    data = data_of(name, fields[name])
    found, error = errors_of(name, data, group_sindy.learn(data, group_sindy.Settings(), {}))
    assert found == SUPPORTS[name]
    assert error / 20 < most


def test_group_regression_finds_burgers_under_noise(fields):
    data = data_of("burgers", with_noise(fields["burgers"], 0.01, ("test",)), NOISY)
    found, error = errors_of("burgers", data, group_sindy.learn(data, group_sindy.Settings(), {}))
    assert found == SUPPORTS["burgers"]
    assert error / 20 < 4e-5


@pytest.mark.parametrize("name", SUPPORTS)
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_the_weak_form_finds_the_equation(fields, name, noise):
    data = data_of(name, with_noise(fields[name], noise, ("test",)), NOISY)
    found, error = errors_of(name, data, weak_sindy.learn(data, weak_sindy.Settings(), {}))
    assert found == SUPPORTS[name]
    assert error < (1e-2 if noise else 1e-4)


def planted(samples: int = 40) -> tuple[ParametricDataset, np.ndarray]:
    """u_t = c1(t)·u·u_x + c2(t)·u_xx with features drawn at random."""
    random, t = generator("planted equation"), np.linspace(0, 1, 12)
    features = random.normal(size=(12, samples, 4))
    curves = np.stack([np.sin(t), 1 + t**2])
    target = curves[0, :, None] * features[..., 0] * features[..., 1] + curves[1, :, None] * features[..., 2]
    field = Field(np.arange(samples) / samples, t, np.zeros((12, samples)))
    blank = sampled("planted", PROBLEMS["burgers"], field, PAPER["burgers"], 3, {})
    return dataclasses.replace(blank, features=features, target=target), curves


def test_a_planted_equation_is_found_to_round_off():
    data, curves = planted()
    equation = group_sindy.learn(data, group_sindy.Settings(), {"learner": "test"})
    found = effective_coefficients(equation, data.values)
    assert list(found) == ["u*u_x", "u_xx"]
    np.testing.assert_allclose(np.concatenate(list(found.values())), curves, atol=1e-12)
    assert equation.valid_range == (0.0, 1.0)


def test_fewer_samples_than_terms_are_refused_with_a_sentence():
    with pytest.raises(InputError, match="has 12 samples of a target per parameter value, 16 terms need as many"):
        group_sindy.learn(planted(12)[0], group_sindy.Settings(), {})


def test_the_weak_form_needs_a_field_on_a_grid_that_holds_its_test_functions(fields):
    small = Field(np.arange(64) / 64, np.linspace(0, 1, 40), np.zeros((40, 64)))
    with pytest.raises(InputError, match="has 40 times and 64 points, test functions of half widths 15 and 40"):
        weak_sindy.learn(data_of("burgers", small), weak_sindy.Settings(), {})
    with pytest.raises(InputError, match="has no field u on a grid of x and t"):
        weak_sindy.learn(dataclasses.replace(planted()[0], extra={}), weak_sindy.Settings(), {})


def test_libraries():
    assert len(group_sindy.library(("u", "u_x", "u_xx", "u_xxx", "u_xxxx"), 3, True)) == 20
    assert group_sindy.library(("u", "u_x"), 3, False) == ["1", "u", "u_x"]


@pytest.mark.parametrize("power", [1, 2, 3])
@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_expanded_derivatives_of_powers(power, order):
    """∂ₓ^order u^power of u = sin x, against the spectral derivative."""
    x = 2 * np.pi * np.arange(64) / 64
    given = {name: np.sin(x + k * np.pi / 2) for k, name in enumerate(("u", "u_x", "u_xx", "u_xxx", "u_xxxx"))}
    found = Expression(str(weak_sindy.expanded(power, order))).evaluate(given)
    np.testing.assert_allclose(found, spectral_matrix(64, 2 * np.pi, order) @ np.sin(x) ** power, atol=1e-9)


def test_problems_know_what_varies():
    assert {name: problem.varying for name, problem in PROBLEMS.items()} == {
        "advection_diffusion": "x",
        "burgers": "t",
        "kuramoto_sivashinsky": "x",
    }
    assert isinstance(PROBLEMS["burgers"], Problem)
