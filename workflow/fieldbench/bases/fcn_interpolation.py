"""FCN-interpolation: piecewise linear between values y_m at nodes on a uniform grid of [-2, 2].

Beyond one spacing outside the grid the published layer is zero; here inputs are held at its
ends.

Weights: y uniform in ±sqrt(6 / ((fan in + fan out) nodes)).
Smoothness: continuous, with a kink at every node.
Source: FCN-KAN, as in X-KANeRF; nodes = 8 is X-KANeRF's (FCN-KAN: 64).
Grade: A; inputs held at the ends P.
"""

import math

import numpy as np
import torch

from fieldbench.bases import _feature_loops as loops
from fieldbench.bases._bumps import Bumps
from fieldbench.bases._expansion import uniform


def parameters(*, fan_in, fan_out, nodes, **_) -> int:
    """A value at every node."""
    return fan_in * fan_out * nodes


def flops(*, fan_in, fan_out, nodes, **_) -> int:
    """Of a forward pass, a point."""
    return 2 * fan_in * fan_out * nodes


class Basis(Bumps):
    derivatives = 1
    kind = loops.HAT

    def __init__(
        self,
        *,
        fan_in: int,
        fan_out: int,
        first: bool,
        generator: torch.Generator,
        nodes: int = 8,  # X-KANeRF
    ):
        super().__init__(np.linspace(-2, 2, nodes), (nodes - 1) / 4)
        bound = math.sqrt(6 / ((fan_in + fan_out) * nodes))
        self.coefficients = uniform(generator, fan_out, nodes, fan_in, bound=bound)

    def bump(self, u: torch.Tensor) -> torch.Tensor:
        return torch.relu(1 - u.abs())

    def squashed(self, values: torch.Tensor) -> torch.Tensor:
        return values.clamp(-2, 2)
