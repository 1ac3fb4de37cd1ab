"""Networks on fields: what samples' own errors are, and how sums of terms are fitted and pruned within them."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from eqlearn import halving
from eqlearn.datasets.pde import PROBLEMS, sampled, solve
from eqlearn.errors import InputError
from eqlearn.fields import STATES, Field, space_derivatives, time_derivative
from eqlearn.networks import choosing, elimination
from eqlearn.networks import samples as samples_module
from eqlearn.networks.elimination import eliminated, is_linear, solved
from eqlearn.networks.form import Form, structure_of
from eqlearn.networks.partition import partition, spread, with_features
from eqlearn.networks.reading import Reading
from eqlearn.networks.refit import pruned
from eqlearn.networks.samples import Samples, samples_of
from eqlearn.random import generator
from unit.mutation import executed

CENTRAL = {"space": "central", "time": "central"}
SPECTRAL = {"space": "spectral", "time": "central"}
SHORT = replace(PROBLEMS["burgers"], until=4.0)


@pytest.fixture(scope="module")
def burgers():
    """Burgers' equation on 128 x 64, whose derivatives are central differences."""
    return sampled("burgers", SHORT, solve(SHORT, 128, 64), CENTRAL, 4, {"noise": 0.0})


# Errors of derivatives


def wave(points: int, times: int, number: int = 2) -> Field:
    x, t = 2 * np.pi * np.arange(points) / points, np.linspace(0, 1, times)
    return Field(x, t, np.sin(number * x) * np.exp(t)[:, None])


def test_halving_tells_the_errors_of_second_order_differences():
    """(2² − 1)² times the squared error, up to higher orders and the ends of the time axis."""
    field = wave(96, 65)
    found = halving.squared_errors(field, CENTRAL, 4)
    exact = np.stack([2**k * np.sin(2 * field.x + k * np.pi / 2) * np.exp(field.t)[:, None] for k in range(5)], -1)
    errors = np.mean((space_derivatives(field, "central") - exact) ** 2, (0, 1))
    assert found["u"] == errors[0] == 0
    np.testing.assert_allclose([found[name] for name in STATES[1:]], 9 * errors[1:], rtol=0.15)
    in_time = np.mean((time_derivative(field, "central") - field.u)[2:-2] ** 2)
    assert 9 * in_time < found["u_t"] < 20 * in_time


def test_exact_derivatives_have_no_errors_and_noise_is_one():
    field = wave(96, 65)
    found = halving.squared_errors(field, SPECTRAL, 4)
    assert max(found[name] for name in STATES) < 1e-18
    noise = 1e-3 * generator("halving").normal(size=field.u.shape)
    noisy = halving.squared_errors(replace(field, u=field.u + noise), {"space": "polynomial", "time": "polynomial"}, 2)
    exact = 2 * np.cos(2 * field.x) * np.exp(field.t)[:, None]
    error = np.mean((space_derivatives(replace(field, u=field.u + noise), "polynomial", 1)[..., 1] - exact) ** 2)
    assert error / 3 < noisy["u_x"] < 30 * error


@pytest.mark.parametrize(("points", "times"), [(95, 65), (14, 65), (96, 14)])
def test_errors_are_unknown_where_half_of_the_grid_says_nothing(points, times):
    assert halving.squared_errors(wave(points, times, 1), CENTRAL, 4) == {}


def test_a_sampled_field_carries_its_errors(burgers):
    errors = samples_of(burgers).errors
    assert errors == tuple(burgers.attributes[f"error_{name}"] for name in ("u_t", *STATES))
    assert errors[1] == 0 and min(errors[2:]) > 0
    assert samples_of(replace(burgers, attributes={})).errors is None


@pytest.mark.parametrize(("points", "times"), [(64, 64), (128, 32), (96, 128)])
def test_the_residual_of_the_true_equation_is_within_the_samples_own_error(points, times):
    data = sampled("burgers", SHORT, solve(SHORT, points, times), CENTRAL, 2, {})
    samples = samples_of(data)
    truth = Form(STATES[:3], "c1*u*u_x + c2*u_xx", {"c1": -1 - np.sin(data.values) / 4, "c2": np.full(times, 0.1)})
    rest = np.mean((truth.evaluate(samples.features) - samples.target) ** 2)
    assert rest < samples.own_error(truth) < 30 * rest


def test_own_errors_are_those_of_the_target_and_of_the_features_times_their_slopes():
    features = generator("own error").normal(size=(3, 50, 2))
    form = Form(("u", "u_x"), "c1*u*u_x", {"c1": np.array([1.0, 2.0, 3.0])})
    c, u, u_x = form.values["c1"][:, None], features[..., 0], features[..., 1]
    expected = 0.1 + 0.2 * np.mean((c * u_x) ** 2) + 0.3 * np.mean((c * u) ** 2)
    assert Samples(features, u, (0.1, 0.2, 0.3)).own_error(form) == pytest.approx(expected, rel=1e-12)
    assert Samples(features, u).own_error(form) == 0


# Terms left out


def form_of(features: tuple[str, ...], rows: int, *terms: str) -> Form:
    names = [f"c{k}" for k in range(1, len(terms) + 1)]
    template = " + ".join(name if term == "1" else f"{name}*{term}" for name, term in zip(names, terms))
    return Form(features, template, {name: np.ones(rows) for name in names})


MANY = ("1", "u", "u**2", "u*u_x", "u_x", "u_x**2", "u_xx", "u*u_xx", "u_xxx", "u_xxxx", "u*u_xxx")


def truth_terms_within_the_errors_are_left_out(module: ModuleType, data=None) -> None:
    """Of Burgers' equation by central differences two terms are left, with coefficients of least squares."""
    data = data or sampled("burgers", SHORT, solve(SHORT, 128, 64), CENTRAL, 4, {})
    samples = samples_of(data)
    found, cost = module.eliminated(form_of(STATES, 64, *MANY), samples)
    assert structure_of(found) == "u*u_x + u_xx"
    columns = np.stack([samples.features[..., 0] * samples.features[..., 1], samples.features[..., 2]], -1)
    best = [np.linalg.lstsq(a, b, rcond=None) for a, b in zip(columns, samples.target)]
    np.testing.assert_allclose(found.theta, [each[0] for each in best], rtol=1e-9)
    np.testing.assert_allclose(cost, [each[1][0] for each in best], rtol=1e-6)


def truth_own_errors_grow_with_the_slopes(module: ModuleType) -> None:
    """The criterion of one pass equals that of the form's own error, told otherwise."""
    features = generator("spread").normal(size=(4, 60, 2))
    form = Form(("u", "u_x"), "c1*u*u_x + c2*u_x", {"c1": np.arange(1.0, 5), "c2": np.full(4, 0.5)})
    samples = Samples(features, features[..., 0], (0.1, 0.2, 0.3))
    theta = form.theta
    own = 0.1 + np.mean(np.einsum("rk,rkl,rl->r", theta, module._spread(form, samples), theta))
    assert own == pytest.approx(samples.own_error(form), rel=1e-12)


def truth_the_term_that_is_missed_least_is_known_beforehand(module: ModuleType) -> None:
    """Increases of the squared error equal those of new fits, also among nearly equal columns."""
    random = generator("increases")
    columns, target = random.normal(size=(3, 40, 4)), random.normal(size=(3, 40))
    columns[..., 3] = columns[..., 0] + 1e-4 * columns[..., 3]
    fit = module._reduced(columns, target)
    again = [module._reduced(np.delete(columns, k, 2), target).cost.sum() - fit.cost.sum() for k in range(4)]
    np.testing.assert_allclose(fit.increases, again, rtol=1e-6)
    np.testing.assert_allclose([fit.without(k).cost.sum() - fit.cost.sum() for k in range(4)], again, rtol=1e-6)


TRUTHS = [
    truth_terms_within_the_errors_are_left_out,
    truth_own_errors_grow_with_the_slopes,
    truth_the_term_that_is_missed_least_is_known_beforehand,
]
MUTANTS = {  # text that the module holds once, what becomes of it, truth that must notice
    "own errors do not count": ("samples.errors[0] + own", "0.0", TRUTHS[0]),
    "the largest is left out": ("increases.argmin()", "increases.argmax()", TRUTHS[0]),
    "lengths forgotten": ("fit.theta / lengths[:, kept]), fit.cost", "fit.theta), fit.cost", TRUTHS[0]),
    "slopes not squared": (
        '"rsk,rsl->rkl", columns, columns',
        '"rsk,rsl->rkl", columns, columns**0',
        TRUTHS[1],
    ),
    "other columns ignored": ("np.square(np.linalg.inv(self.triangle)).sum(2)", "1.0", TRUTHS[2]),
    "errors forgotten": ("beyond + np.square(rest)", "np.square(rest)", TRUTHS[2]),
}


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.__name__)
def test_truth_holds(truth):
    truth(elimination)


@pytest.mark.parametrize("name", MUTANTS)
def test_the_truth_fails_on_the_mutant(name):
    pattern, replacement, truth = MUTANTS[name]
    source = Path(elimination.__file__).read_text(encoding="utf-8")
    assert source.count(pattern) == 1, f"found {source.count(pattern)} times: {pattern}"
    with pytest.raises(AssertionError):
        truth(executed(source.replace(pattern, replacement), elimination.__name__))


def test_without_known_errors_terms_that_explain_them_stay(burgers):
    """What the errors are for: differences are off by multiples of higher derivatives, which seem to be terms."""
    blind = replace(samples_of(burgers), errors=(0.0,) * 6)
    assert len(eliminated(form_of(STATES, 64, *MANY), blind)[0].terms) > 4


def test_one_of_two_equal_terms_is_left_out_and_a_form_may_end_empty(burgers):
    twice = replace(burgers, features=burgers.features[..., [0, 1, 2, 2]], state=burgers.state[:4])
    names, errors = STATES[:4], {**burgers.attributes, "error_u_xxx": burgers.attributes["error_u_xx"]}
    twice = replace(twice, attributes=errors)
    found, _ = eliminated(form_of(names, 64, "u*u_x", "u_xx", "u_xxx"), samples_of(twice))
    assert structure_of(found) in ("u*u_x + u_xx", "u*u_x + u_xxx")
    nothing = replace(samples_of(twice), target=np.zeros_like(twice.target))
    assert eliminated(form_of(names, 64, "u_x"), nothing)[0].template == "0"


def test_every_row_is_solved_by_least_squares(burgers):
    samples, form = samples_of(burgers), form_of(STATES, 3, "u*u_x", "u_xx")
    found = solved(form, samples)
    pruned_, _ = pruned(form_of(STATES, 64, "u*u_x", "u_xx"), samples)
    np.testing.assert_array_equal(found.theta, pruned_.theta)


def test_which_forms_are_sums_of_terms():
    assert is_linear(form_of(("u",), 2, "1", "u", "u**3"))
    assert not is_linear(Form(("u",), "c1*sin(c2*u)", {"c1": np.ones(2), "c2": np.ones(2)}))
    assert not is_linear(Form(("u",), "c1*u + c1*u**2", {"c1": np.ones(2)}))


def test_fewer_samples_than_terms_are_refused_with_a_sentence(burgers):
    few = samples_of(burgers, slice(0, 5))
    with pytest.raises(InputError, match="there are 5 per parameter value, 11 terms need as many"):
        eliminated(form_of(STATES, 64, *MANY), few)


def test_features_are_chosen_by_name(burgers):
    chosen = with_features(burgers, ["u_xx", "u"])
    assert [quantity.name for quantity in chosen.state] == ["u_xx", "u"]
    np.testing.assert_array_equal(chosen.features, burgers.features[..., [2, 0]])
    assert samples_of(chosen).errors == tuple(burgers.attributes[f"error_{n}"] for n in ("u_t", "u_xx", "u"))
    assert with_features(burgers, None) is burgers
    with pytest.raises(InputError, match=r"burgers: has no feature 'u_y', use u, u_x, u_xx, u_xxx, u_xxxx\."):
        with_features(burgers, ["u", "u_y"])


def test_terms_are_tested_on_samples_from_the_whole_field(burgers, monkeypatch):
    parts, given = partition(burgers, None, 0), []

    def read(trial: int, fitted: Samples, held_out: Samples) -> Reading:
        given.extend((fitted, held_out))
        return Reading(trial, None, None, None, "not read")

    monkeypatch.setattr(choosing, "read_trial", lambda _, trial, *more: read(trial, *more[2:]))
    network = SimpleNamespace(rows=parts.rows, trials=1, architecture=SimpleNamespace(source="stacked"))
    settings = choosing.ReadingSettings(samples=5, parameter_values=3)
    choosing.read_network(network, parts, pd.DataFrame({"trial": [0]}), settings)
    columns = spread(128, 5)
    for samples in given:
        np.testing.assert_array_equal(samples.features, burgers.features[[0, 32, 63]][:, columns])


def test_at_most_all_indices_are_spread():
    assert spread(3, 9).tolist() == [0, 1, 2]
    assert spread(9, 3).tolist() == [0, 4, 8]


def test_the_criterion_ends_at_the_own_error():
    samples = Samples(np.ones((2, 10, 1)), np.ones((2, 10)))
    at = [samples_module.criterion(np.full(2, cost), samples, 1, 0.5) for cost in (1.0, 5.0, 10.0)]
    assert at[0] == at[1] < at[2]
