"""Files of a finished run as entities of a crate."""

import hashlib
import mimetypes
from os.path import abspath, relpath
from pathlib import Path
from typing import Any

from eqlearn.files import digest
from provenance import fingerprint
from rocrate.rocrate import ROCrate
from tqdm import tqdm

BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
SOURCES = ("README.md", "LICENSE", "CITATION.cff", "Makefile", "pyproject.toml")
FOLDERS = ("workflow", "config", "envs", "profiles", "docs")
MEDIA_TYPES = {
    ".md": "text/markdown",
    ".nc": "application/x-netcdf",
    ".parquet": "application/vnd.apache.parquet",
    ".safetensors": "application/octet-stream",
    ".pt": "application/octet-stream",
    ".gz": "application/gzip",
}


def contents(results: Path, more: list[str]) -> list[str]:
    """Files to pack: code, configuration, what the run has written, and what it has read from elsewhere."""
    found = [path for folder in [*map(Path, FOLDERS), results] for path in sorted(folder.rglob("*"))]
    names = [*SOURCES, *(path.as_posix() for path in found if not _hidden(path)), *more]
    return [name for name in dict.fromkeys(names) if Path(name).is_file()]


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def add_files(crate: ROCrate, names: list[str], scripts: set[str]) -> dict[str, Any]:
    """Entities by name of file; a file outside the project is packed below ``outside``."""
    files = {}
    for name in tqdm(names, desc="files", mininterval=5):
        path = Path(name)
        target = relpath(path)  # by name: a link to a scratch disk is packed where it is seen
        if target.startswith(".."):
            target = Path("outside", *Path(abspath(path)).parts[1:])
        properties = {"name": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        properties |= {"contentSize": str(path.stat().st_size), "encodingFormat": _format(path)}
        if name in scripts:
            properties |= {"@type": ["File", "SoftwareSourceCode"], "version": digest(fingerprint(path.name))}
        files[name] = crate.add_file(path, target, properties=properties)
    kinds = ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"]
    workflow = {"name": "Snakefile", "@type": kinds, "encodingFormat": "text/plain", "conformsTo": {"@id": BIOSCHEMAS}}
    crate.add_workflow("Snakefile", "Snakefile", main=True, lang="snakemake", properties=workflow)
    return files


def _format(path: Path) -> str:
    """Media type by suffix; most files of a run are text."""
    return MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
