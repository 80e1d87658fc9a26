"""Grid+TV: a grid whose total variation is kept small, for what is noisy or not shown in full.

INR-benchmark's grid for denoising, super-resolution and tomography: the same model as `grid`, with
`tv` times the total variation of its nodes (not of the picture) added to the loss. The paper's
weights grow with the budget, from 1e-3 to 100 by task; a preset gives them by budget. Where its
released code takes differences along two of a volume's three axes, all three count here.
"""

import math

import torch

from fieldbench.models._grid import Grid
from fieldbench.models._variation import total_variation


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
    derivatives = 1  # as the grid's
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
        tv: float = 1e-2,  # INR-benchmark's for images at budgets of 1e4 and 3e4
    ):
        super().__init__(dims, channels, size, interpolation, initial)
        self.tv = tv

    def penalty(self) -> torch.Tensor:
        return self.tv * total_variation(self.nodes)
