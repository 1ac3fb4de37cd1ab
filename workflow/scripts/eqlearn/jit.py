"""Numba compilation with an on-disk cache that no edit can leave stale.

Numba's own cache notices a change in the file of the compiled function only: after an edit to a function
that it calls from another module, old machine code would be served. Here the cache lies in a folder named
by a digest of the whole package, so any edit starts a fresh one.
"""

import hashlib
import os
import shutil
import time
from pathlib import Path

import numba

_PACKAGE = Path(__file__).parent
_KEPT = 24 * 3600  # seconds


def _package_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _cache_folder() -> Path | None:
    """Folder for machine code beside the package, or None where nothing can be written."""
    folder = _PACKAGE / "__pycache__" / f"numba-{_package_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_old(folder)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _forget_old(current: Path) -> None:
    """Delete the caches of former versions, unless something may still run with them."""
    for folder in current.parent.glob("numba-*"):
        if folder != current and time.time() - folder.stat().st_mtime > _KEPT:
            shutil.rmtree(folder, ignore_errors=True)


_CACHE_FOLDER = _cache_folder()
if _CACHE_FOLDER is not None:
    numba.config.CACHE_DIR = str(_CACHE_FOLDER)

njit = numba.njit(cache=_CACHE_FOLDER is not None, error_model="numpy")
# For loops over samples: sums in any order and fused products, so that they run in the CPU's vectors.
njit_sums = numba.njit(cache=_CACHE_FOLDER is not None, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
