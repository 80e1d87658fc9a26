"""RealGabor: cos(omega z) exp(-(steepness z)²).

Weights: normal of variance 2 / fan in.
Smoothness: everywhere.
Source: the real part of WIRE's wavelet (Saragadam et al., CVPR 2023) on real weights; omega = 1,
steepness = 1.
Grade: B.
"""

import torch

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0

    def __init__(self, *, first: bool, omega: float = 1.0, steepness: float = 1.0):
        super().__init__(first=first)
        self.omega, self.steepness = omega, steepness

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.cos(self.omega * values) * torch.exp(-(self.steepness * values).square())
