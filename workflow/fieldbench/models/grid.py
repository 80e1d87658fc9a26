"""Grid: a lattice of trainable values, interpolated; the baseline that is hard to beat.

As in INR-benchmark: the same number of nodes along every axis whatever the signal's shape, nodes
on the borders, bicubic in 2D (Keys' kernel, a = -0.75) and trilinear in 3D. With `tv` above zero
the total variation of the values is added to the loss.

`forward` interpolates at points, node by node. `on_lattice` uses that a lattice is a product of
axes: interpolation is then one small matrix an axis.
"""

import itertools
import math

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import ALL, Field
from fieldbench.plan.errors import UserError

KEYS = -0.75  # the kernel's parameter; PyTorch's bicubic sampling has the same
smallest = 2


def parameters(size, *, dims, channels, **_) -> int:
    """size nodes an axis, one number a channel each."""
    return channels * size**dims


def paper_size(budget, *, dims, channels, **_) -> int:
    """The published resolution. Rounding of the cube root is kept: 99, not 100, at 1e6 in 3D."""
    return math.floor((budget / channels) ** (1 / dims))


def flops(size, *, dims, channels, interpolation, **_) -> int:
    """Of a step, a point: 4 a channel and node read; the total variation is not counted."""
    cubic = interpolation == "cubic" or (interpolation == "paper" and dims != 3)
    return 4 * channels * (4 if cubic else 2) ** dims


class Model(Field):
    dims = (1, 2, 3)
    learning_rate = 1e-1  # INR-benchmark
    structured = True
    lattice_at_once = 2**22  # nothing is kept for a point, so a slab costs more than it saves

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        interpolation: str = "paper",  # or linear, cubic
        initial: float = 0.1,  # INR-benchmark
        tv: float = 0.0,  # weight of the total variation; INR-benchmark's are by budget
    ):
        super().__init__()
        self.nodes = nn.Parameter(torch.full((channels, *[size] * dims), initial))
        taps = {"linear": _linear, "cubic": _cubic, "paper": _linear if dims == 3 else _cubic}
        if interpolation not in taps:
            raise UserError(
                f"grid: interpolation is '{interpolation}'.", f"Choose one of: {', '.join(taps)}."
            )
        self.taps = taps[interpolation]
        self.tv = tv
        self._matrices: dict[tuple, list[torch.Tensor]] = {}

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        size = self.nodes.shape[-1]
        axes = [self.taps(points[:, k], size) for k in range(points.shape[1])]
        total = 0
        for corner in itertools.product(range(axes[0][0].shape[-1]), repeat=len(axes)):
            index = tuple(nodes[:, c] for (nodes, _), c in zip(axes, corner, strict=True))
            weight = math.prod(w[:, c] for (_, w), c in zip(axes, corner, strict=True))
            total = total + weight * self.nodes[(slice(None), *index)]
        return total.T

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        values = self.nodes
        first, *others = self._along(lattice)
        for k, matrix in enumerate([first[rows], *others]):
            values = torch.movedim(torch.tensordot(matrix, values, dims=([1], [k + 1])), 0, k + 1)
        return torch.movedim(values, 0, -1)

    def penalty(self) -> torch.Tensor | None:
        return self.tv * total_variation(self.nodes) if self.tv else None

    def _along(self, lattice: Lattice) -> list[torch.Tensor]:
        """One (samples, nodes) interpolation matrix an axis. They never change, so are kept."""
        key = (lattice, self.nodes.device)
        if key not in self._matrices:
            size = self.nodes.shape[-1]
            self._matrices[key] = [
                _matrix(self.taps, axis, size) for axis in lattice.axes(self.nodes.device)
            ]
        return self._matrices[key]


def total_variation(nodes: torch.Tensor) -> torch.Tensor:
    """Mean length of the forward differences of (channels, n, ...) values, floored at 1e-3."""
    axes = range(1, nodes.dim())
    inner = (slice(None), *[slice(None, -1)] * (nodes.dim() - 1))
    squares = sum((torch.roll(nodes, -1, k)[inner] - nodes[inner]) ** 2 for k in axes)
    return squares.clamp(min=1e-6).sqrt().mean()


def _matrix(taps, axis: torch.Tensor, size: int) -> torch.Tensor:
    nodes, weights = taps(axis, size)
    matrix = torch.zeros(len(axis), size, device=axis.device)
    return matrix.scatter_add_(1, nodes, weights)  # clamped nodes at a border add up


def _cells(coordinate: torch.Tensor, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The node left of each coordinate in [-1, 1], and the way to the next one in [0, 1)."""
    position = (coordinate + 1) / 2 * (size - 1)
    left = position.floor().clamp(0, size - 1)
    return left.long(), position - left


def _linear(coordinate: torch.Tensor, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two nodes a coordinate and their weights, each (N, 2)."""
    left, t = _cells(coordinate, size)
    nodes = torch.stack([left, left + 1], dim=-1).clamp(max=size - 1)
    return nodes, torch.stack([1 - t, t], dim=-1)


def _cubic(coordinate: torch.Tensor, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Four nodes a coordinate and their weights by Keys' kernel, each (N, 4)."""
    left, t = _cells(coordinate, size)
    nodes = torch.stack([left + k for k in (-1, 0, 1, 2)], dim=-1).clamp(0, size - 1)
    near = [((KEYS + 2) * d - (KEYS + 3)) * d * d + 1 for d in (t, 1 - t)]
    far = [KEYS * (((d - 5) * d + 8) * d - 4) for d in (t + 1, 2 - t)]
    return nodes, torch.stack([far[0], near[0], near[1], far[1]], dim=-1)
