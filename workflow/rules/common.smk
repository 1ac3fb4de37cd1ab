"""Configuration and wildcards: what every other rule file uses."""

import sys
from os.path import relpath
from pathlib import Path

for folder in ("scripts", "rules"):
    sys.path.insert(0, str(Path(workflow.basedir) / "workflow" / folder))

import surroundings
from benchmarks import Benchmarks
from configuration import ConfigurationError, check
from configuration_file import check_sources
from foresight import check_run
from pdes import Pdes
from inference_plan import Inference
from judged import Judged
from plan import Plan
from provenance import KEPT, digest_of, fingerprint
from publication import Publication
from springs import Springs
from table_study import table_paths

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

surroundings.own_package_first(Path(workflow.basedir) / "workflow" / "scripts")
surroundings.forget_stale_lock()

try:
    if workflow.is_main_process:
        surroundings.check(Path(workflow.basedir), Path.cwd())
        check_sources(workflow.configfiles, workflow.config_settings.config_args)
    check(config)
    plan = Plan(config, table_paths(config, workflow.configfiles))
    benchmarks = Benchmarks(config)
    pdes = Pdes(config)
    springs = Springs(config)
    notes = check_run(plan, benchmarks, pdes, springs) if workflow.is_main_process else []
except ConfigurationError as error:
    raise WorkflowError(str(error)) from None

for note in filter(None, notes):
    logger.warning(note)

RUN = plan.run
inference = Inference(plan)
judged = Judged(plan, benchmarks, pdes, springs)
publication = Publication(plan)
PUBLISHED = Path(relpath(workflow.basedir)) / "config" / "published"
SIMULATED = plan.of_kind("birth_death_migration")
SIMULATED_DATASETS = plan.datasets_of(SIMULATED)

# Categories of the report, in the order in which it lists them.
VERDICTS, DATA, EQUATIONS, ERRORS = "1 Claims and verdicts", "2 Data", "3 Learned equations", "4 Trajectory errors"
INFERENCE, REFINEMENTS, INFORMATION = "5 Inferred rates", "6 What each refinement is worth", "7 Information content"
NETWORKS, PARTIAL, IMAGES = "8 Networks", "9 Partial differential equations", "10 Images"


def growing(amount):
    """Resource function: the amount (MB or minutes), more with every attempt after a failure."""
    return lambda wildcards, attempt: amount * attempt


def of_problem(name):
    """Parameter function: a setting of the study, of functions or of differential equations, that a problem is from."""
    return lambda wildcards: getattr(pdes if wildcards.problem in pdes.datasets else benchmarks, name)(wildcards)


wildcard_constraints:
    study="[A-Za-z][A-Za-z0-9_]*",
    density=r"\d+(\.\d+)?",
    dataset=r"[A-Za-z][A-Za-z0-9_]*(-c[0-9.]+(-noise[0-9.]+)?)?",
    benchmark=benchmarks.pattern,
    pde=pdes.pattern,
    problem=f"{benchmarks.pattern}|{pdes.pattern}",
    field=pdes.field_pattern,
    spring=springs.pattern,
    network="eql|seql|heql",
    purpose="averages|single_runs",
    batch=r"\d+",
    learner="[a-z_]+",
    protocol="published|refined|theory",
    experiments=r"\d+|all",
