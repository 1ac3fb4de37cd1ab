"""Source texts as modules: how broken-on-purpose variants of the library are run."""

from types import ModuleType

CACHED = "from eqlearn.jit import njit\n"
UNCACHED = 'import numba\nnjit = numba.njit(error_model="numpy", boundscheck=True)\n'


def executed(source: str, name: str = "mutant") -> ModuleType:
    """Module of a source text of this project (never of foreign text).

    Compiled functions are neither read from nor written to a cache, and check their bounds, so that no stray index
    can harm the test process.
    """
    module = ModuleType(name)
    exec(compile(source.replace(CACHED, UNCACHED), name, "exec"), module.__dict__)
    return module
