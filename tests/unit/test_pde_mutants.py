"""Truths of fields, local polynomials, weak form and group regression hold, and notice broken modules."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from eqlearn import fields, local_polynomials, weak_form
from eqlearn.datasets.pde import PROBLEMS, sampled, solve
from eqlearn.learners import group_sindy
from eqlearn.random import generator
from unit.mutation import executed

BURGERS = replace(PROBLEMS["burgers"], until=4.0)
ADVECTION_DIFFUSION = replace(PROBLEMS["advection_diffusion"], until=2.0)
METHODS = {"space": "spectral", "time": "polynomial"}


def truth_local_polynomials_smooth_noise(module: ModuleType) -> None:
    """The derivative of a noisy wave is off by a twentieth of its size at most."""
    x, t = np.arange(128) / 128, np.linspace(0, 1, 128)
    wave = np.sin(6 * np.pi * x) * np.exp(t)[:, None]
    noisy = wave + 0.01 * generator("mutants").normal(size=wave.shape)
    found = module.derivative(noisy, (t[1], x[1]), (0, 1), module.chosen_windows(noisy))
    exact = 6 * np.pi * np.cos(6 * np.pi * x) * np.exp(t)[:, None]
    assert np.abs(found - exact).max() < 0.05 * np.abs(exact).max()


def truth_central_differences_are_of_second_order(module: ModuleType) -> None:
    """Derivatives of a wave, to four times the squared step."""
    x = 2 * np.pi * np.arange(64) / 64
    field = module.Field(x, np.linspace(0, 1, 8), np.tile(np.sin(x), (8, 1)))
    exact = np.stack([np.sin(x + k * np.pi / 2) for k in range(5)], axis=-1)
    assert np.abs(module.space_derivatives(field, "central")[0] - exact).max() < 4 * x[1] ** 2


def truth_the_true_equation_holds_in_weak_form(module: ModuleType) -> None:
    """Burgers' equation, -(1 + sin(t)/4)·(u²/2)_x + 0.1·u_xx, and advection–diffusion, (f·u)_x + 0.1·u_xx with f(x),
    its derivative and f as coefficients of u and u_x in the basis."""
    field = solve(BURGERS, 128, 128)
    assert_holds(module, field, "t", {(2, 1): -(1 + np.sin(field.t) / 4) / 2, (1, 2): np.full(field.t.size, 0.1)})
    field = solve(ADVECTION_DIFFUSION, 128, 256)
    wave = 2 * np.pi / 5 * field.x
    slope, diffusivity = -2 * np.pi / 5 * np.sin(wave), np.full(wave.size, 0.1)
    assert_holds(module, field, "x", {(1, 0): slope, (1, 1): np.cos(wave) - 1.5, (1, 2): diffusivity})


def assert_holds(module: ModuleType, field: fields.Field, varying: str, terms: dict) -> None:
    """The terms, by power and order, with these coefficients over the varying coordinate, make up the response."""
    form = module.WeakForm(field, varying, module.Bumps(20, 20), 2)
    functions = module.basis(varying, field, 11, 2)
    inside = [np.linalg.lstsq(functions[0], curve, rcond=None)[0] for curve in terms.values()]
    parts = [form.columns(*term, functions) @ coefficients for term, coefficients in zip(terms, inside)]
    assert np.abs(sum(parts) - form.response).max() < 1e-4 * np.abs(form.response).max()


def truth_group_regression_finds_burgers(module: ModuleType) -> None:
    """Its two terms and no other."""
    data = sampled("burgers", BURGERS, solve(BURGERS, 128, 128), METHODS, 3, {})
    equation = module.learn(data, module.Settings(), {})
    assert sorted(equation.template.split(" + ")) == ["c1*(u_xx)", "c2*(u*u_x)"]


MUTANTS = {  # module, text that it holds once, what becomes of it, truth that must notice
    "noise costs nothing": (
        local_polynomials,
        "2 * variance * trace",
        "0 * variance * trace",
        truth_local_polynomials_smooth_noise,
    ),
    "ends in x": (local_polynomials, 'mode="wrap"', 'mode="nearest"', truth_local_polynomials_smooth_noise),
    "steps mixed up": (fields, "/ step**order", "/ step", truth_central_differences_are_of_second_order),
    "shifted the other way": (fields, "-shift, axis=1", "shift, axis=1", truth_central_differences_are_of_second_order),
    "integrated without the sign": (weak_form, "(-1.0) ** order", "1.0", truth_the_true_equation_holds_in_weak_form),
    "bump back to front": (
        weak_form,
        "centres[:, None] + np.arange(-half, half + 1)",
        "centres[:, None] - np.arange(-half, half + 1)",
        truth_the_true_equation_holds_in_weak_form,
    ),
    "product rule forgotten": (
        weak_form,
        "comb(order, j) * self._x[j]",
        "(j == order) * self._x[j]",
        truth_the_true_equation_holds_in_weak_form,
    ),
    "small terms kept": (group_sindy, ">= threshold", "<= threshold", truth_group_regression_finds_burgers),
    "terms cost nothing and errors count fully": (
        group_sindy,
        "GUARD = 1e-5",
        "GUARD = 0.0",
        truth_group_regression_finds_burgers,
    ),
}


TRUTHS = dict.fromkeys((module, truth) for module, _, _, truth in MUTANTS.values())


@pytest.mark.parametrize(("module", "truth"), TRUTHS, ids=lambda value: value.__name__)
def test_truth_holds(module, truth):
    truth(module)


@pytest.mark.parametrize("name", MUTANTS)
def test_the_truth_fails_on_the_mutant(name):
    module, pattern, replacement, truth = MUTANTS[name]
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert source.count(pattern) == 1, f"found {source.count(pattern)} times: {pattern}"
    broken = executed(source.replace(pattern, replacement), module.__name__)
    with pytest.raises(AssertionError):
        truth(broken)
