"""FFN: random Fourier features of the coordinates, then a ReLU network.

Tancik et al., "Fourier Features Let Networks Learn High Frequency Functions in Low Dimensional
Domains", NeurIPS 2020. As in INR-benchmark: two hidden layers, then two linear maps with nothing
between them, and none after. The frequencies are drawn once and frozen; they are not counted.
"""

import itertools
import math

import torch
from torch import nn

from fieldbench.models._field import Field
from fieldbench.models._layers import linear


def parameters(size, *, channels, features, **_) -> int:
    """Weights and biases of 2 features -> size -> size -> size -> channels."""
    return (2 * features + 1) * size + 2 * (size * size + size) + (size + 1) * channels


def paper_size(budget, *, channels, features, **_) -> int:
    """The published width; its formula forgets one bias a unit."""
    b, c = 2 * features + channels + 2, 2 * features + channels - budget
    return math.floor((-b + math.sqrt(b * b - 8 * c)) / 4)


class Model(Field):
    dims = (1, 2, 3)
    learning_rate = 1e-3  # INR-benchmark

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        sigma: float = 20.0,  # INR-benchmark: standard deviation of the frequencies
        features: int = 1000,  # INR-benchmark: frequencies; each gives a sine and a cosine
    ):
        super().__init__()
        frequencies = sigma * torch.randn(features, dims, generator=generator)
        self.register_buffer("frequencies", frequencies)
        widths = [2 * features, size, size, size, channels]
        self.layers = nn.ModuleList(linear(a, b, generator) for a, b in itertools.pairwise(widths))

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        angles = 2 * math.pi * points @ self.frequencies.T
        values = torch.cat([torch.sin(angles), torch.cos(angles)], dim=-1)
        for layer in self.layers[:2]:
            values = torch.relu(layer(values))
        return self.layers[3](self.layers[2](values))
