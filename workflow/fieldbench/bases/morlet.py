"""Morlet: the sum over inputs of w psi((x - b) / s), psi(z) = cos(5 z) exp(-z^2 / 2).

At 260,000 parameters a step takes 6.9 times what it takes the ReLU MLP of as many, on a CPU:
every edge computes an exponential, a sine and a cosine, forward and again on the way back, where
a weight of the MLP is in three products.

Weights: w normal, of a variance that keeps variance 1; b uniform in ±1, s log-uniform in [1/8,
1] (proposed; published: s = 1 and b = 0, with which a layer's outputs span only as many functions
as it has inputs).
Smoothness: everywhere.
Source: Bozorgasl and Chen, Wav-KAN, 2024; Li et al., X-KANeRF, 2024. They normalise outputs
over a batch; here nothing is normalised.
Grade: A; the weights, and that nothing is normalised, P.
"""

import torch

from fieldbench.bases import _edge_loops as loops
from fieldbench.bases._wavelets import Wavelets

TURN = 5.0  # X-KANeRF


def parameters(*, fan_in, fan_out, **_) -> int:
    """Weight, shift and scale of every edge."""
    return 3 * fan_in * fan_out


def flops(*, fan_in, fan_out, **_) -> int:
    """Of a forward pass, a point, without what a wavelet takes."""
    return 4 * fan_in * fan_out


class Basis(Wavelets):
    derivatives = 2
    kind = loops.MORLET

    def psi(self, z: torch.Tensor, order: int) -> list[torch.Tensor]:
        # The real part of derivatives of g = exp(5i z - z^2 / 2): g' = (5i - z) g, and so on.
        envelope = torch.exp(-0.5 * z * z)
        real = [envelope * torch.cos(TURN * z)]
        imaginary = [envelope * torch.sin(TURN * z)] if order else []
        for k in range(order):
            for part, sign, other in ((real, -1, imaginary[k]), (imaginary, 1, real[k])):
                slope = sign * TURN * other - z * part[k]
                part.append(slope - k * part[k - 1] if k else slope)
        return real
