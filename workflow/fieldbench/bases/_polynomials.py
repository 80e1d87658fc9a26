"""Polynomials of tanh(x) by their recurrences: no powers, no arc cosines."""

import math

import numpy as np
import torch

from fieldbench.bases import _feature_loops as loops
from fieldbench.bases._expansion import Expansion, Features, normal

_NODES = 64  # of the quadrature that the start is scaled by

Step = tuple[float, float, float]


class Polynomials(Expansion):
    """phi_0 = b_0, phi_1 = a_1 t + b_1, phi_k = (a_k t + b_k) phi_(k-1) + c_k phi_(k-2).

    Here t = tanh x, and `steps` holds (a_k, b_k, c_k) of every k. Coefficients begin so that a
    layer of inputs of variance 1 has outputs of variance 1: their own variance is
    1 / (fan_in sum_k E[phi_k(tanh x)^2]).
    """

    def __init__(self, *, fan_in: int, fan_out: int, generator: torch.Generator, steps: list[Step]):
        super().__init__()
        self.steps = steps
        self.register_buffer("table", torch.tensor(steps), persistent=False)
        std = 1 / math.sqrt(fan_in * _energy(steps))
        self.coefficients = normal(generator, fan_out, len(steps), fan_in, std=std)

    def features(self, values: torch.Tensor) -> torch.Tensor:
        t, steps = torch.tanh(values), self.steps
        found = [torch.full_like(t, steps[0][1]), steps[1][0] * t + steps[1][1]]
        for a, b, c in steps[2:]:
            found.append((a * t + b) * found[-1] + c * found[-2])
        return torch.stack(found, 1)

    def fast_features(self, values: torch.Tensor) -> torch.Tensor:
        pair, settings = loops.POLYNOMIALS, (self.table.numpy(),)
        return Features.apply(torch.tanh(values), None, len(self.steps), pair, settings)


def _energy(steps: list[Step]) -> float:
    """The sum of the features' mean squares over normally distributed x."""
    x, share = np.polynomial.hermite_e.hermegauss(_NODES)
    t = np.tanh(x)
    found = [np.full_like(t, steps[0][1]), steps[1][0] * t + steps[1][1]]
    for a, b, c in steps[2:]:
        found.append((a * t + b) * found[-1] + c * found[-2])
    return float((np.square(found) @ share).sum() / share.sum())
