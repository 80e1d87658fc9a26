"""SiLU: z / (1 + exp(-z)).

Weights: normal of variance 2 / fan in.
Smoothness: everywhere.
Source: Elfwing et al., 2018; also known as swish.
Grade: B.
"""

import torch
from torch import nn

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 2
    learned = 0

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return nn.functional.silu(values)
