"""The shipped simulator obeys every truth."""

import numpy as np
import pytest
from eqlearn.datasets import birth_death_migration
from eqlearn.random import generator
from unit.simulator_truths import TRUTHS, truth_published_curves


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.__name__)
def test_simulator(truth):
    truth(birth_death_migration)


def test_published_curves_over_many_rates():
    truth_published_curves(birth_death_migration, (0.1, 0.3, 1.0, 1.5, 2.5, 3.0, 3.5, 4.0, 4.5))


def test_more_agents_than_the_list_holds_end_the_run():
    lattice, rates = birth_death_migration.Lattice(2, 2), birth_death_migration.Rates(0.0, 1.0, 0.0)
    start, times = np.full((2, 2), 200_000), np.array([0.0, 5.0])
    with pytest.raises(ValueError, match="more agents than the list can hold"):
        birth_death_migration.simulate(lattice, rates, start, times, generator("too many"), exclusion=False)
