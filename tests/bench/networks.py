"""CPU seconds per trial and step of the published protocol: all trials side by side, and one in plain PyTorch."""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import yaml
from eqlearn import paper_b
from eqlearn.datasets import analytic
from eqlearn.networks.fitting import NetworkSettings, prepare
from eqlearn.networks.network import GATES, Initial, Leaves, Network
from eqlearn.networks.schedules import RATES, REGULARISATIONS
from eqlearn.networks.training import Schedule, Trainer
from eqlearn.networks.trials import SIDE_BY_SIDE
from plain_network import PlainNetwork, copied, optimiser_of, train
from timing import cpu_of

CONFIG = Path(__file__).parents[2] / "config" / "config.yaml"
TRIALS = SIDE_BY_SIDE  # of the 40 in paper.yaml
REPEATS = 3
EPOCHS = 120  # of a training by the published course of rates, which is ten or twenty times as long
PARTS = 10
FLUSHED = ", numbers below 1e-38 flushed"


def trainer_of(network: str, dtype: torch.dtype = torch.float32, device: str = "cpu") -> Trainer:
    """Our training of f1 by the published protocol of the configuration."""
    learner = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["learners"][f"{network}.published"]
    for key in ("reading", "fields", "images"):
        learner.pop(key)
    schedule = Schedule(**learner.pop("training"), initial=Initial(**learner.pop("initial")))
    settings = NetworkSettings(network, training=schedule, **learner)
    values = analytic.grid([[-3.0, 0.0, 64], [0.0, 3.0, 64]])
    sizes, reach = {"train": 512, "test": 8}, {"train": 3.0, "test": 5.0}
    data = analytic.sampled("bench", analytic.FUNCTIONS["f1"], values, sizes, reach, 0.0, ("bench",), {})
    built = Network(settings.architecture_for(1), len(values))
    return Trainer(built, prepare(data, settings).seen, schedule, device, dtype)


def require_same_loss(network: str, looped: bool, strength: float = 3e-3) -> None:
    """AssertionError unless both implementations give one loss and one gradient on the same weights and samples."""
    trainer = trainer_of(network, torch.float64)
    state = trainer.start([7])
    batch = next(trainer.batches.epoch(state.generators))
    uniform = torch.rand((1, trainer.network.gate_count), dtype=torch.float64, generator=state.generators[0])
    error, penalty = trainer.loss(state.leaves, batch, uniform)
    (error + strength * penalty).sum().backward()
    model = copied(network, 128, named_parameters(trainer.network, state.leaves), looped)
    logs = [gates.log_alpha for gates in model.gates]
    draws = [part.view(log.shape) for part, log in zip(uniform[0].split([log.numel() for log in logs]), logs)]
    loss = model.loss(batch.features[0].mT, batch.target[0], batch.parameter[0], draws, strength)
    loss.backward()
    np.testing.assert_allclose(loss.item(), (error + strength * penalty).item(), rtol=1e-12)
    ours = [sum(leaf.grad[0].sum().item() for leaf in group["params"]) for group in state.optimiser.param_groups]
    parts = (model.weights, model.gates, [model.output])
    plain = [sum(p.grad.sum().item() for p in (x.parameters() if isinstance(x, torch.nn.Module) else x)) for x in parts]
    np.testing.assert_allclose(plain, ours, rtol=1e-9)


def named_parameters(network: Network, leaves: Leaves) -> dict[str, torch.Tensor]:
    """Parameters (T, ...) by name, gates among them."""
    return {f"z{k}": z[:, 0] for k, z in enumerate(network.per_layer(leaves[GATES]))} | network.unpacked(leaves)


def plain_chunk(trainer: Trainer, model: PlainNetwork, flushed: bool) -> Callable[[float, int], None]:
    """Steps of the plain implementation at a progress of the training.

    ``flushed``: whether numbers below 1e-38 count as 0: its optimiser's means fade to them, which makes it slower.
    """
    batches, schedule, optimiser = trainer.batches, trainer.schedule, optimiser_of(model)
    data = batches.features.mT.contiguous(), batches.target, batches.parameter

    def run(progress: float, steps: int) -> None:
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate * RATES[schedule.rate_schedule](progress)
        strength = schedule.regularisation * REGULARISATIONS[schedule.regularisation_schedule](progress)
        torch.set_flush_denormal(flushed)
        train(model, optimiser, data, (batches.parameters, batches.samples), steps, strength)
        torch.set_flush_denormal(False)

    return run


def trained(trainer: Trainer, chunks: list[Callable[[float, int], None]]) -> tuple[np.ndarray, list[float]]:
    """CPU seconds per trial and step over each tenth of a training (10, 1 + chunks), ours, then plain ones, in turns;
    and the share of our gates that are open after each.

    What a step costs depends on how many gates are open, so that it is measured over a whole course.
    """
    state, found, shares = trainer.start(list(range(TRIALS))), [], []
    epochs, steps = EPOCHS // PARTS, EPOCHS // PARTS * trainer.batches.steps
    trainer.epoch(trainer.start([0]))  # compiled
    for part in range(PARTS):
        ours = cpu_of(lambda: [trainer.epoch(state) for _ in range(epochs)]) / TRIALS
        found.append([ours, *(cpu_of(chunk, part / PARTS, steps) for chunk in chunks)])
        shares.append(state.history[-1][1].mean().item() / trainer.network.gate_count)
    return np.array(found) / steps, shares


def gpu_seconds(trainer: Trainer, recorded: bool) -> float:
    """Wall seconds per step of all published trials on a GPU, over two epochs."""
    state = trainer.start(list(range(paper_b.TRIALS)))
    if not recorded:
        state.step = state.step.step
    trainer.epoch(state)
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(2):
        trainer.epoch(state)
    torch.cuda.synchronize()
    return (time.perf_counter() - start) / trainer.batches.steps / 2


def gpu_rows() -> list[tuple[str, float, str]]:
    """Steps replayed from a recording and started kernel by kernel, in turns, medians."""
    found = []
    for network in ("seql", "heql"):
        trainer, name = trainer_of(network, device="cuda"), f"published {network.upper()} step"
        pairs = [(gpu_seconds(trainer, True), gpu_seconds(trainer, False)) for _ in range(REPEATS)]
        recorded, plain = (statistics.median(values) for values in zip(*pairs))
        found.append((f"{name}, {paper_b.TRIALS} trials side by side, {torch.cuda.get_device_name()}", recorded, "s"))
        found.append((f"{name}, the same without a recording", plain, "s"))
        found.append((f"{name}, times faster by the recording", statistics.median(b / a for a, b in pairs), "1"))
    return found


def rows() -> list[tuple[str, float, str]]:
    """CPU seconds of a step over a training, and how many times faster ours is then and at its start: one thread."""
    torch.set_num_threads(1)
    found = []
    for network, kinds in (("seql", ("", FLUSHED, ", smoothing looped over t")), ("heql", ("", FLUSHED))):
        trainer, name = trainer_of(network), f"published {network.upper()} step of a trial"
        trainer.schedule = replace(trainer.schedule, epochs=EPOCHS)
        models = [PlainNetwork(network, 128, "looped" in kind) for kind in kinds]
        for model in models:
            require_same_loss(network, model.looped)
        seconds, shares = trained(trainer, [plain_chunk(trainer, m, k == FLUSHED) for m, k in zip(models, kinds)])
        ours, *plain = seconds.T
        found.append((f"{name}, {TRIALS} trials side by side, CPU", ours.mean(), "s"))
        for kind, theirs in zip(kinds, plain):
            found.append((f"{name}, plain PyTorch{kind}, CPU", theirs.mean(), "s"))
            found.append((f"{name}, times faster than plain PyTorch{kind}", theirs.mean() / ours.mean(), "1"))
            found.append((f"{name}, the same over the first tenth{kind}", theirs[0] / ours[0], "1"))
        found += [(f"{name}, gates open after tenth {k} of it", share, "1") for k, share in enumerate(shares, 1)]
    return found + (gpu_rows() if torch.cuda.is_available() else [])
