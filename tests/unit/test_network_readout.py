"""Equations of planted networks: exact, pruned to the planted terms, completed at all parameter values."""

import numpy as np
import pytest
import sympy
import torch
from eqlearn.errors import InputError
from eqlearn.networks.architecture import Architecture, preset
from eqlearn.networks.form import Form, canonical, structure_of
from eqlearn.networks.network import Network
from eqlearn.networks.reading import Reading, choose, completed, to_equation, without_small
from eqlearn.networks.readout import read_form
from eqlearn.networks.refit import Samples, pruned, refitted
from eqlearn.networks.scaling import Scaling
from eqlearn.networks.smoothing import smooth_signs, smoothed
from eqlearn.networks.trained import TrainedNetwork

ROWS = 5
VALUES = np.linspace(-2.0, 2.0, ROWS)


def planted(network: str, name: str, seed: int, features: int = 1, density: float = 0.05) -> TrainedNetwork:
    """Random sparse weights in float64."""
    rng = np.random.default_rng(seed)
    architecture = Architecture(network, features + (network == "eql"), **preset(name, network))
    weights = []
    for k, shape in enumerate(architecture.shapes):
        pattern = rng.uniform(size=shape) < (density if k < architecture.layers else 1)
        rows = ROWS if architecture.varies(k) else 1
        weights.append(rng.normal(0, 0.3, (1, rows, *shape)) * pattern)
    scaling = Scaling(rng.uniform(1, 3, features), 2.0, rng.normal(size=ROWS), rng.uniform(1, 3, ROWS))
    nothing = np.zeros((1, 2, 1))
    return TrainedNetwork(architecture, tuple(weights), VALUES, np.arange(ROWS), scaling, nothing, np.zeros(1), {})


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["published", "paper"])
@pytest.mark.parametrize(("network", "features"), [("seql", 1), ("seql", 2), ("eql", 1)])
def test_the_equation_of_a_network_is_the_network(network, features, name, seed):
    trained = planted(network, name, seed, features)
    names = ("x", "u_x")[:features]
    form = read_form(trained, 0, names)
    rng = np.random.default_rng(9)
    x = rng.uniform(-2, 2, (ROWS, 7, features))
    scaled = x / trained.scaling.features
    if network == "eql":
        t = np.broadcast_to(VALUES[:, None, None], (ROWS, 7, 1))
        x, scaled = np.concatenate([x, t], 2), np.concatenate([scaled, t / 2.0], 2)
    net = Network(trained.architecture, ROWS)
    tensors = [torch.as_tensor(layer) for layer in trained.weights]
    z = torch.ones((1, net.gate_count), dtype=torch.float64)
    output = net.forward(tensors, z, torch.as_tensor(scaled)[None].mT)[0].numpy()
    expected = trained.scaling.offset[:, None] + trained.scaling.target[:, None] * output
    np.testing.assert_allclose(form.evaluate(x), expected, rtol=1e-9, atol=1e-9)


def test_a_network_with_all_gates_open_is_unreadable_with_the_reason():
    with pytest.raises(InputError, match="720 gates are open, at most 60 can be read"):
        read_form(planted("seql", "published", 0, density=1.0), 0, ("x",))


def samples(target, rows: int = ROWS, size: int = 60, noise: float = 0.0) -> Samples:
    rng = np.random.default_rng(2)
    x = rng.uniform(-3, 3, (rows, size, 1))
    return Samples(x, target(x[:, :, 0]) + noise * rng.normal(size=(rows, size)))


def form_of(template: str, **values: object) -> Form:
    return Form(("x",), template, {name: np.broadcast_to(value, ROWS).astype(float) for name, value in values.items()})


T = VALUES[:, None]


@pytest.mark.parametrize(
    ("form", "target", "structure"),
    [
        # superfluous terms
        (
            form_of("c1 + c2*x + c3*x**2 + c4*x**3", c1=0.3, c2=1.0, c3=1.0, c4=0.1),
            lambda x: T * x**2 + 3 * np.sign(T) * x,
            "x + x**2",
        ),
        # two sines where one is enough, each used at some parameter values
        (
            form_of("c1*sin(c2*x) + c3*sin(c4*x)", c1=[1, 0.01, 1, 0.02, 0], c2=1.5, c3=[0, 1, 0.05, 1, 1], c4=1.52),
            lambda x: np.sin((1.5 + 0.1 * T) * x),
            "sin(_*x)",
        ),
        # a sine of a small argument in place of a linear term
        (form_of("c1*sin(c2*x)", c1=20.0, c2=0.05), lambda x: (1 + T) * x, "x"),
        # a constant inside a sine
        (form_of("c1*sin(c2*x + c3)", c1=1.0, c2=1.9, c3=0.1), lambda x: 2 * np.sin(2 * x), "sin(_*x)"),
        (form_of("c1*sin(c2*x + c3)", c1=1.0, c2=1.9, c3=0.6), lambda x: 2 * np.sin(2 * x + 0.7), "sin(_ + _*x)"),
    ],
)
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_pruning_leaves_the_planted_terms(form, target, structure, noise):
    given = samples(target, noise=noise)
    found, cost = pruned(form, given)
    expected = structure_of(canonical(sympy.sympify(0) + found.symbolic, found.values, ("x",)))
    assert structure_of(found) == expected
    assert structure_of(found).replace("_*1", "_") == structure
    if noise == 0:
        assert (cost <= 1e-20 * (1 + np.square(given.target).sum(1))).all()


@pytest.mark.parametrize(
    "form",
    [
        form_of("c1*x + c2", c1=1.0, c2=1.0),
        form_of("c1*sin(c2*x) + c3", c1=1.0, c2=1.0, c3=1.0),
        form_of("c1*x*sin(c1*x)", c1=1.0),
    ],
)
def test_all_terms_are_left_out_where_the_samples_own_errors_are_all_there_is(form):
    noise = samples(np.zeros_like, noise=1.0)
    assert pruned(form, Samples(noise.features, noise.target, (4.0, 0.0)))[0].template == "0"


def test_a_form_is_completed_over_a_jump_inside_a_sine():
    """Coefficients known at 4 of 40 parameter values; the rest start from their neighbours."""
    t = np.linspace(-2, 2, 40)
    b = np.where(t < 0.3, 1.2 + 0.1 * t, 2.6)
    given = samples(lambda x: np.sin(b[:, None] * x), 40)
    rows = np.array([0, 13, 26, 39])
    known = Form(("x",), "c1*sin(c2*x)", {"c1": np.ones(4), "c2": b[rows]})
    found = completed(known, rows, given, few=20)
    np.testing.assert_allclose(found.values["c1"], 1, rtol=1e-10)
    np.testing.assert_allclose(found.values["c2"], b, rtol=1e-10)


def test_signs_of_sines_are_smoothed_and_the_function_stays():
    rng = np.random.default_rng(0)
    sign = rng.choice([-1.0, 1.0], ROWS)
    form = form_of("c1*sin(c2*x) + c3*x*sin(c2*x) + c4*x", c1=sign, c2=sign * (VALUES + 0.1), c3=2 * sign, c4=VALUES)
    found = smooth_signs(form)
    np.testing.assert_allclose(found.values["c1"], 1)
    np.testing.assert_allclose(found.values["c2"], VALUES + 0.1)
    x = rng.normal(size=(ROWS, 5, 1))
    np.testing.assert_array_equal(found.evaluate(x), form.evaluate(x))


def test_two_sines_keep_their_order_and_the_function_stays():
    rng = np.random.default_rng(1)
    a, b, c, d = 1 + 0.1 * VALUES, 2 + 0.2 * VALUES, VALUES - 0.3, np.full(ROWS, 0.7)
    swapped, sign = np.array([False, True, True, False, True]), rng.choice([-1.0, 1.0], ROWS)
    values = [np.where(swapped, one, other) for one, other in ((c, a), (d * sign, b), (a, c), (b, d * sign))]
    values[0], values[2] = (np.where(swapped == first, sign, 1) * values[k] for k, first in ((0, True), (2, False)))
    form = form_of("c1*sin(c2*x) + c3*sin(c4*x)", c1=values[0], c2=values[1], c3=values[2], c4=values[3])
    found = smoothed(form)
    for name, expected in zip(("c1", "c2", "c3", "c4"), (a, b, c, d)):
        np.testing.assert_allclose(found.values[name], expected)
    x = rng.normal(size=(ROWS, 5, 1))
    np.testing.assert_allclose(found.evaluate(x), form.evaluate(x), rtol=1e-12, atol=1e-12)


def test_a_coefficient_that_also_stands_elsewhere_keeps_its_sign():
    form = form_of("c1*sin(c2*x) + c2*x", c1=[1, -1, 1, -1, 1], c2=[2, -2, 2, -2, 2])
    assert smooth_signs(form).values["c2"].tolist() == [2, -2, 2, -2, 2]


def test_small_terms_are_left_out_where_they_are_small_everywhere():
    form = form_of("c1*x + c2*x**2 + c3", c1=1.0, c2=0.009, c3=[0, 0, 0.011, 0, 0])
    assert structure_of(without_small(form)) == "1 + x"


def reading(trial: int, coefficients: int, errors: float) -> Reading:
    form = Form(("x",), "0", {f"c{k}": np.zeros(1) for k in range(coefficients)})
    rng = np.random.default_rng(0)
    return Reading(trial, form, form, errors * rng.uniform(0.9, 1.1, (4, 50)))


def test_the_simplest_of_the_equally_accurate_is_chosen():
    assert choose([reading(0, 3, 1e-3), reading(1, 5, 0.999e-3), reading(2, 2, 2e-3)]).trial == 0
    assert choose([reading(0, 5, 1e-30), reading(1, 2, 1e-25), reading(2, 2, 1e-29)]).trial == 1
    assert choose([Reading(0, None, None, None, "why")]) is None


def test_an_equation_has_one_sample_per_parameter_value_and_repeats_are_averaged():
    form = Form(("x",), "c1*x + c2", {"c1": np.array([1.0, 2.0, 4.0]), "c2": np.full(3, 5.0)})
    equation = to_equation(form, np.array([0.0, 1.0, 1.0]), "t", "y", {})
    assert equation.coefficients["c1"].grid == (0.0, 1.0)
    assert equation.coefficients["c1"].values == (1.0, 3.0)
    assert equation.coefficients["c2"].value == 5.0


def test_refitting_reaches_round_off():
    given = samples(lambda x: T * x**2 + np.sin(2 * x))
    form = form_of("c1*x**2 + c2*sin(c3*x)", c1=0.5, c2=0.9, c3=1.9)
    _, cost = refitted(form, given)
    assert (cost <= 1e-24 * np.square(given.target).sum(1)).all()
