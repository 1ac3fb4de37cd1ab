"""A copy of the project with a configuration of seconds, and Snakemake in it."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from numba.core.caching import UserProvidedCacheLocator
from slurm import Slurm, obstacle

# Tests send Ctrl-C; where they were started in the background of a shell it is ignored, and by their children, too.
signal.signal(signal.SIGINT, signal.default_int_handler)
ROOT = Path(__file__).parents[2]
FOLDERS = ("workflow", "config", "envs", "profiles", "results/record")
PARTS = ("Snakefile", *FOLDERS, "README.md", "LICENSE", "CITATION.cff")
TINY = yaml.safe_load((Path(__file__).parent / "tiny.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Project:
    """A working copy; ``results`` is the folder of its tiny run."""

    folder: Path

    @property
    def results(self) -> Path:
        return self.folder / "results" / "tiny"

    def configure(self, **changes: object) -> None:
        """Write the tiny configuration with changes to top-level keys."""
        (self.folder / "tiny.yaml").write_text(yaml.safe_dump({**TINY, **changes}), encoding="utf-8")

    @staticmethod
    def launch(*options: str) -> list[str]:
        return [sys.executable, "workflow/launch.py", *options]

    def command(self, *options: str) -> list[str]:
        return self.launch("--configfile", "tiny.yaml", *options)

    def start(self, *options: str) -> subprocess.Popen:
        """The run as a process of its own, output to run.log."""
        with (self.folder / "run.log").open("a") as log:
            return subprocess.Popen(
                self.command("--cores", "2", *options),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env=environment(),
                start_new_session=True,
            )

    def run(self, *options: str) -> subprocess.CompletedProcess:
        """Run to the end; output as text."""
        return self.call(*self.command(*options))

    def call(self, *command: str, seconds: int = 1200) -> subprocess.CompletedProcess:
        """Any command in the copy, to its end; output as text."""
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, env=environment(), timeout=seconds
        )

    def rules_to_run(self) -> set[str]:
        """Rules with a job in a dry run."""
        done = self.run("--dry-run")
        text = done.stdout + done.stderr
        assert done.returncode == 0, text
        names = {line.split()[1].rstrip(":") for line in text.splitlines() if line.startswith(("rule ", "localrule "))}
        return names - {"all"}

    def edit(self, module: str, old: str, new: str) -> None:
        """Replace text in a file below workflow/scripts that must occur exactly once."""
        path = self.folder / "workflow" / "scripts" / module
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{module}: {old!r} occurs {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")


def environment() -> dict[str, str]:
    """Without variables that would reach into the copy."""
    return {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "EQLEARN_JOBS_LOCK")}


def take_machine_code(source: Path, target: Path) -> None:
    """Copy what Numba has compiled for one copy of the project to another: it names its folders by absolute paths,
    and every copy would otherwise compile the same code for half a minute and more."""
    package, own = (folder / "workflow" / "scripts" / "eqlearn" for folder in (source, target))
    for compiled in package.glob("__pycache__/numba-*"):
        for folder in {path.parent for path in own.rglob("*.py")}:
            former = compiled / place_in_cache(package / folder.relative_to(own))
            if former.is_dir():
                shutil.copytree(former, own / "__pycache__" / compiled.name / place_in_cache(folder))


def place_in_cache(folder: Path) -> str:
    """Folder in Numba's cache of what is compiled from the modules in a folder."""
    return UserProvidedCacheLocator.get_suitable_cache_subpath(str(folder / "module.py"))


def copy_project(folder: Path) -> Project:
    """Copy the sources and the machine code made from them, without other caches and results."""
    folder.mkdir()
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=ignore)
        else:
            shutil.copy(source, folder / part)
    take_machine_code(ROOT, folder)
    project = Project(folder)
    project.configure()
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh copy."""
    return copy_project(tmp_path / "project")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First the file that mostly waits for Slurm; the other one with Slurm when it is done, with enough left beside."""
    last = ["test_slurm_study.py", "test_interruption.py", "test_own_table.py", "test_reruns.py"]
    order = {"test_slurm_faults.py": -1} | {name: place for place, name in enumerate(last, start=1)}
    items.sort(key=lambda item: order.get(item.path.name, 0))


@contextmanager
def alone(name: str, folder: Path) -> Iterator[None]:
    """Hold a lock that all test processes share."""
    with (folder / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test run that test processes side by side have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def finished_project(shared_folder: Path) -> Project:
    """A copy whose tiny run has finished on two cores, made once; tests must not change it."""
    with alone("finished.lock", shared_folder):
        project = Project(shared_folder / "finished")
        if not project.folder.exists():
            project = copy_project(project.folder)
            done = project.run("--cores", "2")
            assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture
def finished_copy(finished_project: Project, tmp_path: Path) -> Project:
    """A copy of the finished run that a test may change, dates kept."""
    target = tmp_path / "project"
    shutil.copytree(finished_project.folder, target, symlinks=True, ignore=shutil.ignore_patterns("numba-*"))
    take_machine_code(finished_project.folder, target)
    return Project(target)


@pytest.fixture(scope="module")
def slurm(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    """A Slurm with an idle node, the only one of this machine."""
    with alone("slurm.lock", shared_folder):
        reason = obstacle()
        if reason:
            pytest.skip(reason)
        cluster = Slurm(tmp_path_factory.mktemp("slurm"))
        try:
            yield cluster
        finally:
            cluster.stop()


def products(results: Path) -> dict[str, bytes]:
    """Bytes of every numeric product by relative path; run.json says how they were made, so is none."""
    kinds, other = (".nc", ".json", ".csv", ".md", ".svg"), {"run.json", "logs", "benchmarks"}
    return {
        path.relative_to(results).as_posix(): path.read_bytes()
        for path in sorted(results.rglob("*"))
        if path.suffix in kinds and not other & set(path.parts)
    }
