"""Sigmoid: 1 / (1 + exp(-z)).

Weights: normal of variance 1 / fan in.
Smoothness: everywhere.
Source: as in an adaptation of INR-Bench (the authors' audio benchmark: Xavier normal).
Grade: B.
"""

import torch

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0
    gain = 1.0  # the adaptation of INR-Bench

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(values)
