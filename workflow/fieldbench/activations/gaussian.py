"""Gaussian: exp(-z² / (2 deviation²)).

Weights: normal of variance 2 / fan in.
Smoothness: everywhere.
Source: Ramasinghe and Lucey, "Beyond Periodicity", ECCV 2022; deviation = 0.1, fixed.
Grade: B.
"""

import torch

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0

    def __init__(self, *, first: bool, deviation: float = 0.1):
        super().__init__(first=first)
        self.deviation = deviation

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.exp(values.square() * (-0.5 / self.deviation**2))
