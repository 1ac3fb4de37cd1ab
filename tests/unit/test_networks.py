"""Networks as functions and in training: counts, independence of trials, gradients, interruption, bad input."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from eqlearn.dataset import ParametricDataset
from eqlearn.datasets import analytic
from eqlearn.errors import InputError
from eqlearn.networks import checkpoint, trials
from eqlearn.networks.architecture import Architecture, preset
from eqlearn.networks.device import device_of, enough_memory
from eqlearn.networks.fitting import NetworkSettings, fit_network, prepare
from eqlearn.networks.network import Network
from eqlearn.networks.trained import read_trained, write_trained
from eqlearn.networks.training import Schedule, Trainer
from eqlearn.networks.trials import Keeper, train, trial_seed

NETWORKS = ("eql", "seql", "heql")
SMALL = {"meta_units": (5, 7), "layers": 2, "skip": "all"}


def data(name: str = "f1", count: int = 6, **changes: object) -> ParametricDataset:
    sizes, reach = {"train": 24, "test": 8}, {"train": 3.0, "test": 5.0}
    arguments = {"sizes": sizes, "reach": reach, "noise": 0.0, "seed": (name,), "attributes": {}, **changes}
    return analytic.sampled("toy", analytic.FUNCTIONS[name], np.linspace(-3, 3, count), **arguments)


def settings(network: str, epochs: int = 25, **changes: object) -> NetworkSettings:
    schedule = Schedule(epochs=epochs, batch_parameters=4, batch_samples=8, rate=1e-2, smoothing="norm")
    return NetworkSettings(network, 3, schedule, architecture=SMALL, held_out=8, **changes)


def trainer_of(given: NetworkSettings, dtype: torch.dtype = torch.float64, device: str = "cpu") -> Trainer:
    prepared = prepare(data(), given)
    network = Network(given.architecture_for(1), len(prepared.partition.rows))
    return Trainer(network, prepared.seen, given.training, device, dtype)


@pytest.mark.parametrize(
    ("network", "name", "layers", "count"),
    [
        ("heql", "published", 3, 248_558),
        ("seql", "published", 3, 94_672),
        ("heql", "published", 2, 107_918),
        ("seql", "published", 2, 34_816),
        ("heql", "paper", 2, 136_314),
        ("seql", "paper", 2, 36_765),
    ],
)
def test_presets_have_the_published_numbers_of_parameters(network, name, layers, count):
    architecture = Architecture(network, 1, **{**preset(name, network), "layers": layers})
    assert Network(architecture, 128).size == count
    assert sum(i * o for i, o in architecture.gated) == {3: 720, 2: 256}[layers] + 29 * (name == "paper")


def test_an_epoch_shows_every_sample_once_in_an_order_of_its_own_per_value_and_trial():
    batches = trainer_of(settings("eql")).batches
    whole = batches.target.expand(2, -1, -1)
    batches.parameters, batches.per_parameter = len(batches.parameter), 1  # all parameter values, in order
    shown = torch.cat([batch.target for batch in batches.epoch([torch.Generator().manual_seed(s) for s in (4, 5)])], 2)
    assert torch.equal(shown.sort(2).values, whole.sort(2).values)
    order = torch.stack([(whole[0, :, None, :] == trial[:, :, None]).int().argmax(2) for trial in shown])
    assert len(np.unique(order.flatten(0, 1).numpy(), axis=0)) == order.shape[0] * order.shape[1]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_trial_alone_equals_the_same_trial_in_a_batch(network):
    trainer = trainer_of(settings(network))
    together, alone = trainer.start([11, 12, 13]), trainer.start([12])
    for _ in range(25):  # 50 steps
        trainer.epoch(together)
        trainer.epoch(alone)
    for name, leaf in alone.leaves.items():
        np.testing.assert_allclose(leaf.detach(), together.leaves[name].detach()[1:2], rtol=0, atol=1e-10)


@pytest.mark.parametrize("network", NETWORKS)
def test_gradients_of_the_loss_match_finite_differences(network):
    trainer = trainer_of(settings(network))
    state = trainer.start([5])
    batch = next(trainer.batches.epoch(state.generators))
    uniform = torch.rand((1, trainer.network.gate_count), generator=state.generators[0], dtype=torch.float64)
    rng = np.random.default_rng(0)

    def loss(leaves):
        error, penalty = trainer.loss(leaves, batch, uniform)
        return (error + 0.01 * penalty).sum()

    loss(state.leaves).backward()
    for name, leaf in state.leaves.items():
        for k in rng.choice(leaf.shape[1], min(6, leaf.shape[1]), replace=False):
            step = torch.zeros_like(leaf)
            step[0, k] = 1e-6
            up, down = (loss({**state.leaves, name: leaf.detach() + sign * step}).item() for sign in (1, -1))
            assert abs((up - down) / 2e-6 - leaf.grad[0, k].item()) <= 1e-6 * (1 + abs(leaf.grad[0, k].item()))


@pytest.mark.parametrize("network", ["seql", "heql"])
@pytest.mark.parametrize("optimiser", ["tensorflow_rmsprop", "adam"])
def test_a_killed_training_goes_on_to_the_same_bits(network, optimiser, tmp_path):
    given = settings(network)
    given = NetworkSettings(
        **{**given.__dict__, "training": Schedule(**{**given.training.__dict__, "optimiser": optimiser})}
    )
    whole = train(trainer_of(given, torch.float32), "toy", 3)

    class KilledError(Exception):
        pass

    def killing(epochs):
        for epoch in epochs:
            if epoch == 14:
                raise KilledError
            yield epoch

    keeper = Keeper(tmp_path / "state.pt", "same", seconds=0)
    with pytest.raises(KilledError):
        train(trainer_of(given, torch.float32), "toy", 3, killing, keeper)
    resumed = []
    again = train(trainer_of(given, torch.float32), "toy", 3, lambda epochs: resumed.extend(epochs) or resumed, keeper)
    assert resumed[0] == 14
    for name, leaf in whole.leaves.items():
        assert torch.equal(leaf, again.leaves[name])
    assert torch.equal(whole.history, again.history)


def test_groups_of_trials_train_as_all_together_and_resume_in_the_second(monkeypatch, tmp_path):
    together = train(trainer_of(settings("seql", 3)), "toy", 3)
    monkeypatch.setattr(trials, "SIDE_BY_SIDE", 2)
    grouped = train(trainer_of(settings("seql", 3)), "toy", 3)
    for name, leaf in together.leaves.items():
        torch.testing.assert_close(grouped.leaves[name], leaf, rtol=0, atol=1e-10)
    begun = []

    def killing(epochs):
        begun.append(epochs)
        if len(begun) == 2:
            yield from list(epochs)[:5]
            raise KeyboardInterrupt
        yield from epochs

    keeper = Keeper(tmp_path / "state.pt", "same", seconds=0)
    with pytest.raises(KeyboardInterrupt):
        train(trainer_of(settings("seql", 3)), "toy", 3, killing, keeper)
    again = train(trainer_of(settings("seql", 3)), "toy", 3, keeper=keeper)
    for name, leaf in grouped.leaves.items():
        assert torch.equal(leaf, again.leaves[name])


def test_a_trial_that_ends_in_nan_starts_again_with_another_seed_and_is_counted(monkeypatch):
    trainer = trainer_of(settings("seql", 3))
    usual = Trainer.start

    def poisoned(self, seeds):
        state = usual(self, seeds)
        if trial_seed("toy", 1, 0) in seeds:
            state.leaves["w2"].data[seeds.index(trial_seed("toy", 1, 0))] = torch.nan
        return state

    untouched = train(trainer, "toy", 3)
    monkeypatch.setattr(Trainer, "start", poisoned)
    found = train(trainer, "toy", 3)
    assert found.restarts.tolist() == [0, 1, 0]
    for name, leaf in found.leaves.items():
        assert torch.isfinite(leaf).all()
        assert torch.equal(leaf[[0, 2]], untouched.leaves[name][[0, 2]])


def test_a_network_that_always_fails_stops_with_a_sentence(monkeypatch):
    monkeypatch.setattr(trials, "_finished", lambda *_: {})
    with pytest.raises(InputError, match="not finite 11 times; lower the learning rate"):
        train(trainer_of(settings("seql", 1)), "toy", 1)


def test_a_trained_network_is_written_and_read_without_loss(tmp_path):
    trained, table = fit_network(data(), settings("seql", 2), "toy")
    write_trained(trained, tmp_path / "network.nc")
    found = read_trained(tmp_path / "network.nc")
    assert found.architecture == trained.architecture
    for one, other in zip(found.weights, trained.weights):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(found.scaling.target, trained.scaling.target)
    assert list(table["trial"]) == [0, 1, 2]
    assert {"train_sampled", "held_out_scaled", "test_physical", "restarts", "open_gates"} <= set(table)


def test_checkpoints_of_other_settings_or_truncated_are_refused(tmp_path):
    path = tmp_path / "state.pt"
    checkpoint.save({"round": 0}, "mine", path)
    with pytest.raises(InputError, match=r"state\.pt: was written by other settings"):
        checkpoint.load("other", path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match=r"state\.pt: is no checkpoint, or a truncated one"):
        checkpoint.load("mine", path)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_cuda_without_a_gpu_is_refused():
    with pytest.raises(InputError, match="PyTorch sees no GPU"):
        device_of("cuda")
    assert device_of("auto") == "cpu"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"network": "sql"}, "network: is 'sql', must be one of eql, seql, heql"),
        ({"architecture": {"units": {"tangent": 2}}}, "primitive 'tangent'"),
        ({"architecture": {"skip": "some"}}, "skip: is 'some'"),
        ({"trials": 0}, "trials: is 0, must be at least 1"),
        ({"scale_target": "log"}, "target_scaling: is 'log'"),
        ({"preset": "mine"}, "preset: is 'mine'"),
        ({"held_out": 23}, "has 24 training samples, of which 23 cannot be held out"),
        ({"parameter_values": 1}, "parameter_values: is 1, must be at least 2"),
    ],
)
def test_bad_settings_are_refused_with_a_sentence(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        fit_network(data(), NetworkSettings(**{**settings("seql", 1).__dict__, **changes}), "toy")


def test_one_parameter_value_is_refused():
    with pytest.raises(InputError, match="has 1 parameter value, at least 2 are needed"):
        prepare(data().select(np.array([0])), settings("seql"))


def test_equal_parameter_values_are_one():
    with pytest.raises(InputError, match="has 1 parameter value, at least 2 are needed"):
        prepare(data().select(np.array([2, 2])), settings("seql"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"target": lambda y: 0 * y + 2.5}, "toy: y is 2.5 at every training sample, must vary"),
        ({"features": lambda x: 1e40 * x}, r"toy: x is as large as 2.*e\+40, must be 1e-30 to 1e\+30; change its unit"),
        ({"target": lambda y: 1e-40 * y}, r"toy: y is as large as .*e-39, must be 1e-30 to 1e\+30"),
        ({"features": lambda x: np.where(x > 2.5, np.nan, x)}, "toy: features is nan at index"),
        ({"target": lambda y: np.where(y > 2.5, np.inf, y)}, "toy: target is inf at index"),
    ],
)
def test_bad_data_are_refused_with_a_sentence(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        changed = {name: change(getattr(data(), name)) for name, change in changes.items()}
        fit_network(replace(data(), **changed), settings("seql", 1), "toy")


def test_a_target_may_be_constant_at_some_parameter_values():
    target = np.where(np.arange(6)[:, None] < 3, 1.0, data().target)
    trained, _ = fit_network(replace(data(), target=target), settings("seql", 2), "toy")
    assert trained.restarts.tolist() == [0, 0, 0]


OUT_OF_MEMORY = """
import resource, sys
import numpy as np
from eqlearn.datasets import analytic
from eqlearn.errors import InputError
from eqlearn.networks.fitting import NetworkSettings, fit_network
from eqlearn.networks.training import Schedule

sizes, reach = {"train": 512, "test": 8}, {"train": 3.0, "test": 5.0}
values = np.linspace(-3, 3, 16)
data = analytic.sampled("toy", analytic.FUNCTIONS["f1"], values, sizes, reach, 0.0, ("f1",), {})
wide = {"meta_units": (8, 4096)}
fit_network(data, NetworkSettings("heql", 1, Schedule(epochs=1), architecture=wide), "toy")
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 60 * 2**20,) * 2)
try:
    fit_network(data, NetworkSettings("heql", 64, Schedule(epochs=1), architecture=wide), "toy")
except InputError as error:
    sys.exit(f"{type(error.__cause__).__name__}: {error}")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_memory_that_runs_out_is_told_with_what_to_lower():
    """A real fault: 64 trials of 10 MB each, in a process that may take 60 MB more than it has."""
    scripts = Path(trials.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(scripts), "OMP_NUM_THREADS": "1"}
    run = subprocess.run([sys.executable, "-c", OUT_OF_MEMORY], env=environment, capture_output=True, text=True)
    assert run.stderr.strip().endswith(
        "memory: is too small to train 64 trials; lower trials, training.batch_parameters or training.batch_samples."
    )
    assert run.stderr.startswith(("RuntimeError", "MemoryError"))


def test_other_errors_than_of_memory_stay_as_they_are():
    with pytest.raises(RuntimeError, match="shapes"), enough_memory(3):
        raise RuntimeError("shapes do not fit")
    with pytest.raises(InputError, match="too small to train 3 trials"), enough_memory(3):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.mark.parametrize("target", ["range", "magnitude"])
def test_a_feature_of_huge_scale_stays_finite(target):
    huge = replace(data("f3"), features=1e12 * data("f3").features)
    trained, table = fit_network(huge, settings("heql", 2, scale_target=target), "toy")
    assert all(np.isfinite(layer).all() for layer in trained.weights)
    assert trained.restarts.tolist() == [0, 0, 0]
    assert np.isfinite(table["train_scaled"]).all()
