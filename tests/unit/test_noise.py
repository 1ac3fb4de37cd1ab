"""Noise: what whitens an Ornstein-Uhlenbeck process, and what replicates tell of it."""

import numpy as np
import pytest
from eqlearn.dataset import ParametricDataset
from eqlearn.datasets.sampling import density_trajectories
from eqlearn.noise import LEAST_REPLICATES, Noise, noise_of, scatter
from eqlearn.random import generator

GRID = np.linspace(0.0, 10.0, 41)
SD_CURVE, MEMORY = 0.01 * (1.0 + GRID), 0.3 * GRID + 0.05 * GRID**2
NOISE = Noise(GRID, np.log(SD_CURVE), MEMORY)


def covariance(replicates: int = 1) -> np.ndarray:
    """Covariance on the grid, from its definition."""
    return np.outer(SD_CURVE, SD_CURVE) * np.exp(-np.abs(MEMORY[:, None] - MEMORY)) / replicates


@pytest.mark.parametrize("replicates", [1, 25])
def test_whitened_deviations_are_white(replicates):
    matrix = NOISE.whitening(GRID, replicates)
    np.testing.assert_allclose(matrix @ covariance(replicates) @ matrix.T, np.eye(GRID.size), atol=1e-9)


def test_on_other_times_the_process_is_the_same():
    """On every second time, whitening is that of the marginal process."""
    matrix = NOISE.whitening(GRID[::2])
    np.testing.assert_allclose(matrix @ covariance()[::2, ::2] @ matrix.T, np.eye(GRID[::2].size), atol=1e-9)


def test_beyond_the_last_time_the_process_goes_on_as_it_ends():
    times = np.array([9.0, 10.0, 11.0, 12.0])
    inverse = np.linalg.inv(NOISE.whitening(times))
    found = inverse @ inverse.T
    rate = (MEMORY[-1] - MEMORY[-2]) / (GRID[-1] - GRID[-2])
    assert found[3, 3] == pytest.approx(SD_CURVE[-1] ** 2)
    assert found[2, 3] == pytest.approx(SD_CURVE[-1] ** 2 * np.exp(-rate))


def replicated(replicates: int, seed: int) -> ParametricDataset:
    """Ten experiments of replicates that scatter as NOISE says, at times 10/p."""
    values, random = np.linspace(0.5, 5.0, 10), generator("replicates", seed=seed)
    factor = np.linalg.cholesky(covariance())
    runs = 0.5 + np.einsum("st,prt->prs", factor, random.normal(size=(10, replicates, GRID.size)))
    times = GRID / values[:, None]
    return density_trajectories("d", values, runs.mean(axis=1), times, scatter("C", runs), {"replicates": replicates})


def test_noise_is_learned_from_replicates():
    """Standard deviations to 5 %, correlations between neighbours to 0.03: five standard errors of 250 replicates."""
    found = noise_of(replicated(25, seed=0))
    np.testing.assert_allclose(np.exp(found.log_sd), SD_CURVE, rtol=0.15)
    assert np.abs(np.exp(found.log_sd) / SD_CURVE - 1).mean() < 0.05
    neighbours = np.exp(-np.diff(found.memory)) - np.exp(-np.diff(MEMORY))
    assert np.abs(neighbours).mean() < 0.03


def test_learned_noise_whitens_other_replicates():
    """Of fresh replicates the whitened deviations have variance 1 within 10 % and no correlation beyond 0.1."""
    matrix = noise_of(replicated(25, seed=1)).whitening(GRID)
    other = matrix @ np.linalg.cholesky(covariance()) @ generator("fresh").normal(size=(GRID.size, 400))
    assert other.var() == pytest.approx(1.0, abs=0.1)
    assert abs(np.mean(other[1:] * other[:-1])) < 0.1


def test_few_replicates_tell_nothing():
    assert noise_of(replicated(LEAST_REPLICATES - 1, seed=0)) is None
    assert noise_of(replicated(LEAST_REPLICATES, seed=0)) is not None


def test_a_start_without_spread_is_no_division_by_zero():
    data = replicated(25, seed=2)
    data.extra["C_sd"][:, 0], data.extra["C_lag_correlation"][:, 1] = 0.0, np.nan
    assert np.isfinite(noise_of(data).whitening(GRID)).all()


def test_scatter_is_numpys():
    values = generator("lag").normal(size=(2, 9, 5))
    found = scatter("C", values)
    np.testing.assert_allclose(found["C_sd"], values.std(axis=1, ddof=1))
    assert np.isnan(found["C_lag_correlation"][:, 0]).all()
    assert found["C_lag_correlation"][1, 3] == pytest.approx(np.corrcoef(values[1, :, 2], values[1, :, 3])[0, 1])
