"""FKAN layer: 64 sums of a sin(w x) and b cos(w x) over w = 1, 2, ..., frequencies and all axes.

Source: one layer of a Fourier KAN, which is another reading of INR-Bench's FKAN encoding; as wide
and with as many frequencies as the layers of its KANs, coefficients normal of variance
1 / (dims frequencies), and a bias that begins at zero.
Grade: P.
"""

import math

import torch
from torch import nn

from fieldbench.encodings._by_axis import waves


def width(*, outputs, **_) -> int:
    """How many features a point gets."""
    return outputs


def parameters(*, dims, frequencies, outputs, **_) -> int:
    """Trainable numbers: the coefficients and the biases."""
    return (2 * dims * frequencies + 1) * outputs


class Encoding(nn.Module):
    derivatives = 2

    def __init__(
        self,
        *,
        dims: int,
        shape: tuple[int, ...],
        generator: torch.Generator,
        frequencies: int = 8,  # INR-Bench's KANs
        outputs: int = 64,  # INR-Bench's KANs
    ):
        super().__init__()
        self.register_buffer("frequencies", torch.arange(1.0, frequencies + 1))
        drawn = torch.randn(outputs, 2 * dims * frequencies, generator=generator)
        self.coefficients = nn.Parameter(drawn / math.sqrt(dims * frequencies))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        """(N, dims) to (N, width)."""
        angles = (points[..., None] * self.frequencies).flatten(-2)
        return nn.functional.linear(waves(angles), self.coefficients, self.bias)
