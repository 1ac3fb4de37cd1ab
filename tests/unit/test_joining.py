"""Joining: as stiff as predicts best, the best linear unbiased estimate, and honest standard errors."""

import numpy as np
import pytest
from eqlearn import joining
from eqlearn.random import generator
from eqlearn.selection import left_out_errors
from unit.numeric_truths import JOINING, QUADRATIC, coefficient_study, design_of, refitted_without

FLOORS = 1e-12  # weighted squared errors of exact coefficients are round-off below this


@pytest.mark.parametrize("truth", JOINING, ids=lambda truth: truth.__name__)
def test_joining(truth):
    truth(joining)


def joined(study: tuple, max_degree: int = 5) -> joining.Joined:
    experiments = study[0].size
    return joining.join(*study, np.ones(experiments), np.full(experiments, FLOORS), max_degree)


@pytest.mark.parametrize("experiments", [1, 2, 3, 5, 50])
@pytest.mark.parametrize("terms", [1, 2, 5])
def test_constant_coefficients_give_degree_0_and_themselves(experiments, terms):
    constants = np.linspace(-1.0, 2.0, terms)[None, :]
    found = joined(coefficient_study(generator("constant"), constants, experiments, factor=0.0))
    np.testing.assert_allclose(found.coefficients, constants, atol=1e-10)
    assert found.standard_errors.shape == (1, terms) and found.stiffness == np.inf


def values(found: joining.Joined, variable: np.ndarray) -> np.ndarray:
    return np.vander(variable, found.coefficients.shape[0], increasing=True) @ found.coefficients


@pytest.mark.parametrize("experiments", [4, 5, 10, 100])
def test_a_planted_quadratic_is_joined_exactly(experiments):
    study = coefficient_study(generator("quadratic"), QUADRATIC, experiments, factor=0.0)
    truth = values(joining.Joined(QUADRATIC, QUADRATIC), study[0])
    np.testing.assert_allclose(values(joined(study), study[0]), truth, atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_quadratic_is_seen_through_noise(seed):
    """Joined curves are nearer to the truth than the experiments by a factor of 3 at least: a quadratic in two terms
    takes 6 of the 200 degrees of freedom of 100 experiments, hence sqrt(6/200) = 0.17 of their errors, a smooth curve
    somewhat more."""
    study = coefficient_study(generator("noisy quadratic", seed=seed), QUADRATIC, 100)
    truth = values(joining.Joined(QUADRATIC, QUADRATIC), study[0])
    weighted = [np.einsum("pij,pj->pi", study[2], each - truth) for each in (values(joined(study), study[0]), study[1])]
    assert np.linalg.norm(weighted[0]) < np.linalg.norm(weighted[1]) / 3


def test_degree_0_is_the_mean_weighted_by_the_inverse_covariances():
    _, coefficients, weights = study = coefficient_study(generator("mean"), QUADRATIC[:1], 6)
    inverses = np.einsum("pji,pjk->pik", weights, weights)
    mean = np.linalg.solve(inverses.sum(axis=0), np.einsum("pik,pk->i", inverses, coefficients))
    np.testing.assert_allclose(joined(study, max_degree=0).coefficients, [mean], rtol=1e-9)


def test_directions_that_one_experiment_does_not_determine_come_from_the_others():
    variable, coefficients, weights = coefficient_study(generator("direction"), QUADRATIC[:2], 8, factor=0.0)
    weights[3, 1:], weights[5] = 0.0, 0.0
    coefficients[3] += np.linalg.svd(weights[3])[2][1] * 1e3
    coefficients[5] = 1e3
    found = joined((variable, coefficients, weights), max_degree=1).coefficients
    np.testing.assert_allclose(found, QUADRATIC[:2], atol=1e-6)


@pytest.mark.parametrize("degree", [0, 1, 2, 4])
@pytest.mark.parametrize("experiments", [6, 7, 25])
def test_leave_one_out_by_leverage_equals_refitting(experiments, degree):
    variable, coefficients, weights = study = coefficient_study(
        generator("leverage", experiments=experiments, degree=degree), QUADRATIC, experiments
    )
    design, response = (
        np.concatenate(design_of(variable, weights, degree)),
        np.einsum("pij,pj->pi", weights, coefficients),
    )
    found = left_out_errors(design, response.ravel(), experiments)
    np.testing.assert_allclose(found, refitted_without(*study, degree), rtol=1e-5)


def test_equal_values_of_the_variable_count_once_for_the_degree():
    variable, coefficients, weights = coefficient_study(generator("repeats"), QUADRATIC, 9)
    found = joined((np.repeat(variable[:3], 3), coefficients, weights))
    assert found.coefficients.shape[0] <= 2


def test_standard_errors_of_exact_weights_are_the_inverse_of_the_normal_matrix():
    study = coefficient_study(generator("errors"), QUADRATIC[:2], 30, factor=0.0)
    design = np.concatenate(design_of(study[0], study[2], 1))
    expected = np.sqrt(np.diag(np.linalg.inv(design.T @ design))).reshape(2, 2)
    np.testing.assert_allclose(joined(study, max_degree=1).standard_errors, expected, rtol=1e-8)


def test_the_order_of_magnitude_of_a_term_does_not_matter():
    variable, coefficients, weights = study = coefficient_study(generator("scale"), QUADRATIC, 20)
    factor = np.array([1e-6, 1e6])
    plain, scaled = joined(study), joined((variable, coefficients * factor, weights / factor))
    np.testing.assert_allclose(scaled.coefficients, plain.coefficients * factor, rtol=1e-7)
    np.testing.assert_allclose(scaled.standard_errors, plain.standard_errors * factor, rtol=1e-7)
