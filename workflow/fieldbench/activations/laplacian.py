"""Laplacian: exp(-|z| / reach).

Weights: normal of variance 2 / fan in.
Smoothness: continuous, with a kink at 0.
Source: Ramasinghe and Lucey, "Beyond Periodicity", ECCV 2022; reach = 0.1, fixed.
Grade: B.
"""

import torch

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 1
    learned = 0

    def __init__(self, *, first: bool, reach: float = 0.1):
        super().__init__(first=first)
        self.reach = reach

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.exp(values.abs() / -self.reach)
