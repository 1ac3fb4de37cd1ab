"""Networks on trajectories: planted equations come out exactly, whatever the network makes of noisy rates."""

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from eqlearn.calculus import differentiate
from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.effective import effective_coefficients
from eqlearn.errors import InputError
from eqlearn.learners import network_study
from eqlearn.networks.fitting import NetworkSettings, fit_network
from eqlearn.networks.form import Form
from eqlearn.networks.training import Schedule
from unit.mutation import executed
from unit.numeric_truths import scipy_flow

RATES = np.array([0.1, 0.7, 1.5, 2.6, 4.0])
SETTINGS = {
    "preset": "published",
    "architecture": {
        "layers": 2,
        "skip": "all",
        "units": {"identity": 1, "square": 1, "product": 2},
        "meta_units": [16, 16],
    },
    "trials": 2,
    "parameter_values": 4,
    "held_out": 0,
    "scale_features": True,
    "scale_target": "none",
    "training": {"epochs": 300, "batch_samples": 16, "rate": 1e-2, "regularisation": 3e-4},
}
HEQL = {"rate": 3e-3, "gate_rate": 3.0, "output_rate": 3.0}


def network(name: str, **changes: object) -> NetworkSettings:
    training = {**SETTINGS["training"], **(HEQL if name == "heql" else {}), **changes.pop("training", {})}
    return NetworkSettings(name, **{**SETTINGS, **changes, "training": Schedule(**training)})


@cache
def planted(*terms: tuple[int, float, float], initial: float = 0.05, noise: float = 0.0) -> ParametricDataset:
    """Trajectories of dC/dt = p·(sum of (a + b·sqrt(p))·C^k), for terms (k, a, b), with their rates by differences."""
    scaled = np.linspace(0.0, 25.0, 60)
    states = []
    for rate in RATES:
        dense = np.zeros(max(k for k, _, _ in terms) + 1)
        for k, a, b in terms:
            dense[k] = a + b * np.sqrt(rate)
        states.append(scipy_flow(dense, initial, scaled))
    states = np.array(states) + noise * np.random.default_rng(0).normal(size=(RATES.size, scaled.size))
    time = scaled / RATES[:, None]
    rates = [differentiate(t, c, "central_difference")[1] for t, c in zip(time, states)]
    return ParametricDataset(
        name="planted",
        parameter=Quantity("r_p", "1/time"),
        values=RATES,
        state=(Quantity("C"),),
        features=states[:, :, None],
        rate=Quantity("dC/dt", "1/time"),
        target=np.array(rates),
        time_axis=Quantity("time", "time"),
        time=time,
        attributes={"initial_state": initial, "time_scale": "r_p"},
    )


MEAN_FIELD = ((1, 0.5, 0.0), (2, -1.0, 0.0))
BENT = ((1, 0.5, -0.02), (2, -0.8, 0.1), (3, -0.5, 0.1))


@pytest.mark.parametrize("terms", [MEAN_FIELD, BENT], ids=["mean field", "cubic"])
@pytest.mark.parametrize("name", ["seql", "heql"])
def test_planted_equations_are_learned_exactly(name, terms):
    """Central differences of these 60 times miss the rates by up to some per cent."""
    data = planted(*terms)
    found = network_study.learn(data, network(name), "toy", {})
    coefficients = effective_coefficients(found.learned.equation, RATES)
    skeletons = {f"C**{k}" if k > 1 else "C": (a + b * np.sqrt(RATES)) * RATES for k, a, b in terms}
    assert set(coefficients) == set(skeletons)
    for skeleton, values in skeletons.items():
        np.testing.assert_allclose(coefficients[skeleton][0], values, rtol=1e-6)
    assert found.trials["proposed"].any()
    assert set(found.learned.per_parameter["model"]) == {"common"}


def test_the_network_alone_would_not_be_exact():
    """Its equation misses the rates by more than a thousandth, so the refit is what makes it exact."""
    data = planted(*MEAN_FIELD)
    _, errors = fit_network(data, network("seql"), "toy")
    assert errors["train_scaled"].min() > 1e-6


MUTANTS = {
    "no small parts": ("range(1, len(s) + 1)", "range(3, len(s) + 1)"),
    "powers off by one": ("else state: power for", "else state: power + 1 for"),
    "the largest support wins": ("oat.common_support(experiments, CANDIDATES)", "experiments[0].supports[-1]"),
}
SOURCE = Path(network_study.__file__).read_text(encoding="utf-8")


def holds(module) -> bool:
    """Whether a module learns C and C² from a network that proposes C, C², C³ and C⁴ of the mean field."""
    module._read = lambda trained, trial, state: {
        "structure": "",
        "powers": " ".join(map(str, module.powers_in(QUARTIC, state))),
        "unread": "",
    }
    try:
        found = module.learn(planted(*MEAN_FIELD), network("seql", trials=1, training={"epochs": 1}), "toy", {})
    except InputError:
        return False
    return list(found.learned.equation.coefficients) == ["c1", "c2"]


QUARTIC = Form(("C",), "c1*C + c2*C**2 + c3*C**3 + c4*C**4", {f"c{k}": np.ones(2) for k in range(1, 5)})


def test_terms_that_the_trajectories_do_not_need_are_left_out():
    assert holds(executed(SOURCE))


@pytest.mark.parametrize(("pattern", "replacement"), MUTANTS.values(), ids=MUTANTS)
def test_a_broken_learner_keeps_terms_that_are_not_needed(pattern, replacement):
    assert SOURCE.count(pattern) == 1
    assert not holds(executed(SOURCE.replace(pattern, replacement)))


def test_rates_are_brought_to_one_size_at_every_parameter_value():
    scaled = network_study._of_unit_size(planted(*MEAN_FIELD))
    np.testing.assert_allclose(np.mean(scaled.target**2, axis=1), 1.0, rtol=1e-12)


def test_a_library_holds_all_parts_of_what_was_proposed_and_nothing_else():
    library = network_study.Proposed.of([(1, 3), (2,), (1, 3)])
    assert library.supports() == ((1,), (2,), (3,), (1, 3))
    assert (library.powers, library.max_terms) == (3, 2)


@pytest.mark.parametrize(
    ("template", "powers"),
    [
        ("c1*C + c2*C**4", (1, 4)),
        ("c1*C*(c2 + c3*C)", (1, 2)),
        ("c1 + c2*C", ()),
        ("c1*C + c2*sin(c3*C)", ()),
        ("c1*C**11", ()),
        ("0", ()),
    ],
)
def test_powers_are_read_where_there_is_nothing_else(template, powers):
    names = {name: np.ones(2) for name in ("c1", "c2", "c3") if name in template}
    assert network_study.powers_in(Form(("C",), template, names), "C") == powers


def test_noise_of_a_hundredth_leaves_the_equation_near_the_truth():
    data = planted(*MEAN_FIELD, noise=0.003)
    found = network_study.learn(data, network("seql"), "toy", {})
    values = found.learned.equation.coefficients_at(np.array([1.5]))
    assert list(values) == ["c1", "c2"]
    np.testing.assert_allclose([values["c1"][0], values["c2"][0]], [0.5, -1.0], rtol=0.05)


def flat() -> ParametricDataset:
    """The mean field at rest."""
    data = planted(*MEAN_FIELD)
    return dataclasses.replace(data, features=np.full_like(data.features, 0.5), target=np.zeros_like(data.target))


@pytest.mark.parametrize(
    ("data", "changes", "sentence"),
    [
        (flat(), {}, r"planted: has dC/dt = 0 throughout, a network needs a target that varies"),
        (planted(*MEAN_FIELD).select(np.array([0])), {}, "has 1 parameter value, at least 2 are needed"),
        (dataclasses.replace(planted(*MEAN_FIELD), time=None, time_axis=None), {}, "needs trajectories of one state"),
        (dataclasses.replace(planted(*MEAN_FIELD), target=None, rate=None), {}, "has no target to learn"),
        (dataclasses.replace(planted(*MEAN_FIELD), values=RATES - 0.1), {}, "a scale of time is above 0"),
        (planted(*MEAN_FIELD), {"architecture": {"units": {"cube": 2}}}, "primitive 'cube'"),
        (
            planted(*MEAN_FIELD),
            {"architecture": {}, "training": {"epochs": 1}},
            "no trial ended in powers of C alone, 10 at most: trial 0",
        ),
        (
            planted(*MEAN_FIELD),
            {"architecture": {"layers": 1, "units": {"one": 1}}, "training": {"epochs": 1}},
            "trial 0: its equation is 1",
        ),
    ],
)
def test_what_cannot_be_learned_is_told_in_a_sentence(data, changes, sentence):
    with pytest.raises(InputError, match=sentence):
        network_study.learn(data, network("seql", **changes), "toy", {})


def test_a_rate_that_is_no_number_is_refused_before_anything_is_learned():
    data = planted(*MEAN_FIELD)
    bad = data.target.copy()
    bad[1, 2] = np.nan
    with pytest.raises(InputError, match=r"target is nan at index \(1, 2\), must be finite"):
        dataclasses.replace(data, target=bad)
