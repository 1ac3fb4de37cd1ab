"""Configuration, names and wildcards: what every other rule file uses."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "workflow" / "rules"))

from configuration import ConfigurationError, check
from provenance import fingerprint
from studies import Study, decimal_text

from snakemake.exceptions import WorkflowError

try:
    check(config)
    STUDIES = {name: Study(name, config["studies"][name]) for name in config["build"]}
except ConfigurationError as error:
    raise WorkflowError(str(error)) from None

RUN = f"results/{config['run']}"
DATASETS = {dataset.name: dataset for study in STUDIES.values() for dataset in study.datasets}
SIMULATED = [name for name, study in STUDIES.items() if study.kind == "birth_death_migration"]
SAMPLED = [name for name, study in STUDIES.items() if study.kind == "mean_field"]
REFERENCE = "mean_field.theory/n0"


wildcard_constraints:
    study="[A-Za-z][A-Za-z0-9_]*",
    density=r"\d+(\.\d+)?",
    dataset=r"[A-Za-z][A-Za-z0-9_]*-c[0-9.]+(-noise[0-9.]+)?",
    purpose="averages|single_runs",
    batch=r"\d+",
    learner="[a-z_]+",
    protocol="published|refined|theory",
    experiments=r"\d+|all",


def study_of(wildcards):
    """The study that a job's wildcards belong to."""
    name = wildcards.study if hasattr(wildcards, "study") else DATASETS[wildcards.dataset].study
    return STUDIES[name]


def study_setting(*keys):
    """Input function: one setting of the job's study, or a dictionary of several."""

    def chosen(wildcards):
        settings = study_of(wildcards).settings
        return settings[keys[0]] if len(keys) == 1 else {key: settings[key] for key in keys}

    return chosen


def learned_labels(dataset):
    """``learner.protocol/n`` of every equation that is learned from a dataset, most experiments first."""
    study = STUDIES[DATASETS[dataset].study]
    return [f"{learner}/n{n}" for learner in study.settings["learners"] for n in study.experiments]


def labels(wildcards):
    """Labels of all equations of the job's dataset: the mean field, then what was learned."""
    return [REFERENCE, *learned_labels(wildcards.dataset)]


def equation_files(wildcards):
    """Files of all equations of the job's dataset, in the order of ``labels``."""
    return [f"{RUN}/equations/{wildcards.dataset}/{label}.json" for label in labels(wildcards)]
