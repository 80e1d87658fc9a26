"""Basic: sin(2 pi t) and cos(2 pi t) an axis, where t = (x + 1) / 2 is in [0, 1).

Source: Tancik et al., "Fourier Features Let Networks Learn High Frequency Functions in Low
Dimensional Domains", NeurIPS 2020, whose coordinates are in [0, 1): one period along each axis.
Grade: A.
"""

import math

import torch

from fieldbench.encodings._by_axis import ByAxis, waves


def width(*, dims, **_) -> int:
    """How many features a point gets."""
    return 2 * dims


def parameters(**_) -> int:
    """Trainable numbers: none."""
    return 0


class Encoding(ByAxis):
    derivatives = 2

    def __init__(self, *, dims: int, shape: tuple[int, ...], generator: torch.Generator):
        super().__init__()

    def along(self, values: torch.Tensor, axis: int) -> torch.Tensor:
        return waves(math.pi * (values[:, None] + 1))
