"""Keep a measured table: add date, machine, versions and the digest of the code, and write it to results/record/.

python workflow/record.py results/study/tables/recovery/mean_field.csv results/record/noise_recovery.csv
"""

import datetime
import hashlib
import os
import platform
import sys
from pathlib import Path

import pandas as pd

PACKAGE = Path(__file__).parent / "scripts" / "eqlearn"


def code_digest() -> str:
    """SHA-256 of all files of the package, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
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
    versions = f"Python {platform.python_version()}"
    meta = {"date": datetime.date.today().isoformat(), "machine": machine(), "versions": versions}
    path.parent.mkdir(parents=True, exist_ok=True)
    table.assign(**meta, code_digest=code_digest()).to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    record(pd.read_csv(sys.argv[1]), Path(sys.argv[2]))
