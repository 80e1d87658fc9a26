"""Shannon: the sum over inputs of w psi((x - b) / s), psi(z) = (sin(pi z) - sin(pi z / 2)) / (pi
z); 1/2 at 0.

The wavelet of X-KANeRF's text. Its code lays a Hamming window over the inputs of a layer, a
fixed gain for each of them.

At 260,000 parameters a step takes 6.8 times what it takes the ReLU MLP of as many, on a CPU:
every edge computes a sine and a cosine, forward and again on the way back, where a weight of the
MLP is in three products.

Weights: w normal, of a variance that keeps variance 1; b uniform in ±1, s log-uniform in [1/8,
1] (proposed; published: s = 1 and b = 0, with which a layer's outputs span only as many functions
as it has inputs).
Smoothness: everywhere.
Source: Bozorgasl and Chen, Wav-KAN, 2024; Li et al., X-KANeRF, 2024. They normalise outputs
over a batch; here nothing is normalised.
Grade: A; to follow the text and not the code, the weights, and that nothing is normalised, P.
"""

import math

import torch

from fieldbench.bases import _edge_loops as loops
from fieldbench.bases._wavelets import Wavelets

NEAR = 0.4  # of |z|: up to there derivatives come from the series
TERMS = 8  # of it


def parameters(*, fan_in, fan_out, **_) -> int:
    """Weight, shift and scale of every edge."""
    return 3 * fan_in * fan_out


def flops(*, fan_in, fan_out, **_) -> int:
    """Of a forward pass, a point, without what a wavelet takes."""
    return 4 * fan_in * fan_out


class Basis(Wavelets):
    derivatives = 2
    kind = loops.SHANNON

    def psi(self, z: torch.Tensor, order: int) -> list[torch.Tensor]:
        # z psi = f, so z psi^(k) + k psi^(k - 1) = f^(k): upwards where z is not small, downwards
        # from a series where it is, for there a quotient by z would be of what cancels.
        f, near = _numerators(z, order), z.abs() < NEAR
        below = torch.where(near, 1.0, z)
        upwards = [f[0] / below]
        for k in range(1, order + 1):
            upwards.append((f[k] - k * upwards[-1]) / below)
        downwards = [_series(z, order)]
        for k in range(order, 0, -1):
            downwards.append((f[k] - z * downwards[-1]) / k)
        pairs = zip(reversed(downwards), upwards, strict=True)
        return [torch.where(near, low, high) for low, high in pairs]


def _numerators(z: torch.Tensor, order: int) -> list[torch.Tensor]:
    """f = (sin(pi z) - sin(pi z / 2)) / pi and its derivatives up to an order."""
    sine, cosine = torch.sin(0.5 * math.pi * z), torch.cos(0.5 * math.pi * z)
    half, full = (sine, cosine), (2 * sine * cosine, 1 - 2 * sine * sine)
    found = []
    for k in range(order + 1):
        sign = -1 if k % 4 > 1 else 1
        found.append(sign * math.pi ** (k - 1) * (full[k % 2] - 0.5**k * half[k % 2]))
    return found


def _series(z: torch.Tensor, order: int) -> torch.Tensor:
    """A derivative of psi = sum over j of (-1)^j (1 - 2^-(2j + 1)) (pi z)^2j / (2j + 1)!."""
    square, found = z * z, torch.zeros_like(z)
    for j in reversed(range((order + 1) // 2, TERMS)):
        term = (1 - 0.5 ** (2 * j + 1)) * math.pi ** (2 * j) / math.factorial(2 * j + 1)
        found = found * square + (-1) ** j * term * math.perm(2 * j, order)
    return found * z if order % 2 else found
