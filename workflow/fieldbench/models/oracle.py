"""The ceiling: stores every value of the signal and gives the nearest one back.

Whatever the task, it is shown the signal as `represent` shows it, so it loses only float32
rounding. A model that scores above it, or an oracle that scores low, means a metric or a
coordinate convention is wrong. A control: it runs in every study.
"""

import math
from collections.abc import Callable

import torch
from torch import nn

from fieldbench.lattice import Lattice
from fieldbench.models._field import Field


def parameters(size, *, channels, shape, **_) -> int:
    """One number a value of the signal."""
    return channels * math.prod(shape)


class Model(Field):
    dims = (1, 2, 3)
    control = True
    sized = False
    sees = "represent"
    derivatives = 0  # it is known at samples only

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
        self.values = nn.Parameter(torch.zeros(*shape, channels))
        self.lattice = Lattice(shape)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        lattice = self.lattice
        counts = torch.tensor(lattice.shape, device=points.device)
        offset = 0.5 if lattice.centred else 0.0
        cells = (points.double() / lattice.extent + 1) / 2 * counts - offset
        nearest = torch.minimum(cells.round().long().clamp(min=0), counts - 1)
        return self.values[tuple(nearest.unbind(-1))]

    def solve(
        self,
        seen: Lattice,
        values: torch.Tensor,
        mask: torch.Tensor | None,
        predict: Callable[[torch.Tensor], torch.Tensor],
    ) -> None:
        """Store the values, shape (*seen.shape, channels)."""
        self.lattice = seen
        self.values.data = values.clone()
