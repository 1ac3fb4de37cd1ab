"""A run as its crate describes it: the workflow as a whole, and each job as the execution of a script in a step."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from jobs import Job
from provenance import fingerprint
from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate
from snakemake import __version__ as snakemake_version

PROFILES = [f"https://w3id.org/ro/wfrun/{kind}/0.5" for kind in ("process", "workflow", "provenance")]
PROFILES += ["https://w3id.org/workflowhub/workflow-ro-crate/1.0"]
SNAKEMAKE = "https://snakemake.github.io"


def add_run(crate: ROCrate, files: dict[str, Any], jobs: list[Job], made: dict[str, Any]) -> None:
    """Describe a run: ``files`` are entities by name, ``made`` the content of its run.json."""
    _describe(crate, files, made, _time(max(job.end for job in jobs)))
    workflow = crate.mainEntity
    steps = dict(_steps(crate, files, jobs))
    workflow["hasPart"] = [files[name] for name in dict.fromkeys(job.script for job in jobs)]
    workflow["step"] = list(steps.values())
    actions = [_action(crate, files, job, number) for number, job in enumerate(jobs)]
    times = {"startTime": _time(min(job.start for job in jobs)), "endTime": _time(max(job.end for job in jobs))}
    whole = _entity(crate, "#run", "CreateAction", name=f"Run {made['run']}", instrument=workflow, **times)
    whole["object"] = _one_or_all([files[name] for name in made["configuration_files"]])
    whole["result"] = _one_or_all([files[name] for name in _final(jobs)])
    engine = {"name": "Snakemake", "softwareVersion": snakemake_version, "url": SNAKEMAKE}
    executed = _entity(crate, "#engine-run", "OrganizeAction", name="Execution by Snakemake", result=whole, **times)
    executed["instrument"] = _entity(crate, SNAKEMAKE, "SoftwareApplication", **engine)
    executed["object"] = [
        _entity(crate, f"#control-{number}", "ControlAction", name=job.rule, instrument=steps[job.rule], object=action)
        for number, (job, action) in enumerate(zip(jobs, actions, strict=True))
    ]
    machine = ", ".join(f"{key}: {value}" for key, value in made["machine"].items())
    executed["description"] = f"The run was summarised on this machine: {machine}."
    crate.root_dataset["mentions"] = [whole, *actions]


def _describe(crate: ROCrate, files: dict[str, Any], made: dict[str, Any], date: str) -> None:
    """Title, authors, licence and profiles of the crate itself."""
    citation = yaml.safe_load(Path("CITATION.cff").read_text(encoding="utf-8"))
    author = _entity(crate, "#authors", "Organization", name=citation["authors"][0]["name"])
    crate.name = f"{citation['title']}: run {made['run']}"
    crate.description = f"Code, configuration, products and provenance of run {made['run']}; commit {made['commit']}."
    crate.root_dataset["author"], crate.license, crate.datePublished = author, files["LICENSE"], date
    profiles = [_entity(crate, url, "CreativeWork", name=url.split("/")[-2], version=url[-3:]) for url in PROFILES]
    crate.root_dataset["conformsTo"] = profiles
    crate.mainEntity["version"] = citation["version"]
    files["README.md"]["about"] = crate.root_dataset


def _entity(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> ContextEntity:
    entity = crate.add(ContextEntity(crate, identifier, properties={"@type": kind}))
    for name, value in properties.items():
        entity[name] = value
    return entity


def _one_or_all(entities: list) -> Any:
    """A single entity bare, as the recommendation for JSON-LD wants it."""
    return entities[0] if len(entities) == 1 else entities


def _steps(crate: ROCrate, files: dict[str, Any], jobs: list[Job]) -> Iterator[tuple[str, ContextEntity]]:
    first = {job.rule: job for job in reversed(jobs)}
    for position, rule in enumerate(sorted(first, key=lambda rule: first[rule].start), start=1):
        tool = files[first[rule].script]
        yield rule, _entity(crate, f"#step-{rule}", "HowToStep", name=rule, position=str(position), workExample=tool)


def _action(crate: ROCrate, files: dict[str, Any], job: Job, number: int) -> ContextEntity:
    action = _entity(crate, f"#job-{number}", "CreateAction", name=f"{job.rule}: {job.outputs[0]}")
    action["description"] = f"Job of rule {job.rule}"
    action["instrument"] = files[job.script]
    code = repr(fingerprint(Path(job.script).name))  # it is the version of the tool
    settings = [text for text in job.parameters if text != code]
    parameters = _entity(crate, f"#parameters-{number}", "PropertyValue", name="parameters", value=json.dumps(settings))
    # An input that was deleted since is not made again where all that was made from it is there.
    action["object"] = _one_or_all([*(files[name] for name in job.inputs if name in files), parameters])
    action["result"] = _one_or_all([files[name] for name in job.outputs])
    action["startTime"], action["endTime"] = _time(job.start), _time(job.end)
    return action


def _final(jobs: list[Job]) -> list[str]:
    """Products that no job reads."""
    read = {name for job in jobs for name in job.inputs}
    return sorted({name for job in jobs for name in job.outputs} - read)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
