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
        near = (angles.abs() < 0.1).to(values.dtype)  # where the quotient's derivatives are
        away, square = angles + near * (1 - angles), (near * angles).square()  # lost in rounding
        series = 1 - square / 6 * (1 - square / 20 * (1 - square / 42))
        return near * series + (1 - near) * torch.sin(away) / away
