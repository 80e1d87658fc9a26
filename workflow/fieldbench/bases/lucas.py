"""Lucas: L_0 = 2, L_1 = t, L_n = t L_(n-1) + L_(n-2); t = tanh x; n <= degree.

At most 7 at degree 4.

Weights: normal, of variance 1 / (fan in times the sum of E[phi_n(tanh x)^2]), x ~ N(0, 1), so
that what has variance 1 keeps it (proposed).
Smoothness: everywhere.
Source: Lucas polynomials; as a layer, Li et al., X-KANeRF, 2024. The degree is INR-Bench's
parser's; its layers may have got the grid size, 8.
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
        steps = [(0.0, 2.0, 0.0), (1.0, 0.0, 0.0)] + [(1.0, 0.0, 1.0)] * (degree - 1)
        super().__init__(fan_in=fan_in, fan_out=fan_out, generator=generator, steps=steps)
