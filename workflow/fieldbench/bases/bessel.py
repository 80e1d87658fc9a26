"""Bessel: y_0 = 1, y_1 = 1 + t, y_n = (2 n - 1) t y_(n-1) + y_(n-2); feature y_n(t) / y_n(1); t =
tanh x; n <= degree.

Undivided they reach 266 at degree 4 and 5e17 at 16. Bessel functions, which X-KANeRF's text
prints, are something else; its code has these.

Weights: normal, of variance 1 / (fan in times the sum of E[phi_n(tanh x)^2]), x ~ N(0, 1), so
that what has variance 1 keeps it (proposed).
Smoothness: everywhere.
Source: Bessel polynomials, each divided by its value at 1; as a layer, Li et al., X-KANeRF,
2024. The degree is INR-Bench's parser's; its layers may have got the grid size, 8.
Grade: A; the degree B; the features' scale, the weights, and that nothing is normalised, P.
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
        largest = [1.0, 2.0]  # y_n(1)
        steps = [(0.0, 1.0, 0.0), (0.5, 0.5, 0.0)]
        for n in range(2, degree + 1):
            largest.append((2 * n - 1) * largest[-1] + largest[-2])
            one, other = largest[-2] / largest[-1], largest[-3] / largest[-1]
            steps.append(((2 * n - 1) * one, 0.0, other))
        super().__init__(fan_in=fan_in, fan_out=fan_out, generator=generator, steps=steps)
