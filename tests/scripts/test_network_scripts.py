"""Sample, train, read, score and draw: the chain of the analytic benchmarks on a small study."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from conftest import CODE, VALUES
from eqlearn import style
from eqlearn.equation import read_equation
from eqlearn.errors import InputError
from eqlearn.networks import checkpoint
from figure_functions import figure_functions
from figure_training import figure_training
from fit_network import fit_network
from learner_settings import settings_for
from PIL import Image
from read_network import read_network
from sample_analytic import sample_analytic
from score_networks import score_networks
from tabulate_verdicts import tabulate_verdicts
from test_figure_scripts import overlapping, unlabelled
from train_network import train_network

SAMPLING = {
    "parameter": [[-3.0, 0.0, 6], [0.0, 3.0, 6]],
    "samples": {"train": 64, "test": 16},
    "reach": {"train": 3.0, "test": 5.0},
    "definitions": {
        "mine": {"template": "k*x*z", "features": ["x", "z"], "coefficients": {"k": {"kind": "constant", "value": 2.0}}}
    },
}
TRAINING = {
    "preset": "published",
    "architecture": {"layers": 1, "units": {"identity": 2, "square": 2}},
    "initial": {},
    "trials": 2,
    "parameter_values": 5,
    "held_out": 16,
    "scale_features": True,
    "scale_target": "magnitude",
    "training": {"epochs": 300, "batch_samples": 16, "rate": 1e-2},
    "device": "cpu",
    "threads": 1,
}
READING = {"reading": {"choice": "held_out"}, "parameter_values": 5, "held_out": 16}
LEARNER = "seql.refined"


def sample(folder: Path, function: str) -> Path:
    place = {"dataset": folder / f"{function}.nc", "name": f"toy-{function}", "function": function}
    sample_analytic(**place, noise=0.0, seed=0, settings=SAMPLING, code=CODE)
    return place["dataset"]


def train(folder: Path, dataset: Path, **changes: object) -> dict[str, Path]:
    paths = {"network": folder / "network.nc", "trials": folder / "trials.csv", "checkpoint": folder / "state.pt"}
    train_network(dataset=dataset, **paths, learner=LEARNER, settings={**TRAINING, **changes}, code=CODE)
    return paths


@pytest.fixture(scope="module")
def chain(folder: Path) -> dict[str, Path]:
    """All products of one function."""
    dataset = sample(folder, "f1")
    paths = train(folder, dataset)
    read = {"raw": folder / "raw.json", "equation": folder / "equation.json", "readings": folder / "readings.csv"}
    inputs = {"dataset": dataset, "network": paths["network"], "trials": paths["trials"]}
    read_network(**inputs, **read, learner=LEARNER, settings=READING, code=CODE)
    tables = {name: folder / f"{name}.csv" for name in ("scores", "recovery", "coefficients", "curves", "equations")}
    files = {"dataset": dataset, "raw": read["raw"], "equation": read["equation"], "trials": read["readings"]}
    score_networks(
        learned={("toy-f1", LEARNER): files},
        functions={"toy-f1": {"function": "f1", "noise": 0.0, "seed": 0}},
        definitions={},
        examples=[1, 9],
        reach=5.0,
        **tables,
    )
    verdicts = folder / "verdicts.csv"
    tabulate_verdicts(equations={f"toy-f1/{LEARNER}/nall": read["equation"]}, verdicts=verdicts)
    return {**paths, **read, **tables, "dataset": dataset, "verdicts": verdicts}


def test_the_chain_ends_in_the_exact_equation(chain):
    scores = pd.read_csv(chain["scores"]).iloc[0]
    assert scores["structure_right"]
    assert scores["recovered"]
    assert scores["test_mse"] <= 1e-20
    equation = read_equation(chain["equation"])
    found = equation.coefficients_at(np.array([-3.0, 3.0]))
    np.testing.assert_allclose(sorted(map(tuple, found.values())), [(-3, 3), (-3, 3)], rtol=1e-10)
    assert equation.provenance["learner"] == LEARNER
    assert not chain["checkpoint"].exists()
    assert equation.verdict.supported and equation.verdict.nmse < 1e-20
    assert equation.verdict.held_out == read_equation(chain["raw"]).verdict.held_out == "samples"


def test_the_trained_equation_is_kept_beside_the_refined_one(chain):
    raw = read_equation(chain["raw"])
    assert len(raw.coefficients["c1"].grid) == 5
    assert len(json.loads(chain["equation"].read_text())["coefficients"]["c1"]["grid"]) == 11
    table = pd.read_csv(chain["readings"])
    assert table["chosen"].sum() == 1
    assert {"structure_trained", "structure", "held_out_refitted", "test_sampled"} <= set(table)


def test_tables_hold_the_true_the_trained_and_the_refined_equation(chain):
    factors = pd.read_csv(chain["coefficients"])
    assert set(factors["equation"]) == {"true", "trained", "refined"}
    true, refined = (factors[factors["equation"] == name].reset_index() for name in ("true", "refined"))
    np.testing.assert_allclose(refined["value"], true["value"], atol=1e-10)
    shown = pd.read_csv(chain["equations"])
    assert list(shown["parameter_value"]) == pytest.approx([-2.4, 1.8])
    assert shown["refined"][1] == "1.8*x**2 + 3.0*x"
    rate = pd.read_csv(chain["recovery"]).iloc[0]
    assert (rate["runs_right"], rate["runs"]) == (1, 1)
    assert 0.2 < rate["runs_rate_low"] < 0.21
    assert rate["coefficient_error_worst"] == pd.read_csv(chain["scores"]).iloc[0]["coefficient_error"] <= 1e-10


def test_training_twice_gives_the_same_bytes(chain, tmp_path):
    again = train(tmp_path, chain["dataset"])
    assert again["network"].read_bytes() == chain["network"].read_bytes()
    assert again["trials"].read_bytes() == chain["trials"].read_bytes()


def test_a_network_that_cannot_be_read_leaves_an_unread_equation_with_its_reason(chain, tmp_path):
    paths = train(tmp_path, chain["dataset"], architecture={}, trials=1, training={"epochs": 1})
    read = {"raw": tmp_path / "raw.json", "equation": tmp_path / "e.json", "readings": tmp_path / "r.csv"}
    inputs = {"dataset": chain["dataset"], "network": paths["network"], "trials": paths["trials"]}
    read_network(**inputs, **read, learner=LEARNER, settings=READING, code=CODE)
    equation = read_equation(read["equation"])
    assert equation.status == "unread"
    assert "720 gates are open" in equation.reason


def test_own_functions_are_sampled_and_unknown_ones_refused(folder):
    from eqlearn.dataset import read_dataset

    data = read_dataset(sample(folder, "mine"))
    np.testing.assert_allclose(data.target, 2 * data.features[:, :, 0] * data.features[:, :, 1])
    with pytest.raises(InputError, match="function 'f9': is neither defined nor one of f1, f2"):
        sample(folder, "f9")


def given(chain: dict[str, Path]) -> dict[str, object]:
    """What the figure of functions is given beside coefficients."""
    functions = {"toy-f1": {"function": "f1", "noise": 0.0, "seed": 0}}
    return {"curves": chain["curves"], "verdicts": chain["verdicts"], "functions": functions, "learned_on": 3.0}


@pytest.mark.parametrize("figure", ["functions", "training"])
def test_figures_can_be_read_and_have_the_same_bytes_twice(figure, chain, tmp_path, monkeypatch):
    kept = []
    for name in ("a", "b"):
        out = {"svg": tmp_path / f"{name}.svg", "png": tmp_path / f"{name}.png"}
        if figure == "functions":
            figure_functions(coefficients=chain["coefficients"], **given(chain), **out)
        else:
            key = ("toy-f1", LEARNER)
            figure_training(networks={key: chain["network"]}, trials={key: chain["readings"]}, **out)
        monkeypatch.setattr(style.plt, "close", kept.append)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    (drawn,) = kept
    assert overlapping(drawn) == []
    assert [unlabelled(axes) for axes in drawn.axes if axes.axison and unlabelled(axes)] == []
    with Image.open(tmp_path / "a.png") as image:
        assert image.width <= 2600


@pytest.mark.parametrize(
    ("values", "limits"), [([1, 1 + 1e-13], (0.95, 1.05)), ([-2, -2], (-2.1, -1.9)), ([0, 0], None)]
)
def test_a_constant_coefficient_is_drawn_on_a_scale_of_its_size(values, limits, chain, tmp_path, monkeypatch):
    coefficients, kept = pd.read_csv(chain["coefficients"]), []
    coefficients["value"] = np.resize(values, len(coefficients))
    coefficients.to_csv(tmp_path / "coefficients.csv", index=False)
    monkeypatch.setattr(style.plt, "close", kept.append)
    out = {"svg": tmp_path / "a.svg", "png": tmp_path / "a.png"}
    figure_functions(coefficients=tmp_path / "coefficients.csv", **given(chain), **out)
    last = [axes for axes in kept[0].axes if axes.axison][-1]
    assert last.get_ylim() == pytest.approx(limits) if limits else last.get_ylim()[0] < 0 < last.get_ylim()[1]


@pytest.mark.parametrize("learner", ["eql.published", "seql.published", "heql.published"])
def test_the_published_settings_train_and_are_reported_as_trained(learner, chain, tmp_path):
    """Two epochs with the default configuration's settings: the trial is chosen as published, and what is read of it is
    an equation or a reason."""
    config = yaml.safe_load((Path(__file__).parents[2] / "config" / "config.yaml").read_text(encoding="utf-8"))
    settings = {**settings_for(config, learner), **config["training"]}
    reading = {key: settings[key] for key in ("parameter_values", "held_out")} | {"reading": settings.pop("reading")}
    settings["training"] = {**settings["training"], "epochs": 2, "rate": 1.0, "regularisation": 10.0}
    paths = {"network": tmp_path / "n.nc", "trials": tmp_path / "t.csv"}
    place = {"dataset": chain["dataset"], **paths}
    train_network(**place, checkpoint=tmp_path / "c.pt", learner=learner, settings=settings, code=CODE)
    read = {"raw": tmp_path / "raw.json", "equation": tmp_path / "e.json", "readings": tmp_path / "r.csv"}
    read_network(**place, **read, learner=learner, settings=reading, code=CODE)
    table = pd.read_csv(read["readings"])
    assert table["chosen"].tolist() == table["least_test_error"].tolist()
    assert table["chosen"].sum() == 1
    assert {read_equation(path).status for path in (read["raw"], read["equation"])} <= {"read", "unread"}
    key = ("toy-f1", learner)
    out = {"svg": tmp_path / "f.svg", "png": tmp_path / "f.png"}
    figure_training(networks={key: paths["network"]}, trials={key: read["readings"]}, **out)
    read_something = table[["structure", "structure_trained"]].notna().any(axis=None)
    assert ("read: " if read_something else "nothing read") in out["svg"].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"trials": 0}, "trials: is 0, must be at least 1"),
        ({"architecture": {"units": {"tangent": 2}}}, "primitive 'tangent': is given 2 times, use one, identity"),
        ({"parameter_values": 1}, "parameter_values: is 1, must be at least 2"),
        pytest.param(
            {"device": "cuda"},
            "device: is 'cuda', but PyTorch sees no GPU here; use 'cpu' or 'auto'",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU"),
        ),
    ],
)
def test_bad_settings_leave_nothing_behind(changes, sentence, chain, tmp_path):
    with pytest.raises(InputError, match=sentence):
        train(tmp_path, chain["dataset"], **changes)
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_other_settings_is_refused_and_kept(chain, tmp_path):
    checkpoint.save({"round": 0}, "other settings", tmp_path / "state.pt")
    with pytest.raises(InputError, match=r"state\.pt: was written by other settings, data or code; delete it"):
        train(tmp_path, chain["dataset"])
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]


TRAJECTORIES = {
    **TRAINING,
    "architecture": {"layers": 2, "skip": "all", "units": {"square": 1, "product": 2}},
    "parameter_values": 3,
    "held_out": 0,
    "scale_target": "none",
    "training": {"epochs": 200, "batch_samples": 16, "rate": 1e-2, "regularisation": 1e-3},
}


def test_a_network_learns_the_mean_field_from_its_trajectories(mean_field_dataset, tmp_path):
    given = {"dataset": mean_field_dataset, "learner": LEARNER, "values": VALUES, "settings": TRAJECTORIES}
    names = {"equation": "e.json", "per_parameter": "p.csv", "network": "n.nc", "trials": "t.csv"}
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        fit_network(**given, **{key: tmp_path / folder / name for key, name in names.items()}, code=CODE)
    equation = read_equation(tmp_path / "a" / "e.json")
    assert equation.template == "p*(c1*C + c2*C**2)"
    found = equation.coefficients_at(np.array([0.3, 1.7]))  # any rate, sampled or not
    np.testing.assert_allclose([found["c1"], found["c2"]], [[0.5, 0.5], [-1.0, -1.0]], rtol=1e-6)
    assert (equation.provenance["learner"], equation.provenance["experiments"]) == (LEARNER, len(VALUES))
    assert set(pd.read_csv(tmp_path / "a" / "p.csv")["parameter_value"]) == set(VALUES)
    assert {"open_gates", "restarts", "powers", "proposed"} <= set(pd.read_csv(tmp_path / "a" / "t.csv"))
    for name in names.values():
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_network_of_which_nothing_can_be_used_writes_nothing(mean_field_dataset, tmp_path):
    names = {"equation": "e.json", "per_parameter": "p.csv", "network": "n.nc", "trials": "t.csv"}
    place = {key: tmp_path / name for key, name in names.items()}
    settings = {**TRAJECTORIES, "architecture": {}, "training": {"epochs": 1}}
    with pytest.raises(InputError, match=r"mean_field-c0\.25: no trial ended in powers of C alone"):
        fit_network(dataset=mean_field_dataset, **place, learner=LEARNER, values=VALUES, settings=settings, code=CODE)
    assert list(tmp_path.iterdir()) == []
