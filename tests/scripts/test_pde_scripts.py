"""Solve, sample, fit, score, tabulate and draw: the chain of partial differential equations on a small study."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import CODE
from eqlearn import style
from eqlearn.dataset import read_dataset
from eqlearn.equation import Equation, read_equation, write_equation
from eqlearn.errors import InputError
from eqlearn.field_file import read_field
from eqlearn.netcdf import read_netcdf, write_netcdf
from figure_pde_coefficients import figure_pde_coefficients
from figure_pde_noise import figure_pde_noise
from fit_sindy_published import fit_sindy_published
from fit_sindy_refined import fit_sindy_refined
from PIL import Image
from read_network import read_network
from recover_pde import recover_pde
from sample_pde import sample_pde
from score_pdes import score_pdes
from solve_pde import solve_pde
from tabulate_pde_recovery import tabulate_pde_recovery
from tabulate_pdes import tabulate_pdes
from tabulate_verdicts import tabulate_verdicts
from test_figure_scripts import overlapping, unlabelled
from train_network import train_network

PUBLISHED = Path(__file__).parents[2] / "config" / "published"
HEAT = {
    "varying": "x",
    "template": "(1 + cos(p)/2)*u_xx",
    "domain": [0.0, 2 * np.pi],
    "until": 0.5,
    "initial": "sin(x) + cos(2*x)",
}
DEFINITIONS = {"heat": HEAT}
POLYNOMIALS = {"space": "polynomial", "time": "polynomial"}
GROUPS = {"powers": 2, "cross_terms": True, "ridge": 1e-5, "thresholds": 20}
WEAK = {"powers": 1, "half_x": 10, "half_t": 10, "max_terms": 3, "size": 3, "sizes": [3, 5]}
LABELS = {"sindy.published": GROUPS, "sindy.refined": WEAK}


NETWORKS = ("seql.refined", "heql.refined")  # the second one was not read
TRAINING = {
    "preset": "published",
    "architecture": {"layers": 1, "units": {"identity": 1, "product": 1}},
    "initial": {},
    "trials": 2,
    "parameter_values": 8,
    "held_out": 0,
    "scale_features": True,
    "scale_target": "magnitude",
    "training": {"epochs": 80, "batch_samples": 16, "rate": 1e-2, "regularisation": 3e-4},
    "device": "cpu",
    "threads": 1,
}
FUNCTION = {"equation": "heat", "grid": "64x64", "noise": 0.0, "seed": 0}
READING = {"reading": {"samples": 64, "parameter_values": 8}, "parameter_values": 8, "held_out": 0}


def network(folder: Path, dataset: Path) -> dict[str, Path]:
    """Equations of SEQL, and one that could not be read, with its trials; features are chosen by name."""
    names = {"network": "n.nc", "table": "t.csv", "raw": "raw.json", "seql.refined": "seql.json", "trials": "r.csv"}
    files, given = {key: folder / name for key, name in names.items()}, {"features": ["u_xx", "u"]}
    inputs = {"dataset": dataset, "network": files["network"], "trials": files["table"], "learner": "seql.refined"}
    train_network(**inputs, checkpoint=folder / "c.pt", settings={**TRAINING, **given}, code=CODE)
    read = {"raw": files["raw"], "equation": files["seql.refined"], "readings": files["trials"]}
    read_network(**inputs, **read, settings={**READING, **given}, code=CODE)
    files["heql.refined"] = folder / "heql.json"
    unread = Equation(None, ("u", "u_xx"), "x", "u_t", {}, None, {}, "unread", "gates are open")
    write_equation(unread, files["heql.refined"])
    return files


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files of the chain: an own equation, noise-free."""
    folder = tmp_path_factory.mktemp("pde")
    field, dataset = folder / "field.nc", folder / "dataset.nc"
    solve_pde(field=field, equation="heat", points=64, times=64, definitions=DEFINITIONS, code=CODE)
    place = {"equation": "heat", "definitions": DEFINITIONS, "methods": {"space": "spectral", "time": "polynomial"}}
    sample_pde(field=field, dataset=dataset, name="toy-heat", noise=0.0, seed=0, highest=2, code=CODE, **place)
    files = {"field": field, "dataset": dataset}
    for fit, (learner, settings) in zip((fit_sindy_published, fit_sindy_refined), LABELS.items()):
        files[learner] = folder / f"{learner}.json"
        fit(dataset=dataset, equation=files[learner], learner=learner, settings=settings, code=CODE)
    files |= {name: folder / f"{name}.csv" for name in ("scores", "coefficients", "draws")}
    files |= network(folder, dataset)
    score_pdes(
        datasets={"toy-heat": dataset},
        equations={("toy-heat", learner): files[learner] for learner in (*LABELS, *NETWORKS)},
        trials={("toy-heat", learner): files["trials"] for learner in NETWORKS},
        functions={"toy-heat": FUNCTION},
        definitions=DEFINITIONS,
        scores=files["scores"],
        coefficients=files["coefficients"],
    )
    files["verdicts"], learned = folder / "verdicts.csv", (*LABELS, *NETWORKS)
    tabulate_verdicts(
        equations={f"toy-heat/{learner}/nall": files[learner] for learner in learned}, verdicts=files["verdicts"]
    )
    settings = {"noise": [0.001, 0.01], "seeds": [0, 1], "learners": LABELS, "highest_derivative": 2}
    recovery = {"recovery": files["draws"], "settings": {**settings, "noisy_derivatives": POLYNOMIALS}}
    recover_pde(field=field, equation="heat", definitions=DEFINITIONS, **recovery)
    return files


def test_the_chain_finds_an_own_equation(chain):
    data = read_dataset(chain["dataset"])
    assert (data.name, data.parameter.name, data.rate.name) == ("toy-heat", "x", "u_t")
    assert data.attributes["true_equation"] == HEAT["template"]
    scores = pd.read_csv(chain["scores"])
    assert list(scores["learner"]) == ["true", *LABELS, *NETWORKS]
    assert list(scores["terms"]) == [*["u_xx"] * 4, "unread"] and list(scores["support_right"]) == [True] * 4 + [False]
    assert (scores["coefficient_mse"][:4] < 1e-4).all() and scores["coefficient_mse"][0] == 0
    assert read_equation(chain["sindy.refined"]).provenance["learner"] == "sindy.refined"
    verdicts = pd.read_csv(chain["verdicts"]).set_index("learner")
    assert verdicts["supported"].tolist() == [True, True, True, False]
    assert verdicts["held_out"].tolist() == ["conditions", "conditions", "samples", "samples"]
    assert (verdicts["nmse"][:3] < 1e-3).all() and verdicts["reason"].iloc[3] == "gates are open"


def test_scores_are_those_of_the_equations(chain):
    """Errors by NumPy from the equation file; the terms' count is one."""
    x = read_dataset(chain["dataset"]).values
    learned = read_equation(chain["sindy.published"])
    error = np.mean((learned.coefficients_at(x)["c1"] - (1 + np.cos(x) / 2)) ** 2)
    row = pd.read_csv(chain["scores"]).set_index("learner").loc["sindy.published"]
    assert row["coefficient_mse"] == row["coefficient_mse_true_terms"] == pytest.approx(error, rel=1e-9)
    assert row["coefficient_mse_library"] == row["coefficient_mse_as_printed"] == pytest.approx(error / 20, rel=1e-9)


def test_a_network_ends_in_the_least_squares_of_the_group_regression(chain):
    """The same term, so the same coefficients; its trials are counted, and nothing is told of an unread equation."""
    data, learned = read_dataset(chain["dataset"]), read_equation(chain["seql.refined"])
    assert learned.features == ("u_xx", "u") and learned.provenance["learner"] == "seql.refined"
    for equation in (learned, read_equation(chain["sindy.published"])):
        found = equation.coefficients_at(data.values)["c1"]
        best = np.einsum("ps,ps->p", data.features[..., 2], data.target) / np.sum(data.features[..., 2] ** 2, 1)
        np.testing.assert_allclose(found, best, rtol=1e-9)
    scores = pd.read_csv(chain["scores"]).set_index("learner")
    assert scores.loc["seql.refined", "trials"] == 2 and scores.loc["seql.refined", "trials_right"] >= 1
    errors = ["coefficient_mse", "ut_mse", "relative_coefficient_error"]
    assert scores.loc["heql.refined", errors].isna().all() and scores.loc["sindy.published", ["trials"]].isna().all()


def test_draws_differ_and_are_summarised(chain, tmp_path):
    draws = pd.read_csv(chain["draws"])
    assert len(draws) == 8 and draws["coefficient_mse"].nunique() == 8
    tabulate_pde_recovery(draws=[chain["draws"]], recovery=tmp_path / "recovery.csv")
    table = pd.read_csv(tmp_path / "recovery.csv")
    assert list(table["draws"]) == [2, 2, 2, 2]
    first = draws[(draws["noise"] == 0.001) & (draws["learner"] == "sindy.refined")]
    row = table[(table["noise"] == 0.001) & (table["learner"] == "sindy.refined")].iloc[0]
    assert row["relative_error_50"] == pytest.approx(first["relative_coefficient_error"].median())
    assert row["supports_right"] == first["support_right"].sum()


def test_tables_stand_beside_the_published_ones(chain, tmp_path):
    kinds = {"errors": "csv", "errors_page": "html", "equations": "csv", "equations_page": "html"}
    paths = {name: tmp_path / f"{name}.{kind}" for name, kind in kinds.items()}
    tabulate_pdes(
        scores=chain["scores"],
        coefficients=chain["coefficients"],
        published_errors=PUBLISHED / "parametric_eql_table3_pde_mse.csv",
        published_equations=PUBLISHED / "parametric_eql_table4_pde_equations.csv",
        **paths,
    )
    errors, equations = pd.read_csv(paths["errors"]), pd.read_csv(paths["equations"])
    assert errors["published_ut_mse"].notna().sum() == 12
    assert (errors["equation"] == "heat").sum() == 5
    assert list(equations["learner"].value_counts()) == [4, 4, 4, 4]
    assert equations["u_t"].str.fullmatch(r"\+[0-9.]+·u_xx").all()


def test_figures_are_drawn_and_labelled(chain, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(style.plt, "close", drawn.append)
    functions = {"toy-heat": FUNCTION}
    drawing = {"coefficients": chain["coefficients"], "functions": functions, "verdicts": chain["verdicts"]}
    figure_pde_coefficients(**drawing, svg=tmp_path / "c.svg", png=tmp_path / "c.png")
    tabulate_pde_recovery(draws=[chain["draws"]], recovery=tmp_path / "recovery.csv")
    noise = {"draws": [chain["draws"]], "recovery": tmp_path / "recovery.csv"}
    figure_pde_noise(**noise, svg=tmp_path / "n.svg", png=tmp_path / "n.png")
    monkeypatch.undo()
    for figure in drawn:
        assert [label for axes in figure.axes for label in unlabelled(axes)] == []
        assert overlapping(figure) == []
        style.plt.close(figure)
    assert len(drawn) == 2
    for name in ("c", "n"):
        with Image.open(tmp_path / f"{name}.png") as image:
            assert min(image.size) > 300


def test_a_field_that_is_none_or_was_edited_is_refused(chain, tmp_path):
    data = read_netcdf(chain["field"])
    write_netcdf(data.rename(u="v"), tmp_path / "other.nc")
    with pytest.raises(InputError, match=r"other\.nc: holds no field u\(t, x\)"):
        read_field(tmp_path / "other.nc")
    (tmp_path / "half.nc").write_bytes(chain["field"].read_bytes()[:2000])
    with pytest.raises(InputError, match="truncated"):
        read_field(tmp_path / "half.nc")
