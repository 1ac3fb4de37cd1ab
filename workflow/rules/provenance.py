"""What a script's result depends on: its own code, the package modules it imports, library versions.

Snakemake looks at a script's date only. A rule that carries ``params: code=fingerprint("x.py")`` is re-run
exactly when a module that the script imports, directly or not, has changed in more than comments or docstrings.
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parents[1] / "scripts"
ENVS = Path(__file__).parents[2] / "envs"
# Tables of results/record/ that were measured once and kept, and the scripts whose code they depend on.
_FUNCTIONS = ("sample_analytic.py", "train_network.py", "read_network.py", "score_networks.py")
_FIELDS = ("solve_pde.py", "sample_pde.py", "train_network.py", "read_network.py", "score_pdes.py")
_IMAGES = ("sample_springs.py", "train_springs.py", "read_springs.py", "score_springs.py")
_MEAN_FIELD = ("sample_mean_field.py", "differentiate.py", "fit_oat.py", "fit_oat_published.py", "tabulate_recovery.py")
KEPT = {
    "network_runs.csv": _FUNCTIONS,
    "network_equations.csv": _FUNCTIONS,
    "pde_network_runs.csv": _FIELDS,
    "pde_network_equations.csv": (*_FIELDS, "tabulate_pdes.py"),
    "spring_runs.csv": _IMAGES,
    "spring_equations.csv": _IMAGES,
    "pde_recovery.csv": ("solve_pde.py", "recover_pde.py"),
    "noise_recovery.csv": _MEAN_FIELD,
    "mean_field_draws.csv": (
        "sample_mean_field.py",
        "differentiate.py",
        "fit_oat_published.py",
        "score_trajectories.py",
    ),
    "parity.csv": ("import_table.py", "fit_es_published.py", "fit_oat_published.py", "infer_parameter.py"),
}
_DISTRIBUTIONS = {"sklearn": "scikit-learn", "yaml": "pyyaml"}


@cache
def fingerprint(script: str, scripts: Path = SCRIPTS, envs: Path = ENVS) -> dict[str, str]:
    """Digest by module file of everything ``script`` imports inside the scripts folder, and locked versions."""
    found: dict[Path, str] = {}
    libraries: set[str] = set()
    waiting = {scripts / script}
    while waiting:
        path = waiting.pop()
        found[path], inside, outside = _read(path, scripts)
        waiting |= inside - found.keys()
        libraries |= outside
    digests = {path.relative_to(scripts).as_posix(): digest for path, digest in found.items()}
    return dict(sorted(digests.items())) | _versions(libraries, envs)


@cache
def _read(path: Path, scripts: Path) -> tuple[str, frozenset[Path], frozenset[str]]:
    """Digest of a file, the files inside the scripts folder and the libraries that it may import.

    Cached, since most files are read for dozens of scripts, and by every job on a cluster.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    files = {module: frozenset(_files(module, scripts)) for module in _imports(tree, path.relative_to(scripts))}
    libraries = frozenset(module.split(".")[0] for module, inside in files.items() if not inside)
    return _digest(tree), frozenset().union(*files.values()), libraries


def digest_of(scripts: Sequence[str]) -> str:
    """SHA-256 of the fingerprints of some scripts; 16 hexadecimal digits."""
    content = {name: fingerprint(name) for name in scripts}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _imports(tree: ast.AST, path: Path) -> Iterator[str]:
    """Dotted names of all modules a file may import; of ``from a import b`` both ``a`` and ``a.b``."""
    package = path.parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *((node.module,) if node.module else ())))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _files(module: str, scripts: Path) -> Iterator[Path]:
    """The file of a module inside the scripts folder and the __init__ files above it."""
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        base = scripts.joinpath(*parts[:depth])
        for path in (base / "__init__.py", base.with_suffix(".py")):
            if path.is_file():
                yield path


def _digest(tree: ast.AST) -> str:
    """Digest of a syntax tree without docstrings, comments, positions and what differs between Python versions."""
    return hashlib.sha256("\n".join(_lines(tree)).encode()).hexdigest()[:16]


def _lines(node: object, depth: int = 0) -> Iterator[str]:
    if isinstance(node, ast.AST):
        yield f"{depth} {type(node).__name__}"
        for field, value in ast.iter_fields(node):
            if field == "body" and isinstance(value, list):
                value = _without_docstring(node, value)
            if value is not None and value != [] and field not in ("type_comment", "kind"):
                yield f"{depth} .{field}"
                yield from _lines(value, depth + 1)
    elif isinstance(node, list):
        for item in node:
            yield from _lines(item, depth + 1)
    else:
        yield f"{depth} {type(node).__name__} {node!r}"


def _without_docstring(node: ast.AST, body: list) -> list:
    documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    if documented and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[1:] if isinstance(body[0].value.value, str) else body
    return body


@cache
def locked_versions(envs: Path = ENVS) -> dict[str, str]:
    """Version by normalised distribution name, from all lock files."""
    pairs = (
        re.match(r"([A-Za-z0-9_.-]+)==(\S+)", line)
        for path in sorted(envs.glob("*.lock"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return {re.sub(r"[-_.]+", "-", pair[1]).lower(): pair[2] for pair in pairs if pair}


def _versions(libraries: set[str], envs: Path) -> dict[str, str]:
    locked = locked_versions(envs)
    names = {library: _DISTRIBUTIONS.get(library, library.replace("_", "-").lower()) for library in sorted(libraries)}
    return {f"{name}==": locked[name] for name in names.values() if name in locked}
