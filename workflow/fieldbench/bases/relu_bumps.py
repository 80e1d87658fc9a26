"""ReLU bumps: bias + the sum of c_m (r ReLU(u - s_m) ReLU(e_m - u))^2, u = (x + 1) / 2, r = grid^2
/ 4.

Every input learns its own starts s_m and ends e_m. Hidden inputs go through tanh first; beyond
[0, 1] there are few bumps and then none.

Weights: c and the bias uniform in ±1 / sqrt(fan in (grid + 3)); s_m = (m - 3) / grid, m from 0
to grid + 2, e_m = s_m + 4 / grid.
Smoothness: once continuously differentiable.
Source: Qiu et al., ReLU-KAN, 2024; grid = 8 as for the others (published: 5).
Grade: A; the grid B; the weights and the tanh P.
"""

import math

import torch
from torch import nn
from torch.autograd import Function

from fieldbench.bases import _feature_loops as loops
from fieldbench.bases._expansion import Expansion, arrays, uniform


def parameters(*, fan_in, fan_out, grid, **_) -> int:
    """A coefficient for each bump, the bias, and every input's starts and ends."""
    return fan_in * fan_out * (grid + 3) + fan_out + 2 * fan_in * (grid + 3)


def flops(*, fan_in, fan_out, grid, **_) -> int:
    """Of a forward pass, a point."""
    return 2 * fan_in * fan_out * (grid + 3)


class Basis(Expansion):
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
        super().__init__()
        number = grid + 3
        self.first = first
        self.gain = (grid * grid / 4) ** 2  # the square of r: bumps are 1 high
        starts = (torch.arange(number)[:, None] - 3.0).repeat(1, fan_in) / grid
        self.starts, self.ends = nn.Parameter(starts), nn.Parameter(starts + 4 / grid)
        bound = 1 / math.sqrt(fan_in * number)
        self.coefficients = uniform(generator, fan_out, number, fan_in, bound=bound)
        self.bias = uniform(generator, fan_out, bound=bound)

    def features(self, values: torch.Tensor) -> torch.Tensor:
        u = self._mapped(values)[:, None]
        return (torch.relu(u - self.starts) * torch.relu(self.ends - u)).square()

    def fast_features(self, values: torch.Tensor) -> torch.Tensor:
        return _Humps.apply(self._mapped(values), self.starts, self.ends)

    def weight(self) -> torch.Tensor:
        return self.gain * self.coefficients

    def _mapped(self, values: torch.Tensor) -> torch.Tensor:
        return 0.5 + 0.5 * (values if self.first else torch.tanh(values))


class _Humps(Function):
    @staticmethod
    def forward(ctx, values, starts, ends):
        ctx.save_for_backward(values, starts, ends)
        found = torch.empty(len(values), *starts.shape)
        given = arrays(values, starts, ends)
        loops.humps(*given, found.numpy())
        return found

    @staticmethod
    def backward(ctx, upward):
        values, starts, ends = ctx.saved_tensors
        found = torch.empty_like(values), torch.zeros_like(starts), torch.zeros_like(ends)
        given = arrays(values, starts, ends, upward)
        loops.humps_gradient(*given, *(t.numpy() for t in found))
        return found
