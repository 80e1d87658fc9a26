"""Taylor: bias + the sum of c_n t^n, t = tanh x; n < terms.

Weights: c normal of standard deviation 0.01, the bias zero.
Smoothness: everywhere.
Source: TaylorKAN, 2024; terms = 5 and the tanh are proposed (published: 2 and none).
Grade: A; terms and tanh P.
"""

import torch
from torch import nn

from fieldbench.bases._polynomials import Polynomials

SPREAD = 0.01  # TaylorKAN


def parameters(*, fan_in, fan_out, terms, **_) -> int:
    """A coefficient for every power, and the bias."""
    return fan_in * fan_out * terms + fan_out


def flops(*, fan_in, fan_out, terms, **_) -> int:
    """Of a forward pass, a point."""
    return 2 * fan_in * fan_out * terms


class Basis(Polynomials):
    derivatives = 2

    def __init__(
        self,
        *,
        fan_in: int,
        fan_out: int,
        first: bool,
        generator: torch.Generator,
        terms: int = 5,
    ):
        steps = [(0.0, 1.0, 0.0)] + [(1.0, 0.0, 0.0)] * (terms - 1)
        super().__init__(fan_in=fan_in, fan_out=fan_out, generator=generator, steps=steps)
        with torch.no_grad():
            self.coefficients.normal_(0, SPREAD, generator=generator)
        self.bias = nn.Parameter(torch.zeros(fan_out))
