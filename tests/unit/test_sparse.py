"""Best-subset errors are those of NumPy's least squares on every support; supports are all there are; the best of a
large library are the best of all."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from eqlearn import best_subsets, sparse
from eqlearn.random import generator
from unit.numeric_truths import BEST_SUBSETS, SPARSE, least_squares_error


@pytest.mark.parametrize("truth", SPARSE, ids=lambda truth: truth.__name__)
def test_sparse(truth):
    truth(sparse)


@pytest.mark.parametrize("truth", BEST_SUBSETS, ids=lambda truth: truth.__name__)
def test_best_subsets(truth):
    truth(best_subsets)


@pytest.mark.parametrize(("terms", "largest"), [(1, 1), (4, 2), (5, 5), (10, 3), (10, 10), (3, 7)])
def test_supports_are_all_combinations_smallest_first(terms, largest):
    found = sparse.supports(terms, largest)
    expected = [support for size in range(1, largest + 1) for support in combinations(range(terms), size)]
    assert list(found) == expected
    assert len(found) == sum(comb(terms, size) for size in range(1, largest + 1))


def test_library_of_the_paper_has_1023_supports():
    assert len(sparse.supports(10, 10)) == 1023


def test_best_support_of_a_planted_combination_is_the_planted_one():
    random = generator("sparse planted")
    design, candidates = random.normal(size=(50, 8)), sparse.supports(8, 4)
    errors = sparse.best_subset_errors(design, 2.0 * design[:, 1] - 0.5 * design[:, 6], candidates)
    exact = {candidate for candidate, error in zip(candidates, errors) if error < 1e-20}
    assert exact == {candidate for candidate in candidates if {1, 6} <= set(candidate)}


def test_a_larger_support_never_fits_worse():
    random = generator("sparse nested")
    design, response = np.linspace(0.4, 1.0, 60)[:, None] ** np.arange(1, 9), random.normal(size=60)
    candidates = sparse.supports(8, 8)
    error = dict(zip(candidates, sparse.best_subset_errors(design, response, candidates)))
    for support in candidates:
        for left_out in support:
            smaller = tuple(term for term in support if term != left_out)
            assert not smaller or error[support] <= error[smaller] * (1 + 1e-9)


@pytest.mark.parametrize("rows", [2, 3])
def test_designs_with_fewer_rows_than_columns(rows):
    random = generator("sparse wide", rows=rows)
    design, response = random.normal(size=(rows, 4)), random.normal(size=rows)
    candidates = sparse.supports(4, 4)
    expected = [least_squares_error(design[:, support], response) for support in candidates]
    found = sparse.best_subset_errors(design, response, candidates)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-25)


def test_arguments_are_left_as_they_are():
    random = generator("sparse arguments")
    given = random.normal(size=(9, 3)), random.normal(size=9), random.normal(size=(9, 1))
    before = [array.copy() for array in given]
    sparse.best_subset_errors(given[0], given[1], sparse.supports(3, 3), given[2])
    for array, copy in zip(given, before):
        np.testing.assert_array_equal(array, copy)
