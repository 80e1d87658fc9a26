"""FKAN: a sin(w x) and b cos(w x) for w = 1, 2, ..., frequencies, an axis; all a and b are learned.

Source: Li et al., "INR-Bench", 2025, equations 6 and 7; 1024 frequencies. The first values of a and
b, normal of variance 1 / frequencies, are an adaptation's. Other readings: a layer of a Fourier KAN
before the network (`fkan-layer`), or the one of Mehrabian et al., whose layers differ as well.
Grade: B; which reading is meant, P.
"""

import math

import torch
from torch import nn

from fieldbench.encodings._by_axis import ByAxis, waves


def width(*, dims, frequencies, **_) -> int:
    """How many features a point gets."""
    return 2 * dims * frequencies


def parameters(*, dims, frequencies, **_) -> int:
    """Trainable numbers: one a feature."""
    return 2 * dims * frequencies


class Encoding(ByAxis):
    derivatives = 2

    def __init__(
        self,
        *,
        dims: int,
        shape: tuple[int, ...],
        generator: torch.Generator,
        frequencies: int = 1024,  # INR-Bench
    ):
        super().__init__()
        self.register_buffer("frequencies", torch.arange(1.0, frequencies + 1))
        drawn = torch.randn(dims, 2 * frequencies, generator=generator)
        self.lengths = nn.Parameter(drawn / math.sqrt(frequencies))

    def along(self, values: torch.Tensor, axis: int) -> torch.Tensor:
        return self.lengths[axis] * waves(values[:, None] * self.frequencies)
