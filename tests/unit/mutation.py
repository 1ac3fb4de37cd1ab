"""Source texts as modules: how broken-on-purpose variants of the library are run."""

import re
from types import ModuleType

CACHED = re.compile(r"^from eqlearn\.jit import (\w+(?:, \w+)*)\n", re.MULTILINE)


def executed(source: str, name: str = "mutant") -> ModuleType:
    """Module of a source text of this project (never of foreign text).

    Compiled functions are neither read from nor written to a cache, and check their bounds, so that no stray index
    can harm the test process.
    """
    return _module(source, name, 'numba.njit(error_model="numpy", boundscheck=True)')


def interpreted(source: str, name: str = "mutant") -> ModuleType:
    """The same with functions that are not compiled, for kernels that are fast enough so."""
    return _module(source, name, "lambda function: function")


def _module(source: str, name: str, compiler: str) -> ModuleType:
    """Module of a source text of this project, which is all that is ever executed here."""

    def replaced(found: re.Match) -> str:
        return "import numba\n" + "".join(f"{decorator} = {compiler}\n" for decorator in found[1].split(", "))

    module = ModuleType(name)
    exec(compile(CACHED.sub(replaced, source), name, "exec"), module.__dict__)
    return module
