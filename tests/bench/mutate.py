"""Which single-line mistakes do the tests notice? (make mutants; hours)

    python tests/bench/mutate.py results/record/mutants.csv

Draws mutants of the package (mutations.py), runs the tests that execute the changed function on a throw-away copy, the
cheapest of the nearest files first, and keeps a row as soon as one is done. Rows that the table has stay, by module and
change; --again measures survivors anew. A test that does not end has noticed. Own code, because what there is (mutmut,
cosmic-ray, poodle) either wraps functions so that numba cannot compile them, or starts Python and loads all libraries
for every mutant; here they are loaded once.
"""

import argparse
import ast
import fcntl
import hashlib
import importlib
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import hypothesis
import pandas as pd
import pytest
from covering import Chosen, Covering, Failures, distances, near
from forks import EndedError, end_with_parent, forked
from mutations import Mutant, draw

ROOT = Path(__file__).parents[2]
COPIED = ("workflow", "tests", "config", "envs", "profiles", "docs", "results/record", "Snakefile", "Makefile")
COPIED += ("README.md", "pyproject.toml", "LICENSE", "CITATION.cff", ".snakemake-workflow-catalog.yml")
COLUMNS = ["module", "line", "change", "caught_by", "equivalent_because"]
COUNT = 400
LOADED = ("numba", "scipy.optimize", "scipy.stats", "scipy.interpolate", "sympy", "sklearn.linear_model", "xarray")
LOADED += ("h5netcdf", "torch", "matplotlib.pyplot", "jsonschema", "yaml", "fastparquet")
LOADED_EARLY = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
BUDGET = 40.0  # CPU seconds of unchanged tests; those that are dearer are left out
FILES = 4  # test files that are tried


class Copy:
    """A copy of the project in which one module at a time is changed."""

    def __init__(self, folder: Path) -> None:
        self.root = folder.resolve()
        self.package, self.known = self.root / "workflow/scripts/eqlearn", self.root / "known.json"
        for name in COPIED:
            self._copy(ROOT / name, self.root / name)
        self.base = self.machine_code()

    def _copy(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)

    def run(self, file: Path, plugin: Failures, seconds: float, *options: str) -> dict:
        """What the plugin notes of the tests of a file."""

        def work() -> dict:
            os.chdir(self.root)
            sys.dont_write_bytecode = isinstance(plugin, Chosen)
            pytest.main(["-q", *LOADED_EARLY, *options, str(file)], plugins=[plugin])
            return plugin.noted() if isinstance(plugin, Covering) else {"failed": plugin.failed}

        return forked(work, seconds, self.root / "log.txt")

    def covering(self, file: Path) -> dict:
        """Seconds and functions of the tests of a file as it is."""
        kept = json.loads(self.known.read_text(encoding="utf-8")) if self.known.is_file() else {}
        state = b"".join(path.read_bytes() for path in sorted(distances(self.root, file)))
        key = f"{file.name} {hashlib.sha256(state).hexdigest()[:16]}"
        if key not in kept:
            kept[key] = self.run(file, Covering(self.package), 2000)
            self.known.write_text(json.dumps(kept), encoding="utf-8")
        if kept[key]["failed"]:
            print(f"{file.name} fails as it is: {', '.join(kept[key]['failed'])}", flush=True)
        return kept[key]

    def tests(self, mutant: Mutant) -> Iterator[tuple[Path, dict[str, float]]]:
        """Near files, the tests of each to run, cheapest first, and their CPU seconds. To be asked for file by file:
        for every one, its tests run as they are first."""
        path, spent = self.package / mutant.module, 0.0
        function = function_at(path.read_text(encoding="utf-8"), mutant.line)
        for file in near(self.root, path)[:FILES]:
            known, chosen = self.covering(file), {}
            for test in sorted(known["seconds"], key=known["seconds"].get):
                executes = function is None or f"{mutant.module}:{function}" in known["functions"][test]
                if executes and spent + known["seconds"][test] <= BUDGET:
                    spent += known["seconds"][test]
                    chosen[test] = known["seconds"][test]
            if chosen:
                yield file, chosen

    def caught_by(self, mutant: Mutant) -> str:
        """The first test that fails, or nothing."""
        return next(filter(None, (self.tried(mutant, *each) for each in self.tests(mutant))), "")

    def tried(self, mutant: Mutant, file: Path, tests: dict[str, float]) -> str:
        """The first test of a file that fails on the mutant, or nothing."""
        path, cache = self.package / mutant.module, None
        source, stamp = path.read_text(encoding="utf-8"), path.stat()
        try:
            path.write_text(mutant.applied(source), encoding="utf-8")
            cache = self.reused(path)
            return self.failure(file, tests)
        finally:
            path.write_text(source, encoding="utf-8")
            os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
            if cache is not None:
                shutil.rmtree(cache)

    def failure(self, file: Path, tests: dict[str, float]) -> str:
        """The first test of a file that fails, or nothing."""
        options, seconds = ("--maxfail=1", "--hypothesis-profile=unshrunk"), 30 + 5 * sum(tests.values())
        try:
            return "".join(self.run(file, Chosen(list(tests)), seconds, *options)["failed"][:1]).removeprefix("tests/")
        except EndedError as error:
            return f"{file.relative_to(self.root / 'tests')}: {error}"

    def machine_code(self) -> Path:
        """Where numba's cache of the package lies, as it is now."""

        def folder() -> str:
            sys.path.insert(0, str(self.package.parent))
            return str(importlib.import_module("eqlearn.jit")._CACHE_FOLDER)

        return Path(forked(folder, 60, self.root / "log.txt"))

    def reused(self, changed: Path) -> Path | None:
        """Numba's cache of the changed package, with what is kept of files that do not need the changed one."""
        try:
            cache = self.machine_code()
        except EndedError:
            return None
        if cache == self.base:
            return None
        shutil.rmtree(cache)  # also what a killed run has left
        stale = {path.stem for path in self.package.rglob("*.py") if changed in distances(self.root, path)}
        for file in self.base.rglob("*.nb?"):
            if file.name.split(".")[0] not in stale:
                (cache / file.relative_to(self.base)).parent.mkdir(parents=True, exist_ok=True)
                os.link(file, cache / file.relative_to(self.base))
        return cache


def function_at(source: str, line: int) -> int | None:
    """First line of the innermost function around a line; None outside of functions, and in compiled ones, of which
    no call is seen."""
    inside = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.lineno <= line <= n.end_lineno
    ]
    if not inside or any("njit" in ast.unparse(d) for function in inside for d in function.decorator_list):
        return None
    innermost = max(inside, key=lambda function: function.lineno)
    return min([innermost.lineno, *(d.lineno for d in innermost.decorator_list)])


def identity(table: pd.DataFrame) -> pd.Series:
    return table["module"] + "\0" + table["change"]


def read(path: Path) -> pd.DataFrame:
    """The table so far, all of it text."""
    return pd.read_csv(path, keep_default_na=False, dtype=str) if path.is_file() else pd.DataFrame(columns=COLUMNS)


def keep(path: Path, rows: pd.DataFrame) -> None:
    """Write rows, and those of the table beside them; of equals the last, with the reason that was given."""
    both = pd.concat([read(path), rows])
    both["equivalent_because"] = both.groupby(identity(both))["equivalent_because"].transform("max")
    write(path, both[~identity(both).duplicated(keep="last")])


def write(path: Path, table: pd.DataFrame) -> None:
    """In place of the former at once, by module and line."""
    part = path.with_suffix(".part")
    table = table.sort_values(["module", "line"], key=lambda c: c.astype(int) if c.name == "line" else c)
    table[COLUMNS].to_csv(part, index=False)
    part.replace(path)


def row(mutant: Mutant, caught_by: str) -> pd.DataFrame:
    """One row of the table."""
    return pd.DataFrame([[mutant.module, str(mutant.line), mutant.change, caught_by, ""]], columns=COLUMNS)


def settled(path: Path, mutants: Sequence[Mutant], again: bool) -> set[tuple[str, str]]:
    """Module and change of the rows that are not measured again; rows of changes that are no longer drawn go."""
    lines, table = {(m.module, m.change): str(m.line) for m in mutants}, read(path)
    table["line"] = [lines.get(key, "") for key in zip(table["module"], table["change"])]
    table = table[table["line"] != ""]
    write(path, table)
    if again:
        table = table[(table["caught_by"] != "") | (table["equivalent_because"] != "")]
    return set(zip(table["module"], table["change"]))


def measure(mutants: Sequence[Mutant], path: Path, folder: Path) -> None:
    """Try mutants one after another on one copy."""
    end_with_parent()
    copy = Copy(folder)
    for mutant in mutants:
        caught_by = copy.caught_by(mutant)
        print(f"{mutant.module}:{mutant.line}: {mutant.change}: {caught_by or 'SURVIVED'}", flush=True)
        with open(path.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keep(path, row(mutant, caught_by))


def prepare() -> None:
    """Load the libraries, for all forks."""
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    for name in LOADED:
        importlib.import_module(name)
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("unshrunk", hypothesis.settings.get_profile("ci"), phases=phases)


def main() -> None:
    """Measure what the table lacks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--again", action="store_true", help="survivors too")
    parser.add_argument("--only", nargs="+", help="modules, in this order (lasso.py learners/oat.py)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="of the copies; kept, and faster the second time")
    options = parser.parse_args()
    mutants = draw(ROOT / "workflow/scripts/eqlearn", COUNT)
    done = settled(options.table, mutants, options.again)
    left = [mutant for mutant in mutants if (mutant.module, mutant.change) not in done]
    if options.only:
        left = [mutant for module in options.only for mutant in left if mutant.module == module]
    prepare()
    with tempfile.TemporaryDirectory() as temporary:
        folder, jobs, fork = options.folder or Path(temporary), options.jobs, multiprocessing.get_context("fork")
        workers = [
            fork.Process(target=measure, args=(left[j::jobs], options.table, folder / str(j))) for j in range(jobs)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    table = read(options.table)
    caught, equivalent = (table["caught_by"] != "").sum(), (table["equivalent_because"] != "").sum()
    print(f"{len(table)} of {COUNT} measured: {caught} caught, {equivalent} equivalent.")


if __name__ == "__main__":
    main()
