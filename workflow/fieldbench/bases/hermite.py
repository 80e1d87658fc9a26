"""Hermite: h_0 = 1, h_1 = sqrt(2) t, h_n = sqrt(2/n) t h_(n-1) - sqrt((n-1)/n) h_(n-2); t = tanh
x; n <= degree.

h_n = H_n / sqrt(2^n n!), which spans the same and stays near 1 where H_n grows: 20 at degree 4,
7e8 at 16.

Weights: normal, of variance 1 / (fan in times the sum of E[phi_n(tanh x)^2]), x ~ N(0, 1), so
that what has variance 1 keeps it (proposed).
Smoothness: everywhere.
Source: physicists' Hermite polynomials, normalised; as a layer, Li et al., X-KANeRF, 2024. The
degree is INR-Bench's parser's; its layers may have got the grid size, 8.
Grade: A; the degree B; the features' scale, the weights, and that nothing is normalised, P.
"""

import math

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
        steps = [(0.0, 1.0, 0.0), (math.sqrt(2), 0.0, 0.0)]
        steps += [(math.sqrt(2 / n), 0.0, -math.sqrt((n - 1) / n)) for n in range(2, degree + 1)]
        super().__init__(fan_in=fan_in, fan_out=fan_out, generator=generator, steps=steps)
