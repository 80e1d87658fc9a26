"""GA-Planes: products of line, plane and volume features, then a small decoder.

Sivgin et al., "Geometric Algebra Planes: Convex Implicit Neural Volumes", 2024. As in
INR-benchmark, with F features each of trainable, linearly interpolated nodes:

    2D   f = X(x) Y(y) + P(x, y)
    3D   f = X Y Z + Pxy Z + Pyz X + Pzx Y + V,      then Linear, ReLU, Linear.

A line has as many nodes as the signal has samples along its axis (the paper's released code swaps
the two axes, which matters only on signals that are not square), planes 20 x 20, the volume 5^3.
Of the published special case (550-node lines and 11 x 11 planes at a budget of 1e4 on a side of
1000) nothing is built in: give `line: 550, plane: 11` where it is wanted.
"""

import itertools
import math

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import ALL, Field
from fieldbench.models._layers import linear


def nodes(dims, shape, plane, volume, line) -> int:
    """Nodes a feature has in all its lines, planes and its volume."""
    lines = sum(line or side for side in shape)
    return lines + (plane**2 if dims == 2 else 3 * plane**2 + volume**3)


def parameters(size, *, dims, channels, shape, plane, volume, line, **_) -> int:
    """Nodes of every feature, and a decoder size -> size -> channels."""
    each = nodes(dims, shape, plane, volume, line)
    return each * size + (size + 1) * size + (size + 1) * channels


def paper_size(budget, *, dims, channels, shape, plane, volume, line, **_) -> int:
    """The published width: the root rounded, so it may pass the budget by some per cent."""
    b = nodes(dims, shape, plane, volume, line) + 1 + channels
    return round((-b + math.sqrt(b * b - 4 * (channels - budget))) / 2)


def flops(size, *, dims, channels, **_) -> int:
    """Of a step, a point: the decoder, and 4 a feature and tap of lines, planes and volume.

    Taps as INR-benchmark has them, lines read like planes: 12 in 2D, 32 in 3D.
    """
    taps = 12 if dims == 2 else 32
    return 6 * (size * size + size * channels) + 4 * taps * size


class Model(Field):
    dims = (2, 3)
    learning_rate = 1e-2  # INR-benchmark
    structured = True

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        plane: int = 20,  # INR-benchmark: nodes along a side of a plane
        volume: int = 5,  # INR-benchmark: nodes along a side of the volume
        line: int = 0,  # nodes of every line; 0 for the signal's samples along its axis
    ):
        super().__init__()

        def normal(std: float, *sides: int) -> nn.Parameter:
            return nn.Parameter(std * torch.randn(size, *sides, generator=generator))

        self.lines = nn.ParameterList(
            torch.empty(size, line or side).uniform_(0.10, 0.25, generator=generator)
            for side in shape
        )
        pairs = [(0, 1)] if dims == 2 else [(0, 1), (1, 2), (2, 0)]
        self.pairs = pairs
        self.planes = nn.ParameterList(normal(0.01, plane, plane) for _ in pairs)
        self.volume = normal(0.001, volume, volume, volume) if dims == 3 else None
        self.decoder = nn.Sequential(
            linear(size, size, generator), nn.ReLU(), linear(size, channels, generator)
        )

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        along = [sample(line, points[:, [k]]) for k, line in enumerate(self.lines)]
        planes = [
            sample(plane, points[:, list(pair)])
            for plane, pair in zip(self.planes, self.pairs, strict=True)
        ]
        if self.volume is None:
            features = along[0] * along[1] + planes[0]
        else:
            across = (along[2], along[0], along[1])
            products = sum(p * line for p, line in zip(planes, across, strict=True))
            features = along[0] * along[1] * along[2] + products + sample(self.volume, points)
        return self.decoder(features)

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        axes = lattice.axes(self.lines[0].device)
        axes[0] = axes[0][rows]
        dims = len(axes)
        along = [
            spread(sample(line, axes[k][:, None]).T, (k,), dims)
            for k, line in enumerate(self.lines)
        ]
        planes = [
            spread(self._interpolate(plane, [axes[k] for k in pair]), pair, dims)
            for plane, pair in zip(self.planes, self.pairs, strict=True)
        ]
        if self.volume is None:
            features = along[0] * along[1] + planes[0]
        else:
            features = along[2] * (along[0] * along[1] + planes[0])
            features = features + planes[1] * along[0] + planes[2] * along[1]
            features = features + self._interpolate(self.volume, axes)
        values = self.decoder(features.flatten(1).T)
        return values.reshape(*(len(axis) for axis in axes), -1)

    def _interpolate(self, values: torch.Tensor, axes: list[torch.Tensor]) -> torch.Tensor:
        """(F, n, ...) nodes on the product of axes, one small matrix an axis; (F, samples, ...)."""
        for k, axis in enumerate(axes):
            matrix = _matrix(axis, values.shape[k + 1])
            values = torch.movedim(torch.tensordot(matrix, values, dims=([1], [k + 1])), 0, k + 1)
        return values


def sample(values: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """Interpolate (F, n, ...) nodes linearly at points (N, axes) in [-1, 1]; (N, F)."""
    sides = torch.tensor(values.shape[1:], device=points.device)
    position = (points + 1) / 2 * (sides - 1)
    left = position.floor().clamp(min=0).minimum(sides - 2)
    way = position - left
    left = left.long()
    total = 0
    for corner in itertools.product((0, 1), repeat=len(sides)):
        index = tuple(left[:, k] + c for k, c in enumerate(corner))
        weight = math.prod(way[:, k] if c else 1 - way[:, k] for k, c in enumerate(corner))
        total = total + weight * values[(slice(None), *index)]
    return total.T


def spread(values: torch.Tensor, axes: tuple[int, ...], dims: int) -> torch.Tensor:
    """(F, samples of each of `axes`) made to broadcast over (F, *all axes)."""
    order = sorted(range(len(axes)), key=lambda k: axes[k])
    values = values.permute(0, *(k + 1 for k in order))
    shape = [1] * dims
    for k, axis in enumerate(sorted(axes)):
        shape[axis] = values.shape[k + 1]
    return values.reshape(values.shape[0], *shape)


def _matrix(axis: torch.Tensor, nodes: int) -> torch.Tensor:
    """The (samples, nodes) matrix of linear interpolation along one axis."""
    return sample(torch.eye(nodes, device=axis.device), axis[:, None])
