"""Fibonacci: F_0 = 0, F_1 = 1, F_n = t F_(n-1) + F_(n-2); t = tanh x; n <= degree.

F_0 is zero, so one coefficient in each row is dead and the true degree one less: the count is
the published one. X-KANeRF puts another tanh over the features; here they stay polynomials.

Weights: normal, of variance 1 / (fan in times the sum of E[phi_n(tanh x)^2]), x ~ N(0, 1), so
that what has variance 1 keeps it (proposed).
Smoothness: everywhere.
Source: Fibonacci polynomials; as a layer, Li et al., X-KANeRF, 2024. The degree is INR-Bench's
parser's; its layers may have got the grid size, 8.
Grade: A; the degree B; features as they are, the weights, and that nothing is normalised, P.
"""

import torch

from fieldbench.bases._polynomials import Polynomials


def parameters(*, fan_in, fan_out, degree, **_) -> int:
    """A coefficient for every input, output and degree."""
    return fan_in * fan_out * (degree + 1)


def flops(*, fan_in, fan_out, degree, **_) -> int:
    """Of a forward pass, a point."""
    return 2 * fan_in * fan_out * (degree + 1)


class Basis(Polynomials):
    derivatives = 2

    def __init__(
        self,
        *,
        fan_in: int,
        fan_out: int,
        first: bool,
        generator: torch.Generator,
        degree: int = 4,  # INR-Bench
    ):
        steps = [(0.0, 0.0, 0.0), (0.0, 1.0, 0.0)] + [(1.0, 0.0, 1.0)] * (degree - 1)
        super().__init__(fan_in=fan_in, fan_out=fan_out, generator=generator, steps=steps)
