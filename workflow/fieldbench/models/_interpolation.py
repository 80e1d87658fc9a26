"""Interpolation on a lattice, axis by axis: every sample of an axis is a few weighted nodes.

The fast way for CPUs is a compiled loop over those taps; elsewhere it is a small matrix an axis.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numba import njit
from torch.autograd import Function


@dataclass(frozen=True)
class Taps:
    """Where the samples of one axis lie between `size` nodes: (samples, taps) nodes and weights."""

    nodes: torch.Tensor
    weights: torch.Tensor
    size: int

    def __getitem__(self, rows: slice) -> "Taps":
        return Taps(self.nodes[rows], self.weights[rows], self.size)

    def __len__(self) -> int:
        return len(self.nodes)

    def matrix(self) -> torch.Tensor:
        """The same as a (samples, size) matrix; nodes named twice, at a border, add up."""
        empty = torch.zeros(len(self), self.size, device=self.nodes.device)
        return empty.scatter_add_(1, self.nodes, self.weights)


def along(values: torch.Tensor, axis: int, taps: Taps) -> torch.Tensor:
    """Values with `axis` interpolated: its nodes become the samples of the taps."""
    if values.device.type == "cpu":
        return _Along.apply(values, axis, taps)
    return along_by_matrix(values, axis, taps)


def along_by_matrix(values: torch.Tensor, axis: int, taps: Taps) -> torch.Tensor:
    """`along` as a matrix product."""
    return torch.movedim(torch.tensordot(taps.matrix(), values, dims=([1], [axis])), 0, axis)


class _Along(Function):
    @staticmethod
    def forward(ctx, values, axis, taps):
        ctx.shape, ctx.axis, ctx.taps = values.shape, axis, taps
        found = torch.empty(*values.shape[:axis], len(taps), *values.shape[axis + 1 :])
        gather(*_folded(values, found, axis), taps.nodes.numpy(), taps.weights.numpy())
        return found

    @staticmethod
    def backward(ctx, upward):
        gradient = torch.zeros(ctx.shape)
        folded = _folded(upward, gradient, ctx.axis)
        scatter(*folded, ctx.taps.nodes.numpy(), ctx.taps.weights.numpy())
        return gradient, None, None


def _folded(source: torch.Tensor, target: torch.Tensor, axis: int) -> list[np.ndarray]:
    """Both as (all before the axis, the axis, all behind it), on the target's own memory."""
    return [
        t.detach().contiguous().numpy().reshape(math.prod(t.shape[:axis]), t.shape[axis], -1)
        for t in (source, target)
    ]


@njit(cache=True, nogil=True, fastmath={"contract"})
def gather(source, target, nodes, weights):
    """target[a, i, b] = sum over taps t of weights[i, t] source[a, nodes[i, t], b]."""
    for a in range(source.shape[0]):
        for i in range(nodes.shape[0]):
            if source.shape[2] == 1:
                total = np.float32(0)
                for t in range(nodes.shape[1]):
                    total += weights[i, t] * source[a, nodes[i, t], 0]
                target[a, i, 0] = total
                continue
            for t in range(nodes.shape[1]):
                row, weight = source[a, nodes[i, t]], weights[i, t]
                if t == 0:
                    for b in range(row.size):
                        target[a, i, b] = weight * row[b]
                else:
                    for b in range(row.size):
                        target[a, i, b] += weight * row[b]


@njit(cache=True, nogil=True, fastmath={"contract"})
def scatter(source, target, nodes, weights):
    """target[a, nodes[i, t], b] += weights[i, t] source[a, i, b]: what `gather` does, backwards."""
    for a in range(source.shape[0]):
        for i in range(nodes.shape[0]):
            for t in range(nodes.shape[1]):
                node, weight = nodes[i, t], weights[i, t]
                if source.shape[2] == 1:
                    target[a, node, 0] += weight * source[a, i, 0]
                else:
                    for b in range(source.shape[2]):
                        target[a, node, b] += weight * source[a, i, b]
