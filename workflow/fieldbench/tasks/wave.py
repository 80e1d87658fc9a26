"""Wave equation: the first moment of a wave is shown, the rest is asked for.

After Sitzmann et al. (SIREN, 2020): a model of time and place shall solve
u_tt = c^2 (u_xx + u_yy), begin as shown, and begin at rest. Nothing is said of the border: a wave
that comes in from there would solve the equation too, but no model is given a reason for one. The
time range, which there grows over training from 0 to the whole, is whole from the first step here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import Draw, Function, FunctionTask

if TYPE_CHECKING:
    import torch

COARSE = 16  # points an axis at most, at which the misfit of the equation is taken


def impossible(shape, channels, **_) -> str | None:
    """Why a signal is no wave in the plane over time, if it is none."""
    if len(shape) != 3 or channels != 1 or min(shape[1:]) < 3:
        return f"wave needs one channel over time and plane, not {channels} of {shape}"
    return None


def evaluations(points, *, shape, initial, **_) -> int:
    """Second derivatives cost some fourteen values and their gradient, a velocity some two."""
    return 14 * points + 2 * initial


@dataclass
class Given:
    """The equation and its beginning, where the model is."""

    places: torch.Tensor  # of the first frame's samples, (samples, 3)
    begun: torch.Tensor  # their values, (samples, 1)
    pace: float  # what a unit of the first coordinate is in time
    speed: float
    points: torch.Tensor  # at which the equation's misfit is taken, (N, 3)
    count: int  # how many points are all
    scale: float  # mean square of c^2 (u_xx + u_yy) in the first frame


class Task(FunctionTask):
    """The loss is the mean of |residual| at points strewn evenly over time and place, and more.

    To it come, at `initial` samples of the first frame, the sum of |u - shown|, `value_weight`
    times, and the sum of |u_t|, `velocity_weight` times.
    """

    dims = (3,)
    function = True
    derivatives = 2
    holds = "waves in time"
    takes = ("speed", "duration")

    def __init__(
        self,
        *,
        initial: int = 500,  # a proposal
        value_weight: float = 0.1,  # SIREN: the sum, times the number of points / 10
        velocity_weight: float = 0.01,  # SIREN: the sum, times the number of points / 100
    ) -> None:
        told = {"initial": initial, "value_weight": value_weight}
        for name, value in (told | {"velocity_weight": velocity_weight}).items():
            if not value > 0:
                raise UserError(f"Task wave: `{name}` is {value!r}.", "Give more than 0.")
        self.initial, self.weights = initial, (value_weight, velocity_weight)

    def observe(
        self, values: np.ndarray, generator: np.random.Generator, **beside: np.ndarray
    ) -> Observation:
        """The first frame, (rows, columns, 1); beside it the speed and the duration."""
        lattice = Lattice(values.shape[:-1])
        facts = {"domain": "equation", "channels": 1}
        first = values[0].astype(np.float32)
        return Observation(first, lattice, lattice, facts=facts, beside=beside)

    def prepare(self, observation: Observation, device: torch.device) -> Given:
        import torch

        lattice = observation.seen
        begun = torch.as_tensor(observation.values, device=device).reshape(-1, 1)
        places = lattice.points(device)[: len(begun)]
        points = Lattice(tuple(min(n, COARSE) for n in lattice.shape)).points(device)
        speed = float(observation.beside["speed"])
        frame, (rows, columns) = observation.values[..., 0].astype(float), lattice.shape[1:]
        along = np.diff(frame, 2, axis=0)[:, 1:-1] * (rows / 2) ** 2
        across = np.diff(frame, 2, axis=1)[1:-1] * (columns / 2) ** 2
        scale = float(np.mean((speed**2 * (along + across)) ** 2)) or 1.0
        pace = float(observation.beside["duration"]) / 2
        return Given(places, begun, pace, speed, points, lattice.size, scale)

    def losses(self, function: Function, given: Given, draw: Draw) -> Iterator[torch.Tensor]:
        import torch

        count = given.count if draw.batch is None else draw.batch
        points = (2 * torch.rand(count, 3, generator=draw.stream) - 1).to(given.places.device)
        chosen = torch.randint(len(given.begun), (self.initial,), generator=draw.stream)
        for part in points.split(draw.at_once):
            yield self._residual(function, part, given).abs().sum() / count
        for rows in chosen.to(given.places.device).split(draw.at_once):
            misfit, velocity = self._beginning(
                function, given.places[rows], given.begun[rows], given
            )
            value_weight, velocity_weight = self.weights
            yield value_weight * misfit.abs().sum() + velocity_weight * velocity.abs().sum()

    def error(self, function: Function, given: Given, at_once: int) -> float:
        """The mean square misfit of the first frame and of the equation, each by its own scale."""
        misfit = left = 0.0
        for places, begun in zip(
            given.places.split(at_once), given.begun.split(at_once), strict=True
        ):
            found = self._beginning(function, places, begun, given)[0]
            misfit += found.detach().double().square().sum().item()
        for part in given.points.split(at_once):
            left += self._residual(function, part, given).detach().double().square().sum().item()
        shown = given.begun.double().square().sum().clamp(min=1e-30).item()
        return misfit / shown + left / (len(given.points) * given.scale)

    @staticmethod
    def _residual(function: Function, points: torch.Tensor, given: Given) -> torch.Tensor:
        """u_tt - c^2 (u_xx + u_yy) at points (N, 3), (N, 1)."""
        from fieldbench.tasks._derivatives import second

        twice = second(function, points)[2]
        return twice[..., 0] / given.pace**2 - given.speed**2 * twice[..., 1:].sum(-1)

    @staticmethod
    def _beginning(
        function: Function, places: torch.Tensor, begun: torch.Tensor, given: Given
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """u less what is shown, and u_t, both (N, 1)."""
        from fieldbench.tasks._derivatives import gradient

        values, slopes = gradient(function, places)
        return values - begun, slopes[..., 0] / given.pace
