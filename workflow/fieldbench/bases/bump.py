"""Bump: the sum over inputs of w psi((x - b) / s), psi(z) = exp(-1 / (1 - z^2)) inside +-1, 0
outside.

The border is kept out of the quotient before it is taken. In X-KANeRF it was not, and its
published 1.79 dB are those of a network of what is no number.

At 260,000 parameters a step takes 4.5 times what it takes the ReLU MLP of as many, on a CPU:
every edge computes an exponential, forward and again on the way back, where a weight of the MLP
is in three products.

Weights: w normal, of a variance that keeps variance 1; b uniform in ±1, s log-uniform in [1/8,
1] (proposed; published: s = 1 and b = 0, with which a layer's outputs span only as many functions
as it has inputs).
Smoothness: everywhere.
Source: Bozorgasl and Chen, Wav-KAN, 2024; Li et al., X-KANeRF, 2024. They normalise outputs
over a batch; here nothing is normalised.
Grade: A; the border, the weights, and that nothing is normalised, P.
"""

import torch

from fieldbench.bases import _edge_loops as loops
from fieldbench.bases._wavelets import Wavelets

NEAREST = 1e-6  # of 1 - z^2, where the exponential has long been zero
# Derivatives of psi are psi times these polynomials of 1 / (1 - z^2), and z where they are odd.
FACTORS = (1,), (0, 0, -2), (0, 0, 6, -12, 4), (0, 0, 0, 24, -84, 56, -8)


def parameters(*, fan_in, fan_out, **_) -> int:
    """Weight, shift and scale of every edge."""
    return 3 * fan_in * fan_out


def flops(*, fan_in, fan_out, **_) -> int:
    """Of a forward pass, a point, without what a wavelet takes."""
    return 4 * fan_in * fan_out


class Basis(Wavelets):
    derivatives = 2
    kind = loops.BUMP

    def psi(self, z: torch.Tensor, order: int) -> list[torch.Tensor]:
        inside = 1 - z * z > NEAREST
        q = 1 / torch.where(inside, 1 - z * z, 1.0)
        value = torch.where(inside, torch.exp(-q), 0.0)
        return [value] + [value * _factor(z, q, k) for k in range(1, order + 1)]


def _factor(z: torch.Tensor, q: torch.Tensor, order: int) -> torch.Tensor:
    """What a derivative of psi is of psi itself; q = 1 / (1 - z^2)."""
    found = torch.zeros_like(q)
    for coefficient in reversed(FACTORS[order]):
        found = found * q + coefficient
    return z * found if order % 2 else found
