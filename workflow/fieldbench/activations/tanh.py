"""Tanh: tanh(z).

Weights: normal of variance 2 / fan in.
Smoothness: everywhere.
Source: as in an adaptation of INR-Bench (the authors' audio benchmark: Xavier normal).
Grade: B.
"""

import torch

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.tanh(values)
