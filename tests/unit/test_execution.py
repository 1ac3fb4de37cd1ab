"""What a run was made with: the commit of this repository alone, and the machine."""

import os
import subprocess

from eqlearn.execution import commit_of, machine


def git(folder, *arguments):
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", folder, *identity, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_commit_says_whether_files_differ_from_it(tmp_path):
    git(tmp_path, "init", "-q")
    assert commit_of(tmp_path) == "unknown"  # nothing is committed yet
    (tmp_path / "a.txt").write_text("1")
    git(tmp_path, "add", "a.txt")
    git(tmp_path, "commit", "-qm", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "product.csv").write_text("not tracked")
    assert commit_of(tmp_path) == commit
    (tmp_path / "a.txt").write_text("2")
    assert commit_of(tmp_path) == f"{commit} with changes that are not committed"


def test_where_git_cannot_tell_nothing_is_claimed(tmp_path):
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-qm", "first", "--allow-empty")
    (tmp_path / ".git" / "index").write_text("no index")
    assert commit_of(tmp_path) == "unknown"


def test_an_outer_repository_is_not_the_project_s(tmp_path, monkeypatch):
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-qm", "first", "--allow-empty")
    (tmp_path / "inner").mkdir()
    assert commit_of(tmp_path / "inner") == "unknown"
    monkeypatch.setenv("PATH", "")
    assert commit_of(tmp_path) == "unknown"  # no git on this machine


def test_the_machine_is_this_one():
    made = machine()
    assert made["cores"] == os.cpu_count()
    assert made["processor"] and made["memory_gib"] > 0.1
