"""CPU seconds per trial and step of the published protocol: all trials side by side, and one in plain PyTorch."""

import statistics
import time
from pathlib import Path

import numpy as np
import torch
import yaml
from eqlearn import paper_b
from eqlearn.datasets import analytic
from eqlearn.networks.fitting import NetworkSettings, prepare
from eqlearn.networks.network import Initial, Network
from eqlearn.networks.training import Schedule, Trainer
from eqlearn.networks.trials import SIDE_BY_SIDE
from plain_network import PlainNetwork, copied, train

CONFIG = Path(__file__).parents[2] / "config" / "config.yaml"
TRIALS = SIDE_BY_SIDE  # of the 40 in paper.yaml
REPEATS = 3


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
    model = copied(network, 128, trainer.network.unpacked(state.leaves), looped)
    logs = [gates.log_alpha for gates in model.gates]
    draws = [part.view(log.shape) for part, log in zip(uniform[0].split([log.numel() for log in logs]), logs)]
    loss = model.loss(batch.features[0].mT, batch.target[0], batch.parameter[0], draws, strength)
    loss.backward()
    np.testing.assert_allclose(loss.item(), (error + strength * penalty).item(), rtol=1e-12)
    ours = [state.leaves[group].grad[0].sum().item() for group in ("gates", "weights", "output")]
    parts = (model.gates, model.weights, [model.output])
    plain = [sum(p.grad.sum().item() for p in (x.parameters() if isinstance(x, torch.nn.Module) else x)) for x in parts]
    np.testing.assert_allclose(plain, ours, rtol=1e-9)


def ours_seconds(trainer: Trainer) -> float:
    """CPU seconds per trial and step, over one epoch."""
    state = trainer.start(list(range(TRIALS)))
    trainer.epoch(state)
    start = time.process_time()
    trainer.epoch(state)
    return (time.process_time() - start) / trainer.batches.steps / TRIALS


def plain_seconds(trainer: Trainer, model: PlainNetwork, steps: int = 128) -> float:
    """The same of the plain implementation."""
    batches = trainer.batches
    x, y, t = batches.features.mT.contiguous(), batches.target, batches.parameter
    size = (batches.parameters, batches.samples)
    train(model, x, y, t, size, 16)
    start = time.process_time()
    train(model, x, y, t, size, steps)
    return (time.process_time() - start) / steps


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
    """Both, and how many times faster ours is: one thread, measured in turns, medians."""
    torch.set_num_threads(1)
    found = []
    for network, looped in (("seql", False), ("seql", True), ("heql", False)):
        require_same_loss(network, looped)
        trainer, model = trainer_of(network), PlainNetwork(network, 128, looped)
        pairs = [(ours_seconds(trainer), plain_seconds(trainer, model)) for _ in range(REPEATS)]
        ours, plain = (statistics.median(values) for values in zip(*pairs))
        name = f"published {network.upper()} step of a trial{', smoothing looped over t in plain PyTorch' * looped}"
        found.append((f"{name}, {TRIALS} trials side by side, CPU", ours, "s"))
        found.append((f"{name}, plain PyTorch, CPU", plain, "s"))
        found.append((f"{name}, times faster", statistics.median(p / o for o, p in pairs), "1"))
    return found + (gpu_rows() if torch.cuda.is_available() else [])
