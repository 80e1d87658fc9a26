"""Grid: a lattice of trainable values, interpolated; the baseline that is hard to beat.

As in INR-benchmark: the same number of nodes along every axis whatever the signal's shape, nodes
on the borders, bicubic in 2D (Keys' kernel, a = -0.75) and trilinear in 3D.

`forward` interpolates at points, node by node. `on_lattice` uses that a lattice is a product of
axes, and interpolates along one after the other.
"""

import math

import torch

from fieldbench.models._grid import Grid


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


class Model(Grid):
    dims = (1, 2, 3)
    smallest = 2
    derivatives = 1  # in 3D it is linear between nodes; bicubic in 2D, where the second is true too
    learning_rate = 1e-1  # INR-benchmark

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
    ):
        super().__init__(dims, channels, size, interpolation, initial)
