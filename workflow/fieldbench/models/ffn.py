"""FFN: random Fourier features of the coordinates, then a ReLU network.

Tancik et al., "Fourier Features Let Networks Learn High Frequency Functions in Low Dimensional
Domains", NeurIPS 2020. As in INR-benchmark: two hidden layers, then two linear maps with nothing
between them, and none after. The frequencies are drawn once and frozen; they are not counted.

On a lattice the angle of a point is the sum of one angle an axis, and sin(a + b) and cos(a + b) are
products of sines and cosines of a and b. So the first layer acts, row by row of the lattice, on one
table of the other axes' sines and cosines: no sine is taken in a step at all.
"""

import itertools
import math

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._angle_sums import turned
from fieldbench.models._field import ALL, Field
from fieldbench.models._fused import last, relu_layers
from fieldbench.models._layers import linear
from fieldbench.models._products import mapped


def parameters(size, *, channels, features, **_) -> int:
    """Weights and biases of 2 features -> size -> size -> size -> channels."""
    return (2 * features + 1) * size + 2 * (size * size + size) + (size + 1) * channels


def paper_size(budget, *, channels, features, **_) -> int:
    """The published width; its formula forgets one bias a unit."""
    b, c = 2 * features + channels + 2, 2 * features + channels - budget
    return math.floor((-b + math.sqrt(b * b - 8 * c)) / 4)


def flops(size, *, dims, channels, features, **_) -> int:
    """Of a step, a point: the angles, a first layer without an input gradient, the others."""
    angles = 2 * features * dims
    return angles + 8 * features * size + 12 * size * size + 6 * size * channels


class Model(Field):
    dims = (1, 2, 3)
    derivatives = 1  # ReLU's second is zero wherever there is one
    learning_rate = 1e-3  # INR-benchmark
    structured = True

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
        # Rows enough for a wide product, while their turned weights still fit a cache.
        self.lattice_at_once = min(8192, max(1024, 2**18 // size))
        self._kept: dict[tuple, tuple] = {}

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        angles = 2 * math.pi * points @ self.frequencies.T
        values = torch.cat([torch.sin(angles), torch.cos(angles)], dim=-1)
        values = torch.relu(self.layers[1](torch.relu(self.layers[0](values))))
        return self.layers[3](self.layers[2](values))

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        first, others = self._tables(lattice)
        sine, cosine = (part[rows] for part in first)  # (rows, features) each
        weights = turned(self.layers[0].weight, sine, cosine)  # (rows, size, 2 features)
        values = mapped(others, weights.flatten(0, 1))  # (points of a row, rows size)
        values = values.reshape(len(others), len(sine), -1).transpose(0, 1)
        values = torch.relu(values + self.layers[0].bias).flatten(0, 1)
        values = self.layers[3](last(relu_layers(values, [self.layers[1]]), self.layers[2]))
        return values.reshape(len(sine), *lattice.shape[1:], -1)

    def _tables(self, lattice: Lattice) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Sines and cosines of the first axis's angles, and of all sums of the others'.

        Two of (side, features), and one of (points of a row, 2 features): sines, then cosines.
        They never change, so are kept.
        """
        key = (lattice, self.frequencies.device)
        if key not in self._kept:
            axes = lattice.axes(self.frequencies.device)
            angles = [
                2 * math.pi * axis[:, None] * self.frequencies[:, k] for k, axis in enumerate(axes)
            ]
            sums = torch.zeros(1, len(self.frequencies), device=self.frequencies.device)
            for angle in angles[1:]:
                sums = (sums[:, None] + angle).flatten(0, 1)
            first = [torch.sin(angles[0]), torch.cos(angles[0])]
            self._kept[key] = first, torch.cat([torch.sin(sums), torch.cos(sums)], dim=-1)
        return self._kept[key]
