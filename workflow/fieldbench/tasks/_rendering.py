"""Rays through a field of colour and density, and what they see."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from torch.nn.functional import softplus

from fieldbench.numerics.cameras import directions, stretch
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import Function

_INSIDE = 1 - 2.0**-20  # the end of [-1, 1), where rounding could take a point beyond


@dataclass(frozen=True)
class Rays:
    """Rays in the coordinates of the map, whose box is [-1, 1)^3; their lengths are the scene's."""

    origins: torch.Tensor  # (N, 3)
    along: torch.Tensor  # (N, 3): how the coordinates change a unit of length
    first: torch.Tensor  # (N,): where a ray comes into the box, and where it leaves it
    last: torch.Tensor
    colours: torch.Tensor  # (N, 3): what was seen
    background: torch.Tensor  # (1, 3)

    def __len__(self) -> int:
        return len(self.origins)

    @property
    def device(self) -> torch.device:
        return self.origins.device

    def some(self, rows: torch.Tensor) -> Rays:
        rows = rows.to(self.device)
        each = [f.name for f in fields(self) if f.name != "background"]
        return replace(self, **{name: getattr(self, name)[rows] for name in each})

    def middles(self, samples: int) -> torch.Tensor:
        """`within` of `seen` for the middles of so many parts of every ray."""
        return torch.full((len(self), samples), 0.5, device=self.device)

    def seen(self, function: Function, within: torch.Tensor) -> torch.Tensor:
        """Colours (N, 3): light of all parts of a ray, dimmed by those before, then background.

        `within` (N, samples) in [0, 1) says where in each part of its ray the function is asked.
        The function's values are three colours before a sigmoid and a density before softplus.
        """
        samples = within.shape[1]
        length = (self.last - self.first)[:, None] / samples
        parts = torch.arange(samples, device=self.device)
        distances = self.first[:, None] + (parts + within) * length
        points = self.origins[:, None] + distances[..., None] * self.along[:, None]
        values = function(points.clamp(-1, _INSIDE).flatten(0, 1)).to(self.device)
        values = values.reshape(len(self), samples, 4)
        depth = softplus(values[..., 3] - 1) * length
        behind = torch.exp(-depth.cumsum(1))
        weights = torch.exp(depth - depth.cumsum(1)) - behind
        light = (weights[..., None] * torch.sigmoid(values[..., :3])).sum(1)
        return light + behind[:, -1:] * self.background


def rays(
    observation: Observation,
    which: str,
    views: np.ndarray | None,
    device: torch.device,
    shape: tuple[int, ...] = (),
) -> Rays:
    """The rays of all pixels of the cameras `which`, in the order of their views.

    `views` (cameras, rows, columns, 3) is what they saw; without, they are of `shape`.
    """
    beside = observation.beside
    views = np.zeros((*shape, 3), np.float32) if views is None else views
    along = directions(beside[which], float(beside["focal"][0]), views.shape[1:3])
    origins = np.broadcast_to(beside[which][:, None, None, :, 3], along.shape)
    first, last = stretch(origins, along, beside["box"], beside["reach"])
    low, high = beside["box"]
    placed = (origins - low) / (high - low) * 2 - 1, along * 2 / (high - low)
    given = [a.reshape(-1, 3) for a in placed] + [a.reshape(-1) for a in (first, last)]
    given += [views.reshape(-1, 3), beside["background"][None]]
    return Rays(*[torch.as_tensor(a, dtype=torch.float32, device=device) for a in given])
