"""KAN: layers whose every edge is a function of its own, all of one basis; no encoding.

Li et al., "INR-Bench: A Unified Benchmark for Implicit Neural Representations in Multi-Domain
Regression and Reconstruction", 2025: six such layers, 64 wide, the last one among them, and nothing
between. `norm = "layer"` puts a layer normalisation between them, never over coordinates or
results, where of one number nothing would be left.

The first layer is a sum of functions of one coordinate each; on a lattice they are computed once a
row and once a column instead of once a point.
"""

import itertools
from collections.abc import Callable

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import ALL, Field
from fieldbench.models._products import mapped
from fieldbench.numerics.jets import start
from fieldbench.plan.errors import UserError


def parameters(size, *, dims, channels, basis, hidden_layers, norm, **_) -> int:
    """Of dims -> size, hidden_layers times size -> size, size -> channels, and of the norms."""
    inner = hidden_layers * basis.parameters(fan_in=size, fan_out=size)
    norms = 2 * size * (hidden_layers + 1) if norm == "layer" else 0
    first = basis.parameters(fan_in=dims, fan_out=size)
    return first + inner + norms + basis.parameters(fan_in=size, fan_out=channels)


def paper_size(budget, **_) -> int:
    """INR-Bench's width, whatever the budget."""
    return 64


def flops(size, *, dims, channels, basis, hidden_layers, **_) -> int:
    """Of a step, a point: thrice the forward pass, but twice in the first layer."""
    inner = hidden_layers * basis.flops(fan_in=size, fan_out=size)
    inner += basis.flops(fan_in=size, fan_out=channels)
    return 2 * basis.flops(fan_in=dims, fan_out=size) + 3 * inner


class Model(Field):
    made_of = ("bases",)
    dims = (1, 2, 3)
    learning_rate = 4e-4  # INR-Bench
    structured = True

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        basis: type[nn.Module],
        hidden_layers: int = 4,  # INR-Bench
        norm: str = "none",  # INR-Bench
    ):
        super().__init__()
        if norm not in ("none", "layer"):
            raise UserError(f"There is no norm '{norm}'.", "Choose one of: none, layer.")
        widths = [dims, *[size] * (hidden_layers + 1), channels]
        self.layers = nn.ModuleList(
            basis(fan_in=a, fan_out=b, first=k == 0, generator=generator)
            for k, (a, b) in enumerate(itertools.pairwise(widths))
        )
        make = nn.LayerNorm if norm == "layer" else nn.Identity
        self.norms = nn.ModuleList(make(size) for _ in self.layers[1:])
        self.carries = norm == "none" and all(hasattr(layer, "jets") for layer in self.layers)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        values = self.layers[0](points)
        for layer, norm in zip(self.layers[1:], self.norms, strict=True):
            values = layer(norm(values))
        return values

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        return [self._others(self._layer(self.layers[0], points))]

    @property
    def jets(self) -> Callable | None:
        return self._jets if self.carries else None

    def _jets(self, points: torch.Tensor, order: int) -> torch.Tensor:
        jets = start(points, order)
        for layer in self.layers:
            jets = layer.jets(jets, points.shape[1])
        return jets

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        first, axes = self.layers[0], lattice.axes(next(self.parameters()).device)
        # A sum of functions of one coordinate: what it is where all others are zero tells each.
        values = (1 - lattice.dims) * self._layer(first, axes[0].new_zeros(1, lattice.dims))
        for k, axis in enumerate(axes):
            axis = axis[rows if k == 0 else ALL]
            points = torch.zeros(len(axis), lattice.dims, device=axis.device)
            points[:, k] = axis
            around = [-1 if j == k else 1 for j in range(lattice.dims)]
            values = values + self._layer(first, points).reshape(*around, values.shape[-1])
        found = self._others(values.flatten(0, -2))
        return found.reshape(*values.shape[:-1], -1)

    def _others(self, values: torch.Tensor) -> torch.Tensor:
        """All layers but the first."""
        for layer, norm in zip(self.layers[1:], self.norms, strict=True):
            values = self._layer(layer, norm(values))
        return values

    @staticmethod
    def _layer(layer: nn.Module, values: torch.Tensor) -> torch.Tensor:
        """A layer by the way that suits the device."""
        return layer.fused(values, mapped) if values.device.type == "cpu" else layer(values)
