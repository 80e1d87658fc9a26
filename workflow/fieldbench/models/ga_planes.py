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
from fieldbench.models._fused import decoded
from fieldbench.models._interpolation import Taps, along
from fieldbench.models._layers import linear
from fieldbench.models._planes import planar, solid
from fieldbench.models._products import spare


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
    derivatives = 1  # between nodes the features are linear
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
            return _features_last(std * torch.randn(size, *sides, generator=generator))

        self.lines = nn.ParameterList(
            _features_last(
                torch.empty(size, line or side).uniform_(0.10, 0.25, generator=generator)
            )
            for side in shape
        )
        # In 3D the third plane is kept as (x, z), so that a lattice's rows come first.
        self.pairs = [(0, 1)] if dims == 2 else [(0, 1), (1, 2), (0, 2)]
        self.planes = nn.ParameterList(normal(0.01, plane, plane) for _ in self.pairs)
        self.volume = normal(0.001, volume, volume, volume) if dims == 3 else None
        # Many, for a slab has its own cost; in 3D each interpolates the (y, z) plane anew.
        self.lattice_at_once = max(2048, 2**21 // size) if dims == 2 else 2**15
        self.decoder = nn.Sequential(
            linear(size, size, generator), nn.ReLU(), linear(size, channels, generator)
        )
        self._kept: dict[tuple, Taps] = {}

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        along = [sample(line, points[:, [k]]) for k, line in enumerate(self.lines)]
        planes = [
            sample(plane, points[:, list(pair)])
            for plane, pair in zip(self.planes, self.pairs, strict=True)
        ]
        if self.volume is None:
            features = along[0] * along[1] + planes[0]
        else:
            others = (along[2], along[0], along[1])
            products = sum(p * line for p, line in zip(planes, others, strict=True))
            features = along[0] * along[1] * along[2] + products + sample(self.volume, points)
        return self.decoder(features)

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        zeros = spare(self.decoder[0].in_features)

        def at(values: torch.Tensor, *axes: int) -> torch.Tensor:
            """Values interpolated along the axes of the lattice that their first axes are."""
            values = nn.functional.pad(values, (0, zeros)) if zeros else values
            for k, axis in enumerate(axes):
                values = along(values, k, self._taps(lattice, axis, values.shape[k], rows))
            return values

        final = lattice.dims - 1
        if self.volume is None:
            x, y = (at(line, k) for k, line in enumerate(self.lines))
            plane = at(self.planes[0], 0)
            features = planar(x, y, plane, self._taps(lattice, final, plane.shape[1], rows))
        else:
            x, y, z = (at(line, k) for k, line in enumerate(self.lines))
            xy, yz, xz = (at(p, *pair) for p, pair in zip(self.planes, self.pairs, strict=True))
            across, volume = x[:, None] * y + xy, at(self.volume, 0, 1)
            taps = self._taps(lattice, final, volume.shape[2], rows)
            features = solid(across, (x, y, z), (yz, xz), volume, taps)
        values = decoded(features.flatten(0, -2), self.decoder[0], self.decoder[2])
        return values.reshape(*features.shape[:-1], -1)

    def _taps(self, lattice: Lattice, axis: int, nodes: int, rows: slice) -> Taps:
        """How an axis of the lattice lies between so many nodes; they never change, so are kept."""
        key = (lattice, axis, nodes, self.lines[0].device)
        if key not in self._kept:
            samples = lattice.axes(self.lines[0].device)[axis]
            left, way = _cells(samples[:, None], (nodes,))
            pair, weights = torch.cat([left, left + 1], 1), torch.cat([1 - way, way], 1)
            self._kept[key] = Taps(pair, weights, nodes)
        return self._kept[key][rows] if axis == 0 else self._kept[key]


def _features_last(values: torch.Tensor) -> nn.Parameter:
    return nn.Parameter(values.movedim(0, -1).contiguous())


def _cells(points: torch.Tensor, sides: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """The node before each of (N, axes) points in [-1, 1], and the way to the next, in [0, 1]."""
    counts = torch.tensor(sides, device=points.device)
    position = (points + 1) / 2 * (counts - 1)
    left = position.floor().clamp(min=0).minimum(counts - 2)
    return left.long(), position - left


def sample(values: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """Interpolate (n, ..., F) nodes linearly at points (N, axes) in [-1, 1]; (N, F)."""
    left, way = _cells(points, values.shape[:-1])
    total = 0
    for corner in itertools.product((0, 1), repeat=points.shape[1]):
        index = tuple(left[:, k] + c for k, c in enumerate(corner))
        weight = math.prod(way[:, k] if c else 1 - way[:, k] for k, c in enumerate(corner))
        total = total + weight[:, None] * values[index]
    return total
