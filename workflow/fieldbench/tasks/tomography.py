"""Tomography: what a scanner sees of a slice from many sides is shown, the slice is asked back.

As in INR-benchmark: an image's sums along parallel rays, at 100 angles from 0 to 180 degrees, both
included, so the last view is the first one mirrored and 99 differ. The image turns in a frame of
its own size, and corners that leave it are lost (`detectors: full` keeps them). The views are made
by the same operator that a fit is judged by, which flatters every model alike. Its noise option,
off there as here: photons counted, and the error of reading the counter.

The loss is the mean square error of the views, so a step needs a model's values everywhere. The
PSNR in a fit's history is that of the views too, with the largest one shown as its peak; scores
are of the slice.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.tasks._projector import Geometry, project
from fieldbench.tasks._task import FieldTask

if TYPE_CHECKING:
    import torch

READ = 60  # operations a pixel, view and step: two ways of finding and weighing four values


def impossible(shape, channels, **_) -> str | None:
    """Why a signal has no slice to be scanned, if it has none."""
    if len(shape) == 2:
        return None
    return f"tomography needs an image, not a signal in {len(shape)}D"


def flops(shape, channels, *, angles, **_) -> int:
    """Operations of a step beside the model's own."""
    return READ * angles * math.prod(shape) * channels


class Task(FieldTask):
    dims = (2,)
    whole_field = True

    def __init__(
        self,
        *,
        angles: int = 100,  # INR-benchmark
        last: str = "inclusive",  # the view at 180 degrees, as INR-benchmark; or exclusive
        detectors: str = "paper",  # as many as the image has columns; or full
        noise: str = "none",  # or counts
        counts: float = 30.0,  # a unit of the views; INR-benchmark
        readout: float = 2.0,  # standard deviation, in counts; INR-benchmark
    ):
        for setting, value, known in (
            ("last", last, ("inclusive", "exclusive")),
            ("detectors", detectors, ("paper", "full")),
            ("noise", noise, ("none", "counts")),
        ):
            if value not in known:
                raise UserError(
                    f"tomography: {setting} is '{value}'.", f"Choose {' or '.join(known)}."
                )
        if angles < 1:
            raise UserError(f"tomography: angles is {angles}.", "Give a whole number above zero.")
        if counts <= 0:
            raise UserError(f"tomography: counts is {counts}.", "Give a number above zero.")
        if readout < 0:
            raise UserError(f"tomography: readout is {readout}.", "Give zero or more.")
        self.angles, self.last, self.full = angles, last == "inclusive", detectors == "full"
        self.noise, self.counts, self.readout = noise, counts, readout

    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
        """The sinogram (angles, detectors, channels), on the lattice of the image."""
        lattice = Lattice(values.shape[:-1])
        views = project(values.astype(np.float32), self._geometry(lattice.shape))
        if self.noise == "counts":
            # Where a signal goes below zero there is nothing to count.
            counted = generator.poisson(self.counts * np.maximum(views, 0).astype(np.float64))
            read = counted + self.readout * generator.standard_normal(views.shape)
            views = (read / self.counts).astype(np.float32)
        facts = {"domain": "sinogram", "angles": self.angles, "noise": self.noise}
        return Observation(views, lattice, lattice, facts=facts)

    def predict(self, field: torch.Tensor) -> torch.Tensor:
        """The sinogram of a field (rows, columns, channels)."""
        from fieldbench.tasks._projection import Projection  # observing need not load torch

        return Projection.apply(field, self._geometry(field.shape[:2]))

    def _geometry(self, shape: tuple[int, ...]) -> Geometry:
        return Geometry.of(shape, self.angles, self.last, self.full)
