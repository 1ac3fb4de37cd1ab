"""Pack a finished run as a Provenance Run Crate: code, configuration, products, and which job made what from what.

The jobs are read from what Snakemake keeps of them in .snakemake/metadata, so the run must have been made in the
project's folder, and this is called there.

    python workflow/crate RUN  # writes results/RUN.crate.zip

Profile: https://w3id.org/ro/wfrun/provenance (Workflow Run RO-Crate).
"""

import subprocess
import sys
from pathlib import Path

from rocrate.rocrate import ROCrate

sys.path += [str(Path(__file__).parents[1] / part) for part in ("scripts", "rules")]

from description import add_run
from eqlearn.errors import InputError
from eqlearn.files import read_json, replacing
from files import add_files, contents
from jobs import read_jobs

CONTEXT = "https://w3id.org/ro/terms/workflow-run/context"
ROOT = Path(__file__).resolve().parents[2]


def write_crate(run: str) -> Path:
    """Write ``results/{run}.crate.zip``, completely or not at all.

    InputError where the run is unknown, unfinished, or was made by other code or configuration than is there now.
    """
    if Path(run).name != run:
        raise InputError(f"run: is {run!r}, must be a name of a folder in results.")
    results = Path("results") / run
    description = results / "run.json"
    if not description.is_file():
        raise InputError(f"{description}: is not there; finish the run before it is packed.")
    made = read_json(description)
    check_finished(results, made["configuration_files"])
    jobs = read_jobs(results)
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(CONTEXT)
    named = (name for job in jobs for name in [*job.inputs, *job.outputs])
    paths = contents(results, [*made["configuration_files"], *named])
    files = add_files(crate, paths, {job.script for job in jobs})
    add_run(crate, files, jobs, made)
    target = Path("results") / f"{run}.crate.zip"
    with replacing(target) as temporary:
        crate.write_zip(temporary)
    return target


def check_finished(results: Path, configuration_files: list[str]) -> None:
    """Raise InputError where Snakemake would do anything again."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--nolock"]
    if len(configuration_files) > 1:
        command += ["--configfile", *configuration_files[1:]]  # the first is the default one
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or "Nothing to be done" not in done.stdout + done.stderr:
        files = ", ".join(configuration_files)
        raise InputError(f"{results}: is not finished, or code or configuration ({files}) have changed; run it again.")


if __name__ == "__main__":
    try:
        if len(sys.argv) != 2 or Path.cwd() != ROOT:
            raise InputError(f"usage: python workflow/crate RUN, in {ROOT}")
        print(f"Wrote {write_crate(sys.argv[1])}.")
    except InputError as error:
        raise SystemExit(f"Error: {error}") from None
