"""FINER: sin(omega (|z| + 1) z).

The authors let no gradient through |z| + 1, which makes derivatives in the coordinates untrue;
here it flows. Their wider first biases are an option there, and not here.

Weights: uniform: the first layer in ±1 / fan in, all others in ±sqrt(6 / fan in) / omega.
Smoothness: once continuously differentiable.
Source: Liu et al., "FINER: Flexible Spectral-bias Tuning in Implicit Neural Representation by
Variable-periodic Activation Functions", CVPR 2024; omega = 30.
Grade: A.
"""

import torch

from fieldbench.activations._activation import Waving


class Activation(Waving):
    derivatives = 2
    learned = 0

    def __init__(
        self, *, first: bool, omega: float = 30.0, first_omega: float | None = None
    ):  # FINER
        super().__init__(first=first, omega=omega, first_omega=first_omega)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.sin(self.omega * (values.abs() + 1) * values)
