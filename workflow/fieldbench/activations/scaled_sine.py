"""ScaledSine: exp(a) sin(exp(b) omega z + c) + d.

Weights: uniform: the first layer in ±1 / fan in, all others in ±sqrt(6 / fan in) / omega.
Smoothness: everywhere.
Source: the sine of INCODE (Kazerouni et al., WACV 2024) without its harmoniser; omega = 30; a, b,
c, d learned in every layer from 0.1993, 0.0196, 0.0588, 0.0269.
Grade: B.
"""

import torch
from torch import nn

from fieldbench.activations._activation import Compiled, Waving


class Activation(Waving):
    derivatives = 2
    learned = 4

    def __init__(self, *, first: bool, omega: float = 30.0, first_omega: float | None = None):
        super().__init__(first=first, omega=omega, first_omega=first_omega)
        # a, b, c, d begin where the adaptation of INR-Bench has them.
        self.scales = nn.Parameter(torch.tensor([0.1993, 0.0196, 0.0588, 0.0269]))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        a, b, c, d = self.scales
        return a.exp() * torch.sin(b.exp() * self.omega * values + c) + d

    def compiled(self) -> Compiled:
        a, b, c, d = self.scales
        given, found = (b.exp(), c / self.omega), (a.exp(), d)
        return Compiled("sine", (self.omega,), given, found)
