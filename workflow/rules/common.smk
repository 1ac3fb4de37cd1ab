"""Configuration and wildcards: what every other rule file uses."""

import sys
from os.path import relpath
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "workflow" / "rules"))

from benchmarks import Benchmarks
from configuration import ConfigurationError, check
from plan import Plan
from provenance import fingerprint

from snakemake.exceptions import WorkflowError

try:
    check(config)
    plan = Plan(config)
    benchmarks = Benchmarks(config)
except ConfigurationError as error:
    raise WorkflowError(str(error)) from None

RUN = plan.run
SIMULATED = plan.of_kind("birth_death_migration")


def growing(amount):
    """Resource function: the amount (MB or minutes), more with every attempt after a failure."""
    return lambda wildcards, attempt: amount * attempt


wildcard_constraints:
    study="[A-Za-z][A-Za-z0-9_]*",
    density=r"\d+(\.\d+)?",
    dataset=r"[A-Za-z][A-Za-z0-9_]*-c[0-9.]+(-noise[0-9.]+)?",
    benchmark=benchmarks.pattern,
    network="eql|seql|heql",
    purpose="averages|single_runs",
    batch=r"\d+",
    learner="[a-z_]+",
    protocol="published|refined|theory",
    experiments=r"\d+|all",
