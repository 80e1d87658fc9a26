"""ELU: z above 0, exp(z) - 1 below.

Weights: normal of variance 1.5505188 / fan in.
Smoothness: once continuously differentiable.
Source: Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2016;
weights as in SIREN's baselines.
Grade: B.
"""

import torch
from torch import nn

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0
    gain = 1.5505188  # SIREN's baselines

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return nn.functional.elu(values)
