"""Training on a GPU, where steps are replayed from a recording, against the same training on the CPU."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from eqlearn.errors import InputError
from eqlearn.networks.fitting import fit_network
from eqlearn.networks.image_fitting import fit_images
from eqlearn.networks.training import Trainer
from eqlearn.networks.trials import Keeper, train
from unit.test_networks import NETWORKS, data, settings, trainer_of
from unit.test_springs import CAMERA
from unit.test_springs import data as images

# Steps are recorded on a GPU alone; what the CPU does is tested in test_networks.py, on every machine.
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU"),
]


def trainer_on(device: str, network: str, optimiser: str = "tensorflow_rmsprop") -> Trainer:
    given = settings(network)
    return trainer_of(replace(given, training=replace(given.training, optimiser=optimiser)), device=device)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("optimiser", ["tensorflow_rmsprop", "rmsprop"])
def test_a_training_is_that_of_the_cpu_to_rounding(network, optimiser):
    here, there = (train(trainer_on(device, network, optimiser), "toy", 2) for device in ("cpu", "cuda"))
    for name, leaf in here.leaves.items():
        np.testing.assert_allclose(there.leaves[name], leaf, rtol=0, atol=1e-8)
    np.testing.assert_allclose(there.history, here.history, rtol=1e-8)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("optimiser", ["tensorflow_rmsprop", "adam"])
def test_a_recording_changes_nothing(network, optimiser):
    """Of Adam, too, which on a GPU corrects its bias in single precision and so is not that of the CPU."""
    states = []
    for recorded in (True, False):
        trainer = trainer_on("cuda", network, optimiser)
        state = trainer.start([5, 6])
        state.step = state.step if recorded else state.step.step
        for _ in range(trainer.schedule.epochs):
            trainer.epoch(state)
        states.append(state)
    for name, leaf in states[0].leaves.items():
        torch.testing.assert_close(leaf, states[1].leaves[name], rtol=0, atol=1e-10)


@pytest.mark.parametrize("optimiser", ["tensorflow_rmsprop", "adam"])
def test_a_killed_training_goes_on_as_if_nothing_had_been(optimiser, tmp_path):
    def killing(epochs):
        yield from list(epochs)[:14]
        raise KeyboardInterrupt

    whole = train(trainer_on("cuda", "seql", optimiser), "toy", 2)
    keeper = Keeper(tmp_path / "state.pt", "same", seconds=0)
    with pytest.raises(KeyboardInterrupt):
        train(trainer_on("cuda", "seql", optimiser), "toy", 2, killing, keeper)
    for device in ("cuda", "cpu") if optimiser == "tensorflow_rmsprop" else ("cuda",):
        resumed = train(trainer_on(device, "seql", optimiser), "toy", 2, keeper=replace(keeper, seconds=1e9))
        for name, leaf in whole.leaves.items():
            np.testing.assert_allclose(resumed.leaves[name], leaf, rtol=0, atol=1e-8)


def test_a_trained_network_leaves_the_gpu():
    trained, table = fit_network(data(), settings("heql", 4), "toy", "auto")
    assert all(type(layer) is np.ndarray and np.isfinite(layer).all() for layer in trained.weights)
    assert np.isfinite(table["train_sampled"]).all()


def test_networks_over_images_train_on_a_gpu():
    given = replace(settings("seql", 2), architecture={"layers": 2}, trials=2)
    fits = [fit_images(images(), CAMERA, given, "batch", "toy", device) for device in ("cpu", "cuda")]
    errors = [fit.table[["train_scaled", "held_out_scaled"]] for fit in fits]
    np.testing.assert_allclose(errors[1], errors[0], rtol=1e-2)  # float32


def test_a_gpu_that_is_too_small_is_one_sentence():
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(1e-9)
    try:
        with pytest.raises(InputError, match="memory: is too small to train 3 trials; lower trials"):
            fit_network(data(), settings("seql", 2), "toy", "cuda")
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
