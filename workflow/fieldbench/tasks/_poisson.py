"""Poisson images: derivatives of an image are shown at its samples, the image is asked back.

Perez et al., 2003, as Sitzmann et al. (SIREN, 2020) give it to neural fields: the model's own
derivatives, by automatic differentiation, are compared with those of the image, which are central
differences. What has no such derivative cannot be told: a constant, and for the Laplacian any
harmonic function. So images are compared after the brightness and contrast that suit them best.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import Draw, Function, FunctionTask

if TYPE_CHECKING:
    import torch


@dataclass
class Given:
    """Samples' coordinates (N, dims), what is shown there (N, numbers), and its mean square."""

    points: torch.Tensor
    shown: torch.Tensor
    scale: torch.Tensor


class Poisson(FunctionTask):
    """A Poisson task of either kind."""

    @abstractmethod
    def seen(self, values: np.ndarray, steps: tuple[float, ...]) -> np.ndarray:
        """The derivatives of a signal (*shape, channels) that are shown, channels last."""

    @abstractmethod
    def of(self, function: Function, points: torch.Tensor) -> torch.Tensor:
        """The same derivatives of a function at points, (N, numbers)."""

    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
        """Derivatives per unit of the coordinates, at every sample."""
        lattice = Lattice(values.shape[:-1])
        steps = tuple(2 * lattice.extent / n for n in lattice.shape)
        shown = self.seen(values, steps).astype(np.float32)
        facts = {"domain": "derivatives", "channels": values.shape[-1]}
        return Observation(shown, lattice, lattice, facts=facts)

    def prepare(self, observation: Observation, device: torch.device) -> Given:
        import torch

        shown = torch.as_tensor(observation.values, device=device).flatten(0, -2)
        scale = shown.square().mean().clamp(min=torch.finfo(torch.float32).tiny)
        return Given(observation.seen.points(device), shown, scale)

    def losses(self, function: Function, given: Given, draw: Draw) -> Iterator[torch.Tensor]:
        """The mean square difference, relative to the mean square of what is shown."""
        import torch

        count = len(given.points)
        rows = torch.arange(count)
        if draw.batch is not None and draw.batch < count:
            rows = torch.randperm(count, generator=draw.stream)[: draw.batch]
        for part in rows.to(given.points.device).split(draw.at_once):
            misfit = self.of(function, given.points[part]) - given.shown[part]
            yield misfit.square().sum() / (len(rows) * given.shown.shape[1] * given.scale)

    def error(self, function: Function, given: Given, at_once: int) -> float:
        total = 0.0
        for points, shown in zip(
            given.points.split(at_once), given.shown.split(at_once), strict=True
        ):
            total += (self.of(function, points).detach() - shown).double().square().sum().item()
        return total / (given.shown.numel() * given.scale.item())
