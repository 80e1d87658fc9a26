"""Helmholtz equation: source and medium are shown, the field they make is asked for.

As Sitzmann et al. (SIREN, 2020) set it: a model maps [-1, 1]^2 to the field's real and imaginary
part; the outer half unit absorbs, and what is within, [-1/2, 1/2)^2, is the signal's. Nothing of
the field itself is shown, only that it solves the equation; see `fieldbench.numerics.helmholtz`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.numerics.helmholtz import Layer
from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import Draw, Function, FunctionTask

if TYPE_CHECKING:
    import torch

NEAR = 2.0  # deviations of the source: how far points about it are strewn
SQUARE = 12  # points a side, of the square of three deviations about the source


def impossible(shape, channels, **_) -> str | None:
    """Why a signal is no field in the plane, if it is none."""
    if len(shape) != 2 or channels != 2:
        return f"helmholtz needs a complex field in the plane, not {channels} channels of {shape}"
    return None


def evaluations(points, *, shape, near, **_) -> int:
    """Second derivatives in the plane cost some nine values and their gradient."""
    return 9 * (points + near)


@dataclass
class Given:
    """The equation, where the model is."""

    medium: torch.Tensor  # squared slowness at the signal's samples, (1, 1, rows, columns)
    wavenumber: float
    deviation: float
    strength: complex
    points: torch.Tensor  # at which the misfit is taken, (N, 2)
    count: int  # how many points are all


class Task(FunctionTask):
    """The loss is the mean of |residual|, real and imaginary part, at points strewn evenly.

    To it come `near` points about the source, each `emphasis` as much as that mean.
    """

    dims = (2,)
    function = True
    derivatives = 2
    holds = "steady waves"
    takes = ("medium", "wavenumber", "source")

    def __init__(
        self,
        *,
        near: int = 100,  # SIREN
        emphasis: float = 1e-3,  # SIREN: a point at the source weighs (points / 1000)
        absorption: float = 5.0,  # SIREN's a0
    ) -> None:
        if near < 1 or emphasis <= 0 or absorption <= 0:
            told = f"near {near}, emphasis {emphasis}, absorption {absorption}"
            raise UserError(f"Task helmholtz: {told}.", "Give numbers above zero.")
        self.near, self.emphasis = near, emphasis
        self.layer = Layer(absorption=absorption)

    def observe(
        self, values: np.ndarray, generator: np.random.Generator, **beside: np.ndarray
    ) -> Observation:
        """The medium at the samples; beside it the wavenumber and the source."""
        lattice = Lattice(values.shape[:-1], extent=self.layer.extent)
        medium = beside.pop("medium")[..., None].astype(np.float32)
        facts = {"domain": "equation", "channels": 2}
        return Observation(medium, lattice, lattice, facts=facts, beside=beside)

    def prepare(self, observation: Observation, device: torch.device) -> Given:
        import torch

        deviation, real, imaginary = observation.beside["source"].tolist()
        shape = observation.seen.shape
        close = Lattice((SQUARE, SQUARE), centred=True, extent=3 * deviation)
        points = torch.cat([Lattice(shape).points(device), close.points(device)])
        medium = torch.as_tensor(observation.values, device=device).movedim(-1, 0)[None]
        wavenumber = float(observation.beside["wavenumber"])
        strength = complex(real, imaginary)
        return Given(medium, wavenumber, deviation, strength, points, observation.seen.size)

    def losses(self, function: Function, given: Given, draw: Draw) -> Iterator[torch.Tensor]:
        import torch

        count = given.count if draw.batch is None else draw.batch
        even = 2 * torch.rand(count, 2, generator=draw.stream) - 1
        close = NEAR * given.deviation * torch.randn(self.near, 2, generator=draw.stream)
        points = torch.cat([even, close]).to(given.medium.device)
        weights = torch.full((len(points), 1), self.emphasis, device=points.device)
        weights[:count] = 1 / count
        for part, weight in zip(
            points.split(draw.at_once), weights.split(draw.at_once), strict=True
        ):
            residual, _ = self._residual(function, part, given)
            yield (weight * (residual.real.abs() + residual.imag.abs())).sum()

    def error(self, function: Function, given: Given, at_once: int) -> float:
        """The mean square residual at a lattice and about the source, relative to the source's."""
        misfit = scale = 0.0
        for part in given.points.split(at_once):
            residual, source = self._residual(function, part, given)
            misfit += residual.detach().abs().double().square().sum().item()
            scale += source.abs().double().square().sum().item()
        return misfit / scale

    def _residual(
        self, function: Function, points: torch.Tensor, given: Given
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What is left of the equation at points (N, 2), and the source there, both (N, 1)."""
        from fieldbench.tasks._helmholtz import gaussian, medium_at, operated

        _, waves, laplacian, stretch = operated(function, points, self.layer, 1)
        source = given.strength * gaussian(points, given.deviation)
        speed = given.wavenumber**2 * medium_at(points, given.medium, self.layer.extent)
        return laplacian + stretch * (speed * waves - source), source
