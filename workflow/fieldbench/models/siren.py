"""SIREN: a network whose every activation is a sine.

Sitzmann et al., "Implicit Neural Representations with Periodic Activation Functions", NeurIPS
2020. As in INR-benchmark, and unlike the original, the output layer ends in a sine too and omega
is 90, not 30.
"""

import math

import torch
from torch import nn

from fieldbench.models._field import Field
from fieldbench.models._fused import Layer, Sine
from fieldbench.models._layers import linear


def parameters(size, *, dims, channels, hidden_layers, **_) -> int:
    """Weights and biases of dims -> size, hidden_layers times size -> size, size -> channels."""
    inner = hidden_layers * (size * size + size)
    return (dims + 1) * size + inner + (size + 1) * channels


def paper_size(budget, *, dims, channels, **_) -> int:
    """The published width: the root of 3 w^2 + (dims + channels + 3) w + dims + channels."""
    b, c = dims + channels + 3, dims + channels - budget
    return math.floor((-b + math.sqrt(b * b - 12 * c)) / 6)


def flops(size, *, dims, channels, hidden_layers, **_) -> int:
    """Of a step, a point: 4 a weight in the first layer, which gives no gradient back, else 6."""
    return 4 * dims * size + 6 * hidden_layers * size * size + 6 * size * channels


class Model(Field):
    dims = (1, 2, 3)
    derivatives = 2
    learning_rate = 1e-4  # INR-benchmark

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        omega: float = 90.0,  # INR-benchmark, for the first and the hidden layers
        hidden_layers: int = 3,  # INR-benchmark
    ):
        super().__init__()
        self.omega = omega
        bound = math.sqrt(6 / size) / omega
        widths = [size] * hidden_layers + [channels]
        inner = [linear(size, width, generator, bound) for width in widths]
        self.layers = nn.ModuleList([linear(dims, size, generator, 1 / dims), *inner])

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        values = points
        for layer in self.layers:
            values = torch.sin(self.omega * layer(values))
        return values

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        values, sine = points, Sine(self.omega)
        for layer in self.layers:
            values = Layer.apply(values, layer.weight, layer.bias, sine)
        return [values]
