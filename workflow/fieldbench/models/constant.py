"""The floor: one value a channel, the mean of what was shown.

No model that learnt anything should score below it. A control: it runs in every study.
"""

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import Field

control = True
sized = False


def parameters(size, *, channels, **_) -> int:
    """One number a channel."""
    return channels


class Model(Field):
    dims = (1, 2, 3)

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

    def solve(self, seen: Lattice, values: torch.Tensor, mask: torch.Tensor | None) -> None:
        """Take the mean of the values shown; values (*seen.shape, channels)."""
        shown = values.reshape(-1, values.shape[-1]) if mask is None else values[mask]
        # float64, so that the mean of a million values is right to the last float32 digit
        self.value.data = shown.double().mean(0).float()
