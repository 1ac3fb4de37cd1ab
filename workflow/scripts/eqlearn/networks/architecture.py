"""What a network consists of: every choice of paper B as a named setting, and the presets of paper and code."""

import math
from dataclasses import dataclass, field
from typing import Any

from eqlearn.errors import InputError
from eqlearn.networks.primitives import PrimitiveLayer

UNITS = (("one", 2), ("identity", 4), ("square", 4), ("sine", 2), ("product", 2))
SOURCES = {"eql": "shared", "seql": "stacked", "heql": "hyper"}
SKIPS = ("none", "inner", "all")


@dataclass(frozen=True)
class Architecture:
    """Hidden layers of primitive units and a linear output (paper B, Sections II and III).

    Attributes
    ----------
    network: 'eql' (one weight matrix per layer, the parameter is a feature), 'seql' (one per parameter value),
        'heql' (a meta-weight unit gives them from the parameter).
    features: number of inputs of the network; the parameter is one of them in an EQL network.
    layers: number of hidden layers.
    units: primitive units of a layer, name and number.
    sine_cycles: a sine unit gives sin(2·pi·sine_cycles·g).
    product: factor in front of a product of two pre-activations.
    skip: which hidden layers pass their input on beside their units: 'none', 'inner' (all but the last) or 'all'.
    output_gated, output_varies: whether the output's weights have gates, and depend on the parameter.
    meta_units: hidden units of a meta-weight unit.

    Raises InputError for a choice that does not exist.
    """

    network: str
    features: int
    layers: int = 2
    units: tuple[tuple[str, int], ...] = UNITS
    sine_cycles: float = 1.0
    product: float = 1.0
    skip: str = "all"
    output_gated: bool = True
    output_varies: bool = True
    meta_units: tuple[int, ...] = (64, 64, 256)
    primitives: PrimitiveLayer = field(init=False)

    def __post_init__(self) -> None:
        for name, allowed in (("network", tuple(SOURCES)), ("skip", SKIPS)):
            if getattr(self, name) not in allowed:
                raise InputError(f"{name}: is {getattr(self, name)!r}, must be one of {', '.join(allowed)}.")
        if self.layers < 1 or self.features < 1:
            raise InputError(f"network: has {self.layers} layers and {self.features} features, needs one of each.")
        layer = PrimitiveLayer(self.units, 2 * math.pi * self.sine_cycles, self.product)
        object.__setattr__(self, "primitives", layer)

    @property
    def source(self) -> str:
        """Where the weights come from: 'shared', 'stacked' or 'hyper'."""
        return SOURCES[self.network]

    def skips(self, layer: int) -> bool:
        """Whether a hidden layer (from 0) passes its input on."""
        return self.skip == "all" or (self.skip == "inner" and layer < self.layers - 1)

    @property
    def widths(self) -> tuple[int, ...]:
        """Number of inputs of every hidden layer, then of the output."""
        widths = [self.features]
        for layer in range(self.layers):
            widths.append(self.primitives.outputs + (widths[-1] if self.skips(layer) else 0))
        return tuple(widths)

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Shape (inputs, outputs) of the weights of every hidden layer, then of the output."""
        hidden = [(width, self.primitives.inputs) for width in self.widths[:-1]]
        return (*hidden, (self.widths[-1], 1))

    @property
    def gated(self) -> tuple[tuple[int, int], ...]:
        """Shapes of the gates."""
        return self.shapes if self.output_gated else self.shapes[:-1]

    def varies(self, layer: int) -> bool:
        """Whether the weights of a layer (the output is the last) depend on the parameter."""
        return self.source != "shared" and (layer < self.layers or self.output_varies)


def preset(name: str, network: str) -> dict[str, Any]:
    """Settings of the architecture as 'published' (what the authors ran) or as in the 'paper' (what its text says)."""
    if name == "paper":
        common = {"layers": 2, "sine_cycles": 1.0, "product": 1.0, "skip": "all"}
        return {**common, "output_gated": True, "output_varies": True}
    if name == "published":
        # DEVIATES: from the paper's text, which the authors' code does not follow in these six choices.
        common = {"layers": 3, "sine_cycles": 2.0, "product": 10.0, "skip": "inner", "output_gated": False}
        return {**common, "output_varies": network == "seql"}
    raise InputError(f"preset: is {name!r}, must be 'published' or 'paper'.")
