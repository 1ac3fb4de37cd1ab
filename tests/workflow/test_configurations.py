"""Configurations as a user gives them on the command line."""

import subprocess
import sys

import pandas as pd
import pytest
from conftest import ROOT, TINY, environment

OWN = {
    "run": "mine",
    "build": ["growth"],
    "studies": {
        "growth": {
            **TINY["studies"]["mean_field"],
            "kind": "mean_field",
            "parameter": [0.5, 1.0, 2.0],
            "death_fraction": 0.2,
            "time": {"samples": 57, "end": 20.0},
            "differentiation": "smoothing_spline",
            "learners": ["oat.refined"],
        }
    },
}


def snakemake(folder, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "snakemake", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment(), timeout=300)


def test_a_users_study_builds_nothing_else_and_runs_from_elsewhere(project, tmp_path):
    project.configure(**OWN)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = ["-s", str(project.folder / "Snakefile"), "--configfile", str(project.folder / "tiny.yaml")]
    done = snakemake(elsewhere, *place, "--dry-run")
    text = done.stdout + done.stderr
    assert done.returncode == 0, text
    assert "results/mine/equations/growth-c0.25/oat.refined/n3.json" in text
    assert "bdm" not in text
    assert "results/default" not in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"studis": {}}, "config key 'studis': is unknown; did you mean 'studies'?"),
        (
            {"learners": {"oat.refined": {"powers": "ten"}}},
            "config key 'learners.oat.refined.powers': is 'ten'",
        ),
        ({"build": ["bmd"]}, "config key 'build': 'bmd' is no study; did you mean 'bdm'?"),
    ],
)
def test_a_bad_configuration_stops_with_a_sentence_and_writes_nothing(project, changes, sentence):
    project.configure(**changes)
    done = snakemake(project.folder, "--configfile", "tiny.yaml", "--cores", "1")
    text = done.stdout + done.stderr
    assert done.returncode != 0
    assert sentence in text
    assert "Failed validating" not in text
    assert not project.results.exists()


def test_the_workflow_is_lint_clean():
    done = snakemake(ROOT, "--lint")
    assert done.returncode == 0, done.stdout + done.stderr


def test_numbers_that_were_measured_once_and_kept_say_when(finished_project):
    table = pd.read_csv(finished_project.results / "verification.csv")
    assert table["measured"].str.match(r"20\d\d-\d\d-\d\d").any()


def test_a_finished_run_makes_an_offline_report(finished_copy):
    report = finished_copy.folder / "report.html"
    done = snakemake(finished_copy.folder, "--configfile", "tiny.yaml", "--cores", "1", "--report", str(report))
    assert done.returncode == 0, done.stderr
    text = report.read_text(encoding="utf-8")
    for caption in (
        "learned equations over scaled time",
        "Every published number beside ours",
        "Lattices of one simulation",
    ):
        assert caption in text
    assert '<script src="http' not in text
    assert '<link rel="stylesheet" href="http' not in text


def test_a_tag_of_yaml_makes_no_object(project):
    (project.folder / "hostile.yaml").write_text("run: !!python/object/apply:os.system ['touch executed']\n")
    done = snakemake(project.folder, "--configfile", "hostile.yaml", "--cores", "1")
    assert done.returncode == 1
    assert "Config file is not valid JSON or YAML" in done.stdout + done.stderr
    assert not (project.folder / "executed").exists()
    assert [path.name for path in (project.folder / "results").iterdir()] == ["record"]
