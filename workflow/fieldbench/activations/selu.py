"""SELU: 1.0507 z above 0, 1.0507 · 1.6733 (exp(z) - 1) below.

Weights: normal of variance 1 / fan in.
Smoothness: continuous, with a kink at 0.
Source: Klambauer et al., "Self-Normalizing Neural Networks", 2017; their weights, and SIREN's
baseline's (the adaptation of INR-Bench has 2 / fan in).
Grade: A.
"""

import torch
from torch import nn

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 1
    learned = 0
    gain = 1.0  # Klambauer et al.

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return nn.functional.selu(values)
