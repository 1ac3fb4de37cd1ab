"""The one training loop: trials side by side, resumable to the same bits, restarted where they fail."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from eqlearn.errors import InputError
from eqlearn.networks import checkpoint
from eqlearn.networks.network import Leaves
from eqlearn.networks.training import State, Trainer
from eqlearn.random import seed_words

MOST_RESTARTS = 10
SIDE_BY_SIDE = 16  # on a CPU: with more, a step leaves its cache and takes longer per trial
Progress = Callable[[Iterable[int]], Iterable[int]]


@dataclass(frozen=True)
class Keeper:
    """Where and how often a checkpoint is written; ``identity`` names the settings, data and code behind it."""

    path: Path
    identity: str
    seconds: float = 60.0


@dataclass(frozen=True)
class Trained:
    """Trials after training: parameters (T, n), restarts (T,), and the history (records, 2, T) of mean squared error
    and number of open gates."""

    leaves: Leaves
    restarts: Tensor
    history: Tensor


def trial_seed(name: str, trial: int, restart: int) -> int:
    """Seed of one trial; ``name`` says what is trained."""
    return int(seed_words("trial", name, trial=trial, restart=restart)[0] >> 1)


def train(trainer: Trainer, name: str, trials: int, progress: Progress = iter, keeper: Keeper | None = None) -> Trained:
    """Train all trials; those that end with a loss that is not finite start again, with another seed, and are counted.

    InputError where there is no trial, or one fails more than ``MOST_RESTARTS`` times.
    """
    if trials < 1:
        raise InputError(f"trials: is {trials}, must be at least 1.")
    fresh = {"waiting": [(trial, 0) for trial in range(trials)], "done": {}}
    kept = (keeper and checkpoint.load(keeper.identity, keeper.path)) or fresh
    waiting, done = kept["waiting"], kept["done"]
    state = trainer.restored(kept["state"]) if "state" in kept else None
    size = SIDE_BY_SIDE if trainer.device.type == "cpu" else trials
    while waiting:
        group, later = waiting[:size], waiting[size:]
        state = state or trainer.start([trial_seed(name, trial, restart) for trial, restart in group])
        _run(trainer, state, progress, keeper, {"waiting": waiting, "done": done})
        finished = _finished(state, group)
        done |= finished
        waiting, state = [*later, *_restarted(trial for trial in group if trial[0] not in finished)], None
    return _joined([done[trial] for trial in range(trials)])


def _restarted(failed: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same trials with one restart more."""
    for trial, restart in failed:
        if restart == MOST_RESTARTS:
            raise InputError(f"trial {trial}: its loss was not finite {restart + 1} times; lower the learning rate.")
        yield trial, restart + 1


def _run(trainer: Trainer, state: State, progress: Progress, keeper: Keeper | None, place: dict) -> None:
    """Train to the last epoch, with a checkpoint now and then."""
    last = time.monotonic()
    for _ in progress(range(state.epoch, trainer.schedule.epochs)):
        trainer.epoch(state)
        if keeper and time.monotonic() - last >= keeper.seconds:
            checkpoint.save({**place, "state": trainer.snapshot(state)}, keeper.identity, keeper.path)
            last = time.monotonic()


def _finished(state: State, group: list[tuple[int, int]]) -> dict[int, dict]:
    """The trials of a group (trial, restarts) whose parameters and last loss are finite."""
    history = torch.stack(state.history)
    leaves = {name: leaf.detach().cpu() for name, leaf in state.leaves.items()}
    fine = torch.isfinite(history[-1, 0])
    for leaf in leaves.values():
        fine &= torch.isfinite(leaf).all(1)
    return {
        trial: {
            "leaves": {name: leaf[row : row + 1].clone() for name, leaf in leaves.items()},
            "restarts": restarts,
            "history": history[:, :, row : row + 1].clone(),
        }
        for row, (trial, restarts) in enumerate(group)
        if fine[row]
    }


def _joined(results: list[dict]) -> Trained:
    names = results[0]["leaves"]
    return Trained(
        {name: torch.cat([result["leaves"][name] for result in results]) for name in names},
        torch.tensor([result["restarts"] for result in results]),
        torch.cat([result["history"] for result in results], 2),
    )
