"""Meyer: the sum over inputs of w psi((x - b) / s), psi(z) = sin(pi v) m(v), v = |z|; m = 1 up to
1/2, cos(pi/2 nu(2 v - 1)) up to 1, then 0; nu(t) = t^4 (35 - 84 t + 70 t^2 - 20 t^3).

As X-KANeRF's code has it, which is not the textbook's Meyer wavelet.

At 260,000 parameters a step takes 4.7 times what it takes the ReLU MLP of as many, on a CPU:
every edge computes four sines, forward and again on the way back, where a weight of the MLP is in
three products.

Weights: w normal, of a variance that keeps variance 1; b uniform in ±1, s log-uniform in [1/8,
1] (proposed; published: s = 1 and b = 0, with which a layer's outputs span only as many functions
as it has inputs).
Smoothness: continuous, with a kink at 0.
Source: Bozorgasl and Chen, Wav-KAN, 2024; Li et al., X-KANeRF, 2024. They normalise outputs
over a batch; here nothing is normalised.
Grade: A; the weights, and that nothing is normalised, P.
"""

import math

import torch

from fieldbench.bases import _edge_loops as loops
from fieldbench.bases._wavelets import Wavelets


def parameters(*, fan_in, fan_out, **_) -> int:
    """Weight, shift and scale of every edge."""
    return 3 * fan_in * fan_out


def flops(*, fan_in, fan_out, **_) -> int:
    """Of a forward pass, a point, without what a wavelet takes."""
    return 4 * fan_in * fan_out


class Basis(Wavelets):
    derivatives = 1
    kind = loops.MEYER

    def psi(self, z: torch.Tensor, order: int) -> list[torch.Tensor]:
        v, side = z.abs().clamp(max=1), torch.where(z >= 0, 1.0, -1.0)
        waves = [math.pi**k * torch.sin(math.pi * (v + 0.5 * k)) for k in range(order + 1)]
        windows = _window(v, order)
        found = []
        for n in range(order + 1):
            terms = [math.comb(n, k) * waves[n - k] * windows[k] for k in range(n + 1)]
            found.append(torch.where(z.abs() < 1, side**n * sum(terms), 0))
        return found


def _window(v: torch.Tensor, order: int) -> list[torch.Tensor]:
    """m(v) and its derivatives up to an order, two at most."""
    t = (2 * v - 1).clamp(0, 1)
    angle = 0.5 * math.pi * t**4 * (35 - t * (84 - t * (70 - 20 * t)))
    rest = t * (1 - t)
    slope, bend = 140 * math.pi * rest**3, 840 * math.pi * rest**2 * (1 - 2 * t)
    sine, cosine = torch.sin(angle), torch.cos(angle)
    return [cosine, -sine * slope, -cosine * slope**2 - sine * bend][: order + 1]
