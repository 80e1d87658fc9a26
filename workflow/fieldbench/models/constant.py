"""The floor: one value a channel, the one that comes closest to what was shown.

No model that learnt anything should score below it. A control: it runs in every study.
"""

from collections.abc import Callable

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import Field


def parameters(size, *, channels, **_) -> int:
    """One number a channel."""
    return channels


class Model(Field):
    dims = (1, 2, 3)
    control = True
    sized = False
    derivatives = 2

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
    ):
        super().__init__()
        self.value = nn.Parameter(torch.zeros(channels))

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return self.value.expand(len(points), -1)

    def solve(
        self,
        seen: Lattice,
        values: torch.Tensor,
        mask: torch.Tensor | None,
        predict: Callable[[torch.Tensor], torch.Tensor],
    ) -> None:
        """Take the least squares solution: the mean, where the signal itself is shown."""
        channels = values.shape[-1]
        unit = predict(torch.ones(*seen.shape, channels, device=values.device))
        shown = slice(None) if mask is None else mask
        # float64, so that a sum over a million values is right to the last float32 digit
        unit, values = (a[shown].reshape(-1, channels).double() for a in (unit, values))
        self.value.data = ((unit * values).sum(0) / unit.square().sum(0)).float()
