"""Sine: sin(omega z).

Weights: uniform: the first layer in ±1 / fan in, all others in ±sqrt(6 / fan in) / omega.
Smoothness: everywhere.
Source: Sitzmann et al., "Implicit Neural Representations with Periodic Activation Functions",
NeurIPS 2020; omega = 30 in every layer.
Grade: B.
"""

import torch

from fieldbench.activations._activation import Compiled, Waving


class Activation(Waving):
    derivatives = 2
    learned = 0

    def __init__(
        self, *, first: bool, omega: float = 30.0, first_omega: float | None = None
    ):  # SIREN; a sound asks for a first_omega of 3000
        super().__init__(first=first, omega=omega, first_omega=first_omega)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.sin(self.omega * values)

    def compiled(self) -> Compiled:
        return Compiled("sine", (self.omega,))
