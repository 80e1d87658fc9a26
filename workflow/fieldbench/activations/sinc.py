"""Sinc: sin(pi z) / (pi z), and 1 at 0.

Weights: normal of variance 2 / fan in.
Smoothness: everywhere.
Source: Saratchandran et al., "A Sampling Theory Perspective on Activations for Implicit Neural
Representations", ICML 2024.
Grade: B.
"""

import math

import torch

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        angles = math.pi * values
        small = angles.abs() < 0.1
        # The quotient's derivatives are differences of what is almost equal where it is near 1.
        away, square = torch.where(small, 1.0, angles), torch.where(small, angles, 0.0).square()
        series = 1 - square / 6 * (1 - square / 20 * (1 - square / 42))
        return torch.where(small, series, torch.sin(away) / away)
