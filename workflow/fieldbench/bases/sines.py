"""Sines: bias + the sum of a_k sin(w_k x + p_k), k = 1 .. grid, with phases p_k of every input.

The w_k are learned, the p_k are not: (k / (grid + 1) + an offset of the input, from 0 to pi),
times the product of 0.9724 m^-0.9884 + 0.9994 over m < grid.

Weights: w_k = k in the first layer, k / (grid + 1) in others; a_k normal of standard deviation
0.4, or uniform in ±1 in other layers than the first, over k times fan out; bias 1 / fan out.
Smoothness: everywhere.
Source: Reinhardt et al., SineKAN, 2024; grid = 8 is its own.
Grade: A.
"""

import math

import torch
from torch import nn
from torch.autograd import Function

from fieldbench.bases import _feature_loops as loops
from fieldbench.bases._expansion import Expansion, arrays

# SineKAN's phases grow from one size of the grid to the next by A m^-K + C.
GROWTH = (0.9724108095811765, 0.9884401790754128, 0.999449553483052)


def parameters(*, fan_in, fan_out, grid, **_) -> int:
    """An amplitude for every wave, the frequencies, and the bias."""
    return grid * fan_in * fan_out + grid + fan_out


def flops(*, fan_in, fan_out, grid, **_) -> int:
    """Of a forward pass, a point."""
    return 2 * grid * fan_in * fan_out


class Basis(Expansion):
    derivatives = 2

    def __init__(
        self,
        *,
        fan_in: int,
        fan_out: int,
        first: bool,
        generator: torch.Generator,
        grid: int = 8,  # SineKAN
    ):
        super().__init__()
        k = torch.arange(1.0, grid + 1)
        amplitudes = torch.empty(fan_out, grid, fan_in)
        if first:
            amplitudes.normal_(0, 0.4, generator=generator)
        else:
            amplitudes.uniform_(-1, 1, generator=generator)
        self.coefficients = nn.Parameter(amplitudes / (fan_out * k[:, None]))
        self.frequencies = nn.Parameter(k / (1 if first else grid + 1))
        self.bias = nn.Parameter(torch.full((fan_out,), 1 / fan_out))
        offsets = torch.linspace(0, math.pi, fan_in)
        a, power, c = GROWTH
        grown = math.prod(a * m**-power + c for m in range(1, grid))
        phases = grown * (k[:, None] / (grid + 1) + offsets)
        self.register_buffer("phases", phases, persistent=False)

    def features(self, values: torch.Tensor) -> torch.Tensor:
        return torch.sin(self.frequencies[:, None] * values[:, None] + self.phases)

    def fast_features(self, values: torch.Tensor) -> torch.Tensor:
        return _Sines.apply(values, self.frequencies, self.phases)


class _Sines(Function):
    @staticmethod
    def forward(ctx, values, frequencies, phases):
        ctx.save_for_backward(values, frequencies, phases)
        found = torch.empty(len(values), *phases.shape)
        given = arrays(values, frequencies, phases)
        loops.sines(*given, found.numpy())
        return found

    @staticmethod
    def backward(ctx, upward):
        values, frequencies, phases = ctx.saved_tensors
        below, to_frequencies = torch.empty_like(values), torch.zeros_like(frequencies)
        given = arrays(values, frequencies, phases, upward)
        loops.sines_gradient(*given, below.numpy(), to_frequencies.numpy())
        return below, to_frequencies, None
