"""Values of the coefficients of every term of an equation, and how far those of two equations are apart."""

from collections.abc import Iterable

import numpy as np
from scipy.optimize import linear_sum_assignment

from eqlearn.equation import SYMBOL, Equation
from eqlearn.errors import InputError
from eqlearn.structure import as_expression, same_structure, terms

Factors = dict[str, np.ndarray]


def effective_coefficients(equation: Equation, parameter: np.ndarray) -> Factors:
    """Value of all factors of every term, by skeleton: (number of factors, P) for P parameter values.

    Terms of one skeleton, such as ``sin(_*x)`` and ``sin(_*x) #2``, are numbered by the mean square of their front
    factors over the parameter values, the largest first.
    """
    values = {SYMBOL: np.asarray(parameter, float), **equation.coefficients_at(parameter)}
    found = {
        term.skeleton: np.array(
            [np.broadcast_to(as_expression(f).evaluate(values), np.shape(parameter)) for f in term.factors], dtype=float
        )
        for term in terms(equation)
    }
    order = {
        label: other
        for twins in _twins(found)
        for label, other in zip(twins, sorted(twins, key=lambda twin: -np.mean(found[twin][0] ** 2)))
    }
    return {label: found[order[label]] for label in found}


def _twins(labels: Iterable[str]) -> list[list[str]]:
    """Labels of the terms of every skeleton."""
    groups: dict[str, list[str]] = {}
    for label in labels:
        groups.setdefault(label.split(" #")[0], []).append(label)
    return list(groups.values())


def coefficient_error(learned: Equation, truth: Equation, parameter: np.ndarray) -> Factors:
    """Absolute error of every factor of every term, by skeleton, (factors, P); InputError for other structures.

    Terms of one skeleton are paired so that the sum of their errors is least.
    """
    if not same_structure(learned, truth):
        raise InputError("equation: coefficients can be compared for equations of the same structure only.")
    found, true = effective_coefficients(learned, parameter), effective_coefficients(truth, parameter)
    errors = {}
    for twins in _twins(true):
        apart = np.array([[np.abs(found[other] - true[label]) for other in twins] for label in twins])
        pairs = zip(*linear_sum_assignment(apart.sum(tuple(range(2, apart.ndim)))))
        errors |= {twins[label]: apart[label, other] for label, other in pairs}
    return errors
