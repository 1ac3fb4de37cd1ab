"""What networks recovered, where the truth is known."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eqlearn.dataset import ParametricDataset
from eqlearn.effective import coefficient_error, effective_coefficients
from eqlearn.equation import SYMBOL, Equation
from eqlearn.rates import wilson
from eqlearn.structure import as_expression, same_structure, symbol, to_sympy, to_text

EXACT = 1e-12  # test error of noise-free data, in the target's units squared, that counts as recovered


@dataclass(frozen=True)
class Learned:
    """One dataset, its true equation, and what one learner made of it: the equation as trained, the refined one, and
    the table of trials."""

    data: ParametricDataset
    truth: Equation
    raw: Equation
    refined: Equation
    trials: pd.DataFrame


def test_errors(equation: Equation, data: ParametricDataset) -> tuple[float, float]:
    """Mean squared error on the test samples in physical units, and in the published ones: target over the range of
    the training target at the same parameter value (paper B, Table VIII; its code). NaN for an unread equation."""
    if equation.status == "unread":
        return np.nan, np.nan
    test, train = data.split[0] == "test", data.split[0] == "train"
    features = {q.name: data.features[:, test, k] for k, q in enumerate(data.state)}
    with np.errstate(all="ignore"):
        errors = equation.evaluate(features, data.values[:, None]) - data.target[:, test]
    width = np.ptp(data.target[:, train], axis=1, keepdims=True)
    return float(np.mean(errors**2)), float(np.mean((errors / np.where(width > 0, width, 1.0)) ** 2))


def score(learned: Learned) -> dict[str, object]:
    """One row: what was found, whether it is right, how far it is off, and the errors of all trials."""
    data, truth, refined, trials = learned.data, learned.truth, learned.refined, learned.trials
    right = same_structure(refined, truth)
    physical, scaled = test_errors(refined, data)
    errors = coefficient_error(refined, truth, np.unique(data.values)) if right else {}
    sampled = trials["test_sampled"]
    return {
        "structure_right": right,
        "recovered": right and (physical <= EXACT or float(data.attributes["noise"]) > 0),
        "test_mse": physical,
        "test_mse_scaled": scaled,
        "coefficient_error": max((float(error.max()) for error in errors.values()), default=np.nan),
        "trials": len(trials),
        "trials_right": int((trials["structure"] == _structure(truth)).sum()),
        "restarts": int(trials["restarts"].sum()),
        "trained_best_test_mse": float(sampled.min()),
        "trained_mean_test_mse": float(sampled.mean()),
        "trained_sd_test_mse": float(sampled.std()) if len(sampled) > 1 else np.nan,
    }


def _structure(equation: Equation) -> str:
    found = effective_coefficients(equation, np.zeros(1))
    return " + ".join(found)


def coefficients(equation: Equation, values: np.ndarray) -> pd.DataFrame:
    """Every factor of every term at some parameter values, in rows; of an unread equation one empty row for each."""
    if equation.status == "unread":
        return pd.DataFrame({"parameter_value": values, "quantity": "unread", "value": np.nan})
    rows = [
        (value, f"{skeleton} factor {k}", float(column[at]))
        for skeleton, factors in effective_coefficients(equation, values).items()
        for k, column in enumerate(factors)
        for at, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["parameter_value", "quantity", "value"])


def with_parameter_as_feature(equation: Equation) -> Equation:
    """The same equation as an EQL network learns it, of which the parameter is a feature (paper B, Table I)."""
    if equation.status == "unread":
        return equation
    template = as_expression(to_sympy(equation).subs(symbol(SYMBOL), symbol(equation.parameter))).text
    return dataclasses.replace(equation, template=template, features=(*equation.features, equation.parameter))


def curves(equation: Equation, values: np.ndarray, reach: float, points: int = 201) -> pd.DataFrame:
    """Target over the first feature on [-reach, reach] at some parameter values, the other features at 1, in rows."""
    if equation.status == "unread":
        return pd.DataFrame(columns=["parameter_value", "feature", "target"])
    x = np.linspace(-reach, reach, points)
    features = {name: x if k == 0 else np.ones(points) for k, name in enumerate(equation.features)}
    y = equation.evaluate(features, values[:, None])
    t, grid = np.meshgrid(values, x, indexing="ij")
    return pd.DataFrame({"parameter_value": t.ravel(), "feature": grid.ravel(), "target": y.ravel()})


def texts(learned: Learned, values: np.ndarray) -> Iterator[dict[str, object]]:
    """Rows of Tables II and VII: the true, the trained and the refined equation at some parameter values."""
    for value in values:
        named = {"true": learned.truth, "trained": learned.raw, "refined": learned.refined}
        shown = {
            name: "" if equation.status == "unread" else to_text(equation, value).split(" = ", 1)[1]
            for name, equation in named.items()
        }
        yield {"parameter_value": float(value), **shown}


def recovery(scores: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Recovered runs of all, over the seeds of every group, with the 95 % Wilson interval of the rate; and so for
    single trials, whose structure after refinement is counted. Median and largest error of the coefficients (each the
    worst of its run, over all coefficients and parameter values) are those of the runs with the right structure."""
    rows: list[Mapping[str, object]] = []
    for key, group in scores.groupby(by, sort=False):
        row = dict(zip(by, key))
        for name, right, of in (
            ("runs", group["recovered"].sum(), len(group)),
            ("trials", group["trials_right"].sum(), group["trials"].sum()),
        ):
            low, high = wilson(right, of)
            row |= {f"{name}_right": int(right), name: int(of)}
            row |= {f"{name}_rate_low": low, f"{name}_rate_high": high}
        errors = group["coefficient_error"]
        rows.append({**row, "coefficient_error_median": errors.median(), "coefficient_error_worst": errors.max()})
    return pd.DataFrame(rows)
