"""Which tests execute which functions of the package: pytest plugins, and the test files that are near a module."""

import ast
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from numba.core import event

FOLDERS = ("workflow", "workflow/scripts", "workflow/rules", "tests")
NEVER = ("fail_on", "fails_on", "catch", "unmutated")  # look for texts in the source, or repeat other tests on a copy


def imported(path: Path) -> Iterator[str]:
    """Names of modules that a file may import."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@cache
def neighbours(root: Path, path: Path) -> frozenset[Path]:
    """Files of the project that a file imports."""
    found = (root / folder / f"{name.replace('.', '/')}.py" for name in imported(path) for folder in FOLDERS)
    return frozenset(file for file in found if file.is_file())


@cache
def distances(root: Path, start: Path) -> dict[Path, int]:
    """How many imports away every file is that a file needs."""
    found, edge = {start: 0}, {start}
    while edge:
        edge = {far for near in edge for far in neighbours(root, near)} - set(found)
        found |= dict.fromkeys(edge, max(found.values()) + 1)
    return found


def near(root: Path, module: Path) -> list[Path]:
    """Test files that reach a module: first the one of its name, then by the number of imports between them."""
    files = [*(root / "tests/unit").glob("test_*.py"), *(root / "tests/scripts").glob("test_*.py")]
    reach = {file: distances(root, file) for file in files}
    rank = {f: (f.stem != f"test_{module.stem}", reach[f][module], f.name) for f in files if module in reach[f]}
    return sorted(rank, key=rank.get)


class Failures:
    """Notes the tests and files that fail."""

    def __init__(self) -> None:
        self.failed = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed += [report.nodeid] if report.failed else []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.failed += [report.nodeid] if report.failed else []


class Chosen(Failures):
    """Runs some tests only, in the order given."""

    def __init__(self, tests: list[str]) -> None:
        super().__init__()
        self.rank = {test: number for number, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.rank), key=lambda item: self.rank[item.nodeid])


class Compiling(event.Listener):
    """CPU seconds that numba has compiled, which it does once."""

    def __init__(self) -> None:
        self.seconds, self.begun = 0.0, []

    def on_start(self, _event: event.Event) -> None:
        self.begun.append(time.process_time())

    def on_end(self, _event: event.Event) -> None:
        begun = self.begun.pop()
        self.seconds += 0.0 if self.begun else time.process_time() - begun


class Covering(Failures):
    """Notes the CPU seconds of every test without compilation, and the functions (file:line) that it executes; those
    that fixtures of a whole file execute are noted for all."""

    def __init__(self, package: Path) -> None:
        super().__init__()
        self.package, self.seconds, self.functions, self.shared = f"{package}/", {}, {}, set()
        self.now, self.compiling = self.shared, Compiling()
        event.register("numba:compile", self.compiling)

    def own_time(self) -> float:
        return time.process_time() - self.compiling.seconds

    def trace(self, frame, _event, _argument) -> None:
        """A call of a function."""
        code = frame.f_code
        if code.co_filename.startswith(self.package):
            self.now.add(f"{code.co_filename[len(self.package) :]}:{code.co_firstlineno}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item):
        start, self.now = self.own_time(), self.functions.setdefault(item.nodeid, set())
        sys.settrace(self.trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.now, self.seconds[item.nodeid] = self.shared, self.own_time() - start

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        before, self.now = self.now, self.now if fixturedef.scope == "function" else self.shared
        try:
            return (yield)
        finally:
            self.now = before

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not any(word in item.name.split("[")[0] for word in NEVER)]

    def noted(self) -> dict:
        """For JSON; tests that failed are left out."""
        functions = {test: sorted(found | self.shared) for test, found in self.functions.items()}
        good = {test: self.seconds[test] for test in functions if test not in self.failed}
        return {"seconds": good, "functions": functions, "failed": self.failed}
