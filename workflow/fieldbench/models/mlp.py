"""MLP: an encoding of the coordinates, then linear layers with one activation between them.

Li et al., "INR-Bench: A Unified Benchmark for Implicit Neural Representations in Multi-Domain
Regression and Reconstruction", 2025, whose coordinate MLPs are every choice of encoding and
activation: six linear layers, 256 wide, none but the last without an activation. The weights are
drawn as the activation asks, the biases uniform in +-1/sqrt(fan in).
"""

import itertools

import torch
from torch import nn

from fieldbench.models._field import Field
from fieldbench.models._layers import linear

made_of = ("encodings", "activations")


def parameters(size, *, dims, channels, encoding, activation, hidden_layers, **_) -> int:
    """The encoding's, weights and biases of every layer, and what the activations learn."""
    first = (encoding.width(dims=dims) + 1) * size
    inner = hidden_layers * (size * size + size)
    learned = encoding.parameters(dims=dims) + (hidden_layers + 1) * activation.parameters()
    return learned + first + inner + (size + 1) * channels


def paper_size(budget, **_) -> int:
    """INR-Bench's width, whatever the budget."""
    return 256


def flops(size, *, dims, channels, encoding, hidden_layers, **_) -> int:
    """Of a step, a point: 4 a weight in the first layer, 6 where features learn and in others."""
    features = encoding.width(dims=dims)
    first = (6 if encoding.parameters(dims=dims) else 4) * features * size
    return first + 6 * hidden_layers * size * size + 6 * size * channels


class Model(Field):
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
        self.encoding = encoding(dims=dims, generator=generator)
        with torch.no_grad():
            features = self.encoding(torch.zeros(1, dims)).shape[1]
        widths = [features, *[size] * (hidden_layers + 1), channels]
        self.layers = nn.ModuleList(linear(a, b, generator) for a, b in itertools.pairwise(widths))
        self.activations = nn.ModuleList(activation() for _ in self.layers[1:])
        places = ["first", *["hidden"] * hidden_layers, "last"]
        for layer, place in zip(self.layers, places, strict=True):
            with torch.no_grad():
                self.activations[0].begin(layer.weight, generator, place)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        values = self.encoding(points)
        for layer, activation in zip(self.layers, self.activations, strict=False):
            values = activation(layer(values))
        return self.layers[-1](values)
