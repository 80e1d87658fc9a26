"""Encodings whose every feature depends on one coordinate."""

from abc import ABC, abstractmethod

import torch
from torch import nn


class ByAxis(nn.Module, ABC):
    """Features of the first axis's coordinate, then as many of the next one's, and so on.

    On a lattice they are known once a row and once a column instead of once a point.
    """

    @abstractmethod
    def along(self, values: torch.Tensor, axis: int) -> torch.Tensor:
        """Features of coordinates along one axis; (N,) to (N, width / dims)."""

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        """(N, dims) to (N, width)."""
        found = [self.along(values, axis) for axis, values in enumerate(points.unbind(-1))]
        return torch.cat(found, dim=-1)


def waves(angles: torch.Tensor) -> torch.Tensor:
    """All sines, then all cosines; (N, waves) to (N, 2 waves)."""
    return torch.cat([torch.sin(angles), torch.cos(angles)], dim=-1)
