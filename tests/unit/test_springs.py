"""Images of particles: rendered, sampled, encoded, learned from, read."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from eqlearn.camera import Camera
from eqlearn.datasets import springs
from eqlearn.datasets.springs import TASKS
from eqlearn.effective import coefficient_error
from eqlearn.errors import InputError
from eqlearn.networks import checkpoint, gates
from eqlearn.networks.architecture import Architecture
from eqlearn.networks.encoder import Encoder
from eqlearn.networks.encoder_file import read_encoder, write_encoder
from eqlearn.networks.fitting import NetworkSettings, prepare
from eqlearn.networks.image_fitting import fit_images, indexed
from eqlearn.networks.image_reading import equations, read_images
from eqlearn.networks.images import ImageNetwork, ReluHead
from eqlearn.networks.latent import Latent, read_latent, write_latent
from eqlearn.networks.network import GATES, Initial, Network
from eqlearn.networks.scaling import Scaling
from eqlearn.networks.trained import TrainedNetwork
from eqlearn.networks.training import Schedule, Trainer
from eqlearn.networks.trials import Keeper, train, trial_seed
from eqlearn.structure import same_structure

CAMERA = Camera(64, 4.0, 0.1)
VALUES = np.linspace(-3, 3, 4)
SMALL = Encoder(16, channels=(2, 3), dense=(5, 4))


def data(task: str = "force", **changes):
    sizes = {"images": {"train": 24, "test": 12}, "samples": {"train": 40, "test": 16}}
    where = {"reach": 3.0, "separation": {"train": 4.0, "test": None}}
    return springs.sampled(
        "toy", TASKS[task], VALUES, **{**sizes, **where, "seed": (task,), "attributes": {}, **changes}
    )


def small_network(head: Network | ReluHead, normalisation: str = "batch") -> ImageNetwork:
    images = torch.as_tensor(Camera(16, 4.0, 0.4).image(np.linspace(-2.5, 2.5, 7)))
    return ImageNetwork(head, dataclasses.replace(SMALL, normalisation=normalisation), images)


@pytest.mark.parametrize("width", [0.1, 0.1**0.5])
@pytest.mark.parametrize("position", [0.0, 0.031, -2.987])
def test_a_bump_integrates_to_one_at_its_position(width, position):
    """To what a comb of pixels leaves of a normal density: 2·exp(-2 (pi·width/spacing)²), Poisson's sum."""
    camera = Camera(64, 4.0, width)
    image, pixels = camera.image(np.array(position)), np.linspace(-4, 4, 64)
    left = 2.2 * np.exp(-2 * (np.pi * width / camera.spacing) ** 2) + 1e-3 * (width > 0.2)
    assert image.sum() * camera.spacing == pytest.approx(1, abs=left)
    assert (image * pixels).sum() * camera.spacing == pytest.approx(position, abs=4 * left)
    assert camera.image(pixels[20:21])[0, 20] == pytest.approx(1 / (width * np.sqrt(2 * np.pi)), rel=1e-12)


def test_samples_keep_their_distance_where_they_are_to_be_learned_from():
    found = data(samples={"train": 400, "test": 400})
    gaps, train = np.ptp(found.features, axis=2), found.split[0] == "train"
    assert gaps[:, train].max() <= 4 < gaps[:, ~train].max()
    assert len(np.unique(found.features[:, train])) == 24
    assert not set(found.features[:, train].flat) & set(found.features[:, ~train].flat)
    difference = found.features[:, :, 1] - found.features[:, :, 0]
    np.testing.assert_allclose(found.target, -(5 - VALUES[:, None]) / 2 * difference, rtol=1e-14)
    assert data().digest() == data().digest() != data(seed=("other",)).digest()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Camera(64, 4.0, 0.06), "image.width: is 0.06, must be at least half a pixel, 0.0635"),
        (lambda: Camera(64, 4.0, float("nan")), "image.width"),
        (lambda: CAMERA.image(np.array([0.0, 3.9])), "positions: 3.9 lies outside"),
        (lambda: springs.task_of("fource", {}), "task 'fource': is neither defined"),
        (lambda: Encoder(63), "pixels: is 63, must be a multiple of 4"),
        (lambda: Encoder(64, normalisation="layer"), "normalisation: is 'layer', must be one of batch, inference"),
    ],
)
def test_bad_input_is_told_in_a_sentence(make, words):
    with pytest.raises(InputError, match=words) as error:
        make()
    assert "\n" not in str(error.value)


def test_the_encoder_has_the_published_number_of_parameters():
    """Convolutions 192 and 10,304, dense 131,200, 2,064 and 17 (paper B, Section IV-C; its code)."""
    assert sum(block.size for block in Encoder(64).blocks) == 192 + 10_304 + 131_200 + 2_064 + 17
    assert sum(block.size for block in Encoder(64, normalisation="inference").blocks) == 143_777 + 2


def test_the_encoder_is_two_convolutions_and_dense_layers():
    """Against PyTorch's own layers."""
    encoder, images = Encoder(64), torch.as_tensor(CAMERA.image(np.linspace(-2.5, 2.5, 5)))
    named = encoder.unpacked(encoder.start(torch.Generator().manual_seed(1), torch.float64))
    h = images[:, None]
    for k, before in ((0, 1), (1, 32)):
        kernel = named[f"e{k}.w"][0].view(5, before, -1).permute(2, 1, 0)
        h = torch.nn.functional.max_pool1d(torch.nn.functional.conv1d(h, kernel, named[f"e{k}.b"][0], padding=2), 2)
    h = h.transpose(1, 2).flatten(1)
    for k in (2, 3, 4):
        h = h @ named[f"e{k}.w"][0] + named[f"e{k}.b"][0]
        h = torch.relu(h) if k < 4 else h
    torch.testing.assert_close(encoder.codes(named, images), h.T, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("normalisation", ["batch", "inference"])
def test_gradients_agree_with_finite_differences(normalisation):
    architecture = Architecture("seql", 2, layers=1, units=(("square", 1), ("sine", 1), ("product", 1)), skip="none")
    network = small_network(Network(architecture, 3), normalisation)
    generator = torch.Generator().manual_seed(0)
    leaves = network.start(Initial(weights=0.4), generator, torch.float64)
    # Biases start at 0, where units of a flat background stand at their kink.
    for leaf in leaves.values():
        leaf += 0.1 * torch.randn(leaf.shape, generator=generator, dtype=torch.float64)
    names = [name for name in leaves if name != GATES]
    features = torch.tensor([[[[0.0, 3.0], [6.0, 2.0]]] * 3], dtype=torch.float64)
    parameter = torch.linspace(-1, 1, 3, dtype=torch.float64)[None]
    z, target = gates.deterministic(leaves[GATES]), torch.zeros((1, 3, 2), dtype=torch.float64)
    given = [leaves[name].requires_grad_() for name in names]

    def weights(*given: torch.Tensor) -> list[torch.Tensor]:
        return network.weights(network.unpacked(dict(zip(names, given))), parameter)

    def loss(*given: torch.Tensor) -> torch.Tensor:
        return network.forward(weights(*given), z, features).square().sum()

    assert torch.autograd.gradcheck(loss, given, eps=1e-6, atol=1e-5)
    whole = torch.autograd.grad(loss(*given) / target.numel(), given)
    ours = torch.autograd.grad(network.squared_error(weights(*given), z, features, target).sum(), given)
    for found, expected in zip(ours, whole):
        torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-11)


def test_batch_normalisation_leaves_mean_0_and_variance_1_over_training_images():
    network = small_network(Network(Architecture("heql", 2), 3))
    leaves = network.start(Initial(), torch.Generator().manual_seed(0), torch.float64)
    z = network.latent(network.unpacked(leaves))
    assert float(z.mean()) == pytest.approx(0, abs=1e-12)
    assert float(z.var(correction=0)) == pytest.approx(1)
    among_others = ImageNetwork(network.head, network.encoder, torch.cat([network.images, network.images[:3] * 2]), 7)
    torch.testing.assert_close(among_others.latent(among_others.unpacked(leaves))[:, :7], z)


def trainer(task: str = "force", network: str = "seql", epochs: int = 3) -> Trainer:
    given = NetworkSettings(network, 1, Schedule(epochs, batch_samples=8, rate=1e-2), held_out=8, scale_features=False)
    numbered, positions, training = indexed(data(task))
    images = torch.as_tensor(CAMERA.image(positions[:training]), dtype=torch.float32)
    head = ReluHead(2) if network == "relu" else Network(Architecture(network, 2), len(VALUES))
    return Trainer(ImageNetwork(head, Encoder(64), images), prepare(numbered, given).seen, given.training)


@pytest.mark.parametrize("network", ["seql", "heql", "relu"])
def test_a_trial_alone_equals_the_same_trial_in_a_batch(network):
    """To single precision: a product of one and of three matrices may be summed in another order."""
    together = train(trainer(network=network), "toy", 3).leaves
    alone = trainer(network=network)
    state = alone.start([trial_seed("toy", 1, 0)])
    for _ in range(3):
        alone.epoch(state)
    for name, leaf in state.leaves.items():
        torch.testing.assert_close(leaf[0].detach(), together[name][1], rtol=2e-3, atol=2e-5)


def test_an_interrupted_training_ends_in_the_same_bits(tmp_path: Path):
    whole, halves = train(trainer(), "toy", 2), trainer()
    state = halves.start([trial_seed("toy", trial, 0) for trial in range(2)])
    halves.epoch(state)
    keeper = Keeper(tmp_path / "c.pt", "identity")
    place = {"waiting": [(0, 0), (1, 0)], "done": {}, "state": halves.snapshot(state)}
    checkpoint.save(place, keeper.identity, keeper.path)
    resumed = train(trainer(), "toy", 2, keeper=keeper)
    for name, leaf in whole.leaves.items():
        assert torch.equal(leaf, resumed.leaves[name])


def test_indices_stand_for_positions():
    found = data()
    numbered, positions, training = indexed(found)
    np.testing.assert_array_equal(positions[numbered.features.astype(int)], found.features)
    assert training == 24
    assert numbered.features[:, found.split[0] == "train"].max() == 23


def planted(task: str, bend: float = 0.0, noise: float = 1e-3):
    """A network that is exactly the law of a latent variable -0.5·psi + 0.2 (bent by a cube), as training gives it."""
    found = data(task, images={"train": 96, "test": 64}, samples={"train": 200, "test": 64})
    _, positions, training = indexed(found)
    wobble = noise * np.random.default_rng(0).normal(size=len(positions))
    latent = Latent(positions, (-0.5 * positions + 0.2 + bend * positions**3 + wobble)[None], training)
    k = (5 - VALUES) / 2
    architecture = Architecture("seql", 2, layers=1, units=(("identity", 1), ("square", 1)), skip="none")
    hidden, output = np.zeros((1, len(VALUES), 2, 2)), np.zeros((1, len(VALUES), 2, 1))
    hidden[0, :, 0], hidden[0, :, 1] = -1, 1
    output[0, :, 0 if task == "force" else 1, 0] = 2 * k
    output[0, :, 1 if task == "force" else 0, 0] = 1e-5  # a term too many, far below what the encoder resolves
    ones = np.ones(len(VALUES))
    scaling = Scaling(np.ones(2), 3.0, 0 * ones, ones)
    rows = np.arange(len(VALUES))
    return (
        found,
        latent,
        TrainedNetwork(
            architecture, (hidden, output), VALUES, rows, scaling, np.zeros((1, 2, 1)), np.zeros(1, int), {}
        ),
    )


@pytest.mark.parametrize("task", ["force", "energy"])
def test_the_law_of_a_planted_latent_variable_is_read_in_both_spaces(task):
    found, latent, trained = planted(task)
    read = read_images(trained, latent, found, pd.DataFrame({"trial": [0]}), 8, 128, 4)
    raw, over_latent, physical = equations(read, trained, found, {})
    assert same_structure(physical, TASKS[task])
    errors = coefficient_error(physical, TASKS[task], VALUES)
    assert max(float(error.max()) for error in errors.values()) < 0.01
    assert over_latent.features == ("z1", "z2")
    line = read.lines[0]
    assert (line.slope, line.intercept) == pytest.approx((-0.5, 0.2), abs=1e-3)
    assert line.r2 > 0.99999
    assert line.residual == pytest.approx(2e-3, rel=0.3)
    z, psi = over_latent.coefficients_at(VALUES), physical.coefficients_at(VALUES)
    power = 1 if task == "force" else 2
    np.testing.assert_allclose(np.array(list(psi.values())), 0.5**power * np.array(list(z.values())), rtol=0.02)
    assert raw.status == "read"


def test_a_bent_latent_variable_is_no_line():
    read = planted("force", bend=0.02)[1].line(0)
    assert read.r2 < 0.9999


def test_weights_and_latent_variables_come_back_as_written(tmp_path: Path):
    latent, encoder = Latent(np.arange(3.0), np.arange(6.0).reshape(2, 3), 2), {"e0.w": np.ones((2, 5, 1), "f4")}
    write_latent(latent, tmp_path / "latent.nc")
    back = read_latent(tmp_path / "latent.nc")
    assert back.training == 2
    np.testing.assert_array_equal(back.values, latent.values)
    np.testing.assert_array_equal(back.of(1, np.array([[2.0, 0.0]])), [[5.0, 3.0]])
    write_encoder(encoder, "batch", tmp_path / "e.safetensors")
    np.testing.assert_array_equal(read_encoder(tmp_path / "e.safetensors")["e0.w"], encoder["e0.w"])
    (tmp_path / "e.safetensors").write_bytes(b"short")
    with pytest.raises(InputError, match="holds no encoder, or a truncated one"):
        read_encoder(tmp_path / "e.safetensors")


def test_the_baseline_takes_the_parameter_as_an_input():
    settings = NetworkSettings("relu", 1, Schedule(2, batch_samples=8), held_out=8, scale_target="magnitude")
    found = fit_images(data(), CAMERA, settings, "batch", "toy")
    assert found.predicted.shape == (1, 4, 16)
    assert found.trained is None
    with pytest.raises(InputError, match="parameter_values: is 2, must be null for the baseline"):
        fit_images(data(), CAMERA, dataclasses.replace(settings, parameter_values=2), "batch", "toy")
