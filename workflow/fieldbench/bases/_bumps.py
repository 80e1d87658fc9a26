"""Features that are bumps about the nodes of a uniform grid, and a SiLU beside them."""

from abc import abstractmethod

import numpy as np
import torch
from torch import nn

from fieldbench.bases import _feature_loops as loops
from fieldbench.bases._expansion import Expansion, Features, spread


class Bumps(Expansion):
    """Features bump(density (x - centre)), K = len(centres); with a `base`, SiLU(x) besides.

    `base` is (fan_out, fan_in); None for a layer without.
    """

    kind: int  # of the compiled loops

    def __init__(self, centres: np.ndarray, density: float):
        super().__init__()
        self.register_parameter("base", None)
        self.register_buffer("centres", spread(centres)[:, 0], persistent=False)
        self.density = float(np.float32(density))

    @abstractmethod
    def bump(self, u: torch.Tensor) -> torch.Tensor:
        """One bump about zero, of any tensor."""

    def squashed(self, values: torch.Tensor) -> torch.Tensor:
        """The inputs, brought to where the bumps are."""
        return values

    def bumps(self, inner: torch.Tensor) -> torch.Tensor:
        """(N, fan_in) to (N, K, fan_in)."""
        return self.bump(self.density * (inner[:, None] - self.centres[:, None]))

    def features(self, values: torch.Tensor) -> torch.Tensor:
        found = self.bumps(self.squashed(values))
        if self.base is None:
            return found
        return torch.cat([found, nn.functional.silu(values)[:, None]], 1)

    def fast_features(self, values: torch.Tensor) -> torch.Tensor:
        pair, settings = self.loops()
        number = len(self.centres) + (self.base is not None)
        outer = None if self.base is None else values
        return Features.apply(self.squashed(values), outer, number, pair, settings)

    def loops(self) -> tuple[tuple, tuple]:
        """The compiled loops of the bumps, and their settings."""
        settings = self.centres.numpy(), np.float32(self.density)
        return loops.BUMPS[self.kind], settings

    def weight(self) -> torch.Tensor:
        if self.base is None:
            return self.coefficients
        return torch.cat([self.coefficients, self.base[:, None]], 1)


def cubic(u: torch.Tensor) -> torch.Tensor:
    """The cubic B-spline of nodes 1 apart, about zero: 2/3 there, 1/6 at +-1, 0 from +-2 on."""
    away = torch.where(u >= 0, u, -u)  # abs() would give no second derivative at 0
    outer, inner = torch.relu(2 - away), torch.relu(1 - away)
    return (outer**3 - 4 * inner**3) / 6


def cubic_nodes(grid: int, reach: float) -> np.ndarray:
    """Where the grid + 3 cubic B-splines are that make up a spline of `grid` pieces on +-reach."""
    return -reach + 2 * reach / grid * np.arange(-1, grid + 2)
