"""Loss and gradient by open gates are those of whole matrices, and broken kernels are noticed."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from eqlearn.networks import open_gates_kernel, open_gates_lists
from eqlearn.networks.architecture import Architecture
from eqlearn.networks.network import GATES, Initial, Network, mean_square
from eqlearn.networks.open_gates import plan_of
from eqlearn.networks.primitives import PRIMITIVES
from unit.mutation import interpreted

UNITS = (("one", 1), ("identity", 2), ("square", 1), ("sine", 1), ("product", 2))
CHOICES = [
    ("seql", {"skip": "inner", "layers": 3, "output_gated": False}),
    ("seql", {"skip": "all", "features": 2}),
    ("heql", {"skip": "none", "layers": 3, "meta_units": (3,)}),
    ("heql", {"output_varies": False, "meta_units": (3,), "layers": 1}),
    ("eql", {"features": 2, "product": 10.0}),
]
OPEN = (1.0, 0.4, 0.05, 0.0)  # shares of open gates


def example(network: str, share: float, **choices: object) -> tuple[Network, list, torch.Tensor, list]:
    """A network, its weights, gates and a batch of two trials, four parameter values and five samples."""
    architecture = Architecture(network, **{"features": 1, "units": UNITS, "sine_cycles": 0.3, **choices})
    built, generator = Network(architecture, 4), torch.Generator().manual_seed(3)
    starts = [built.start(Initial(0.6, 0.6, 0.3), generator, torch.float64) for _ in range(2)]
    leaves = {name: torch.cat([start[name] for start in starts]) for name in starts[0]}
    parameter = torch.linspace(-1, 1, 4, dtype=torch.float64).expand(2, -1)
    weights = built.weights(built.unpacked(leaves), parameter)
    draws = [torch.rand(leaves[GATES].shape, generator=generator, dtype=torch.float64) for _ in range(2)]
    features = torch.randn((2, 4, architecture.features, 5), generator=generator, dtype=torch.float64)
    target = torch.randn((2, 4, 5), generator=generator, dtype=torch.float64)
    return built, weights, (draws[0] < share) * draws[1], [features, target]


def by_matrices(built: Network, weights: list, z: torch.Tensor, batch: list) -> list[np.ndarray]:
    """Errors, and the gradients of their sum by features, open gates and weights, by PyTorch."""
    features, target = batch
    given = [tensor.detach().clone().requires_grad_() for tensor in (features, z, *weights)]
    errors = mean_square(built.forward(given[2:], given[1], given[0]), target)
    errors.sum().backward()
    found = [torch.zeros_like(t) if t.grad is None else t.grad for t in given]
    return [errors.detach().numpy(), found[0].numpy(), (found[1] * (z != 0)).numpy(), *(f.numpy() for f in found[2:])]


def by_kernel(kernel: ModuleType, built: Network, weights: list, z: torch.Tensor, batch: list) -> list[np.ndarray]:
    given = tuple(np.ascontiguousarray(w.detach().mT.numpy()) for w in weights)
    found = [np.full_like(given_array, np.nan) for given_array in (batch[0].numpy(), z.numpy(), *given)]
    arrays = (given, z.numpy(), *(tensor.numpy() for tensor in batch))
    errors = kernel.differentiated(
        *arrays, plan_of(built.architecture, z.numpy().dtype), tuple(found[2:]), found[1], found[0]
    )
    return [errors, found[0], found[1] * (z.numpy() != 0), *(w.swapaxes(2, 3) for w in found[2:])]


def truth_as_whole_matrices(kernel: ModuleType, choices: list = CHOICES) -> None:
    for network, choice in choices:
        for share in OPEN:
            given = example(network, share, **choice)
            for found, expected in zip(by_kernel(kernel, *given), by_matrices(*given), strict=True):
                np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


def test_the_compiled_kernel_gives_what_whole_matrices_give():
    truth_as_whole_matrices(open_gates_kernel)


@pytest.mark.parametrize(("network", "choice"), CHOICES, ids=lambda value: value if isinstance(value, str) else "")
def test_gradients_of_an_uneven_sum_of_errors(network, choice):
    """With a factor for each trial, and features that need no gradient, through PyTorch's own machinery."""
    built, weights, z, (features, target) = example(network, 0.4, **choice)
    factors, found = torch.tensor([0.5, 3.0], dtype=torch.float64), []
    for of in (
        lambda w, g: built.squared_error(w, g, features, target),
        lambda w, g: mean_square(built.forward(w, g, features), target),
    ):
        given = [tensor.detach().clone().requires_grad_() for tensor in (z, *weights)]
        (of(given[1:], given[0]) * factors).sum().backward()
        found.append([given[0].grad * (z != 0), *(tensor.grad for tensor in given[1:])])
    for ours, expected in zip(*found):
        torch.testing.assert_close(ours, expected, rtol=1e-10, atol=1e-13)


def test_a_trial_does_not_feel_another_that_failed():
    built, weights, z, batch = example("seql", 0.4, skip="all")
    alone = [part[:1] for part in by_kernel(open_gates_kernel, built, weights, z, batch)]
    weights = [torch.cat([w[:1], w[1:] * torch.nan]) for w in weights]
    beside = [part[:1] for part in by_kernel(open_gates_kernel, built, weights, z, batch)]
    for ours, expected in zip(beside, alone):
        np.testing.assert_array_equal(ours, expected)


def test_single_precision_stays_single():
    built, weights, z, batch = example("heql", 0.4, meta_units=(3,))
    weights, z, (features, target), found = [w.float() for w in weights], z.float(), [b.float() for b in batch], []
    for of in (built.squared_error, lambda w, g, x, y: mean_square(built.forward(w, g, x), y)):
        given = [tensor.detach().clone().requires_grad_() for tensor in weights]
        errors = of(given, z, features, target)
        errors.sum().backward()
        found.append([errors.detach(), *(w.grad for w in given)])
    assert all(tensor.dtype == torch.float32 for tensor in found[0])
    for ours, expected in zip(*found):
        torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-5)


def test_features_and_targets_that_all_trials_share():
    built, weights, z, batch = example("seql", 0.4)
    shared = [tensor[:1] for tensor in batch]
    repeated = [tensor.expand(2, *tensor.shape[1:]) for tensor in shared]
    expected = built.squared_error(weights, z, *repeated)
    assert torch.equal(built.squared_error(weights, z, *shared), expected)
    features = shared[0].clone().requires_grad_()
    with pytest.raises(ValueError, match="do not fit"):  # a sum over trials is nobody's gradient here
        built.squared_error(weights, z, features, shared[1])
    with pytest.raises(ValueError, match="do not fit"):
        built.squared_error([w[:, :3] for w in weights], z, *batch)


def test_what_the_output_does_not_depend_on_is_not_listed():
    """Of a chain x, identity, square, output and of a unit that leads nowhere: the chain, and what stands alone."""
    units = (("identity", 2), ("square", 2))
    architecture = Architecture("seql", 1, units=units, layers=2, skip="none", output_gated=True)
    z = [np.zeros(shape) for shape in architecture.gated]
    z[0][0, [0, 1]] = 1  # x to both identities
    z[1][0, 2] = 1  # the first identity to the first square
    z[1][2, 3] = 1  # a square that no gate leads to, to the second square
    z[2][[2, 3], 0] = 1  # both squares to the output
    plan = plan_of(architecture, np.dtype(float))
    active, found, ends = np.zeros((2, 4), bool), np.zeros((40, 3), int), np.zeros(4, int)
    flat = np.concatenate([layer.ravel() for layer in z])
    open_gates_lists.listed(flat, 4, plan, active, found, ends)
    assert active.astype(int).tolist() == [[1, 0, 0, 0], [0, 0, 1, 1]]
    gates = sorted(found[: ends[0], 2].tolist())
    assert gates == [0, 4 + 2, 4 + 8 + 3, 20 + 2, 20 + 3]


MUTANTS = {
    "gates closed by one": (
        "opened[o] |= z[first + i * outputs + o] != 0",
        "opened[o] |= z[first + i * outputs + o] == 1",
    ),
    "second operand not used": ("used[a] = used[b] = True", "used[a] = True"),
    "inputs not needed": ("needed[start + i] = True", "pass"),
    "gates not multiplied": (
        "            factor *= z[gate]\n        for s in range(samples):\n            g[o",
        "            pass\n        for s in range(samples):\n            g[o",
    ),
    "gradient by the gated weight": ("            slope *= z[gate]\n", ""),
    "gradient by the gate without the weight": ("dz[gate] += slope * factor", "dz[gate] += slope"),
    "sine's slope without its factor": ("sine * np.cos", "np.cos"),
    "square's slope": ("g[a, s] + g[a, s]", "g[a, s]"),
    "operands' slopes mixed up": ("product * g[b, s], product * g[a, s]", "product * g[a, s], product * g[b, s]"),
    "only the first operand's slope": ("2 if kinds[u] == PRODUCT else 1", "1"),
    "constant without value": ("= 1 if kinds[row % len(kinds)] == ONE else 0", "= 0"),
    "error of the sum": ("d[s] *= 2 / numbers", "d[s] *= 2"),
    "gradients of shared weights start anew": ("if p < own.shape[1]:", "if True:"),
    "gradients of the last value kept": ("    _clear(dh)\n", ""),
    "pre-activations of the last value kept": ("    _clear(g)\n", ""),
    "every trial has the lists of the first": ("        listed(z[t]", "        listed(z[0]"),
}


def interpreted_kernel(pattern: str = "", replacement: str = "") -> ModuleType:
    """The kernel as plain Python, with a pattern, which one of its two sources holds once, replaced."""
    texts = [Path(module.__file__).read_text(encoding="utf-8") for module in (open_gates_lists, open_gates_kernel)]
    assert not pattern or sum(text.count(pattern) for text in texts) == 1, pattern
    lists, kernel = (interpreted(text.replace(pattern, replacement) if pattern else text) for text in texts)
    kernel.listed = lists.listed
    return kernel


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_kernel_is_noticed(name):
    broken = interpreted_kernel(*MUTANTS[name])
    with pytest.raises(AssertionError), np.errstate(all="ignore"):
        truth_as_whole_matrices(broken)


def test_the_kernel_as_plain_python_is_right():
    """What the broken ones are variants of."""
    truth_as_whole_matrices(interpreted_kernel())


def test_every_primitive_is_known_to_the_kernel():
    assert set(open_gates_lists.KINDS) == set(PRIMITIVES)
