"""TITLE: z tanh(z).

The first line is the name and the formula, and the fields below stand in the table of parts.

Weights: normal of variance 2 / fan in.
Smoothness: everywhere.
Source: proposed here.
Grade: P.
"""

import torch

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2  # how often it may be differentiated
    learned = 0  # how many numbers it learns

    # A constructor may take settings of its own beside `first`, which says that it follows the
    # network's first layer: def __init__(self, *, first: bool, scale: float = 1.0).
    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Every value by itself."""
        return values * torch.tanh(values)
