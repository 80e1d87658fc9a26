"""Where a pixel is: the one definition of coordinates.

Coordinate k runs along array axis k. A signal of N samples spans [-extent, extent):

    corner convention   c_i = -extent + 2 extent i / N          (the paper's; the default)
    centre convention   c_i = -extent + 2 extent (i + 1/2) / N  (sample i is the middle of a cell)

Both divide the same span into N cells, so a lattice four times finer covers exactly the same
ground in the centre convention, and is shifted by 1.5 of its samples in the corner one.
`shift` moves every coordinate along an axis by so many samples; none goes below -extent, where
a model was shown nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Lattice:
    """A regular grid of points: one row of coordinates an axis."""

    shape: tuple[int, ...]
    centred: bool = False
    extent: float = 1.0
    shift: tuple[float, ...] = ()

    @property
    def dims(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many points."""
        return prod(self.shape)

    def axis(self, k: int) -> np.ndarray:
        """Coordinates along axis k, float64, shape (shape[k],)."""
        n = self.shape[k]
        offset = 0.5 if self.centred else 0.0
        if self.shift:
            offset += self.shift[k]
        found = -self.extent + 2.0 * self.extent * (np.arange(n) + offset) / n
        return found.clip(min=-self.extent)

    def axes(self, device: torch.device | str = "cpu") -> list[torch.Tensor]:
        """Float32 coordinates of every axis."""
        import torch  # here, so that observing and scoring need not load it

        return [
            torch.as_tensor(self.axis(k), dtype=torch.float32, device=device)
            for k in range(self.dims)
        ]

    def points(self, device: torch.device | str = "cpu") -> torch.Tensor:
        """Every point in array order, float32, shape (size, dims)."""
        import torch

        grids = torch.meshgrid(*self.axes(device), indexing="ij")
        return torch.stack([g.reshape(-1) for g in grids], dim=-1)

    def describe(self) -> dict:
        """A JSON-ready description; `Lattice.of` turns it back."""
        moved = {"shift": list(self.shift)} if self.shift else {}
        place = {"shape": list(self.shape), "centred": self.centred, "extent": self.extent}
        return place | moved

    @classmethod
    def of(cls, description: dict) -> Lattice:
        return cls(
            tuple(description["shape"]),
            description["centred"],
            float(description["extent"]),
            tuple(description.get("shift", ())),
        )
