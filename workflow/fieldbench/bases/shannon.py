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

from fieldbench.bases import _edge_kernels as kernels
from fieldbench.bases._wavelets import Wavelets

# Of (sin 2a - sin a) / 2a in powers of a squared.
SERIES = (1 / 2, -7 / 12, 31 / 240, -127 / 10080, 511 / 725760)


def parameters(*, fan_in, fan_out, **_) -> int:
    """Weight, shift and scale of every edge."""
    return 3 * fan_in * fan_out


def flops(*, fan_in, fan_out, **_) -> int:
    """Of a forward pass, a point, without what a wavelet takes."""
    return 4 * fan_in * fan_out


class Basis(Wavelets):
    derivatives = 2
    kind = kernels.SHANNON

    def psi(self, z: torch.Tensor) -> torch.Tensor:
        a = 0.5 * math.pi * z
        square = a * a
        near = square < 0.1
        below = torch.where(near, 1.0, a)
        quotient = torch.sin(below) * (torch.cos(below) - 0.5) / below
        # About zero the quotient and its derivatives cancel; the series does not.
        series = torch.full_like(z, SERIES[-1])
        for term in reversed(SERIES[:-1]):
            series = series * square + term
        return torch.where(near, series, quotient)
