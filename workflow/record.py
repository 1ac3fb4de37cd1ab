"""Keep a measured table: add date, machine, versions and the digest of the code, and write it to results/record/.

    python workflow/record.py results/study/tables/recovery/mean_field.csv results/record/noise_recovery.csv

With --only, rows where a column is empty are left out; with --key, rows that were measured before and are not in the
table stay, so that a study may be spread over time; with --trained-on, another machine that took part is named. The
digest is that of the scripts which measured the table (provenance.py) and what they import, so that other changes do
not make its rows stale.
"""

import argparse
import datetime
import platform
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pandas as pd

SCRIPTS = Path(__file__).parent / "scripts"
sys.path += [str(SCRIPTS), str(Path(__file__).parent / "rules")]

from eqlearn.execution import machine  # noqa: E402
from eqlearn.tables import write_table  # noqa: E402
from provenance import KEPT, digest_of  # noqa: E402

LIBRARIES = ("numpy", "scipy", "numba", "torch", "snakemake")


def record(table: pd.DataFrame, path: Path, key: Sequence[str] = (), trained_on: str = "") -> None:
    """Write the table with what is needed to judge it later; ``key``: columns by which earlier rows are kept."""
    every = sorted(script.name for script in SCRIPTS.glob("*.py"))
    installed = [f"{name} {metadata.version(name)}" for name in LIBRARIES]
    versions = ", ".join([f"Python {platform.python_version()}", *installed])
    here = "{processor}, {cores} cores".format_map(machine()) + (f"; trained on {trained_on}" if trained_on else "")
    meta = {"date": datetime.date.today().isoformat(), "machine": here, "versions": versions}
    table = table.assign(**meta, code_digest=digest_of(KEPT.get(path.name, every)))
    if key and path.is_file():
        both = pd.concat([pd.read_csv(path), table])
        table = both.drop_duplicates(list(key), keep="last").sort_values(list(key))
    write_table(table, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--key", nargs="+", default=[])
    parser.add_argument("--trained-on", default="")
    given = parser.parse_args()
    record(pd.read_csv(given.table).dropna(subset=given.only), given.target, given.key, given.trained_on)
