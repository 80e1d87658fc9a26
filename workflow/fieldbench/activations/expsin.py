"""ExpSin: exp(-sin(omega z)).

Weights: normal of variance 2 / fan in.
Smoothness: everywhere.
Source: Ramasinghe and Lucey, "Beyond Periodicity", ECCV 2022; omega = 1 (the authors' audio
benchmark: 0.1).
Grade: B.
"""

import torch

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0

    def __init__(self, *, first: bool, omega: float = 1.0):
        super().__init__(first=first)
        self.omega = omega

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.exp(-torch.sin(self.omega * values))
