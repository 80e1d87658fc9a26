"""Signed distance: oriented points on a surface are shown, the distances to it are asked back.

As in SIREN (Sitzmann et al., 2020): on the surface the model shall be zero and its slope the
normal, elsewhere it shall not be near zero, and its slope shall have length one everywhere (the
eikonal equation). The loss of a step is the mean over its points, as many on the surface as drawn
anywhere in the cube, of

    on it    3000 |f| + 100 (1 - cos(slope, normal))
    off it   100 exp(-100 |f|)
    both     50 | |slope| - 1 |

SIREN cuts the gradient's norm at 1 besides, which training here does not.

The signal's distances are known on a lattice. What is shown of them is where they cross zero,
linearly between samples, with the slope there as the normal: points even over the surface, and
nothing off it. So what is thinner than the lattice tells is not shown either.

The PSNR in a fit's history is of what was shown: of |f|^2 + |slope - normal|^2, a mean over all the
points, where the squares of what is shown, zero and the normal, add up to one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import map_coordinates

from fieldbench.lattice import Lattice
from fieldbench.numerics.isosurface import sizes, surface
from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import Draw, Function, FunctionTask

if TYPE_CHECKING:
    import torch

SHARP = 100.0  # a unit: how fast the loss off the surface falls with the distance; SIREN


def impossible(shape, channels, **_) -> str | None:
    """Why distances cannot be learnt on a lattice, if they cannot."""
    if len(shape) < 2 or len(set(shape)) > 1:
        sides = " x ".join(str(n) for n in shape)
        return f"signed-distance needs a square or a cube, where lengths are alike, not {sides}"
    if channels != 1:
        return f"signed-distance needs one distance a sample, not {channels}"
    return None if shape[0] >= 5 else f"signed-distance needs five samples a side, not {shape[0]}"


def shown(shape, *, oriented, **_) -> int:
    """How many points a model is shown."""
    return oriented


def evaluations(points, *, shape, on_surface, off_surface, **_) -> int:
    """At how many points a step evaluates its model: values, and slopes at as much again."""
    return 2 * (min(on_surface, points) + min(off_surface, points))


@dataclass
class Given:
    """Points on the surface (N, dims) and their outward normals (N, dims)."""

    points: torch.Tensor
    normals: torch.Tensor


class Task(FunctionTask):
    dims = (2, 3)
    function = True
    derivatives = 1
    holds = "distances"

    def __init__(
        self,
        *,
        oriented: int = 20_000,  # shown; about as many as a body in 64^3 samples has triangles
        on_surface: int = 1400,  # drawn of them in a step, at most a batch; SIREN
        off_surface: int = 1400,  # drawn anywhere in a step, at most a batch; SIREN
        surface: float = 3000.0,  # SIREN
        normals: float = 100.0,  # SIREN
        apart: float = 100.0,  # SIREN
        eikonal: float = 50.0,  # SIREN
    ):
        counts = {"oriented": oriented, "on_surface": on_surface, "off_surface": off_surface}
        for name, value in counts.items():
            if value < 1 or value % 1:
                raise UserError(
                    f"signed-distance: {name} is {value}.", "Give a whole number above zero."
                )
        weights = {"surface": surface, "normals": normals, "apart": apart, "eikonal": eikonal}
        for name, value in weights.items():
            if value < 0:
                raise UserError(f"signed-distance: {name} is {value}.", "Give zero or more.")
        self.oriented = int(oriented)
        self.on, self.off = int(on_surface), int(off_surface)
        self.weights = weights

    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
        """Points and normals side by side, (oriented, 2 dims)."""
        lattice = Lattice(values.shape[:-1])
        pieces = surface(values[..., 0])
        if not len(pieces):
            raise UserError(
                "signed-distance: the signal crosses zero nowhere, so it has no surface to show.",
                "Give it distances that are negative inside a body and positive outside.",
            )
        area = sizes(pieces)
        chosen = generator.choice(len(pieces), self.oriented, p=area / area.sum())
        shares = generator.dirichlet(np.ones(lattice.dims), self.oriented)
        points = (shares[..., None] * pieces[chosen]).sum(1)
        both = np.concatenate([points, _normals(values[..., 0], points)], axis=1)
        facts = {"domain": "oriented points", "channels": 1}
        return Observation(both.astype(np.float32), lattice, lattice, facts=facts)

    def prepare(self, observation: Observation, device: torch.device) -> Given:
        import torch

        return Given(*torch.as_tensor(observation.values, device=device).chunk(2, dim=1))

    def losses(self, function: Function, given: Given, draw: Draw) -> Iterator[torch.Tensor]:
        """Parts of the mean over points drawn on the surface, then of those drawn anywhere."""
        import torch

        count, dims = given.points.shape
        most = draw.batch or max(self.on, self.off)
        rows = torch.randint(count, (min(self.on, most),), generator=draw.stream)
        places = 2 * torch.rand(min(self.off, most), dims, generator=draw.stream) - 1
        total = len(rows) + len(places)
        for part in rows.to(given.points.device).split(draw.at_once):
            yield self._on(function, given.points[part], given.normals[part]) / total
        for part in places.to(given.points.device).split(draw.at_once):
            yield self._off(function, part) / total

    def _on(self, function: Function, points: torch.Tensor, normals: torch.Tensor) -> torch.Tensor:
        """The sum of the loss over points on the surface."""
        from torch.nn.functional import cosine_similarity

        values, slopes = _evaluated(function, points)
        turned = 1 - cosine_similarity(slopes, normals)
        misfit = self.weights["surface"] * values.abs() + self.weights["normals"] * turned
        return (misfit + self.weights["eikonal"] * uneven(slopes)).sum()

    def _off(self, function: Function, points: torch.Tensor) -> torch.Tensor:
        """The sum of the loss over points anywhere."""
        values, slopes = _evaluated(function, points)
        near = (-SHARP * values.abs()).exp()
        return (self.weights["apart"] * near + self.weights["eikonal"] * uneven(slopes)).sum()

    def error(self, function: Function, given: Given, at_once: int) -> float:
        total = 0.0
        for points, normals in zip(
            given.points.split(at_once), given.normals.split(at_once), strict=True
        ):
            values, slopes = _evaluated(function, points)
            misfit = values.square() + (slopes - normals).square().sum(-1)
            total += misfit.detach().double().sum().item()
        return total / len(given.points)


def uneven(slopes: torch.Tensor) -> torch.Tensor:
    """By how much slopes (N, dims) differ from length one: zero of a distance function, (N,)."""
    return (slopes.norm(dim=-1) - 1).abs()


def _evaluated(function: Function, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Values (N,) and slopes (N, dims)."""
    from fieldbench.tasks._derivatives import gradient

    values, slopes = gradient(function, points)
    return values[:, 0], slopes[:, 0]


def _normals(distances: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The slope of the distances at points (N, dims), of length one, linear between samples."""
    index = (points.T + 1) * distances.shape[0] / 2
    slopes = [map_coordinates(s, index, order=1, mode="nearest") for s in np.gradient(distances)]
    found = np.stack(slopes, axis=1)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
