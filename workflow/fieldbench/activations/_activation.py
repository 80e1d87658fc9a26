"""What every activation is: a function of every value by itself, and the weights it asks for."""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn


@dataclass(frozen=True)
class Compiled:
    """Which compiled loop of the models computes an activation, and its constants.

    What is learned stays out of the loop. It is the scale and the offset of what the loop is given,
    and of what it finds, so that weights and biases before and after can take them in.
    """

    loop: Literal["relu", "sine"]
    constants: tuple[float, ...] = ()
    given: tuple[torch.Tensor, torch.Tensor] | None = None
    found: tuple[torch.Tensor, torch.Tensor] | None = None


class Pointwise(nn.Module):
    """Between linear layers. Weights begin normal with a variance of `gain` over the fan in."""

    gain = 2.0  # He et al., "Delving Deep into Rectifiers", 2015

    def __init__(self, *, first: bool):
        """`first` says that it follows the network's first layer."""
        super().__init__()

    def begin(self, weight: torch.Tensor, generator: torch.Generator, place: str) -> None:
        """Draw the weights of a layer, (rows, columns) with fan-in columns, in place.

        `place` is `first`, `hidden` or `last`.
        """
        weight.normal_(0, math.sqrt(self.gain / weight.shape[1]), generator=generator)

    def compiled(self) -> Compiled | None:
        """Its compiled loop, if it has one: torch's own operations cost most others little more."""
        return None


class Waving(Pointwise):
    """A wave of omega times every value, over weights that keep its spread from layer to layer."""

    def __init__(self, *, first: bool, omega: float, first_omega: float | None):
        super().__init__(first=first)
        self.later = omega
        self.omega = first_omega if first and first_omega is not None else omega

    def begin(self, weight: torch.Tensor, generator: torch.Generator, place: str) -> None:
        fan_in = weight.shape[1]
        bound = 1 / fan_in if place == "first" else math.sqrt(6 / fan_in) / self.later
        weight.uniform_(-bound, bound, generator=generator)
