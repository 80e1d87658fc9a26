"""GELU: z Phi(z), Phi being the normal distribution function.

Weights: normal of variance 2 / fan in.
Smoothness: everywhere.
Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
Grade: B.
"""

import torch
from torch import nn

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return nn.functional.gelu(values)
