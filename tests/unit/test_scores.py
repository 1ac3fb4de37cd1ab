"""Scores of learned equations, by hand: partial differential equations, springs, variations of the protocol."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from eqlearn import ablation, pde_scores, springs_scores
from eqlearn.coefficients import Constant, Samples
from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.equation import Equation
from eqlearn.networks.latent import Latent

GRID = np.array([0.0, 1.0, 2.0])


def equation(template: str, features: tuple[str, ...], target: str, **values: object) -> Equation:
    """Coefficients: a number, or a value at every point of the grid."""
    kinds = {
        name: Samples(tuple(GRID), tuple(map(float, value))) if np.ndim(value) else Constant(float(value))
        for name, value in values.items()
    }
    return Equation(template, features, "t", target, kinds, (0.0, 2.0), {})


# Partial differential equations

TRUTH = equation("c1*u_x + c2*u_xx", ("u", "u_x", "u_xx"), "u_t", c1=[1.0, 2.0, 3.0], c2=0.5)
FOUND = equation("c1*u_x + c2*u*u_x", ("u", "u_x", "u_xx"), "u_t", c1=[1.0, 2.0, 6.0], c2=0.3)
UNREAD = Equation(None, ("u", "u_x", "u_xx"), "t", "u_t", {}, (0.0, 2.0), {}, status="unread", reason="why")


def field_data() -> ParametricDataset:
    """u = 2, u_x = 1, 2 and u_xx = -1: rates of the truth, the last doubled."""
    features = np.broadcast_to(np.stack([[2.0, 2.0], [1.0, 2.0], [-1.0, -1.0]], axis=-1), (3, 2, 3))
    target = TRUTH.evaluate({"u": features[..., 0], "u_x": features[..., 1], "u_xx": features[..., 2]}, GRID[:, None])
    state = tuple(Quantity(name) for name in ("u", "u_x", "u_xx"))
    return ParametricDataset("d", Quantity("t"), GRID, state, features, Quantity("u_t"), target)


@pytest.mark.parametrize(
    ("name", "learner", "printed"),
    [
        ("heat", "sindy.published", (3 + 0.25 + 0.09) / 20),  # all terms, over the library
        ("burgers", "sindy_linear.published", (3 + 0.25 + 0.09) / 16),  # the printed library
        ("advection_diffusion", "sindy.published", (3 + 0.09) / 20),  # a truth of u_x alone
        ("heat", "seql.refined", (3 + 0.25) / 3),  # true terms only, over three
    ],
)
def test_errors_of_coefficients_by_hand(name, learner, printed):
    row = pde_scores.score(name, learner, FOUND, TRUTH, field_data())
    assert row["terms"] == "u*u_x + u_x" and not row["support_right"]
    assert row["coefficient_mse"] == pytest.approx((3 + 0.25 + 0.09) / 3)
    assert row["coefficient_mse_true_terms"] == pytest.approx((3 + 0.25) / 2)
    assert row["coefficient_mse_library"] == pytest.approx((3 + 0.25 + 0.09) / 20)
    assert row["coefficient_mse_as_printed"] == pytest.approx(printed)
    assert row["relative_coefficient_error"] == pytest.approx(np.sqrt((3 + 0.25 + 0.09) / (14 / 3 + 0.25)))


def test_errors_of_the_rate_by_hand():
    """Errors 0.6·u_x + 0.5 and, at the last value, 3.6·u_x + 0.5; the rates are 1, 2 and 3 wide."""
    errors = np.array([[1.1, 1.7], [1.1, 1.7], [4.1, 7.7]])
    row = pde_scores.score("heat", "seql.refined", FOUND, TRUTH, field_data())
    assert row["ut_mse"] == pytest.approx(np.mean(errors**2))
    assert row["ut_mse_normalised"] == pytest.approx(np.mean((errors / [[1.0], [2.0], [3.0]]) ** 2))


def test_the_truth_has_no_errors_and_an_unread_equation_none_to_tell():
    row = pde_scores.score("heat", "seql.refined", TRUTH, TRUTH, field_data())
    assert row["support_right"] and row["coefficient_mse"] == row["ut_mse"] == 0
    assert pde_scores.score("heat", "x", UNREAD, TRUTH, field_data()) == {"terms": "unread", "support_right": False}
    assert list(pde_scores.curve_rows(UNREAD, GRID)) == []


def test_curves_in_rows_and_trials_counted():
    rows = pd.DataFrame(pde_scores.curve_rows(TRUTH, GRID))
    assert rows["value"].tolist() == [1.0, 2.0, 3.0, 0.5, 0.5, 0.5]
    assert rows["parameter_value"].tolist() == [0.0, 1.0, 2.0] * 2
    trials = pd.DataFrame({"structure": ["u_x + u_xx", "u_x", "u_x + u_xx", "u_xx + u_x"]})
    assert pde_scores.score_trials(trials, TRUTH) == {"trials": 4, "trials_right": 2}


def test_recovery_by_group_by_hand():
    errors = [0.1, 0.2, 0.3, 0.4, 0.9]
    draws = pd.DataFrame({"support_right": [True, True, True, False, False], "relative_coefficient_error": errors})
    draws = draws.assign(noise=[0, 0, 0, 0, 1], coefficient_mse_library=[1.0, 2.0, 3.0, 4.0, 5.0])
    quiet, noisy = pde_scores.recovered(draws, ["noise"]).to_dict("records")
    assert (quiet["draws"], quiet["supports_right"], noisy["draws"], noisy["supports_right"]) == (4, 3, 1, 0)
    assert [quiet[f"relative_error_{q}"] for q in (25, 50, 75)] == pytest.approx([0.175, 0.25, 0.325])
    assert quiet["mean_mse"] == 2.5
    assert (quiet["share_low"], quiet["share_high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)  # Wilson, 3 of 4


# Springs

PULL = equation("c1*(psi1 - psi2)", ("psi1", "psi2"), "F", c1=[1.0, 2.0, -0.001])


def springs(learned: Equation, predicted: float | None = None) -> springs_scores.Learned:
    """Two training samples 1 and 2 apart, three test samples 1, 2 and 4 apart; a latent variable of -2·position + 1."""
    first, second = np.zeros((3, 5)), np.tile([1.0, 2.0, 1.0, 2.0, 4.0], (3, 1))
    split = np.tile(["train", "train", "test", "test", "test"], (3, 1))
    target = PULL.evaluate({"psi1": first, "psi2": second}, GRID[:, None])
    state = (Quantity("psi1"), Quantity("psi2"))
    features = np.stack([first, second], axis=-1)
    data = ParametricDataset("d", Quantity("t"), GRID, state, features, Quantity("F"), target, split=split)
    positions = np.array([0.0, 1.0, 2.0, 4.0])
    latent = Latent(positions, np.stack([positions, 1 - 2 * positions]), 2)
    given = None if predicted is None else target[:, 2:] + predicted * np.array([1.0, 1.0, 3.0])
    return springs_scores.Learned(data, PULL, learned, None, latent, 1, given)


def test_errors_inside_and_outside_of_the_training_domain():
    row = springs_scores.score(springs(UNREAD, predicted=0.5))
    assert (row["rmse_inside"], row["rmse_outside"], row["rmse_ratio"]) == pytest.approx((0.5, 1.5, 3.0))
    assert not row["structure_right"] and not row["recovered"] and np.isnan(row["coefficient_error"])
    assert row["latent_r2"] == pytest.approx(1.0) and row["latent_residual"] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("factor", "recovered"), [(1.009, True), (1.011, False), (0.989, False)])
def test_coefficients_count_as_recovered_to_a_hundredth(factor, recovered):
    """Relative to the true value; a value below a hundredth of the largest, in units of that hundredth, 0.02."""
    learned = equation("c1*(psi1 - psi2)", ("psi1", "psi2"), "F", c1=factor * np.array([1.0, 2.0, -0.001]))
    row = springs_scores.score(springs(learned))
    assert row["structure_right"] and row["recovered"] is recovered
    assert row["coefficient_error"] == pytest.approx(abs(factor - 1))
    off = equation("c1*(psi1 - psi2)", ("psi1", "psi2"), "F", c1=[1.0, 2.0, 0.003])
    assert max(springs_scores.relative_errors(off, PULL, springs(off).data).values()) == pytest.approx(0.2)


def test_latent_variables_rise_with_the_position():
    table = springs_scores.encodings(springs(PULL))
    assert table["latent"].tolist() == [-1.0, 1.0, 3.0, 7.0]
    assert table["trained_on"].tolist() == [True, True, False, False]


def test_predictions_over_the_difference_of_positions():
    table = springs_scores.predictions(springs(PULL, predicted=0.5), [1])
    assert table["difference"].tolist() == [1.0, 2.0, 4.0] and table["true"].tolist() == [-2.0, -4.0, -8.0]
    assert table["predicted"].tolist() == [-1.5, -3.5, -6.5] and set(table["parameter_value"]) == {1.0}


# Variations of the protocol


def test_every_variation_differs_from_the_protocol_in_what_it_says():
    told = {(v.learner, v.change): (v.settings, v.knows_noise, v.knows_start) for v in ablation.VARIATIONS}
    assert told["oat", "as it is"] == told["es", "as it is"] == ({}, True, True)
    assert told["oat", "noise does not weigh residuals"] == ({}, False, True)
    assert told["oat", "initial state fitted, not known"] == told["es", "initial state fitted, not known"]
    assert told["es", "initial state fitted, not known"] == ({}, True, False)
    assert told["oat", "neither noise nor initial state known"] == ({}, False, False)
    assert told["oat", "coefficients joined by lines"][0] == {"max_degree": 1}
    assert told["oat", "three terms at most"][0] == {"max_terms": 3}
    assert told["es", "exponent 1 of the parameter only"][0] == {"exponents": (1,)}
    assert told["es", "whole exponents 0 to 3 only"][0] == {"exponents": (0, 1, 2, 3)}
    assert told["oat", "weak form, no forward solves"] == told["es", "weak form, no forward solves"]


@pytest.mark.parametrize("noise", [True, False])
@pytest.mark.parametrize("start", [True, False])
def test_a_variation_is_told_what_it_knows(noise, start):
    values = np.ones((1, 3, 1))
    data = ParametricDataset("d", Quantity("p"), np.ones(1), (Quantity("C"),), values, extra={"C_sd": np.ones((1, 3))})
    data.attributes["initial_state"] = 0.25
    seen = ablation.Variation("oat", "x", knows_noise=noise, knows_start=start).told(data)
    assert list(seen.extra) == (["C_sd"] if noise else [])
    assert seen.attributes["initial_state"] == (0.25 if start else "data")


def test_errors_of_inferred_parameters_are_means_over_runs_then_over_the_parameter(monkeypatch):
    table = pd.DataFrame({"parameter_value": [1, 1, 2, 2, 3], "relative_error": [0.1, 0.3, 0.4, 0.6, 0.1]})
    monkeypatch.setattr(ablation, "estimates_of", lambda runs, search: table)
    variation = ablation.Variation("oat", "x", knows_noise=False)
    runs = SimpleNamespace(attributes={"initial_state": 0.25}, features=np.ones((3, 4, 1)))
    found = ablation.inference_errors(variation, PULL, runs, runs, (0.1, 1.0))
    assert found["median_relative_error"] == pytest.approx(0.2) and found["worst_relative_error"] == pytest.approx(0.5)
    chances = np.array([7, 13, 7]) / 27  # of 0.1, 0.2 and 0.5 to be the median of three draws
    spread = np.sqrt(chances @ np.square([0.1, 0.2, 0.5]) - (chances @ [0.1, 0.2, 0.5]) ** 2)
    assert found["standard_error_of_median_relative_error"] == pytest.approx(spread, rel=0.1)
