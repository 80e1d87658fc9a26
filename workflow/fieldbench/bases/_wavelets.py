"""A wavelet on every edge, with a weight, a shift and a scale of its own."""

import math
from abc import ABC, abstractmethod

import torch
from torch import nn
from torch.autograd import Function

from fieldbench.bases import _edge_loops as loops
from fieldbench.bases._expansion import Product, arrays, normal
from fieldbench.bases._jets import EdgeJets

LEAST = 1 / 8  # of the first layer's scales at the start
_NODES = 4001  # of the sums that the start is scaled by
_REACH = 2.0  # how far a shift may be from an input


class Wavelets(nn.Module, ABC):
    """y_o = sum over i of weight psi((x_i - shift) / scale), all three (fan_in, fan_out).

    Scales are kept as logarithms, so that none can reach zero. At the start shifts are uniform in
    +-1, the first layer's scales log-uniform in [1/8, 1], all others 1. Were shifts 0 and those
    scales 1, as published, then the first layer's outputs would span no more than as many functions
    as there are coordinates.
    """

    kind: int  # of the compiled loops

    def __init__(self, *, fan_in: int, fan_out: int, first: bool, generator: torch.Generator):
        super().__init__()
        shape = fan_in, fan_out
        self.shift = nn.Parameter(torch.empty(shape).uniform_(-1, 1, generator=generator))
        log_scale = torch.zeros(shape)
        if first:
            log_scale.uniform_(math.log(LEAST), 0, generator=generator)
        self.log_scale = nn.Parameter(log_scale)
        energy = self._energy(LEAST if first else 1.0)
        self.weight = normal(generator, *shape, std=1 / math.sqrt(fan_in * energy))

    @abstractmethod
    def psi(self, z: torch.Tensor, order: int) -> list[torch.Tensor]:
        """The wavelet of every value and its derivatives up to an order, `derivatives` + 1 at most.

        Of the last derivative too a loss is differentiated, in the parameters.
        """

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        z = (values[..., None] - self.shift) * torch.exp(-self.log_scale)
        return (self.weight * self.psi(z, 0)[0]).sum(-2)

    def fused(self, values: torch.Tensor, product: Product) -> torch.Tensor:
        """The same in one pass, with nothing of the size (N, fan_in, fan_out) in memory."""
        given = self.weight, self.shift, torch.exp(-self.log_scale)
        return _Edges.apply(values, *given, loops.WAVELETS[self.kind])

    def jets(self, jets: torch.Tensor, dims: int) -> torch.Tensor:
        """What it makes of values with their derivatives: see `fieldbench.numerics.jets`."""
        given = self.weight, self.shift, torch.exp(-self.log_scale)
        return EdgeJets.apply(jets, *given, dims, self.psi)

    def _energy(self, least: float) -> float:
        """The mean square of psi((x - shift) / scale), x in +-1, shifts and scales as they start.

        The mean over scales is that of a few of them.
        """
        x = torch.linspace(-_REACH, _REACH, _NODES, dtype=torch.float64)
        total = 0.0
        for step in range(8):
            scale = least ** (1 - (step + 0.5) / 8)
            share = (1 - x.abs() / 2).clamp(min=0)  # density of x - shift, twice
            total += float((self.psi(x / scale, 0)[0].square() * share).sum() / share.sum()) / 8
        return total


class _Edges(Function):
    @staticmethod
    def forward(ctx, values, weight, shift, rate, pair):
        ctx.save_for_backward(values, weight, shift, rate)
        ctx.backward_loop = pair[1]
        found = torch.empty(weight.shape[1], len(values))
        pair[0](*arrays(values.T, weight, shift, rate, found))
        return found.T

    @staticmethod
    def backward(ctx, upward):
        values, weight, shift, rate = ctx.saved_tensors
        below, sums = torch.empty(values.shape[::-1]), torch.zeros(3, *weight.shape)
        ctx.backward_loop(*arrays(values.T, weight, shift, rate, upward.T, below, *sums))
        to_weight, to_shift, to_rate = sums
        return below.T, to_weight, -weight * rate * to_shift, weight / rate * to_rate, None


def gaussian_slopes(z: torch.Tensor, first: int, last: int) -> list[torch.Tensor]:
    """Derivatives of exp(-z^2 / 2) of some orders: (-1)^k He_k(z) exp(-z^2 / 2)."""
    found = [torch.exp(-0.5 * z * z)]
    for k in range(last):
        slope = -z * found[k]
        found.append(slope - k * found[k - 1] if k else slope)
    return found[first:]
