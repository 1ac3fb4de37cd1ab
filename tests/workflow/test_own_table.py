"""A user's own table from the command line: the shipped example is learned right, and nothing else is built."""

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import ROOT, copy_project
from eqlearn.equation import read_equation
from test_configurations import snakemake

EXAMPLE = ROOT / "config" / "example"
LEARNERS = ("oat.refined", "es.published")


def logistic(table: pd.DataFrame) -> np.ndarray:
    """The example's closed form: plateau 1/(1 + r), from 0.02."""
    plateau = 1 / (1 + table["growth_rate"])
    return plateau / (1 + (plateau / 0.02 - 1) * np.exp(-table["growth_rate"] * table["time"]))


def test_the_example_holds_its_closed_form():
    table = pd.read_csv(EXAMPLE / "growth.csv")
    np.testing.assert_allclose(table["density"], logistic(table), atol=1e-8)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of the finished example run, started as the README says."""
    project = copy_project(tmp_path_factory.mktemp("example") / "project")
    done = snakemake(project.folder, "--cores", "2", "--configfile", "config/example/growth.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    return project.folder / "results" / "example"


def test_the_example_recovers_its_equation(finished):
    """dN/dt = r·(N − (1 + r)·N²)."""
    equation = read_equation(finished / "equations" / "growth" / "oat.refined" / "n5.json")
    rates = np.linspace(0.1, 0.9, 30)
    coefficients = equation.coefficients_at(rates)
    assert equation.template == "p*(c1*N + c2*N**2)"
    np.testing.assert_allclose(coefficients["c1"], 1, rtol=1e-5)
    np.testing.assert_allclose(coefficients["c2"], -(1 + rates), rtol=1e-5)
    errors = pd.read_csv(finished / "tables" / "trajectory_errors" / "growth.csv")
    assert errors.loc[errors["learner"] == "oat.refined", "mse"].max() < 1e-12


def test_the_example_leaves_what_the_readme_says(finished):
    products = {path.relative_to(finished).as_posix() for path in finished.rglob("*") if path.is_file()}
    products = {name for name in products if not name.startswith(("logs/", "benchmarks/"))}
    equations = {f"equations/growth/{learner}/n5.json" for learner in LEARNERS}
    assert {name for name in products if name.endswith(".json")} == {*equations, "run.json"}
    kinds = ("example_fits", "trajectory_errors", "errors_by_experiments", "joining")
    figures = {f"{kind}/growth" for kind in kinds} | {f"coefficients/growth.{learner}" for learner in LEARNERS}
    assert {name for name in products if name.endswith(".svg")} == {f"figures/{name}.svg" for name in figures}
    assert not any("mean_field" in name or "inference" in name or "verification" in name for name in products)
    assert "dN/dt = -0.75*N**2 + 0.5*N" in (finished / "summary.md").read_text()
    assert "r\\_p" not in (finished / "figures" / "example_fits" / "growth.svg").read_text()


def configured(folder, **changes):
    """The design's own example, beside its data, in a folder of its own."""
    study = {
        "kind": "table",
        "path": "my/growth.csv",
        "columns": {
            "parameter": "proliferation_rate",
            "time": "time",
            "state": "density",
            "rate": "density_rate",
            "replicate": None,
        },
        "parameter": {"name": "R_p", "unit": "1/h"},
        "initial_state": "data",
        "experiments": {"step": 1.0},
        "learners": ["oat.refined", "es.published"],
        **changes,
    }
    (folder / "my").mkdir(parents=True)
    values = np.arange(1, 501) / 100
    table = pd.DataFrame({"proliferation_rate": np.repeat(values, 100), "time": np.tile(np.linspace(0, 9, 100), 500)})
    table["density"] = 0.5 - 0.45 * np.exp(-table["time"])
    table["density_rate"] = 0.45 * np.exp(-table["time"])
    table.assign(pair_correlation=1.0).to_csv(folder / "my" / "growth.csv", index=False)
    (folder / "mine.yaml").write_text(
        yaml.safe_dump({"run": "mine", "build": ["growth"], "studies": {"growth": study}})
    )
    return folder / "mine.yaml"


def test_a_dry_run_holds_nothing_of_the_default_run(project, tmp_path):
    done = snakemake(project.folder, "--dry-run", "--configfile", str(configured(tmp_path / "own")))
    text = done.stdout + done.stderr
    assert done.returncode == 0, text
    assert "results/mine/equations/growth/es.published/n5.json" in text
    assert "results/mine/summary.md" in text
    for foreign in ("bdm", "mean_field", "results/default", "verify", "disagreements", "infer", "snapshots"):
        assert foreign not in text, foreign


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"path": "my/grwth.csv"}, "there is no file"),
        (
            {"experiments": {"step": 0.015}},
            "config key 'studies.growth.experiments.step': is 0.015, must be a multiple",
        ),
        (
            {"initial_state": "first"},
            "config key 'studies.growth.initial_state': is 'first', must be data or a number.",
        ),
    ],
)
def test_a_fault_stops_with_a_sentence_and_writes_nothing(project, tmp_path, changes, sentence):
    done = snakemake(project.folder, "--cores", "1", "--configfile", str(configured(tmp_path / "own", **changes)))
    text = done.stdout + done.stderr
    assert done.returncode != 0
    assert sentence in text
    assert "Traceback" not in text
    assert [path.name for path in (project.folder / "results").iterdir()] == ["record"]


def test_two_files_may_share_a_study(project, tmp_path):
    """The path counts from the file that names it, whichever file changes the rest."""
    own = configured(tmp_path / "own")
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("studies: {growth: {experiments: {step: 0.5}}}")
    done = snakemake(project.folder, "--dry-run", "--configfile", str(own), str(overlay))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "equations/growth/oat.refined/n10.json" in done.stdout + done.stderr
