"""Reading tables of features at every point of a lattice, all levels in one pass. CPU only.

A row's index is a sum or an exclusive-or of one number an axis, and its weight is a product, so
what belongs to all axes but the last is worked out once for a whole line of points.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numba import njit
from torch.autograd import Function

PRIMES = (1, 2654435761, 805459861)  # of the spatial hash
UNSIGNED = 0xFFFFFFFF
loop = njit(cache=True, nogil=True, fastmath={"contract"})


@dataclass(frozen=True)
class Level:
    """One table: nodes a unit of length and a side, its rows, and where they start."""

    per_unit: float
    resolution: int
    count: int
    start: int
    hashed: bool

    def around(self, coordinates: torch.Tensor, axis: int) -> tuple[torch.Tensor, torch.Tensor]:
        """An axis's part of the index of both nodes around each coordinate, and weights; (N, 2)."""
        position = self.per_unit * coordinates + 0.5
        cell = position.floor()
        way = position - cell
        nodes = torch.stack([cell, cell + 1], dim=-1).long() & UNSIGNED
        factor = PRIMES[axis] if self.hashed else self.resolution**axis
        return (nodes * factor) & UNSIGNED, torch.stack([1 - way, way], dim=-1)

    def join(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        """The index that two axes' parts make together."""
        return one ^ other if self.hashed else (one + other) & UNSIGNED


class Lines:
    """The nodes around every line of a lattice along its last axis, and along that axis."""

    def __init__(self, levels: list[Level], axes: list[torch.Tensor]):
        self.sides = [len(axis) for axis in axes]
        lines, last = zip(*(self._level(level, axes) for level in levels), strict=True)
        self.lines, last = _stacked(lines), _stacked(last)
        self.last = [part.swapaxes(1, 2) for part in last]
        self.levels = (
            np.array([level.count for level in levels]),
            np.array([level.start for level in levels]),
            np.array([level.hashed for level in levels]),
        )

    @staticmethod
    def _level(level: Level, axes: list[torch.Tensor]) -> tuple:
        *others, last = (level.around(axis, k) for k, axis in enumerate(axes))
        index, weight = torch.zeros(1, 1, dtype=torch.int64), torch.ones(1, 1)
        for its_index, its_weight in others:
            joined = level.join(index[:, None, :, None], its_index[None, :, None, :])
            weight = weight[:, None, :, None] * its_weight[None, :, None, :]
            index, weight = (x.flatten(2).flatten(0, 1) for x in (joined, weight))
        return (index, weight), last

    def slab(self, first: int, last: int) -> list[np.ndarray]:
        """What the loops need for rows of the first axis: lines, last axis, levels."""
        lines, along = self.lines, self.last
        if len(self.sides) == 1:
            along = [part[..., first:last] for part in along]
        else:
            each = lines[0].shape[1] // self.sides[0]
            lines = [part[:, first * each : last * each] for part in lines]
        return [np.ascontiguousarray(part) for part in (*lines, *along)] + [*self.levels]


def _stacked(parts: tuple) -> list[np.ndarray]:
    """Indices, uint32, and weights, each (levels, N, nodes)."""
    index, weight = (torch.stack(of).numpy() for of in zip(*parts, strict=True))
    return [index.astype(np.uint32), weight]


class Read(Function):
    """Features (points, levels features) of a slab of lines, out of a table (rows, features)."""

    @staticmethod
    def forward(ctx, table, slab):
        ctx.shape, ctx.slab = table.shape, slab
        points = slab[0].shape[1] * slab[2].shape[2]
        found = torch.empty(points, len(slab[0]) * table.shape[1])
        read(table.detach().numpy(), *slab, found.numpy())
        return found

    @staticmethod
    def backward(ctx, upward):
        gradient = torch.zeros(ctx.shape)
        write(upward.contiguous().numpy(), *ctx.slab, gradient.numpy())
        return gradient, None


@njit(inline="always")
def _rows(part, along, start, count, hashed, rows):
    """Rows of the table for one node of a line, and a node (N,) around each point along it."""
    size, inverse = np.int64(count), 1.0 / count
    if hashed:
        mask = np.uint32(count - 1)  # a hash table has a power of two rows
        for k in range(along.size):
            rows[k] = start + ((part ^ along[k]) & mask)
    else:
        for k in range(along.size):
            index = np.uint32(part + along[k])  # wraps, as the unsigned integers it stands for
            rest = np.int64(index) - np.int64(np.float64(index) * inverse) * size
            rest = rest + size if rest < 0 else rest
            rows[k] = start + (rest - size if rest >= size else rest)


@loop
def read(table, lines, line_weights, along, along_weights, counts, starts, hashed, found):
    """Into `found` the features of all points; lines (levels, L, corners), along (levels, 2, N)."""
    number, features = along.shape[2], table.shape[1]
    rows = np.empty(number, np.int64)
    found[:] = 0
    for i in range(lines.shape[1]):
        for level in range(lines.shape[0]):
            to = level * features
            for a in range(lines.shape[2]):
                for b in range(2):
                    part, weight = lines[level, i, a], line_weights[level, i, a]
                    _rows(part, along[level, b], starts[level], counts[level], hashed[level], rows)
                    for k in range(number):
                        share = weight * along_weights[level, b, k]
                        for f in range(features):
                            found[i * number + k, to + f] += share * table[rows[k], f]


@loop
def write(upward, lines, line_weights, along, along_weights, counts, starts, hashed, gradient):
    """Add to a table's gradient what `read` passed on, backwards."""
    number, features = along.shape[2], gradient.shape[1]
    rows = np.empty(number, np.int64)
    for i in range(lines.shape[1]):
        for level in range(lines.shape[0]):
            to = level * features
            for a in range(lines.shape[2]):
                for b in range(2):
                    part, weight = lines[level, i, a], line_weights[level, i, a]
                    _rows(part, along[level, b], starts[level], counts[level], hashed[level], rows)
                    for k in range(number):
                        share = weight * along_weights[level, b, k]
                        for f in range(features):
                            gradient[rows[k], f] += share * upward[i * number + k, to + f]
