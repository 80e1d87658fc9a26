"""Gegenbauer: C_0 = 1, C_1 = 6 t, n C_n = 2 (n + 2) t C_(n-1) - (n + 4) C_(n-2); t = tanh x; n <=
degree.

Bounded by the binomial (n + 5 over 5): 126 at degree 4.

Weights: normal, of variance 1 / (fan in times the sum of E[phi_n(tanh x)^2]), x ~ N(0, 1), so
that what has variance 1 keeps it (proposed).
Smoothness: everywhere.
Source: Gegenbauer polynomials of alpha = 3; as a layer, Li et al., X-KANeRF, 2024. The degree
is INR-Bench's parser's; its layers may have got the grid size, 8.
Grade: A; the degree B; the weights, and that nothing is normalised, P.
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
        steps = [(0.0, 1.0, 0.0), (6.0, 0.0, 0.0)]
        steps += [(2 * (n + 2) / n, 0.0, -(n + 4) / n) for n in range(2, degree + 1)]
        super().__init__(fan_in=fan_in, fan_out=fan_out, generator=generator, steps=steps)
