"""Keep a measured table: add date, machine, versions and the digest of the code, and write it to results/record/.

python workflow/record.py results/study/tables/recovery/mean_field.csv results/record/noise_recovery.csv
"""

import datetime
import hashlib
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

import pandas as pd

SCRIPTS = Path(__file__).parent / "scripts"
sys.path.append(str(SCRIPTS))

from eqlearn.tables import write_table  # noqa: E402

LIBRARIES = ("numpy", "scipy", "numba", "torch", "snakemake")


def code_digest() -> str:
    """SHA-256 of all scripts and modules, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(SCRIPTS.rglob("*.py")):
        digest.update(path.relative_to(SCRIPTS).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def machine() -> str:
    """Processor and number of cores, as the operating system names them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores"


def record(table: pd.DataFrame, path: Path) -> None:
    """Write the table with what is needed to judge it later."""
    installed = [f"{name} {metadata.version(name)}" for name in LIBRARIES]
    versions = ", ".join([f"Python {platform.python_version()}", *installed])
    meta = {"date": datetime.date.today().isoformat(), "machine": machine(), "versions": versions}
    write_table(table.assign(**meta, code_digest=code_digest()), path)


if __name__ == "__main__":
    record(pd.read_csv(sys.argv[1]), Path(sys.argv[2]))
