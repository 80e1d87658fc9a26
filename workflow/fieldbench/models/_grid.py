"""What the grids share: nodes on a lattice, and interpolation between them."""

import itertools
import math

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import ALL, Field
from fieldbench.models._interpolation import Taps, along
from fieldbench.plan.errors import UserError

KEYS = -0.75  # the kernel's parameter; PyTorch's bicubic sampling has the same


class Grid(Field):
    """`size` nodes an axis, from border to border, all starting at one value."""

    structured = True
    lattice_at_once = 2**22  # nothing is kept for a point, so a slab costs more than it saves

    def __init__(self, dims: int, channels: int, size: int, interpolation: str, initial: float):
        super().__init__()
        self.nodes = nn.Parameter(torch.full((channels, *[size] * dims), initial))
        taps = {"linear": _linear, "cubic": _cubic, "paper": _linear if dims == 3 else _cubic}
        if interpolation not in taps:
            raise UserError(
                f"grid: interpolation is '{interpolation}'.", f"Choose one of: {', '.join(taps)}."
            )
        self.taps = taps[interpolation]
        self._kept: dict[tuple, list[Taps]] = {}

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        size = self.nodes.shape[-1]
        axes = [self.taps(points[:, k], size) for k in range(points.shape[1])]
        total = 0
        for corner in itertools.product(range(axes[0].nodes.shape[-1]), repeat=len(axes)):
            index = tuple(axis.nodes[:, c] for axis, c in zip(axes, corner, strict=True))
            weight = math.prod(axis.weights[:, c] for axis, c in zip(axes, corner, strict=True))
            total = total + weight * self.nodes[(slice(None), *index)]
        return total.T

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        key = (lattice, self.nodes.device)
        if key not in self._kept:
            size = self.nodes.shape[-1]
            self._kept[key] = [self.taps(axis, size) for axis in lattice.axes(self.nodes.device)]
        values = self.nodes
        for k, taps in enumerate(self._kept[key]):
            values = along(values, k + 1, taps[rows] if k == 0 else taps)
        return torch.movedim(values, 0, -1)


def _cells(coordinate: torch.Tensor, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The node left of each coordinate in [-1, 1], and the way to the next one in [0, 1)."""
    position = (coordinate + 1) / 2 * (size - 1)
    left = position.floor().clamp(0, size - 1)
    return left.long(), position - left


def _linear(coordinate: torch.Tensor, size: int) -> Taps:
    """Two nodes a coordinate and their weights, each (N, 2)."""
    left, t = _cells(coordinate, size)
    nodes = torch.stack([left, left + 1], dim=-1).clamp(max=size - 1)
    return Taps(nodes, torch.stack([1 - t, t], dim=-1), size)


def _cubic(coordinate: torch.Tensor, size: int) -> Taps:
    """Four nodes a coordinate and their weights by Keys' kernel, each (N, 4)."""
    left, t = _cells(coordinate, size)
    nodes = torch.stack([left + k for k in (-1, 0, 1, 2)], dim=-1).clamp(0, size - 1)
    near = [((KEYS + 2) * d - (KEYS + 3)) * d * d + 1 for d in (t, 1 - t)]
    far = [KEYS * (((d - 5) * d + 8) * d - 4) for d in (t + 1, 2 - t)]
    return Taps(nodes, torch.stack([far[0], near[0], near[1], far[1]], dim=-1), size)
