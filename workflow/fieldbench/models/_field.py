"""What every model is: values at points, and where structure pays, on a whole lattice."""

from collections.abc import Callable

import torch
from torch import nn

from fieldbench.lattice import Lattice


class Field(nn.Module):
    """A map from coordinates to values.

    A model defines `forward(points)`, (N, dims) to (N, channels): its textbook definition. It may
    also define `on_lattice`, the same values faster, and says so with `structured = True`.
    """

    structured = False
    solve: Callable | None = None  # solve(seen, values, mask): a closed form instead of training

    def on_lattice(self, lattice: Lattice) -> torch.Tensor:
        """Values on a lattice, shape (*lattice.shape, channels)."""
        return self(lattice.points(next(self.parameters()).device)).reshape(*lattice.shape, -1)

    def penalty(self) -> torch.Tensor | None:
        """What is added to the loss: a scalar, or None."""
        return None
