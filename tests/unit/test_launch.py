"""What is told before Snakemake starts: folders, locks, Slurm; and that it reads by this project's readers alone."""

import importlib.util
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import slurm_queue
import surroundings
from bad_input.configurations import CONFIG
from configuration import ConfigurationError
from eqlearn import job
from hypothesis import example, given
from hypothesis import strategies as st

LAUNCH = CONFIG.parent / "workflow" / "launch.py"
ODD = " \t\n\\'\"`$(){}[]<>|&;*?!#^\u00a0\u2028\u200b\udcff\x7f"
launch = importlib.util.module_from_spec(importlib.util.spec_from_file_location("launch", LAUNCH))
launch.__spec__.loader.exec_module(launch)


@given(st.text(max_size=6), st.sampled_from(ODD), st.text(max_size=6))
@example("my", " ", "project")
@example("a", "$", "(touch x)")
def test_a_folder_that_a_shell_would_misread_is_refused_in_one_sentence(before, odd, after):
    folder = Path("/home/me") / f"a{before}{odd}{after}b".replace("/", "").replace("\0", "")
    with pytest.raises(ConfigurationError) as refused:
        surroundings.check(Path("/home/me/eqlearn"), folder)
    message = str(refused.value)
    assert message.isascii() and message.isprintable() and "rename or move it" in message


@pytest.mark.parametrize("name", ["~me", "-x"])
def test_a_folder_that_looks_like_an_option_or_a_home_is_refused(name):
    with pytest.raises(ConfigurationError, match="begins with ~ or -"):
        surroundings.check(Path("/data") / name / "eqlearn")


def test_usual_folders_are_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    surroundings.check(Path("/home/zoë/Проект_2.0/a-b+c@d=e,f:g%h~"), tmp_path, Path("/data/e\u0301"))
    assert (tmp_path / ".snakemake").is_dir()


def test_the_folder_of_records_must_be_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".snakemake").touch()
    with pytest.raises(ConfigurationError, match=r"\.snakemake: is needed as a folder .* \(it is a file\)\."):
        surroundings.check(tmp_path)
    with pytest.raises(ConfigurationError, match=r"needed as a folder"):
        surroundings.require_writable(Path("/proc/none"), "tests")
    (tmp_path / ".snakemake").unlink()
    (tmp_path / ".snakemake" / "eqlearn.lock").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=r"eqlearn\.lock: cannot be locked \(Is a directory\)"):
        launch.take_run(tmp_path / ".snakemake")


def test_a_lock_from_elsewhere_is_forgotten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".snakemake").mkdir()
    own = tmp_path / ".snakemake" / "eqlearn-jobs.lock"
    for path in ("/nowhere/eqlearn-jobs.lock", "", str(own)):
        environment = {surroundings.LOCK_VARIABLE: path}
        surroundings.forget_stale_lock(environment)
        assert environment == {}
    own.touch()
    environment = {surroundings.LOCK_VARIABLE: str(own)}
    surroundings.forget_stale_lock(environment)
    assert environment == {surroundings.LOCK_VARIABLE: str(own)}


def test_jobs_import_the_package_beside_the_scripts(tmp_path):
    (tmp_path / "eqlearn").mkdir()
    (tmp_path / "eqlearn" / "__init__.py").write_text("raise SystemExit('foreign')")
    scripts = CONFIG.parent / "workflow" / "scripts"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for _ in range(2):
        surroundings.own_package_first(scripts, environment)
    assert environment["PYTHONPATH"] == os.pathsep.join([str(scripts), str(tmp_path)])
    code = "import eqlearn.errors as e; print(e.__file__)"
    found = subprocess.run([sys.executable, "-c", code], env=environment, cwd="/", capture_output=True, text=True)
    assert Path(found.stdout.strip()).is_relative_to(scripts)


@pytest.mark.parametrize("path", ["/nowhere/eqlearn-jobs.lock", "/proc", ""])
def test_a_job_works_without_a_lock(monkeypatch, path):
    monkeypatch.setenv(job.LOCK_VARIABLE, path)
    with job._alive():
        pass


def test_a_script_refuses_a_foreign_package(tmp_path):
    refused = pytest.raises(SystemExit, match=r"^Error: eqlearn is imported from .*; uninstall it")
    with refused, job.logged_to(tmp_path / "job.log", tmp_path / "script.py"):
        pass


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Commands of Slurm that do what a shell script says."""

    def pretend(squeue: str, scancel: str = "echo $* > cancelled") -> None:
        for name, script in (("squeue", squeue), ("scancel", scancel)):
            path = tmp_path / "bin" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(slurm_queue, "PATIENCE", 0.5)
    return pretend


def test_jobs_of_a_killed_run_are_cancelled(slurm, tmp_path):
    jobs = (f"7|{tmp_path}|rule_a", "8|/elsewhere|rule_a", f"9_[1-4]|{tmp_path}|rule_b", f"10|{tmp_path}|")
    slurm("; ".join(f"echo '{job}'" for job in jobs))
    slurm_queue.cancel_jobs(needed=True)
    assert (tmp_path / "cancelled").read_text().split() == ["7", "9_[1-4]"]


@pytest.mark.parametrize(
    ("squeue", "scancel", "reason"),
    [
        ("sleep 9", "", r"squeue fails \(no answer in 0\.5 s\)"),
        ("echo slurm_load_jobs error: Unable to contact slurm controller", "", r"squeue fails \(slurm_load_jobs error"),
        ("echo 'slurm_load_jobs error: x|y|z'", "", r"squeue fails \(slurm_load_jobs error: x"),
        ("echo no daemon >&2; exit 1", "", r"squeue fails \(no daemon\)"),
        ("exit 3", "", r"squeue fails \(exit code 3\)"),
        ("printf '\\377\\n'", "", r"squeue fails"),
        ('echo "7|$PWD|rule_a"', "echo denied; exit 1", r"scancel fails \(denied\)"),
        ('echo "7|$PWD|rule_a"', "sleep 9", r"scancel fails \(no answer"),
    ],
)
def test_a_queue_that_does_not_tell_is_told(slurm, capfd, squeue, scancel, reason):
    slurm(squeue, scancel)
    with pytest.raises(ConfigurationError, match=reason) as refused:
        slurm_queue.cancel_jobs(needed=True)
    slurm_queue.cancel_jobs(needed=False)
    assert capfd.readouterr().err == f"Warning: {refused.value}\n"


def test_snakemake_reads_by_the_projects_readers_alone(tmp_path):
    """Python that stands in a configuration or a profile does not run, however Snakemake is led to it."""
    place = tmp_path / "executed"
    text = f"__use_yte__: true\n?if not open({str(place)!r}, 'w'):\n  run: mine\n"
    (tmp_path / "hostile.yaml").write_text(text)
    (tmp_path / "Snakefile").write_text("rule all: pass\n")
    profile = tmp_path / "profiles" / "mine"
    profile.mkdir(parents=True)
    (profile / "config.yaml").write_text(text)
    (tmp_path / "named.yaml").write_text("configfile: [hostile.yaml]\n")
    code = f"import sys; sys.argv[0] = {str(LAUNCH)!r}; sys.path[0] = ''\nimport importlib.util as u\n"
    code += "spec = u.spec_from_file_location('launch', sys.argv[0]); launch = u.module_from_spec(spec)\n"
    code += "spec.loader.exec_module(launch)\n"
    code += "for options in (['--configfile=hostile.yaml'], ['-n', '--configfiles', 'named.yaml', 'hostile.yaml'],\n"
    code += "        ['--workflow-profile', 'mine'], ['--profile=named.yaml', '-n']):\n"
    code += "    try: launch.run_snakemake(['--cores', '1', *options])\n"
    code += "    except SystemExit as end: print(options, end.code)\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    sentences = [line for line in done.stderr.splitlines() if "would run Python" in line]
    assert len(sentences) == 4 and done.stdout.count("] 1\n") == 4, done.stdout + done.stderr
    assert not place.exists()
