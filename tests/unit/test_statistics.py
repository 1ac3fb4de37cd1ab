"""Statistics that choose between models, on planted noise."""

import pytest
from eqlearn import local_polynomials, noise, selection
from eqlearn.learners import group_sindy, oat, weak_sindy
from eqlearn.networks import reading
from unit import statistics_truths as truths

MODULES = {
    selection: truths.SELECTION,
    noise: truths.NOISE,
    oat: truths.OAT,
    reading: truths.READING,
    weak_sindy: truths.WEAK_SINDY,
    group_sindy: truths.GROUP_SINDY,
    local_polynomials: truths.LOCAL_POLYNOMIALS,
}


@pytest.mark.parametrize(
    ("module", "truth"),
    [(module, truth) for module, group in MODULES.items() for truth in group],
    ids=lambda value: value.__name__,
)
def test_statistics(module, truth):
    truth(module)
