"""A user's table in the configuration: which file, which experiments, which labels, and a sentence for each fault."""

import copy
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from benchmarks import Benchmarks
from configuration import ConfigurationError, check
from labels import labels_of
from pdes import Pdes
from plan import Plan
from publication import Publication
from springs import Springs
from table_study import TableStudy, table_paths

DEFAULT_FILE = Path(__file__).parents[2] / "config" / "config.yaml"
DEFAULT = yaml.safe_load(DEFAULT_FILE.read_text(encoding="utf-8"))
STUDY = {
    "kind": "table",
    "path": "my/growth.csv",
    "columns": {"parameter": "rate", "time": "time", "state": "density", "rate": "slope", "replicate": None},
    "parameter": {"name": "R_p", "unit": "1/h"},
    "initial_state": "data",
    "experiments": {"step": 0.2},
    "learners": ["oat.refined", "es.published"],
}
VALUES = [0.1, 0.2, 0.30000000000000004, 0.4, 0.5]


def written_table(folder: Path) -> None:
    """The table that the study names."""
    (folder / "my").mkdir()
    rows = [f"{value!r},{time},{value * time!r},{value!r}" for value in VALUES for time in range(5)]
    (folder / "my" / "growth.csv").write_text("\n".join(["rate,time,density,slope", *rows]) + "\n")


@pytest.fixture
def folder(tmp_path):
    written_table(tmp_path)
    return tmp_path


def configured(**changes) -> dict:
    study = {**copy.deepcopy(STUDY), **changes}
    studies = {**DEFAULT["studies"], "growth": {key: value for key, value in study.items() if value is not ...}}
    config = {**DEFAULT, "run": "mine", "build": ["growth"], "studies": studies}
    check(config)
    return config


def plan_of(folder, **changes) -> Plan:
    """As the Snakefile makes it, with the study in a file of the folder."""
    config = configured(**changes)
    own = folder / "mine.yaml"
    own.write_text(yaml.safe_dump({"studies": {"growth": config["studies"]["growth"]}}))
    return Plan(config, table_paths(config, [own, DEFAULT_FILE]))


def parts_of(folder, **changes) -> tuple[Plan, Benchmarks, Pdes, Springs]:
    """What the Snakefile makes of it."""
    plan = plan_of(folder, **changes)
    return plan, Benchmarks(plan.config), Pdes(plan.config), Springs(plan.config)


def study_of(folder, **changes) -> TableStudy:
    return plan_of(folder, **changes).studies["growth"]


def test_steps_lists_and_all(folder):
    assert study_of(folder).experiments == {3: [0.1, 0.30000000000000004, 0.5]}
    assert study_of(folder, experiments="all").experiments == {5: VALUES}
    assert study_of(folder, experiments=[0.5, 0.3]).experiments == {2: [0.30000000000000004, 0.5]}
    several = study_of(folder, experiments={"steps": [0.2, 0.1], "skip": {"es.published": [0.1]}})
    assert list(several.experiments) == [5, 3]
    assert list(several.experiments_of("es.published")) == [3]


def test_products_are_named_after_the_study(folder):
    plan = plan_of(folder)
    assert list(plan.datasets) == ["growth"]
    job = SimpleNamespace(dataset="growth", study="growth", experiments="3")
    assert plan.equation_files(job) == [
        f"results/mine/equations/growth/{label}/n3.json" for label in ("oat.refined", "es.published")
    ]
    assert Publication(plan).places() == {}
    assert plan.learner_settings("oat.published")(job) == DEFAULT["learners"]["oat.published"]


def test_defaults(folder):
    study = study_of(folder)
    assert study.examples == [0.1, 0.30000000000000004, 0.5]
    assert study.differentiation is None
    columns = {**STUDY["columns"], "rate": None}
    assert study_of(folder, columns=columns).differentiation == "smoothing_spline"
    assert study_of(folder, columns=columns, differentiation="moving_mean").differentiation == "moving_mean"
    assert study.quantities == {
        "parameter": {"name": "R_p", "unit": "1/h"},
        "time": {"name": "time", "unit": "time"},
        "state": {"name": "density", "unit": "1"},
    }


def test_a_path_counts_from_the_file_that_names_it_last(folder, monkeypatch):
    (folder / "deep" / "my").mkdir(parents=True)
    (folder / "deep" / "my" / "growth.csv").write_text((folder / "my" / "growth.csv").read_text())
    config, files = configured(), [folder / "a.yaml", folder / "deep" / "b.yaml"]
    for file in files:
        file.write_text(yaml.safe_dump({"studies": {"growth": STUDY}}))
    found = table_paths(config, [*files, DEFAULT_FILE])["growth"]
    assert Path(found).resolve() == folder / "deep" / "my" / "growth.csv"
    files[1].write_text("run: mine\n")  # an overlay that says nothing about the table
    assert Path(table_paths(config, [*files, DEFAULT_FILE])["growth"]).resolve() == folder / "my" / "growth.csv"
    monkeypatch.chdir(folder)
    assert table_paths(config, [DEFAULT_FILE])["growth"] == "my/growth.csv"  # from the command line


def test_a_path_may_hold_variables_of_the_environment(folder, monkeypatch):
    monkeypatch.setenv("GROWTH_DATA", str(folder / "my"))
    assert study_of(folder, path="${GROWTH_DATA}/growth.csv").path == str(folder / "my" / "growth.csv")


def test_the_parity_run_is_valid_and_draws_ten_times(folder):
    """Its table is not at hand everywhere; this one stands for it."""
    parity = yaml.safe_load((DEFAULT_FILE.parent / "parity.yaml").read_text(encoding="utf-8"))
    config = {**DEFAULT, **parity, "studies": {**DEFAULT["studies"], **parity["studies"]}}
    check(config)
    columns = {"parameter": "rate", "time": "time", "state": "density", "rate": "slope"}
    draws = [name for name in config["build"] if name != "authors"]
    for name in draws:
        study = {**config["studies"][name], "columns": columns}
        assert list(TableStudy(name, study, str(folder / "my" / "growth.csv")).experiments) == [len(VALUES)]
    assert len(draws) == 10


def test_labels_come_from_the_configuration():
    quantities = {"parameter": {"name": "R_p", "unit": "1/h"}, "state": {"name": "N", "unit": "cells/site"}}
    labels = labels_of({**quantities, "time": {"name": "time", "unit": "h"}})
    assert labels["parameter"] == "$R_{p}$ (1/h)"
    assert labels["state"] == "$N$ (cells/site)"
    assert labels["error"] == "mean squared error\nof $N$ (cells/site)²"
    assert labels["horizontal_label"] == "time (h)"
    quantities["parameter"] = {"name": "price_in_$", "unit": "$"}
    assert labels_of({**quantities, "time": {"name": "time", "unit": "h"}})["parameter"] == r"price_in_\$ (\$)"


def test_a_bad_row_is_told_before_anything_runs(folder):
    path = folder / "my" / "growth.csv"
    path.write_text(path.read_text().replace("0.2,3,", "0.2,three,"))
    with pytest.raises(ConfigurationError, match=r"growth.csv: row 10, column time: 'three' is no finite number\."):
        plan_of(folder)
