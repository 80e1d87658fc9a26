"""Quadratic: 1 / (1 + (steepness z)²).

Weights: normal of variance 2 / fan in.
Smoothness: everywhere.
Source: Ramasinghe and Lucey, "Beyond Periodicity", ECCV 2022; steepness = 3 (the authors' audio
benchmark: 0.1).
Grade: B.
"""

import torch

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0

    def __init__(self, *, first: bool, steepness: float = 3.0):
        super().__init__(first=first)
        self.steepness = steepness

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return 1 / (1 + (self.steepness * values).square())
