"""B-spline: base SiLU(x) + scaler times the sum of c_m B_m(x), cubic B-splines B_m on a uniform
grid of [-1, 1].

Hidden inputs go through tanh to the splines, which are zero beyond their grid; coordinates are
in [-1, 1] as they are. Updates of the grid from data are left out. The scaler of every edge is
redundant and kept for the count.

Weights: base and scaler uniform in ±1 / sqrt(fan in); c the shortest that go through noise in
±0.05 / grid at the grid's points.
Smoothness: twice continuously differentiable.
Source: Liu et al., KAN, 2024, in the form of efficient-kan and X-KANeRF; grid = 8 is INR-Bench's.
Grade: A; the grid B; the tanh P.
"""

import math

import torch
from torch import nn

from fieldbench.bases import _feature_loops as loops
from fieldbench.bases._bumps import Bumps, cubic, cubic_nodes
from fieldbench.bases._expansion import uniform

NOISE = 0.05  # efficient-kan


def parameters(*, fan_in, fan_out, grid, **_) -> int:
    """Base, scaler, and a coefficient for each of grid + 3 splines."""
    return fan_in * fan_out * (grid + 5)


def flops(*, fan_in, fan_out, grid, **_) -> int:
    """Of a forward pass, a point."""
    return 2 * fan_in * fan_out * (grid + 4)


class Basis(Bumps):
    derivatives = 2
    kind = loops.CUBIC

    def __init__(
        self,
        *,
        fan_in: int,
        fan_out: int,
        first: bool,
        generator: torch.Generator,
        grid: int = 8,  # INR-Bench
    ):
        super().__init__(cubic_nodes(grid, 1.0), grid / 2)
        self.first = first
        bound = 1 / math.sqrt(fan_in)
        self.base = uniform(generator, fan_out, fan_in, bound=bound)
        self.scaler = uniform(generator, fan_out, fan_in, bound=bound)
        noise = torch.empty(grid + 1, fan_out * fan_in, dtype=torch.float64)
        noise.uniform_(-NOISE / grid, NOISE / grid, generator=generator)
        points = torch.linspace(-1, 1, grid + 1, dtype=torch.float64)[:, None]
        through = torch.linalg.pinv(self.bumps(points)[..., 0]) @ noise
        coefficients = through.reshape(-1, fan_out, fan_in).movedim(0, 1)
        self.coefficients = nn.Parameter(coefficients.float().contiguous())

    def bump(self, u: torch.Tensor) -> torch.Tensor:
        return cubic(u)

    def squashed(self, values: torch.Tensor) -> torch.Tensor:
        return values if self.first else torch.tanh(values)

    def weight(self) -> torch.Tensor:
        splines = self.coefficients * self.scaler[:, None]
        return torch.cat([splines, self.base[:, None]], 1)
