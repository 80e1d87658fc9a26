"""ReLU MLP: a plain network on the coordinates; the neural field without a trick.

Named, but not defined, in INR-benchmark, whose learning rate it has. Its shape is SIREN's here, so
that the two differ in their activation alone; there is none on the output.
"""

import itertools

import torch
from torch import nn

from fieldbench.models._field import Field
from fieldbench.models._fused import last, relu_layers
from fieldbench.models._layers import linear


def parameters(size, *, dims, channels, hidden_layers, **_) -> int:
    """Weights and biases of dims -> size, hidden_layers times size -> size, size -> channels."""
    inner = hidden_layers * (size * size + size)
    return (dims + 1) * size + inner + (size + 1) * channels


def flops(size, *, dims, channels, hidden_layers, **_) -> int:
    """Of a step, a point: 4 a weight in the first layer, which gives no gradient back, else 6."""
    return 4 * dims * size + 6 * hidden_layers * size * size + 6 * size * channels


class Model(Field):
    dims = (1, 2, 3)
    derivatives = 1  # the second is zero wherever there is one
    learning_rate = 5e-3  # INR-benchmark's entry of that name

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        hidden_layers: int = 3,  # as SIREN's
    ):
        super().__init__()
        widths = [dims, *[size] * (hidden_layers + 1)]
        self.layers = nn.ModuleList(linear(a, b, generator) for a, b in itertools.pairwise(widths))
        self.last = linear(size, channels, generator)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        values = points
        for layer in self.layers:
            values = torch.relu(layer(values))
        return self.last(values)

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        return [last(relu_layers(points, self.layers), self.last)]
