"""Positional MLP: a ladder of sines and cosines of each coordinate, then a ReLU network.

Mildenhall et al., "NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis", ECCV
2020: frequencies double from rung to rung, axis by axis. Theirs is a deeper network with a skip;
here it is as deep as the other neural fields', so that only the encoding differs.

The first layer acts on each axis's ladder by itself; on a lattice that is done once a row and once
a column instead of once a point.
"""

import itertools
import math

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import ALL, Field
from fieldbench.models._fused import last, relu_layers
from fieldbench.models._layers import linear


def parameters(size, *, dims, channels, rungs, hidden_layers, **_) -> int:
    """Weights and biases of 2 dims rungs -> size, size -> size a hidden layer, -> channels."""
    inner = hidden_layers * (size * size + size)
    return (2 * dims * rungs + 1) * size + inner + (size + 1) * channels


def flops(size, *, dims, channels, rungs, hidden_layers, **_) -> int:
    """Of a step, a point: a product an angle, 4 a weight in the first layer, else 6."""
    first = dims * rungs + 4 * 2 * dims * rungs * size
    return first + 6 * hidden_layers * size * size + 6 * size * channels


class Model(Field):
    dims = (1, 2, 3)
    derivatives = 1  # ReLU's second is zero wherever there is one
    learning_rate = 1e-3  # as FFN's, whose network it resembles
    structured = True

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        rungs: int = 10,  # NeRF, for positions
        hidden_layers: int = 2,  # as FFN's
    ):
        super().__init__()
        self.register_buffer("frequencies", math.pi * 2.0 ** torch.arange(rungs))
        widths = [2 * dims * rungs, *[size] * (hidden_layers + 1)]
        self.layers = nn.ModuleList(linear(a, b, generator) for a, b in itertools.pairwise(widths))
        self.last = linear(size, channels, generator)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        values = self._ladder(points)
        for layer in self.layers:
            values = torch.relu(layer(values))
        return self.last(values)

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        return [last(relu_layers(self._ladder(points), self.layers), self.last)]

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        first, *others = self.layers
        by_axis = first.weight.unflatten(1, (2, lattice.dims, -1))  # (size, 2, dims, rungs)
        values = first.bias
        for k, axis in enumerate(lattice.axes(first.weight.device)):
            ladder = self._ladder(axis[rows if k == 0 else ALL, None])
            part = ladder @ by_axis[:, :, k].flatten(1).T  # (samples of the axis, size)
            values = values + part.reshape(
                *(-1 if j == k else 1 for j in range(lattice.dims)), len(first.bias)
            )
        shape = values.shape[:-1]
        values = relu_layers(torch.relu(values).flatten(0, -2), others)
        return last(values, self.last).reshape(*shape, -1)

    def _ladder(self, points: torch.Tensor) -> torch.Tensor:
        """All sines, then all cosines, each axis by axis; (N, 2 dims rungs)."""
        angles = (points[..., None] * self.frequencies).flatten(-2)
        return torch.cat([torch.sin(angles), torch.cos(angles)], dim=-1)
