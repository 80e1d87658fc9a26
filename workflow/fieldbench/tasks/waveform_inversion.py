"""Full-waveform inversion: fields at receivers are shown, what slows them is asked for.

After Sitzmann et al. (SIREN, 2020): a model maps [-1, 1]^2 to the fields of several sources and to
the squared slowness m less 1; its fields must solve the Helmholtz equation in its own medium, see
`fieldbench.numerics.helmholtz`, and be what was received. Unlike there, and a proposal, the fields
are those that the object scatters, u - u0, for the field u0 of a point source without the object is
known:

    laplacian(u - u0) + k^2 m (u - u0) = -k^2 (m - 1) u0,

so that no model is spent on the sources. Where sources and receivers stand is a proposal too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import Draw, Function, FunctionTask, values_on

if TYPE_CHECKING:
    import torch

    from fieldbench.numerics.helmholtz import Layer


def impossible(shape, channels, **_) -> str | None:
    """Why a signal is no squared slowness in the plane, if it is none."""
    if len(shape) != 2 or channels != 1 or min(shape) < 2:
        return f"waveform-inversion needs one channel in the plane, not {channels} of {shape}"
    return None


def asks(shape, channels, *, sources, **_) -> tuple[tuple[int, ...], int]:
    """A real and an imaginary part a source, and the squared slowness less 1."""
    return shape, 2 * sources + channels


def evaluations(points, *, shape, receivers, **_) -> int:
    """Second derivatives cost some nine values and their gradient, however many the channels."""
    return 9 * points + receivers


@dataclass
class Given:
    """The equation and what was received, where the model is."""

    received: torch.Tensor  # (receivers, sources), complex
    receivers: torch.Tensor  # places, (receivers, 2)
    sources: torch.Tensor  # places, (sources, 2)
    points: torch.Tensor  # at which the misfit is taken, (N, 2)
    count: int  # how many points are all


class Task(FunctionTask):
    """The loss is the mean of |residual| at points strewn evenly, summed over sources, and more.

    To it comes the sum of |misfit| over sources and receivers, `weight` times. What was received
    is made by differences on at least `nodes` a side of [-1, 1], which err by about a hundredth:
    models are differentiated exactly, so that none profits from the very same error.
    """

    dims = (2,)
    function = True
    derivatives = 2
    holds = "squared slowness"

    def __init__(
        self,
        *,
        sources: int = 5,  # SIREN's data are of five
        receivers: int = 30,  # a proposal
        wavenumber: float = 20.0,  # SIREN's forward problem
        sources_circle: float = 0.45,  # a proposal
        receivers_circle: float = 0.4,  # a proposal
        closest: float = 0.01,  # to a source: no nearer does its field rise; SIREN's deviation
        weight: float = 1.0,  # SIREN: of sums, times the number of points
        beyond: float = 0.75,  # SIREN: where |x| or |y| is more, the squared slowness is 1
        least: float = -0.999,  # SIREN: of the squared slowness less 1
        absorption: float = 5.0,  # SIREN's a0
        nodes: int = 192,
    ) -> None:
        positive = {"sources": sources, "receivers": receivers, "wavenumber": wavenumber}
        positive |= {"closest": closest, "weight": weight, "absorption": absorption}
        positive |= {"sources_circle": sources_circle, "receivers_circle": receivers_circle}
        positive |= {"beyond": beyond}
        for told, value, above in (
            *((name, value, 0) for name, value in positive.items()),
            ("least", least, -1),  # slowness is real
            ("nodes", nodes, 7),
        ):
            if not value > above:
                what = f"Task waveform-inversion: `{told}` is {value!r}."
                raise UserError(what, f"Give more than {above}.")
        self.circles = (sources, sources_circle), (receivers, receivers_circle)
        self.wavenumber, self.closest, self.weight = wavenumber, closest, weight
        self.beyond, self.least, self.absorption, self.nodes = beyond, least, absorption, nodes

    @property
    def layer(self) -> Layer:
        from fieldbench.numerics.helmholtz import Layer

        return Layer(absorption=self.absorption)

    def observe(
        self, values: np.ndarray, generator: np.random.Generator, **beside: np.ndarray
    ) -> Observation:
        """The scattered fields, (receivers, sources, 2), and where both stand."""
        from fieldbench.numerics.helmholtz import Solver, at, on_nodes, scattered

        lattice = Lattice(values.shape[:-1], extent=self.layer.extent)
        sources, receivers = (_circle(*circle) for circle in self.circles)
        solver = Solver(self.nodes, self.wavenumber, self.layer)
        incident = np.stack([self._incident(*solver.points(), place) for place in sources])
        medium = on_nodes(solver, values[..., 0], lattice.extent)
        fields = scattered(solver, medium, incident)
        found = np.stack([at(solver, field, receivers) for field in fields], 1)
        shown = np.stack([found.real, found.imag], -1).astype(np.float32)
        facts = {"domain": "receivers", "channels": 2 * len(sources) + 1}
        places = {"sources": sources, "receivers": receivers}
        return Observation(shown, lattice, lattice, facts=facts, beside=places)

    def prepare(self, observation: Observation, device: torch.device) -> Given:
        import torch

        places = [
            torch.as_tensor(observation.beside[name], dtype=torch.float32, device=device)
            for name in ("receivers", "sources")
        ]
        received = torch.view_as_complex(torch.as_tensor(observation.values, device=device))
        points = Lattice(observation.seen.shape).points(device)
        return Given(received, *places, points, observation.seen.size)

    def losses(self, function: Function, given: Given, draw: Draw) -> Iterator[torch.Tensor]:
        import torch

        count = given.count if draw.batch is None else draw.batch
        points = (2 * torch.rand(count, 2, generator=draw.stream) - 1).to(given.points.device)
        for part in points.split(draw.at_once):
            residual, _ = self._residual(function, part, given)
            yield _size(residual).sum() / count
        for places, received in zip(
            given.receivers.split(draw.at_once), given.received.split(draw.at_once), strict=True
        ):
            yield self.weight * _size(self._fields(function(places)) - received).sum()

    def error(self, function: Function, given: Given, at_once: int) -> float:
        """The mean square misfit at the receivers, and the residual's relative to k^2 u0's."""
        import torch

        left = scale = 0.0
        for part in given.points.split(at_once):
            residual, incident = self._residual(function, part, given)
            left += residual.detach().abs().double().square().sum().item()
            scale += (self.wavenumber**2 * incident).abs().double().square().sum().item()
        with torch.no_grad():
            found = torch.cat([self._fields(function(p)) for p in given.receivers.split(at_once)])
        misfit = (found - given.received).abs().double().square().sum()
        received = given.received.abs().double().square().sum().clamp(min=1e-30)
        return (misfit / received).item() + left / scale

    def reconstruct(self, function: Function, observation: Observation, at_once: int) -> np.ndarray:
        """The squared slowness."""
        found = values_on(
            lambda points: self._object(function(points), points), observation.target, at_once
        )
        return found + 1

    def _fields(self, values: torch.Tensor) -> torch.Tensor:
        """A model's values (N, channels) as complex fields (N, sources)."""
        from fieldbench.tasks._helmholtz import paired

        return paired(values[:, : 2 * self.circles[0][0]])

    def _object(self, values: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        """The squared slowness less 1 of a model's values at points (N, 2), (N, 1)."""
        around = (points.detach().abs() > self.beyond).any(1, keepdim=True)
        return values[:, -1:].clamp(min=self.least).masked_fill(around, 0.0)

    def _residual(
        self, function: Function, points: torch.Tensor, given: Given
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What is left of the equation at points (N, 2), and u0 there, both (N, sources)."""
        import torch

        from fieldbench.tasks._helmholtz import operated, point_source

        values, waves, laplacian, stretch = operated(
            function, points, self.layer, self.circles[0][0]
        )
        distance = torch.cdist(points.detach(), given.sources).clamp(min=self.closest)
        incident = point_source(distance, self.wavenumber)
        found = self._object(values, points)
        more = found * incident + (1 + found) * waves
        return laplacian + stretch * self.wavenumber**2 * more, incident

    def _incident(self, x: np.ndarray, y: np.ndarray, place: np.ndarray) -> np.ndarray:
        from scipy.special import hankel2

        distance = np.hypot(x - place[0], y - place[1]).clip(min=self.closest)
        return 0.25j * hankel2(0, self.wavenumber * distance)


def _circle(count: int, radius: float) -> np.ndarray:
    """Even places on a circle about the origin, (count, 2)."""
    angles = 2 * np.pi * np.arange(count) / count
    return radius * np.stack([np.cos(angles), np.sin(angles)], -1)


def _size(values: torch.Tensor) -> torch.Tensor:
    """|real| + |imaginary|, as the loss has it."""
    return values.real.abs() + values.imag.abs()
