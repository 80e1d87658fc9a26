"""The total variation of nodes on a lattice, with its gradient, in one pass on CPUs."""

import math

import numpy as np
import torch
from numba import njit
from torch.autograd import Function

FLOOR = 1e-6  # of a squared length
SMALLEST = np.float32(FLOOR), np.float32(math.sqrt(FLOOR))

loop = njit(cache=True, nogil=True, fastmath={"contract"})


def total_variation(nodes: torch.Tensor) -> torch.Tensor:
    """Mean length of the forward differences of (channels, n, ...) values, floored at 1e-3."""
    if nodes.device.type == "cpu":
        return _Variation.apply(nodes)
    return by_rolling(nodes)


def by_rolling(nodes: torch.Tensor) -> torch.Tensor:
    """`total_variation` by torch."""
    axes = range(1, nodes.dim())
    inner = (slice(None), *[slice(None, -1)] * (nodes.dim() - 1))
    squares = sum((torch.roll(nodes, -1, k)[inner] - nodes[inner]) ** 2 for k in axes)
    return squares.clamp(min=FLOOR).sqrt().mean()


class _Variation(Function):
    @staticmethod
    def forward(ctx, nodes):
        channels, *sides = nodes.shape
        cells = channels * math.prod(side - 1 for side in sides)
        # Axes that are not there have one node, and no step is taken along them.
        missing = 3 - len(sides)
        steps = [0] * missing + [1] * len(sides)
        solid = nodes.detach().contiguous().reshape(channels, *[1] * missing, *sides)
        gradient, lengths = torch.zeros_like(solid), np.zeros(sides[-1])
        variation(solid.numpy(), steps[0], steps[1], gradient.numpy(), lengths)
        ctx.gradient = gradient.div_(cells).reshape(nodes.shape)
        return torch.tensor(lengths.sum() / cells, dtype=nodes.dtype)

    @staticmethod
    def backward(ctx, upward):
        return upward * ctx.gradient


@loop
def variation(nodes, down, across, gradient, lengths):
    """Add to `lengths`, by the last axis, the lengths of the differences of (C, I, J, K) nodes.

    Their gradient is added to `gradient`. Steps along I and J are 1, or 0 to take none.
    """
    width = nodes.shape[3] - 1
    parts = np.empty((3, width), np.float32)
    one, two, three = parts[0], parts[1], parts[2]
    for c in range(nodes.shape[0]):
        for i in range(nodes.shape[1] - down):
            for j in range(nodes.shape[2] - across):
                here, to_here = nodes[c, i, j], gradient[c, i, j]
                ahead, to_ahead = nodes[c, i + down, j], gradient[c, i + down, j]
                beside, to_beside = nodes[c, i, j + across], gradient[c, i, j + across]
                for k in range(width):
                    x, y, z = ahead[k] - here[k], beside[k] - here[k], here[k + 1] - here[k]
                    square = x * x + y * y + z * z
                    small = square < SMALLEST[0]  # what is no number stays none
                    length = SMALLEST[1] if small else np.sqrt(square)
                    share = np.float32(0) if small else np.float32(1) / length
                    lengths[k] += length
                    one[k], two[k], three[k] = x * share, y * share, z * share
                for k in range(width):
                    to_ahead[k] += one[k]
                for k in range(width):
                    to_beside[k] += two[k]
                for k in range(width):
                    to_here[k] -= one[k] + two[k] + three[k]
                for k in range(width):
                    to_here[k + 1] += three[k]
