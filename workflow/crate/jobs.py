"""What Snakemake keeps of the jobs of a run, in .snakemake/metadata: rule, script, files, parameters, times."""

import base64
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path

from eqlearn.errors import InputError
from eqlearn.files import read_json

METADATA = Path(".snakemake/metadata")
RULES = Path("workflow/rules")


@dataclass
class Job:
    """One execution of a rule; times in seconds since 1970, from when it was handed to the executor."""

    rule: str
    script: str
    inputs: list[str]
    parameters: list[str]
    start: float
    end: float
    outputs: list[str]


def read_jobs(results: Path) -> list[Job]:
    """Jobs that made what is in ``results``, by start; InputError where Snakemake remembers none of them."""
    jobs: dict[tuple[str, ...], Job] = {}
    for path in METADATA.rglob("*"):
        product = _product(path) if path.is_file() else ""
        if not (product.startswith(f"{results.as_posix()}/") and Path(product).is_file()):
            continue
        record = read_json(path)
        script = relpath(RULES / record["code"].strip().strip('"'))  # rules name scripts from their own folder
        times = record["starttime"], record["endtime"]
        made = Job(record["rule"], script, record["input"], record["params"], *times, [])
        job = jobs.setdefault((record["rule"], *record["log"]), made)  # one record per product, a log per job
        job.start, job.end = min(job.start, times[0]), max(job.end, times[1])
        job.outputs = sorted([*job.outputs, product])
    if not jobs:
        raise InputError(f"{METADATA}: knows no job of {results}; pack a run in the folder where it was made.")
    return sorted(jobs.values(), key=lambda job: (job.start, job.rule, job.outputs))


def _product(path: Path) -> str:
    """The product that a file of .snakemake/metadata is about: its name is base64 for URLs, long ones are split."""
    name = "".join(part.removeprefix("@") for part in path.relative_to(METADATA).parts)
    return base64.urlsafe_b64decode(name).decode()
