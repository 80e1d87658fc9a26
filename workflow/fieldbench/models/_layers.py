"""Small parts that several models share."""

import math

import torch
from torch import nn


def linear(
    fan_in: int, fan_out: int, generator: torch.Generator, bound: float | None = None
) -> nn.Linear:
    """A linear layer with weights uniform in +-bound and biases in +-1/sqrt(fan_in).

    Without a bound the weights are as PyTorch draws them, +-1/sqrt(fan_in) too.
    """
    layer = torch.nn.utils.skip_init(nn.Linear, fan_in, fan_out)
    default = 1 / math.sqrt(fan_in)
    with torch.no_grad():
        layer.weight.uniform_(-(bound or default), bound or default, generator=generator)
        layer.bias.uniform_(-default, default, generator=generator)
    return layer
