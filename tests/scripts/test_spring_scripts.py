"""Sample, train, read, score, tabulate and draw: the chain of images of particles on a small study."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import CODE
from eqlearn import style
from eqlearn.dataset import read_dataset
from eqlearn.equation import read_equation
from eqlearn.errors import InputError
from eqlearn.netcdf import read_netcdf
from eqlearn.networks.encoder_file import encoder_digest
from eqlearn.random import generator
from figure_encoder import figure_encoder
from figure_springs import figure_springs
from fit_relu import fit_relu
from PIL import Image
from read_springs import read_springs
from sample_springs import sample_springs
from score_springs import score_springs
from tabulate_springs import tabulate_springs
from tabulate_verdicts import tabulate_verdicts
from test_figure_scripts import overlapping, unlabelled
from train_springs import train_springs

PUBLISHED = Path(__file__).parents[2] / "config" / "published"
IMAGE = {"pixels": 64, "reach": 4.0, "width": 0.1}
DEFINITIONS = {"pull": {"template": "(2 + p/4)*(psi1 - psi2)"}}
SAMPLING = {
    "parameter": [[-2.619, 1.905, 4]],
    "image": IMAGE,
    "reach": 3.0,
    "separation": {"train": 4.0, "test": None},
    "images": {"train": 48, "test": 24},
    "samples": {"train": 72, "test": 24},
    "definitions": DEFINITIONS,
}
RUNNING = {"device": "cpu", "threads": 1}
COURSE = {"epochs": 150, "batch_parameters": None, "batch_samples": 32, "optimiser": "tensorflow_rmsprop", "rate": 2e-3}
TRAINING = {
    "preset": "published",
    "architecture": {"layers": 1, "sine_cycles": 1, "product": 1, "units": {"identity": 2}},
    "initial": {},
    "trials": 1,
    "parameter_values": None,
    "held_out": 8,
    "scale_features": True,
    "scale_target": "magnitude",
    "normalisation": "batch",
    "training": {**COURSE, "gate_rate": 5, "regularisation": 1e-3},
    **RUNNING,
}
BASELINE = {"trials": 1, "held_out": 8, "scale_target": "magnitude", "normalisation": "batch", **RUNNING}
READING = {"held_out": 8, "reading": {"choice": "held_out", "samples": 64, "parameter_values": 4}}
TABLES = ("scores", "coefficients", "predictions", "encodings", "equations")


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files of the chain: an own law."""
    folder = tmp_path_factory.mktemp("springs")
    names = ["dataset", "network", "latent", "trials", "relu_latent", "relu_trials", "predicted", "relu_encoder"]
    files = {name: folder / f"{name}.{'csv' if 'trials' in name else 'nc'}" for name in names}
    files["encoder"] = folder / "seql.encoder.safetensors"
    files |= {name: folder / f"{name}.json" for name in ("raw", "over_latent", "equation", "unread")}
    files |= {name: folder / f"{name}.csv" for name in ("readings", "verdicts", *TABLES)}
    sample_springs(dataset=files["dataset"], name="toy-pull", task="pull", seed=0, settings=SAMPLING, code=CODE)
    trained = {name: files[name] for name in ("dataset", "network", "encoder", "latent", "trials")}
    place = {"checkpoint": folder / "c.pt", "image": IMAGE, "code": CODE}
    train_springs(**trained, learner="seql.refined", settings=TRAINING, **place)
    read = {name: files[name] for name in ("raw", "over_latent", "equation", "readings")}
    read_springs(**trained, **read, learner="seql.refined", settings=READING, code=CODE)
    fit_relu(
        dataset=files["dataset"],
        equation=files["unread"],
        predicted=files["predicted"],
        encoder=files["relu_encoder"],
        latent=files["relu_latent"],
        trials=files["relu_trials"],
        settings={**BASELINE, "training": {**COURSE, "epochs": 2}},
        **place,
    )
    own = {"physical": "equation", "latent": "latent", "over_latent": "over_latent"}
    relu = {"physical": "unread", "latent": "relu_latent", "predicted": "predicted", "trials": "relu_trials"}
    learners = {"seql.refined": own, "relu.published": relu}
    score_springs(
        learned={
            ("toy-pull", learner): {"dataset": files["dataset"], **{role: files[name] for role, name in roles.items()}}
            for learner, roles in learners.items()
        },
        tasks={"toy-pull": {"task": "pull", "seed": 0}},
        definitions=DEFINITIONS,
        examples=[0, 3],
        **{name: files[name] for name in TABLES},
    )
    tabulate_verdicts(equations={"toy-pull/seql.refined/nall": files["equation"]}, verdicts=files["verdicts"])
    return files


def test_the_chain_finds_an_own_law(chain):
    data = read_dataset(chain["dataset"])
    assert (data.name, data.rate.name, data.attributes["true_equation"]) == (
        "toy-pull",
        "pull",
        "(2 + p/4)*(psi1 - psi2)",
    )
    scores = pd.read_csv(chain["scores"])
    assert scores["learner"].tolist() == ["seql.refined", "relu.published"]
    assert scores["structure_right"].tolist() == [True, False]
    assert scores["coefficient_error"][0] < 0.05
    assert scores["latent_r2"][0] > 0.995
    assert (scores["rmse_inside"] > 0).all()


def test_equations_name_the_encoder_and_say_how_positions_come_of_it(chain):
    equation = read_equation(chain["equation"])
    assert equation.features == ("psi1", "psi2")
    behind = equation.provenance["encoder"]
    assert behind["digest"] == encoder_digest(chain["encoder"])
    assert behind["file"] == "seql.encoder.safetensors"
    latent = read_netcdf(chain["latent"])
    line = np.polyfit(latent["position"].values[:48], latent["latent"].values[behind["trial"]][:48], 1)
    assert (behind["slope"], behind["intercept"]) == pytest.approx(tuple(line), abs=1e-6)
    assert read_equation(chain["unread"]).status == "unread"
    verdicts = [read_equation(chain[name]).verdict for name in ("raw", "over_latent", "equation")]
    assert all(verdict.supported and verdict.nmse < 0.01 for verdict in verdicts)


def test_predictions_of_the_score_are_those_of_the_equation(chain):
    scores, points = (pd.read_csv(chain[name]) for name in ("scores", "predictions"))
    for learner, rows in points.groupby("learner"):
        inside = rows[rows["difference"].abs() <= 4]
        own = scores.set_index("learner").loc[learner]
        error = np.sqrt(((inside["predicted"] - inside["true"]) ** 2).mean())
        assert own["rmse_inside"] / 4 < error < 4 * own["rmse_inside"]


def test_the_table_has_the_published_equations_beside_ours(chain, tmp_path):
    equations = pd.read_csv(chain["equations"]).replace({"task": {"pull": "force"}})
    equations.to_csv(tmp_path / "e.csv", index=False)
    published = PUBLISHED / "parametric_eql_tables5_6_spring.csv"
    table = tmp_path / "t.csv"
    files = {"equations": tmp_path / "e.csv", "published": published, "table": table, "page": tmp_path / "t.html"}
    tabulate_springs(**files, definitions={"force": {"template": "(p - 4)*(psi2 - psi1)"}})
    assert pd.read_csv(table)["published_true"].isna().all()  # an own law of that name
    tabulate_springs(**files, definitions={})
    found = pd.read_csv(table)
    assert found["t"].tolist() == [-2.619, 1.905] * 2
    assert found["published_learned_latent"].tolist()[:2] == ["-4.66*z1 + 4.66*z2", "-1.89*z1 + 1.89*z2"]
    assert found["published_true"].isna().tolist() == [False, False, True, True]


@pytest.mark.parametrize("draw", ["encoder", "springs"])
def test_figures_have_labels_units_no_overlapping_text_and_200_dpi(draw, chain, tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(style.plt, "close", figures.append)
    out = {"svg": tmp_path / "f.svg", "png": tmp_path / "f.png"}
    if draw == "encoder":
        figure_encoder(image=IMAGE, **out)
    else:
        tables = {name: chain[name] for name in ("predictions", "coefficients", "encodings", "verdicts")}
        figure_springs(**tables, dataset="toy-pull", task="pull", seed=0, learned_on=4.0, **out)
    figure = figures[0]
    figure.canvas.draw()
    assert not overlapping(figure)
    assert not [label for axes in figure.axes if axes.axison for label in unlabelled(axes)]
    with Image.open(out["png"]) as image:
        assert image.info["dpi"][0] >= 199


@pytest.mark.parametrize(("scattered", "label"), [(False, "ψ2 − ψ1 (1)"), (True, "true pull (1)")])
def test_a_target_is_drawn_over_the_difference_of_which_it_is_a_function(
    scattered, label, chain, tmp_path, monkeypatch
):
    figures = []
    monkeypatch.setattr(style.plt, "close", figures.append)
    points = pd.read_csv(chain["predictions"])
    if scattered:
        points["difference"] = generator("scattered").permutation(points["difference"])
    points.to_csv(tmp_path / "p.csv", index=False)
    tables = {
        "predictions": tmp_path / "p.csv",
        **{name: chain[name] for name in ("coefficients", "encodings", "verdicts")},
    }
    out = {"svg": tmp_path / "f.svg", "png": tmp_path / "f.png"}
    figure_springs(**tables, dataset="toy-pull", task="pull", seed=0, learned_on=4.0, **out)
    assert figures[0].axes[0].get_xlabel() == label


def test_a_bump_that_leaves_its_image_is_told(tmp_path):
    wide = {**SAMPLING, "image": {**IMAGE, "width": 0.5}}
    with pytest.raises(InputError, match=r"positions: .* lies outside of"):
        sample_springs(dataset=tmp_path / "d.nc", name="toy", task="pull", seed=0, settings=wide, code=CODE)
    assert not (tmp_path / "d.nc").exists()
