"""RFF: sin(2 pi B x) and cos(2 pi B x); B is drawn once from N(0, sigma²) and frozen.

Source: Tancik et al., "Fourier Features Let Networks Learn High Frequency Functions in Low
Dimensional Domains", NeurIPS 2020; 32 rows of B and sigma = 10, as INR-Bench (the authors' audio
benchmark: sigma = 100).
Grade: B.

On a lattice there is little to gain: the angles are few, and the layers behind them are not.
"""

import math

import torch
from torch import nn

from fieldbench.encodings._by_axis import waves


def width(*, features, **_) -> int:
    """How many features a point gets."""
    return 2 * features


def parameters(**_) -> int:
    """Trainable numbers: none; what is frozen does not count."""
    return 0


class Encoding(nn.Module):
    derivatives = 2

    def __init__(
        self,
        *,
        dims: int,
        shape: tuple[int, ...],
        generator: torch.Generator,
        sigma: float = 10.0,  # INR-Bench: standard deviation of the frequencies
        features: int = 32,  # INR-Bench: frequencies; each gives a sine and a cosine
    ):
        super().__init__()
        frequencies = sigma * torch.randn(features, dims, generator=generator)
        self.register_buffer("frequencies", frequencies)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        """(N, dims) to (N, width)."""
        return waves(2 * math.pi * points @ self.frequencies.T)
