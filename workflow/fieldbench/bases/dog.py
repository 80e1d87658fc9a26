"""DoG: the sum over inputs of w psi((x - b) / s), psi(z) = -z exp(-z^2 / 2).

The derivative of a Gaussian, as in X-KANeRF's code; its text calls it a difference of
Gaussians.

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
from fieldbench.bases._wavelets import Wavelets, gaussian_slopes


def parameters(*, fan_in, fan_out, **_) -> int:
    """Weight, shift and scale of every edge."""
    return 3 * fan_in * fan_out


def flops(*, fan_in, fan_out, **_) -> int:
    """Of a forward pass, a point, without what a wavelet takes."""
    return 4 * fan_in * fan_out


class Basis(Wavelets):
    derivatives = 2
    kind = loops.SLOPE

    def psi(self, z: torch.Tensor, order: int) -> list[torch.Tensor]:
        return gaussian_slopes(z, 1, 1 + order)
