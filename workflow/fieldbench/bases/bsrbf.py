"""BSRBF: a linear layer of SiLU(x) + the sum of c_m (B_m(x) + exp(-((x - x_m) / h)^2)), cubic
B-splines and Gaussians on uniform grids of [-1.5, 1.5].

The published layer normalises its inputs first. Of one coordinate nothing would be left, so
here it does not; hidden inputs go through 1.5 tanh to the features instead.

Weights: the linear layer and c uniform in ±1 / sqrt(fan in).
Smoothness: twice continuously differentiable.
Source: Ta, BSRBF-KAN, 2024; grid = 8 as for the others (published: 5).
Grade: A; the grid B; the weights, the tanh, and that nothing is normalised, P.
"""

import math

import numpy as np
import torch

from fieldbench.bases import _feature_loops as loops
from fieldbench.bases._bumps import Bumps, cubic, cubic_nodes
from fieldbench.bases._expansion import spread, uniform

REACH = 1.5  # BSRBF-KAN


def parameters(*, fan_in, fan_out, grid, **_) -> int:
    """A coefficient for each pair of bumps, and the base's weights."""
    return fan_in * fan_out * (grid + 4)


def flops(*, fan_in, fan_out, grid, **_) -> int:
    """Of a forward pass, a point."""
    return 2 * fan_in * fan_out * (grid + 4)


class Basis(Bumps):
    derivatives = 2

    def __init__(
        self,
        *,
        fan_in: int,
        fan_out: int,
        first: bool,
        generator: torch.Generator,
        grid: int = 8,  # INR-Bench
    ):
        super().__init__(cubic_nodes(grid, REACH), grid / (2 * REACH))
        self.first = first
        self.register_buffer("others", spread(np.linspace(-REACH, REACH, grid + 3))[:, 0], False)
        self.other_density = float(np.float32((grid + 2) / (2 * REACH)))
        bound = 1 / math.sqrt(fan_in)
        self.coefficients = uniform(generator, fan_out, grid + 3, fan_in, bound=bound)
        self.base = uniform(generator, fan_out, fan_in, bound=bound)

    def squashed(self, values: torch.Tensor) -> torch.Tensor:
        return values if self.first else REACH * torch.tanh(values)

    def bump(self, u: torch.Tensor) -> torch.Tensor:
        return cubic(u)

    def bumps(self, inner: torch.Tensor) -> torch.Tensor:
        other = self.other_density * (inner[:, None] - self.others[:, None])
        return super().bumps(inner) + torch.exp(-other * other)

    def loops(self) -> tuple[tuple, tuple]:
        one = self.centres.numpy(), np.float32(self.density)
        return loops.PAIRS, (*one, self.others.numpy(), np.float32(self.other_density))
