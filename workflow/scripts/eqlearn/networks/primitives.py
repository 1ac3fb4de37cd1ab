"""Primitive functions of an equation learner: each is written once and serves PyTorch, NumPy and SymPy alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from eqlearn.errors import InputError


@dataclass(frozen=True)
class Primitive:
    """A function of ``arity`` pre-activations: ``function(module, scales, *inputs)``, where the module has ``sin``."""

    arity: int
    function: Callable[..., Any]


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
            if name not in PRIMITIVES or count < 0:
                raise InputError(f"primitive {name!r}: {count} of them, use {', '.join(PRIMITIVES)}, at least 0 of each.")
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

    def on_arrays(self, module: ModuleType, g: Any) -> Any:
        """Values of the units (..., outputs) from pre-activations (..., inputs), of PyTorch or NumPy."""
        pieces = [
            PRIMITIVES[name].function(module, self, *(g[..., start : start + count] for start in starts))
            for name, count, starts in self._blocks()
        ]
        return module.concatenate(pieces, -1)

    def on_symbols(self, module: ModuleType, g: Sequence[Any]) -> list[Any]:
        """The same from one SymPy expression per pre-activation."""
        return [
            PRIMITIVES[name].function(module, self, *(g[start + unit] for start in starts))
            for name, count, starts in self._blocks()
            for unit in range(count)
        ]

    def _blocks(self) -> list[tuple[str, int, list[int]]]:
        """Name, number of units and first pre-activation of every operand."""
        blocks, start = [], 0
        for name, count in self.units:
            arity = PRIMITIVES[name].arity
            blocks.append((name, count, [start + operand * count for operand in range(arity)]))
            start += arity * count
        return [block for block in blocks if block[1]]
