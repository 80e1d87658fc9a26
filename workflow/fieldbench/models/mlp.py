"""MLP: an encoding of the coordinates, then linear layers with one activation between them.

Li et al., "INR-Bench: A Unified Benchmark for Implicit Neural Representations in Multi-Domain
Regression and Reconstruction", 2025, whose coordinate MLPs are every choice of encoding and
activation: six linear layers, 256 wide, none but the last without an activation. The weights are
drawn as the activation asks, the biases uniform in +-1/sqrt(fan in).

Where every feature depends on one coordinate, the first layer acts on each axis's features by
itself; on a lattice that is done once a row and once a column instead of once a point.
"""

import itertools

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._activated import activated, layered
from fieldbench.models._field import ALL, Field
from fieldbench.models._layers import linear


def parameters(size, *, dims, channels, shape, encoding, activation, hidden_layers, **_) -> int:
    """The encoding's, weights and biases of every layer, and what the activations learn."""
    first = (encoding.width(dims=dims, shape=shape) + 1) * size
    inner = hidden_layers * (size * size + size)
    learned = encoding.parameters(dims=dims, shape=shape) + (hidden_layers + 1) * activation.learned
    return learned + first + inner + (size + 1) * channels


def paper_size(budget, **_) -> int:
    """INR-Bench's width, whatever the budget."""
    return 256


def flops(size, *, dims, channels, shape, encoding, hidden_layers, **_) -> int:
    """Of a step, a point: 4 a weight in the first layer, 6 where features learn and in others."""
    features = encoding.width(dims=dims, shape=shape)
    first = (6 if encoding.parameters(dims=dims, shape=shape) else 4) * features * size
    return first + 6 * hidden_layers * size * size + 6 * size * channels


class Model(Field):
    made_of = ("encodings", "activations")
    dims = (1, 2, 3)
    learning_rate = 4e-4  # INR-Bench

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        encoding: type[nn.Module],
        activation: type[nn.Module],
        hidden_layers: int = 4,  # INR-Bench
    ):
        super().__init__()
        self.encoding = encoding(dims=dims, shape=tuple(shape), generator=generator)
        with torch.no_grad():
            features = self.encoding(torch.zeros(1, dims)).shape[1]
        # Where an axis has its coordinate and no more, a step on points is as fast.
        self.structured = hasattr(self.encoding, "along") and features > dims
        widths = [features, *[size] * (hidden_layers + 1), channels]
        self.layers = nn.ModuleList(linear(a, b, generator) for a, b in itertools.pairwise(widths))
        places = ["first", *["hidden"] * hidden_layers, "last"]
        self.activations = nn.ModuleList(activation(first=p == "first") for p in places[:-1])
        for layer, place in zip(self.layers, places, strict=True):
            with torch.no_grad():
                self.activations[0].begin(layer.weight, generator, place)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        values = self.encoding(points)
        for layer, activation in zip(self.layers, self.activations, strict=False):
            values = activation(layer(values))
        return self.layers[-1](values)

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        return [layered(self.encoding(points), self.layers, self.activations)]

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        if not self.structured:
            return super().on_lattice(lattice, rows)
        first, *others = self.layers
        sums = None
        weights = first.weight.chunk(lattice.dims, dim=1)
        for k, axis in enumerate(lattice.axes(first.weight.device)):
            features = self.encoding.along(axis[rows if k == 0 else ALL], k)
            part = features @ weights[k].T  # (samples of the axis, size)
            part = part.reshape(
                *(-1 if j == k else 1 for j in range(lattice.dims)), len(first.bias)
            )
            sums = part if sums is None else sums + part
        values = activated(sums.flatten(0, -2), first.bias, others, self.activations)
        return values.reshape(*sums.shape[:-1], -1)
