"""ReLU: max(0, z), over weights drawn for it (He et al., 2015)."""

import math

import torch
from torch import nn


def parameters(**_) -> int:
    """Trainable numbers a layer: none."""
    return 0


class Activation(nn.Module):
    derivatives = 1  # the second is zero wherever there is one

    def begin(self, weight: torch.Tensor, generator: torch.Generator, place: str) -> None:
        """Draw the weights of a layer, (rows, columns) with fan-in columns, in place.

        `place` is `first`, `hidden` or `last`.
        """
        weight.normal_(0, math.sqrt(2 / weight.shape[1]), generator=generator)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.relu(values)
