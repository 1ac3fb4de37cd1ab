"""Pack a finished run as a Provenance Run Crate: code, configuration, products, and which job made what from what.

The jobs are read from what Snakemake keeps of them in .snakemake/metadata, so this is run where the run was made.

    python workflow/crate RUN  # writes results/RUN.crate.zip

Profile: https://w3id.org/ro/wfrun/provenance (Workflow Run RO-Crate).
"""

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


def write_crate(run: str) -> Path:
    """Write ``results/{run}.crate.zip``, completely or not at all; InputError where the run is not finished."""
    if Path(run).name != run:
        raise InputError(f"run: is {run!r}, must be a name of a folder in results.")
    results = Path("results") / run
    description = results / "run.json"
    if not description.is_file():
        raise InputError(f"{description}: is not there; finish the run before it is packed.")
    jobs = read_jobs(results)
    made = read_json(description)
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(CONTEXT)
    paths = contents(results, [*made["configuration_files"], *(name for job in jobs for name in job.inputs)])
    files = add_files(crate, paths, {job.script for job in jobs})
    add_run(crate, files, jobs, made)
    target = Path("results") / f"{run}.crate.zip"
    with replacing(target) as temporary:
        crate.write_zip(temporary)
    return target


if __name__ == "__main__":
    try:
        print(f"Wrote {write_crate(*sys.argv[1:])}.")
    except InputError as error:
        raise SystemExit(f"Error: {error}") from None
