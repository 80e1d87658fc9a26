"""TITLE: bias + the sum of c_n t^n, t = tanh x; n < terms.

The first line is the name and the formula, and the fields below stand in the table of parts.

Weights: c such that a layer keeps the variance of its inputs, the bias zero.
Smoothness: everywhere.
Source: proposed here.
Grade: P.
"""

import torch
from torch import nn

from fieldbench.bases._polynomials import Polynomials


# What the plan needs to know without running this file: arithmetic of the arguments alone.
def parameters(*, fan_in, fan_out, terms, **_) -> int:
    """Trainable numbers of a layer: a coefficient for every power, and the bias."""
    return fan_in * fan_out * terms + fan_out


def flops(*, fan_in, fan_out, terms, **_) -> int:
    """Operations of a layer's forward pass, a point."""
    return 2 * fan_in * fan_out * terms


class Basis(Polynomials):
    derivatives = 2  # how often it may be differentiated

    def __init__(
        self,
        *,
        fan_in: int,
        fan_out: int,
        first: bool,  # whether it is the network's first layer, which sees coordinates
        generator: torch.Generator,
        # From here on its settings, which a preset may change:
        terms: int = 4,
    ):
        steps = [(0.0, 1.0, 0.0)] + [(1.0, 0.0, 0.0)] * (terms - 1)
        super().__init__(fan_in=fan_in, fan_out=fan_out, generator=generator, steps=steps)
        self.bias = nn.Parameter(torch.zeros(fan_out))
