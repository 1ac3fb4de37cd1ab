"""Units: what is learned, solved, scored and inferred changes by exact factors; scales that are told in a sentence."""

import dataclasses
from functools import cache

import numpy as np
import pandas as pd
import pytest
from eqlearn import noise, scales
from eqlearn.calculus import differentiate
from eqlearn.coefficients import Constant
from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.datasets.pde import PROBLEMS, sampled, solve
from eqlearn.datasets.sampling import density_trajectories
from eqlearn.dynamics import forward_solve
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.inference import CHI_SQUARE, ParameterSearch, states_of
from eqlearn.information import information
from eqlearn.learners import es, group_sindy, oat, oat_study, weak_sindy
from eqlearn.networks import choosing
from eqlearn.networks.architecture import Architecture
from eqlearn.networks.form import structure_of
from eqlearn.networks.partition import partition
from eqlearn.networks.scaling import scaling_of
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.random import generator
from eqlearn.scoring import predicted, trajectory_mse
from eqlearn.summary_lines import equations
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.numeric_truths import SCALES, logistic

OAT = oat.Settings(powers=4, max_terms=3, candidates=2, max_degree=4)
ES = es.Settings(powers=3, exponents=(1, 1.5, 2), max_terms=4, candidates=2)
RATES, SHARES = np.array([0.2, 0.4, 0.7, 0.9]), np.linspace(0.05, 1.2, 12)
TIMES = np.linspace(0.0, 12.0, 21) / RATES[:, None]
# dC/dt = p·C - p**1.5·C²
CURVES = np.stack([logistic(t, 0.05, p, -(p**1.5)) for t, p in zip(TIMES, RATES)])
LARGEST = CURVES.max(axis=1)


@dataclasses.dataclass(frozen=True)
class In:
    """States, times and parameters are so many times as large as they were."""

    state: float = 1.0
    time: float = 1.0
    parameter: float = 1.0

    def data(self, curves: np.ndarray, extra: dict | None = None, **attributes: object) -> ParametricDataset:
        """Curves (P, S) at TIMES and RATES, with central differences as target."""
        states, times = self.state * curves, self.time * TIMES
        data = density_trajectories("d", self.parameter * RATES, states, times, extra or {}, attributes)
        rates = np.stack([differentiate(t, c, "central_difference")[1] for t, c in zip(times, states)])
        return dataclasses.replace(data, rate=Quantity("dC/dt"), target=rates)

    def rates(self, equation: Equation) -> np.ndarray:
        """Rates at SHARES and RATES in units of 1."""
        at = [equation.evaluate({"C": self.state * SHARES}, self.parameter * rate) for rate in RATES]
        return np.array(at) * self.time / self.state

    def coefficient(self, powers: np.ndarray) -> np.ndarray:
        """What coefficients of dC/d(p·t) are multiplied by to be in units of 1."""
        return self.state ** (powers - 1.0) * self.time * self.parameter


def exact(units: In) -> ParametricDataset:
    return units.data(CURVES, initial_state="data")


def replicated(units: In) -> ParametricDataset:
    """Means of six replicates that scatter by a hundredth, from a known start."""
    random = generator("scales", "replicates")
    runs = CURVES[:, None] * (1 + 0.01 * random.normal(size=(4, 6, 21)).cumsum(axis=2) / 3)
    extra = noise.scatter("C", units.state * runs)
    return units.data(runs.mean(axis=1), extra, initial_state=0.05 * units.state, replicates=6)


def learned(units: In, data: ParametricDataset) -> dict[str, np.ndarray]:
    """What OAT and ES, as fits of trajectories and in weak form, find, in units of 1."""
    found = {}
    for form in ("trajectory", "integral"):
        one = oat_study.learn(data, dataclasses.replace(OAT, form=form), {})
        all_at_once = es.learn(data, dataclasses.replace(ES, form=form), {})
        table = one.per_parameter
        factors = units.coefficient(table["power"].to_numpy())
        found |= {
            f"OAT, {form}": units.rates(one.equation),
            f"ES, {form}": units.rates(all_at_once),
            f"table, {form}": np.array(
                [
                    factors * table["coefficient"],
                    factors * table["standard_error"],
                    table["initial_state"] / units.state,
                ]
            ),
            f"powers, {form}": table["power"].to_numpy(),
        }
        if data.attributes.get("replicates") is None:
            found[f"errors, {form}"] = table["mse"].to_numpy() / units.state**2
        if form == "trajectory":
            found["scores"] = np.sqrt(trajectory_mse(predicted(all_at_once, data), data)) / units.state
            found["inferred"] = inferred(units, one.equation)
    return found


def inferred(units: In, equation: Equation) -> np.ndarray:
    """Estimate, interval and error of a run at the rate 0.5 with a hundredth of noise."""
    run = logistic(TIMES[0], 0.05, 0.5, -(0.5**1.5)) + 0.01 * generator("scales", "run").normal(size=21)
    times = units.time * TIMES[0]
    model = states_of(equation, 0.05 * units.state, times, units.state)
    bounds = (0.1 * units.parameter, 2.0 * units.parameter)
    found = ParameterSearch(model, times, bounds, threshold=CHI_SQUARE).estimate(units.state * run)
    of_parameter = np.array([found.parameter, found.low, found.high]) / units.parameter
    return np.array([*of_parameter, found.mse / units.state**2])


@cache
def in_units_of_one() -> dict[str, dict[str, np.ndarray]]:
    return {study.__name__: learned(In(), study(In())) for study in (exact, replicated)}


def powers_of_ten(most: int) -> st.SearchStrategy[float]:
    return st.floats(-most, most).map(lambda exponent: 10.0**exponent)


UNITS = st.builds(In, powers_of_ten(12), powers_of_ten(9), powers_of_ten(6))
EXTREMES = [In(3e-13, 7e8, 2e-6), In(9e11, 1.1e-9, 9e5)]


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    """To 1e-9 of the largest number of a kind; estimates to what their search resolves; errors to a solver's."""
    assert found.keys() == expected.keys()
    for kind, numbers in expected.items():
        assert found[kind].shape == numbers.shape, f"{kind}: another structure"
        largest = np.abs(numbers).max(axis=-1, keepdims=True)
        allowed = 1e-6 * largest if kind == "inferred" else 1e-9 * largest + 1e-13 * (kind == "scores")
        assert (np.abs(found[kind] - numbers) <= allowed).all(), kind


@given(UNITS)
@settings(max_examples=3, deadline=None)
def test_units_change_what_is_learned_and_inferred_by_their_factors(units):
    for study in (exact, replicated):
        assert_same(learned(units, study(units)), in_units_of_one()[study.__name__])


@pytest.mark.parametrize("plateau", [5000.0, 1e6, 1e-12])
def test_logistic_data_give_their_equation_whatever_the_plateau(plateau):
    """Nine rates, 30 times to 12/r: dN/dt = r·N - r·N²/plateau, by both learners, and curves that follow it."""
    rates = np.arange(1, 10) / 10
    times = np.linspace(0.0, 12.0, 30) / rates[:, None]
    states = np.stack([logistic(t, 0.05 * plateau, r, -r / plateau) for t, r in zip(times, rates)])
    data = density_trajectories("d", rates, states, times, {}, {"initial_state": "data"})
    one = oat_study.learn(data, oat.Settings(10, 5, 3, 8), {}).equation
    all_at_once = es.learn(data, es.Settings(5, (1, 1.5, 2, 2.5, 3), 8, 3), {})
    for equation in (one, all_at_once):
        assert len(equation.coefficients) == 2
        found = np.array([equation.evaluate({"C": plateau * SHARES}, r) / plateau for r in rates])
        np.testing.assert_allclose(found, np.outer(rates, SHARES * (1 - SHARES)), atol=1e-9)
        assert trajectory_mse(predicted(equation, data), data).max() < (1e-8 * plateau) ** 2


@pytest.mark.parametrize("rise", [2.0, 700.0, 1500.0])
@pytest.mark.parametrize("units", [In(), *EXTREMES])
@pytest.mark.parametrize("template", ["c1*C", "c1*C + 0*sin(C)"], ids=["polynomial", "general"])
def test_a_solution_ends_at_a_thousand_times_the_scale(template, units, rise):
    """Exponential growth to so many times the scale of the states: exact below a thousand, then held."""
    growth, times = Equation(template, ("C",), "p", "dC/dt", {"c1": Constant(1 / units.time)}), np.linspace(0, 1, 5)
    start = rise * np.exp(-5.0)
    found = forward_solve(growth, 1.0, start * units.state, 5.0 * units.time * times, units.state) / units.state
    np.testing.assert_allclose(found, np.minimum(start * np.exp(5.0 * times), 1000.0), rtol=1e-8)


def test_units_change_what_a_trajectory_tells_by_their_factors():
    states = CURVES[1] + 0.01 * generator("scales", "information").normal(size=21)
    expected = information(TIMES[1], states, (1, 2))
    for units in EXTREMES:
        found = information(units.time * TIMES[1], units.state * states, (1, 2))
        factors = units.state ** (np.array([1, 2]) - 1.0) * units.time
        np.testing.assert_allclose(factors * found.standard_errors, expected.standard_errors, rtol=1e-9)
        assert found.condition == pytest.approx(expected.condition, rel=1e-9)


# Partial differential equations


WEAK = weak_sindy.Settings(powers=2, half_x=16, half_t=8, max_terms=3, size=3, sizes=(3, 5))


@cache
def burgers() -> ParametricDataset:
    short = dataclasses.replace(PROBLEMS["burgers"], until=4.0)
    field = solve(short, 128, 64)
    return sampled("burgers", short, field, {"space": "central", "time": "central"}, 4, {})


def in_other_units(data: ParametricDataset, state: float, time: float, space: float) -> ParametricDataset:
    """A field whose coefficients vary over t, its derivatives and its rate."""
    orders = np.arange(data.features.shape[2])
    return dataclasses.replace(
        data,
        values=data.values * time,
        features=data.features * state / space**orders,
        target=data.target * state / time,
        extra={"x": data.extra["x"] * space},
    )


@pytest.mark.parametrize("learner", ["group", "weak"])
@given(state=powers_of_ten(12), time=powers_of_ten(9), space=powers_of_ten(3))
@settings(max_examples=2, deadline=None)
def test_units_change_equations_of_fields_by_their_factors(learner, state, time, space):
    def rates(data: ParametricDataset) -> np.ndarray:
        if learner == "group":
            equation = group_sindy.learn(data, group_sindy.Settings(), {})
        else:
            equation = weak_sindy.learn(data, WEAK, {})
        features = {q.name: data.features[:, :, k] for k, q in enumerate(data.state)}
        return equation.evaluate(features, data.values[:, None])

    expected, found = rates(burgers()), rates(in_other_units(burgers(), state, time, space)) * time / state
    np.testing.assert_allclose(found, expected, atol=1e-9 * np.abs(expected).max())


# Networks


def network_study(units: In, target=lambda t, x: t * x**2 + 3 * x) -> tuple[choosing.Chosen, Equation]:
    """Reading of a planted network, near to t·x² + 3·x and with a needless constant, of samples of a target."""
    random, values = generator("scales", "network"), np.linspace(0.5, 2.0, 6)
    x = random.uniform(-2, 2, (6, 40, 1))
    data = ParametricDataset(
        "network",
        Quantity("t"),
        units.parameter * values,
        (Quantity("x"),),
        units.state * x,
        Quantity("y"),
        units.state / units.time * target(values[:, None], x[:, :, 0]),
    )
    parts = partition(data, None, 8)
    chosen_units = (("one", 1), ("identity", 1), ("square", 1))
    architecture = Architecture("seql", 1, layers=1, units=chosen_units, skip="none")
    hidden, output = np.ones((1, 6, *architecture.shapes[0])), np.empty((1, 6, *architecture.shapes[1]))
    output[0, :, :, 0] = np.stack([np.full(6, 0.01), np.full(6, 0.6), 0.3 * values], axis=1)
    scaling, nothing = scaling_of(parts.training, True, "magnitude"), np.zeros((1, 2, 1))
    rows = np.arange(6)
    trained = TrainedNetwork(architecture, (hidden, output), data.values, rows, scaling, nothing, np.zeros(1), {})
    table = pd.DataFrame({"trial": [0], "train_sampled": [0.1]})
    chosen = choosing.read_network(trained, parts, table, choosing.ReadingSettings())
    return chosen, choosing.equations(chosen, trained, data, {})[1]


def test_units_change_the_equation_of_a_network_by_their_factors():
    for units in (In(), *EXTREMES):
        chosen, equation = network_study(units)
        assert structure_of(chosen.form) == "x + x**2"
        for t in (0.5, 1.1, 2.0):
            found = equation.evaluate({"x": units.state * SHARES}, units.parameter * t) * units.time / units.state
            np.testing.assert_allclose(found, network_study(In())[1].evaluate({"x": SHARES}, t), rtol=1e-9)


def test_a_network_whose_terms_are_all_pruned_is_unread_with_the_reason():
    """Of noise about 0 no term says anything."""
    chosen, equation = network_study(
        In(), lambda t, x: 1e-3 * generator("scales", "noise").normal(size=x.shape) + 0 * t
    )
    assert chosen.form is None and equation.status == "unread"
    assert equation.reason == "trial 0: all of its terms were pruned, the target is predicted as well without any"


# Scales that nothing can be done with, and those that published protocols warn of


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: {"features": 0 * d.features}, "|C| is 0 at every sample, so there is nothing to learn from"),
        (
            lambda d: {"features": 1e30 * d.features},
            f"|C| reaches {1e30 * LARGEST.max():g}, must be 1e-20 to 1e+20; change its unit",
        ),
        (lambda d: {"time": 1e-30 * d.time}, "the span of time reaches 6e-29, must be 1e-20 to 1e+20; change its unit"),
        (
            lambda d: {"features": d.features * np.array([1e-13, 1, 1, 1])[:, None, None]},
            f"|C| reaches {1e-13 * LARGEST[0]:g} in one experiment and {LARGEST[1:].max():g} in another, "
            "a factor of 1e+12 at most; learn from them apart",
        ),
    ],
)
def test_hopeless_scales_are_told_in_a_sentence(change, sentence):
    data = exact(In())
    changed = dataclasses.replace(data, **change(data))
    for learn in (lambda: oat_study.learn(changed, OAT, {}), lambda: es.learn(changed, ES, {})):
        with pytest.raises(InputError) as caught:
            learn()
        assert str(caught.value) == f"d: {sentence}."


@pytest.mark.parametrize("replicates", [None, 6])
@pytest.mark.parametrize("dead", [0, 2, 3])
def test_an_experiment_in_which_nothing_lives_says_nothing(dead, replicates):
    """A state of 0 throughout fits any equation: those of the others are found, with noise as without."""
    data = exact(In()) if replicates is None else replicated(In())
    lives = (np.arange(4) != dead)[:, None]
    extra = {name: array * lives for name, array in data.extra.items()}
    attributes = {**data.attributes, "initial_state": "data"}
    features = data.features * lives[:, :, None]
    data = dataclasses.replace(data, features=features, extra=extra, attributes=attributes)
    for equation in (oat_study.learn(data, OAT, {}).equation, es.learn(data, ES, {})):
        expected = np.stack([p * SHARES - p**1.5 * SHARES**2 for p in RATES[lives[:, 0]]])
        found = np.stack([equation.evaluate({"C": SHARES}, p) for p in RATES[lives[:, 0]]])
        np.testing.assert_allclose(found, expected, atol=1e-7 if replicates is None else 0.05)


def test_replicates_that_agree_tell_of_no_noise():
    runs = np.repeat(CURVES[:, None], 6, axis=1)
    data = In().data(runs.mean(axis=1), noise.scatter("C", runs), replicates=6)
    assert noise.noise_of(data) is None


@pytest.mark.parametrize("learner", [group_sindy, weak_sindy])
def test_a_field_of_zeros_is_told_in_a_sentence(learner):
    data = burgers()
    nothing = dataclasses.replace(data, features=0 * data.features, target=0 * data.target)
    with pytest.raises(InputError, match="so there is nothing to learn from"):
        learner.learn(nothing, learner.Settings(), {})


@pytest.mark.parametrize(
    ("units", "warned"),
    [(In(), []), (In(state=5e3), ["|C|"]), (In(1e-3, 1e2, 1e3), ["|C|", "the span of time", "|proliferation_rate|"])],
)
def test_published_protocols_warn_of_scales_that_they_were_not_made_for(units, warned, capsys):
    added = scales.warned(exact(units))
    found = added.get("warnings", [])
    assert [warning.split(" is about")[0] for warning in found] == warned
    assert capsys.readouterr().err.count("Warning: d: ") == len(warned)
    learned = Equation("c1*C", ("C",), "p", "dC/dt", {"c1": Constant(1.0)}, None, added)
    lines = equations({"d/es.published/n4": learned}, {"d": 1.0})
    assert sum("warning: " in line for line in lines) == len(warned)


@pytest.mark.parametrize("truth", SCALES, ids=lambda truth: truth.__name__)
def test_scales(truth):
    truth(scales)
