"""PReLU: z above 0, a z below.

Weights: normal of variance 2 / fan in.
Smoothness: continuous, with a kink at 0.
Source: He et al., "Delving Deep into Rectifiers", 2015; a begins at 0.25, one a layer.
Grade: B.
"""

import torch
from torch import nn

from fieldbench.activations._activation import Pointwise


class Activation(Pointwise):
    derivatives = 1
    learned = 1

    def __init__(self, *, first: bool, slope: float = 0.25):  # He et al.; where a begins
        super().__init__(first=first)
        self.slope = nn.Parameter(torch.tensor(slope))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        # Not by torch.where nor nn.functional.prelu, which take several times as long.
        return torch.relu(values) - self.slope * torch.relu(-values)
