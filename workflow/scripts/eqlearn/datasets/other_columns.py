"""Columns of a table that the configuration does not name: one of them may be a parameter that was forgotten."""

from collections.abc import Iterator, Mapping

import numpy as np

from eqlearn.errors import InputError


def check_others(path: object, others: Mapping[str, np.ndarray], parameter: np.ndarray, run: np.ndarray) -> list[str]:
    """Names of columns that change within runs, which may be other states.

    ``others``: codes (N,) of the entries by column; parameter (N,); run (N,): code within the parameter value.
    InputError for one that is constant within every run, differs between runs, is no function of the parameter and not
    one value per run.
    """
    conditions, runs = _codes(parameter), _codes(parameter, run)
    constant = {name: codes for name, codes in others.items() if _follows(codes, runs)}
    for name, codes in constant.items():
        if not _follows(codes, conditions) and np.unique(codes).size <= runs.max():
            raise InputError(
                f"{path}: column {name!r} is the same throughout a run, but differs between runs of equal parameters; "
                "if it matters, make it the parameter, or keep rows of one value of it; if not, name it under "
                "columns.ignore."
            )
    return [name for name in others if name not in constant]


def differing(others: Mapping[str, np.ndarray], first: int, second: int) -> Iterator[str]:
    """Names of columns in which two rows differ."""
    return (name for name, codes in others.items() if codes[first] != codes[second])


def _codes(column: np.ndarray, *more: np.ndarray) -> np.ndarray:
    """Number (N,) of each combination."""
    codes = np.unique(column, return_inverse=True)[1]
    for other in more:
        own = np.unique(other, return_inverse=True)[1]
        codes = np.unique(codes * (own.max() + 1) + own, return_inverse=True)[1]
    return codes


def _follows(codes: np.ndarray, condition: np.ndarray) -> bool:
    """Whether a column is a function of the condition (N,)."""
    return bool(_codes(condition, codes).max() == condition.max())
