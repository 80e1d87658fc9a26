"""TITLE: linear layers with a hyperbolic tangent between them.

Say the idea in the first line, then who published it, where, and what differs here.
"""

import itertools

import torch
from torch import nn

from fieldbench.models._field import Field
from fieldbench.models._layers import linear


# What the plan needs to know without running this file: these functions use their arguments and
# `math`, and none of the imports above.
def parameters(size, *, dims, channels, hidden_layers, **_) -> int:
    """Trainable numbers: weights and biases of every layer. It must grow with the size."""
    return (dims + 1) * size + hidden_layers * (size + 1) * size + (size + 1) * channels


# Two more may stand here: `paper_size(budget, *, dims, channels, shape, ...)`, the published size
# for a budget, and `flops(size, *, dims, channels, shape, ...)`, the operations of a training step
# at one point. Without the second, six a parameter are taken.


class Model(Field):
    dims = (1, 2, 3)  # what it can be made in
    derivatives = 2  # how often it may be differentiated in its coordinates
    learning_rate = 1e-2  # Adam's

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],  # samples of the signal along each axis
        size: int,  # solved from the budget, by `parameters`
        generator: torch.Generator,  # for first weights, and no other source of chance
        # From here on its settings, which a preset may change:
        hidden_layers: int = 1,
    ):
        super().__init__()
        widths = [dims, *[size] * (hidden_layers + 1)]
        pairs = itertools.pairwise(widths)
        self.layers = nn.ModuleList(linear(a, b, generator) for a, b in pairs)
        self.last = linear(size, channels, generator)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        """Coordinates in [-1, 1], (N, dims), to values, (N, channels)."""
        values = points
        for layer in self.layers:
            values = torch.tanh(layer(values))
        return self.last(values)
