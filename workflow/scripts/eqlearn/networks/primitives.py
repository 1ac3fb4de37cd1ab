"""Primitive functions of an equation learner: each is written once and serves PyTorch, NumPy and SymPy alike."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from types import ModuleType
from typing import Any

from eqlearn.errors import InputError


@dataclass(frozen=True)
class Primitive:
    """A function of ``arity`` pre-activations: ``function(module, scales, *inputs)``, where the module has ``sin``."""

    arity: int
    function: Callable[..., Any]


# The training on a CPU needs the slope of a new one, too: open_gates_kernel._values.
PRIMITIVES = {
    "one": Primitive(1, lambda module, scales, g: g**0),
    "identity": Primitive(1, lambda module, scales, g: g),
    "square": Primitive(1, lambda module, scales, g: g * g),
    "sine": Primitive(1, lambda module, scales, g: module.sin(scales.sine * g)),
    "product": Primitive(2, lambda module, scales, g, other: scales.product * g * other),
}


@dataclass(frozen=True)
class PrimitiveLayer:
    """The primitive units of one hidden layer (paper B, Section II-A).

    Attributes
    ----------
    units: name and number of units, in order; the inputs of a binary primitive are two blocks side by side.
    sine, product: factors inside the sine and in front of the product.

    Raises InputError for an unknown primitive, or where there is no unit.
    """

    units: tuple[tuple[str, int], ...]
    sine: float
    product: float

    def __post_init__(self) -> None:
        for name, count in self.units:
            if name not in PRIMITIVES or count < 1:
                known = ", ".join(PRIMITIVES)
                raise InputError(f"primitive {name!r}: is given {count} times, use {known}, at least one of each.")
        if self.outputs == 0:
            raise InputError("primitives: there is none, at least one unit is needed.")

    @property
    def inputs(self) -> int:
        """Number of pre-activations."""
        return sum(PRIMITIVES[name].arity * count for name, count in self.units)

    @property
    def outputs(self) -> int:
        """Number of units."""
        return sum(count for _, count in self.units)

    @property
    def operands(self) -> list[int]:
        """Sizes of the blocks that pre-activations are split into: one per primitive and operand."""
        return [count for name, count in self.units for _ in range(PRIMITIVES[name].arity)]

    def on_blocks(self, module: ModuleType, blocks: Iterable[Any]) -> list[Any]:
        """Values of the units, a block per primitive, from the blocks of pre-activations of PyTorch or NumPy."""
        given = iter(blocks)
        return [
            PRIMITIVES[name].function(module, self, *islice(given, PRIMITIVES[name].arity)) for name, _ in self.units
        ]

    def on_symbols(self, module: ModuleType, g: Sequence[Any]) -> list[Any]:
        """The same from one SymPy expression per pre-activation."""
        values, start = [], 0
        for name, count in self.units:
            arity = PRIMITIVES[name].arity
            for unit in range(start, start + count):
                values.append(PRIMITIVES[name].function(module, self, *g[unit : start + arity * count : count]))
            start += arity * count
        return values
