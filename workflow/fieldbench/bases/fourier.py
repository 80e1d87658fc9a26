"""Fourier: bias + the sum of a_k cos(k x) + b_k sin(k x), k = 1 .. grid.

Weights: a and b normal of variance 1 / (fan in times grid), the bias zero.
Smoothness: everywhere.
Source: FourierKAN (GistNoesis, 2024); Li et al., Fourier-ASR, AAAI 2025; grid = 8 is INR-Bench's.
Grade: A; the grid B.
"""

import math

import torch
from torch import nn

from fieldbench.bases import _feature_loops as loops
from fieldbench.bases._expansion import Expansion, Features, normal


def parameters(*, fan_in, fan_out, grid, **_) -> int:
    """A cosine and a sine for every k, and the bias."""
    return 2 * grid * fan_in * fan_out + fan_out


def flops(*, fan_in, fan_out, grid, **_) -> int:
    """Of a forward pass, a point."""
    return 4 * grid * fan_in * fan_out


class Basis(Expansion):
    derivatives = 2

    def __init__(
        self,
        *,
        fan_in: int,
        fan_out: int,
        first: bool,
        generator: torch.Generator,
        grid: int = 8,  # INR-Bench
    ):
        super().__init__()
        std = 1 / math.sqrt(fan_in * grid)
        self.coefficients = normal(generator, fan_out, 2 * grid, fan_in, std=std)
        self.bias = nn.Parameter(torch.zeros(fan_out))
        self.register_buffer("multiples", torch.arange(1.0, grid + 1)[:, None], persistent=False)

    def features(self, values: torch.Tensor) -> torch.Tensor:
        angles = self.multiples * values[:, None]
        return torch.cat([torch.cos(angles), torch.sin(angles)], 1)

    def fast_features(self, values: torch.Tensor) -> torch.Tensor:
        return Features.apply(values, None, 2 * len(self.multiples), loops.HARMONICS, ())
