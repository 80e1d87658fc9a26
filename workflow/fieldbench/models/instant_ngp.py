"""Instant-NGP: hash tables of features on ever finer lattices, then a small network.

Mueller et al., "Instant Neural Graphics Primitives with a Multiresolution Hash Encoding", SIGGRAPH
2022, with the settings of INR-benchmark: 16 levels of 2 features from a resolution of 16, each 1.5
times finer, and a decoder 32 -> 64 -> channels. The budget sets the size of the tables, a power of
two, so it is met only roughly.

The encoding is meant for coordinates in [0, 1]. INR-benchmark hands it [-1, 1), where cells below
zero wrap around as unsigned integers and even coarse levels collide; that is the default here too,
because its published numbers were made so. `remap: true` maps the coordinates to [0, 1) first.

On a lattice the rows that a point reads, and their weights, are the same in every step: they are
looked up once and kept, as one sparse matrix that takes tables to features, and its transpose for
the gradient.
"""

import itertools
import math
import warnings

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import ALL, Field
from fieldbench.models._layers import linear

PRIMES = (1, 2654435761, 805459861)  # of the spatial hash
UNSIGNED = 0xFFFFFFFF
smallest = 3  # log2 of the rows of a table
largest = 24


def scale(level, base, growth) -> float:
    """Cells of a level along a unit of length."""
    return base * growth**level - 1


def entries(level, size, dims, base, growth) -> int:
    """Rows in a level's table: one a node where that is few enough, else a hash table."""
    nodes = (math.ceil(scale(level, base, growth)) + 1) ** dims
    return min(8 * math.ceil(nodes / 8), 2**size)


def parameters(size, *, dims, channels, levels, features, base, growth, width, **_) -> int:
    """All tables, and the decoder."""
    rows = sum(entries(level, size, dims, base, growth) for level in range(levels))
    return features * rows + (levels * features + 1) * width + (width + 1) * channels


def paper_size(budget, *, channels, levels, features, width, **_) -> int:
    """The published table: the power of two that fits sixteen times beside the decoder."""
    decoder = (levels * features + 1) * width + (width + 1) * channels
    return math.floor(math.log2((budget - decoder) / (levels * features)))


def flops(size, *, dims, channels, levels, features, width, **_) -> int:
    """Of a step, a point: the decoder, and 4 a number read from the tables; no hashing."""
    decoder = 6 * (levels * features * width + width * channels)
    return decoder + 4 * levels * features * 2**dims


class Model(Field):
    dims = (1, 2, 3)
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
        levels: int = 16,  # this and what follows: INR-benchmark
        features: int = 2,
        base: int = 16,
        growth: float = 1.5,
        width: int = 64,
        remap: bool = False,
    ):
        super().__init__()
        self.levels = [
            (scale(level, base, growth), entries(level, size, dims, base, growth))
            for level in range(levels)
        ]
        self.remap = remap
        rows = sum(count for _, count in self.levels)
        table = torch.empty(rows, features).uniform_(-1e-4, 1e-4, generator=generator)
        self.table = nn.Parameter(table)
        self.decoder = nn.Sequential(
            linear(levels * features, width, generator),
            nn.ReLU(),
            linear(width, channels, generator),
        )
        self._kept: dict[tuple, tuple] = {}

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        points = (points + 1) / 2 if self.remap else points
        found, start = [], 0
        for per_unit, count in self.levels:
            rows, weights = corners(points, per_unit, count)
            found.append((weights[..., None] * self.table[rows + start]).sum(1))
            start += count
        return self.decoder(torch.cat(found, dim=-1))

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        first, last, _ = rows.indices(lattice.shape[0])
        found = Gather.apply(self.table, *self._matrices(lattice, first, last))
        shape = (last - first, *lattice.shape[1:])
        return self.decoder(found.reshape(math.prod(shape), -1)).reshape(*shape, -1)

    def _matrices(
        self, lattice: Lattice, first: int, last: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(points levels, rows of all tables) for a slab of a lattice, and transposed; kept."""
        key = (lattice, first, last, self.table.device)
        if key not in self._kept:
            points = lattice.points(self.table.device).reshape(lattice.shape[0], -1, lattice.dims)
            points = points[first:last].flatten(0, 1)
            points = (points + 1) / 2 if self.remap else points
            shape = (len(points), len(self.levels), 2**lattice.dims)
            read = torch.empty(shape, dtype=torch.int64, device=points.device)
            weights = torch.empty(shape, device=points.device)
            start = 0
            for level, (per_unit, count) in enumerate(self.levels):
                found, weights[:, level] = corners(points, per_unit, count)
                read[:, level] = found + start
                start += count
            self._kept[key] = _sparse(read.flatten(0, 1), weights.flatten(0, 1), start)
        return self._kept[key]


class Gather(torch.autograd.Function):
    """A constant sparse matrix times a table; torch's own gradient would make it dense."""

    @staticmethod
    def forward(ctx, table, matrix, transposed):
        ctx.transposed = transposed
        return torch.sparse.mm(matrix, table)

    @staticmethod
    def backward(ctx, gradient):
        return torch.sparse.mm(ctx.transposed, gradient), None, None


def _sparse(
    read: torch.Tensor, weights: torch.Tensor, rows: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The matrix with `weights` at columns `read`, (N, corners) each; and its transpose."""
    number, corners_each = read.shape
    at = torch.arange(number, device=read.device).repeat_interleave(corners_each)
    # Corners of one point may share a row of a hash table: coalescing adds their weights.
    matrix = torch.sparse_coo_tensor(
        torch.stack([at, read.reshape(-1)]),
        weights.reshape(-1),
        (number, rows),
        check_invariants=False,
    ).coalesce()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that this layout is in beta
        return matrix.to_sparse_csr(), matrix.t().coalesce().to_sparse_csr()


def corners(points: torch.Tensor, per_unit: float, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of a level's table at the corners around (N, dims) points, and weights: (N, 2^dims)."""
    position = per_unit * points + 0.5
    cell = position.floor()
    way = position - cell
    resolution, dims = math.ceil(per_unit) + 1, points.shape[1]
    strides = [resolution**k for k in range(dims)]
    dense = resolution**dims <= count
    rows, weights = [], []
    for corner in itertools.product((0, 1), repeat=dims):
        at = [(cell[:, k].long() + c) & UNSIGNED for k, c in enumerate(corner)]
        if dense:
            row = sum(a * stride for a, stride in zip(at, strides, strict=True)) & UNSIGNED
        else:
            row = 0
            for a, prime in zip(at, PRIMES, strict=False):
                row = row ^ ((a * prime) & UNSIGNED)
        rows.append(row % count)
        weights.append(math.prod(way[:, k] if c else 1 - way[:, k] for k, c in enumerate(corner)))
    return torch.stack(rows, dim=1), torch.stack(weights, dim=1)
