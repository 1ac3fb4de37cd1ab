"""What a run was summarised with, for people: commit, machine. No dataset, equation or table holds any of it."""

import os
import platform
import subprocess
from pathlib import Path


def commit_of(folder: str | Path) -> str:
    """Commit of the repository at ``folder``, with a note where tracked files differ from it; or ``unknown``."""
    top, commit = _git(folder, "rev-parse", "--show-toplevel"), _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    if not top or not commit or changed is None:
        return "unknown"
    if Path(top).resolve() != Path(folder).resolve():  # an outer repository says nothing of this one
        return "unknown"
    return f"{commit} with changes that are not committed" if changed else commit


def _git(folder: str | Path, *arguments: str) -> str | None:
    """What git prints; None where it fails or is not there."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def machine() -> dict[str, str | int | float]:
    """Processor, cores, memory (GiB), operating system and Python of this process's machine."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(pages * size / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
