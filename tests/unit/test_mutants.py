"""The truths notice broken modules: textual changes of the shipped source, run through the same functions.

Compiled functions of a mutant are neither read from nor written to a cache.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from eqlearn import (
    best_subsets,
    inference,
    joining,
    local_polynomials,
    noise,
    polynomial_flow,
    scales,
    selection,
    sparse,
)
from eqlearn.learners import group_sindy, oat, weak_sindy
from eqlearn.networks import reading
from unit import numeric_truths as truths
from unit import statistics_truths as statistics
from unit.mutation import executed


@dataclass(frozen=True)
class Mutant:
    """``pattern``, which the module's source holds exactly once, becomes ``replacement``."""

    module: ModuleType
    pattern: str
    replacement: str
    meant: tuple[Callable, ...]

    def source(self) -> str:
        source = source_of(self.module)
        assert source.count(self.pattern) == 1, f"found {source.count(self.pattern)} times: {self.pattern}"
        return source.replace(self.pattern, self.replacement)


ONLY_VARIANCES = "    weights = np.sqrt([np.diag(np.diag(w.T @ w)) for w in weights])\n    response = np.einsum("
MUTANTS = {
    "dependent columns kept": Mutant(
        sparse, "norm <= DEPENDENT * before", "norm == 0", (truths.truth_dependent_columns,)
    ),
    "nearly dependent columns dropped": Mutant(
        sparse, "DEPENDENT = 1e-13", "DEPENDENT = 1e-5", (truths.truth_ill_conditioned,)
    ),
    "nuisance left in the response": Mutant(
        sparse,
        "design - free @ (free.T @ design), response - free @ (free.T @ response)",
        "design - free @ (free.T @ design), response",
        (truths.truth_every_support, truths.truth_ill_conditioned, truths.truth_dependent_columns),
    ),
    "error beyond the library forgotten": Mutant(
        sparse, "return errors + beyond", "return errors", (truths.truth_every_support, truths.truth_ill_conditioned)
    ),
    "bound of the largest size taken for all": Mutant(
        best_subsets, "np.max(errors[depth:, -1])", "errors[-1, -1]", truths.BEST_SUBSETS
    ),
    "bound of the best, not of the last that is kept": Mutant(
        best_subsets, "np.max(errors[depth:, -1])", "np.max(errors[depth:, 0])", truths.BEST_SUBSETS
    ),
    "columns dropped forgotten in the bound": Mutant(
        best_subsets, "beyond[depth] += responses[depth, column[depth]] ** 2", "pass", truths.BEST_SUBSETS
    ),
    "rotation the wrong way": Mutant(
        best_subsets, "c * last - s * rest[i]", "c * last + s * rest[i]", truths.BEST_SUBSETS
    ),
    "response of another branch left over": Mutant(best_subsets, "rest_below[k] = 0.0", "pass", truths.BEST_SUBSETS),
    "dependent columns chosen": Mutant(
        best_subsets, "length <= DEPENDENT**2", "length < 0", (truths.truth_best_without_dependent_columns,)
    ),
    "wrong stage": Mutant(
        polynomial_flow, "-212 / 729", "-212 / 728", (truths.truth_logistic, truths.truth_logistic_sensitivities)
    ),
    "loose tolerance": Mutant(polynomial_flow, "RTOL, ATOL = 1e-10", "RTOL, ATOL = 1e-6", (truths.truth_logistic,)),
    "sensitivities without the slope": Mutant(
        polynomial_flow,
        "out[j] = slope * state[j]",
        "out[j] = 0.0 * state[j]",
        (truths.truth_logistic_sensitivities, truths.truth_sensitivities_to_any_power),
    ),
    "sensitivities by power off by one": Mutant(
        polynomial_flow,
        "reached < powers[j - 2]",
        "reached <= powers[j - 2]",
        (truths.truth_logistic_sensitivities, truths.truth_sensitivities_to_any_power),
    ),
    "sensitivities without bound": Mutant(
        polynomial_flow, "STEEP = 1e100", "STEEP = 1e300", (truths.truth_steep_sensitivities,)
    ),
    "blow-up flagged at the end of the gap only": Mutant(
        polynomial_flow, "not abs(state[0]) < limit", "not abs(state[0]) < 1e9", (truths.truth_blow_up,)
    ),
    "tolerance in the user's unit": Mutant(
        polynomial_flow, "ATOL * scale, LIMIT * scale", "ATOL, LIMIT * scale", (truths.truth_units_of_states,)
    ),
    "limit in the user's unit": Mutant(
        polynomial_flow, "ATOL * scale, LIMIT * scale", "ATOL * scale, LIMIT", (truths.truth_units_of_states,)
    ),
    "unit of states left out": Mutant(
        scales, "self.state ** (1.0 - power)", "1.0", (truths.truth_coefficients_by_their_units,)
    ),
    "unit of states off by a power": Mutant(
        scales, "self.state ** (1.0 - power)", "self.state ** -power", (truths.truth_coefficients_by_their_units,)
    ),
    "unit of time left out": Mutant(
        scales,
        " for power in powers]) / self.time",
        " for power in powers])",
        (truths.truth_coefficients_by_their_units,),
    ),
    "last digits kept": Mutant(
        scales,
        "np.round(np.ldexp(mantissa, bits))",
        "np.ldexp(mantissa, bits)",
        (truths.truth_last_digits_decide_nothing,),
    ),
    "size of the largest state without its sign": Mutant(
        scales, "np.abs(states).max()", "states.max()", (truths.truth_sizes,)
    ),
    "longest span": Mutant(scales, "np.median(times", "np.max(times", (truths.truth_sizes,)),
    "variances without correlations": Mutant(
        joining, "    response = np.einsum(", ONLY_VARIANCES, (truths.truth_best_estimator,)
    ),
    "penalty on the slope": Mutant(
        joining, "legendre.legder(row, 2)", "legendre.legder(row, 1)", (truths.truth_stiffness_by_refitting,)
    ),
    "penalty in the coefficients' own size": Mutant(
        joining, "second, metric)", "second, np.eye(terms))", (truths.truth_stiffness_by_refitting,)
    ),
    "softest penalty ignored": Mutant(
        joining,
        "np.geomspace(_STIFFEST, softest,",
        "np.geomspace(_STIFFEST, _SOFTEST,",
        (truths.truth_softest_is_obeyed,),
    ),
    "standard errors that trust the weights": Mutant(
        joining, "np.sqrt(dispersion) * ", "", (truths.truth_calibrated_errors,)
    ),
    "deepest valley of the grid alone": Mutant(inference, "REFINED = 3", "REFINED = 1", (truths.truth_two_valleys,)),
    "third valley of the grid passed over": Mutant(
        inference, "REFINED = 3", "REFINED = 2", (truths.truth_a_narrow_valley_between_grid_points,)
    ),
    "coarse grid": Mutant(inference, "grid: int = 200", "grid: int = 4", (truths.truth_two_valleys,)),
    "refined on one side": Mutant(
        inference,
        "max(index - 1, 0)",
        "index",
        (truths.truth_recovery, truths.truth_two_valleys),
    ),
    "ties of flat errors broken by round-off": Mutant(
        inference, "float(np.sum(whitened**2))", "float(whitened @ whitened)", (truths.truth_no_effect,)
    ),
    "ends of an interval on the grid": Mutant(
        inference, "return brentq(", "return high or brentq(", (truths.truth_ends_of_an_interval,)
    ),
    "ends of an interval to an absolute tolerance": Mutant(
        inference, "xtol=1e-9 * low", "xtol=2e-12", (truths.truth_units_of_the_parameter,)
    ),
    "bounds not flagged": Mutant(
        inference, "parameter in (self._grid[0], self._grid[-1])", "False", (truths.truth_at_bound,)
    ),
    "standard error of the mean for that of the sum": Mutant(
        selection,
        " * np.sqrt(excess.size) if",
        " / np.sqrt(excess.size) if",
        (statistics.truth_one_standard_error_of_the_sum,),
    ),
    "standard deviation of one difference": Mutant(
        selection, " * np.sqrt(excess.size) if", " if", (statistics.truth_one_standard_error_of_the_sum,)
    ),
    "residuals of the fit to all": Mutant(
        selection,
        "_grown(rows[index], residual[index])",
        "residual[index]",
        (statistics.truth_left_out_errors_are_those_of_fresh_data,),
    ),
    "ends of short experiments held": Mutant(
        noise,
        "right=v[-1] if longest else np.nan",
        "right=v[-1]",
        (statistics.truth_noise_of_experiments_that_end_early,),
    ),
    "lowest powers among fits to round-off": Mutant(
        oat, "sum(p) if error > floor else 0", "sum(p)", (statistics.truth_ties_of_supports,)
    ),
    "least error among fits that noise does not tell apart": Mutant(
        oat, "sum(p) if error > floor else 0", "0", (statistics.truth_ties_of_supports,)
    ),
    "criteria summed over experiments": Mutant(
        oat, "refitted = np.mean(", "refitted = np.sum(", (statistics.truth_supports_by_the_mean_criterion,)
    ),
    "standard deviation for standard error": Mutant(
        reading, " / best.held_out.size**0.5", "", (statistics.truth_one_standard_error_of_the_mean,)
    ),
    "own errors of the samples forgotten": Mutant(
        reading, "best.own, EXACT)", "EXACT)", (statistics.truth_own_errors_of_samples_are_no_reason_for_terms,)
    ),
    "ends told apart by round-off": Mutant(
        noise, " * (1 - 1e-9)", "", (statistics.truth_all_that_reach_the_end_count_there,)
    ),
    "terms only leave": Mutant(
        weak_sindy,
        "while len(chosen) < min(most, len(everything)):",
        "while False:",
        (statistics.truth_terms_enter_and_leave,),
    ),
    "terms only enter": Mutant(
        weak_sindy, "while len(chosen) > 1:", "while False:", (statistics.truth_terms_enter_and_leave,)
    ),
    "errors of a whole library": Mutant(
        group_sindy, " + max(self.beyond, 0.0)", "", (statistics.truth_errors_of_groups_are_numpys,)
    ),
    "noise of half the size": Mutant(
        local_polynomials, ") / points)\n", ") / points / 2)\n", (statistics.truth_variance_of_planted_noise,)
    ),
    "windows of the least noise": Mutant(
        local_polynomials, "rest + 2 * variance", "rest + 0 * variance", (statistics.truth_windows_suit_the_noise,)
    ),
    "half of the parameters counted": Mutant(
        weak_sindy,
        "self.functions.shape[1] * len(self.terms)",
        "self.functions.shape[1] * len(self.terms) / 2",
        (statistics.truth_superfluous_groups_stay_out,),
    ),
}
MODULES = {
    sparse: truths.SPARSE,
    best_subsets: truths.BEST_SUBSETS,
    polynomial_flow: truths.FLOW,
    joining: truths.JOINING,
    inference: truths.INFERENCE,
    scales: truths.SCALES,
    selection: statistics.SELECTION,
    noise: statistics.NOISE,
    oat: statistics.OAT,
    reading: statistics.READING,
    weak_sindy: statistics.WEAK_SINDY,
    group_sindy: statistics.GROUP_SINDY,
    local_polynomials: statistics.LOCAL_POLYNOMIALS,
}


executed_once = cache(executed)


def source_of(module: ModuleType) -> str:
    return Path(module.__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_unmutated_source_passes_every_truth(module):
    for truth in MODULES[module]:
        truth(executed_once(source_of(module)))


@pytest.mark.parametrize(
    ("name", "truth"),
    [(name, truth) for name, mutant in MUTANTS.items() for truth in mutant.meant],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_meant_truth_fails_on_the_mutant(name, truth):
    mutant = executed_once(MUTANTS[name].source())
    with pytest.raises(AssertionError):
        truth(mutant)


@pytest.mark.parametrize("truth", [t for group in MODULES.values() for t in group], ids=lambda truth: truth.__name__)
def test_every_truth_fails_on_some_mutant(truth):
    assert any(truth in mutant.meant for mutant in MUTANTS.values())
