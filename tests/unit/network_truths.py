"""What the modules of the networks must do, each truth a function of the module, so that mutants can be put to it."""

import math
from functools import partial
from types import ModuleType

import numpy as np
import sympy
import torch
from scipy.optimize import least_squares

POINTS = np.linspace(-1.3, 1.7, 16)


def layer(primitives: ModuleType, **changes: object) -> object:
    units = (("one", 2), ("identity", 4), ("square", 4), ("sine", 2), ("product", 2))
    return primitives.PrimitiveLayer(**{"units": units, "sine": 2.5, "product": 10.0, **changes})


def truth_primitives_by_hand(primitives: ModuleType) -> None:
    g = POINTS
    expected = [1, 1, *g[2:6], *g[6:10] ** 2, *np.sin(2.5 * g[10:12]), *(10 * g[12:14] * g[14:16])]
    found = layer(primitives)
    assert (found.inputs, found.outputs) == (16, 14)
    blocks = np.split(g, np.cumsum(found.operands)[:-1])
    np.testing.assert_allclose(np.concatenate(found.on_blocks(np, blocks)), expected, rtol=1e-14)


def truth_primitives_agree(primitives: ModuleType) -> None:
    found = layer(primitives)
    with_numpy = np.concatenate(found.on_blocks(np, np.split(POINTS, np.cumsum(found.operands)[:-1])))
    with_torch = torch.cat(found.on_blocks(torch, torch.tensor(POINTS).split(found.operands)))
    with_sympy = [float(value) for value in found.on_symbols(sympy, [sympy.Float(g, 17) for g in POINTS])]
    np.testing.assert_allclose(with_torch.numpy(), with_numpy, rtol=1e-14)
    np.testing.assert_allclose(with_sympy, with_numpy, rtol=1e-14)


def truth_gate_penalty_is_probability_of_an_open_gate(gates: ModuleType) -> None:
    """100,000 draws each: five standard errors, a false alarm once in a million runs (the draws are fixed)."""
    log_alpha = torch.tensor([-3.0, -1.0, 0.0, 0.5, 2.0], dtype=torch.float64)
    uniform = torch.rand((100_000, 5), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    z = gates.sampled(log_alpha, uniform)
    assert ((z >= 0) & (z <= 1)).all()
    share, expected = (z > 0).double().mean(0), gates.penalty(log_alpha)
    error = torch.sqrt(expected * (1 - expected) / len(uniform))
    assert ((share - expected).abs() < 5 * error + 2e-6).all()


def truth_gate_mean(gates: ModuleType) -> None:
    """E[z] is the integral of P(z > q) over q in (0, 1), with P from the logistic distribution of the logits."""
    log_alpha = 0.3
    q = (np.arange(20_000) + 0.5) / 20_000
    s = (q + 0.1) / 1.2
    beyond = 1 / (1 + np.exp(2 / 3 * np.log(s / (1 - s)) - log_alpha))
    u = (torch.arange(200_000, dtype=torch.float64) + 0.5) / 200_000
    mean = gates.sampled(torch.full_like(u, log_alpha), u).mean()
    assert abs(float(mean) - beyond.mean()) < 1e-5


def truth_deterministic_gate(gates: ModuleType) -> None:
    log_alpha = torch.tensor([-4.0, 0.0, 1.0, 4.0], dtype=torch.float64)
    expected = [min(1, max(0, 1.2 / (1 + math.exp(-a)) - 0.1)) for a in log_alpha.tolist()]
    np.testing.assert_allclose(gates.deterministic(log_alpha).numpy(), expected, rtol=1e-14)
    assert expected[0] == 0
    assert expected[3] == 1


def truth_gate_gradients(gates: ModuleType) -> None:
    log_alpha = torch.tensor([-0.7, 0.2, 0.9], dtype=torch.float64, requires_grad=True)
    uniform = torch.tensor([0.4, 0.55, 0.3], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda a: gates.sampled(a, uniform), log_alpha, raise_exception=False)
    assert torch.autograd.gradcheck(gates.penalty, log_alpha, raise_exception=False)
    assert gates.sampled(log_alpha, uniform).sum().requires_grad


def truth_rmsprop_by_hand(optimisers: ModuleType) -> None:
    """Three steps of TensorFlow 1's update, written out."""
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimiser = optimisers.TensorFlowRMSProp([w], lr=0.1)
    value, square = np.array([1.0, -2.0]), np.ones(2)
    for target in (0.5, 3.0, -1.0):
        optimiser.zero_grad()
        ((w - target) ** 2).sum().backward()
        optimiser.step()
        gradient = 2 * (value - target)
        square = 0.9 * square + 0.1 * gradient**2
        value = value - 0.1 * gradient / np.sqrt(square + 1e-10)
        np.testing.assert_allclose(w.detach().numpy(), value, rtol=1e-14)


def truth_rmsprop_epsilon_is_inside_the_root(optimisers: ModuleType) -> None:
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimiser = optimisers.TensorFlowRMSProp([w], lr=1.0, decay=0.0, epsilon=4.0)
    w.grad = torch.zeros(1, dtype=torch.float64) + 1.5
    optimiser.step()
    np.testing.assert_allclose(w.detach().numpy(), [-1.5 / math.sqrt(2.25 + 4)], rtol=1e-14)


def truth_rmsprop_mean_never_fades_to_slow_numbers(optimisers: ModuleType) -> None:
    """Behind a gate that stays closed gradients are 0; numbers below 1e-38 are an order of magnitude slower."""
    w = torch.ones(4, requires_grad=True)
    optimiser = optimisers.TensorFlowRMSProp([w], lr=0.1)
    w.grad = torch.zeros(4)
    for _ in range(1200):
        optimiser.step()
    assert torch.equal(w.detach(), torch.ones(4))
    assert all((state["mean_square"] > 1e-11).all() for state in optimiser.state.values())


def truth_rmsprop_on_a_gpu_is_that_of_a_cpu(optimisers: ModuleType) -> None:
    """What a GPU runs, put to the CPU: two leaves, a hundred steps."""
    generator, ends = torch.Generator().manual_seed(2), []
    gradients = torch.randn((100, 6), generator=generator, dtype=torch.float64)
    for descend in (optimisers._together, optimisers._one_by_one):
        parameters = [torch.zeros(2, dtype=torch.float64), torch.ones(4, dtype=torch.float64)]
        means = [torch.ones_like(parameter) for parameter in parameters]
        for gradient in gradients:
            descend(parameters, list(gradient.split([2, 4])), means, 0.01, 0.9, 1e-3)
        ends.append(torch.cat(parameters + means))
    torch.testing.assert_close(ends[0], ends[1], rtol=1e-13, atol=1e-13)


def truth_roughness_of_equal_rows(roughness: ModuleType) -> None:
    """No slope at a kink, nor steeper than one beside it where a square is too small for single precision."""
    for size in (0.0, 1e-25, 1e-30):
        w = (size * torch.arange(6.0).view(1, 3, 2, 1)).requires_grad_()
        (5 * roughness.Roughness.apply(w, False)).sum().backward()
        assert (w.grad.abs() <= 10).all(), size


def truth_roughness_by_hand(roughness: ModuleType) -> None:
    """Norms of the differences of neighbours, and their squares; gradients are those of finite differences."""
    w = torch.randn((2, 5, 3, 4), dtype=torch.float64, generator=torch.Generator().manual_seed(5), requires_grad=True)
    squares = (np.diff(w.detach().numpy(), axis=1) ** 2).sum((2, 3))
    for squared, sizes in ((True, squares), (False, np.sqrt(squares))):
        apply = partial(lambda values, how: roughness.Roughness.apply(values, how), how=squared)
        np.testing.assert_allclose(apply(w).detach().numpy(), sizes.sum(1), rtol=1e-12)
        assert torch.autograd.gradcheck(apply, w, raise_exception=False)
    assert apply(torch.ones_like(w)).abs().max() < 1e-100


def truth_schedules(schedules: ModuleType) -> None:
    rate, strength = schedules.one_cycle_rate, schedules.one_cycle_regularisation
    assert math.isclose(rate(0), 0.05)
    assert math.isclose(rate(5 / 12), 5)
    assert math.isclose(rate(5 / 6), 0.05, rel_tol=1e-9)
    assert rate(0.84) == rate(1) == 1e-4
    assert strength(0) == 0
    assert math.isclose(strength(0.5), 1.44)
    assert math.isclose(strength(0.7917), 3.61, rel_tol=1e-3)
    assert math.isclose(strength(0.8125), (3.61 + 1) / 2, rel_tol=2e-3)
    assert strength(5 / 6) == strength(1) == 1


def truth_least_squares_like_scipy(solver: ModuleType) -> None:
    """Five problems a·sin(b·x) at once, with noise: the minima of scipy, each alone."""
    rng = np.random.default_rng(3)
    x = rng.uniform(-2, 2, (5, 40))
    a, b = rng.uniform(0.5, 2, (2, 5, 1))
    y = a * np.sin(b * x) + 0.05 * rng.normal(size=x.shape)

    def model(rows: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        front, inside = theta[:, :1], theta[:, 1:]
        s, c = np.sin(inside * x[rows]), np.cos(inside * x[rows])
        return front * s - y[rows], np.stack([s, front * x[rows] * c], 2)

    start = np.concatenate([a, b], 1) + 0.2
    found = solver.fit(model, start, np.zeros(5))
    for row in range(5):
        alone = least_squares(lambda p, r=row: p[0] * np.sin(p[1] * x[r]) - y[r], start[row], xtol=1e-14, ftol=1e-14)
        np.testing.assert_allclose(found.theta[row], alone.x, rtol=1e-5)
        np.testing.assert_allclose(found.cost[row], 2 * alone.cost, rtol=1e-9)


def truth_least_squares_scales(solver: ModuleType) -> None:
    """Columns of length 1e-8 and 1, and one without effect: exact all the same."""
    rng = np.random.default_rng(4)
    design = rng.normal(size=(3, 30, 3)) * [1e-8, 1.0, 0.0]
    truth = np.array([[2.0, -3.0, 0.7]])
    target = np.einsum("rsk,rk->rs", design, np.broadcast_to(truth, (3, 3)))

    def model(rows: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.einsum("rsk,rk->rs", design[rows], theta) - target[rows], design[rows]

    found = solver.fit(model, np.full((3, 3), 0.7), np.zeros(3))
    np.testing.assert_allclose(found.theta, np.broadcast_to(truth, (3, 3)), rtol=1e-6)


def truth_least_squares_never_rises(solver: ModuleType) -> None:
    """From a start where full steps overshoot (arctan), the cost falls, and infinite values are refused."""

    def model(rows: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(all="ignore"):
            return np.where(theta > 50, np.inf, np.arctan(theta)), 1 / (1 + theta**2)[:, :, None]

    found = solver.fit(model, np.array([[3.0], [-20.0]]), np.zeros(2))
    np.testing.assert_allclose(found.theta, 0, atol=1e-6)


PRIMITIVES = (truth_primitives_by_hand, truth_primitives_agree)
GATES = (
    truth_gate_penalty_is_probability_of_an_open_gate,
    truth_gate_mean,
    truth_deterministic_gate,
    truth_gate_gradients,
)
OPTIMISERS = (
    truth_rmsprop_by_hand,
    truth_rmsprop_epsilon_is_inside_the_root,
    truth_rmsprop_mean_never_fades_to_slow_numbers,
    truth_rmsprop_on_a_gpu_is_that_of_a_cpu,
)
ROUGHNESS = (truth_roughness_by_hand, truth_roughness_of_equal_rows)
SCHEDULES = (truth_schedules,)
LEAST_SQUARES = (truth_least_squares_like_scipy, truth_least_squares_scales, truth_least_squares_never_rises)
