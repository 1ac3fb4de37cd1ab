"""The truths of the networks hold, and notice broken modules."""

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from eqlearn.networks import gates, least_squares, optimisers, primitives, roughness, schedules
from unit import network_truths as truths
from unit.mutation import executed

MODULES = {
    primitives: truths.PRIMITIVES,
    gates: truths.GATES,
    optimisers: truths.OPTIMISERS,
    roughness: truths.ROUGHNESS,
    schedules: truths.SCHEDULES,
    least_squares: truths.LEAST_SQUARES,
}


@dataclass(frozen=True)
class Mutant:
    """``pattern``, which the module's source holds exactly once, becomes ``replacement``."""

    module: ModuleType
    pattern: str
    replacement: str
    meant: tuple


MUTANTS = {
    "cubes": Mutant(primitives, "g: g * g)", "g: g * g * g)", (truths.truth_primitives_by_hand,)),
    "operands mixed up": Mutant(
        primitives, "unit : start + arity * count : count", "unit : unit + arity", (truths.truth_primitives_agree,)
    ),
    "product not scaled": Mutant(primitives, "scales.product * g", "g", (truths.truth_primitives_by_hand,)),
    "penalty without the stretch": Mutant(
        gates,
        "log_alpha - TEMPERATURE * math.log(-LOW / HIGH)",
        "log_alpha",
        (truths.truth_gate_penalty_is_probability_of_an_open_gate,),
    ),
    "wrong temperature": Mutant(
        gates,
        "(logistic + log_alpha) / TEMPERATURE",
        "logistic + log_alpha",
        (truths.truth_gate_penalty_is_probability_of_an_open_gate, truths.truth_gate_mean),
    ),
    "gradient by one neighbour only": Mutant(
        roughness, "(slopes[:, :-1] - slopes[:, 1:])", "slopes[:, :-1]", (truths.truth_roughness_by_hand,)
    ),
    "gradient of the square for the norm": Mutant(
        roughness, "2 if ctx.squared else", "2 if True else", (truths.truth_roughness_by_hand,)
    ),
    "squares for norms": Mutant(
        roughness, "sizes.square() if squared else sizes", "sizes.square()", (truths.truth_roughness_by_hand,)
    ),
    "deterministic gate with temperature": Mutant(
        gates,
        "_stretched(torch.sigmoid(log_alpha))",
        "_stretched(torch.sigmoid(log_alpha / TEMPERATURE))",
        (truths.truth_deterministic_gate,),
    ),
    "gates without gradient": Mutant(
        gates,
        "logistic + log_alpha)",
        "logistic + log_alpha.detach())",
        (truths.truth_gate_gradients,),
    ),
    "PyTorch's start": Mutant(optimisers, "torch.ones_like", "torch.zeros_like", (truths.truth_rmsprop_by_hand,)),
    "epsilon outside": Mutant(
        optimisers,
        "+ epsilon)\n        parameter[i] -= rate * gradient[i] / np.sqrt(mean[i])",
        ")\n        parameter[i] -= rate * gradient[i] / (np.sqrt(mean[i]) + epsilon)",
        (truths.truth_rmsprop_epsilon_is_inside_the_root,),
    ),
    "mean that fades": Mutant(
        optimisers, "gradient[i] + epsilon", "gradient[i]", (truths.truth_rmsprop_mean_never_fades_to_slow_numbers,)
    ),
    "decay forgotten on a GPU": Mutant(
        optimisers, "value=1 - decay)", "value=1)", (truths.truth_rmsprop_on_a_gpu_is_that_of_a_cpu,)
    ),
    "slope of a kink": Mutant(
        roughness,
        "sizes.clamp(min=torch.finfo(sizes.dtype).tiny ** 0.5)",
        "sizes",
        (truths.truth_roughness_of_equal_rows,),
    ),
    "rate not lowered at the end": Mutant(schedules, "else 1e-4", "else 0.05", (truths.truth_schedules,)),
    "regularisation held at its peak": Mutant(schedules, "max(1.0, PEAK", "max(PEAK, PEAK", (truths.truth_schedules,)),
    "steps uphill": Mutant(
        least_squares, "return -np.linalg", "return np.linalg", (truths.truth_least_squares_like_scipy,)
    ),
    "columns not scaled": Mutant(
        least_squares,
        "(lengths > 0) & np.isfinite(lengths)",
        "lengths < 0",
        (truths.truth_least_squares_scales,),
    ),
    "every step taken": Mutant(
        least_squares, "better = new < cost[active]", "better = new < np.inf", (truths.truth_least_squares_never_rises,)
    ),
}


def source_of(module: ModuleType) -> str:
    return Path(module.__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "truth"),
    [(module, truth) for module, group in MODULES.items() for truth in group],
    ids=lambda value: value.__name__,
)
def test_truth_holds(module, truth):
    truth(module)


@pytest.mark.parametrize("name", MUTANTS)
def test_meant_truths_fail_on_the_mutant(name):
    mutant, source = MUTANTS[name], source_of(MUTANTS[name].module)
    assert source.count(mutant.pattern) == 1, f"found {source.count(mutant.pattern)} times: {mutant.pattern}"
    broken = executed(source.replace(mutant.pattern, mutant.replacement))
    for truth in mutant.meant:
        with pytest.raises(AssertionError):
            truth(broken)


def test_every_truth_fails_on_some_mutant():
    meant = {truth for mutant in MUTANTS.values() for truth in mutant.meant}
    assert meant == {truth for group in MODULES.values() for truth in group}
