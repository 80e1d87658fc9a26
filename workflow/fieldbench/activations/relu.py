"""ReLU: max(0, z).

Weights: normal of variance 2 / fan in.
Smoothness: continuous, with a kink at 0.
Source: Nair and Hinton, 2010; weights of He et al., 2015.
Grade: B.
"""

import torch

from fieldbench.activations._activation import Compiled, Pointwise


class Activation(Pointwise):
    derivatives = 1
    learned = 0

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.relu(values)

    def compiled(self) -> Compiled:
        return Compiled("relu")
