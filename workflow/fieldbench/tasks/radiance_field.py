"""Radiance field: posed views of a scene are shown, views from elsewhere are asked back.

A model maps the scene's box, [-1, 1)^3, to a colour and a density; a view is what light along the
rays of its pixels adds up to. The quadrature is NeRF's (Mildenhall et al., 2020): a ray is cut into
`samples` equal parts, of which each is drawn at a random place in training and at its middle
otherwise, and lets exp(-density x length) of what is behind it through. Colours do not depend on
where they are seen from. A ray is followed within the box and within the views' reach only, and a
part has its whole length, so that uniform matter is exact; NeRF takes the way to the next sample
and lets the last one be endless.

Models end linear, so the squashing is the task's: a sigmoid for colours, as in NeRF, and for the
density softplus(x - 1), as in mip-NeRF (Barron et al., 2021), which never dies as a ReLU may.
INR-Bench's own settings are not known: 128 samples a ray are a proposal, after simple radiance
fields elsewhere, and so is the cube of 128.

A batch counts rays. The PSNR in a fit's history is that of at most 16,384 rays, always the same;
scores are of views that no fit saw.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import Draw, Function, FunctionTask

if TYPE_CHECKING:
    import torch

    from fieldbench.tasks._rendering import Rays

JUDGED = 2**14  # rays that the error of a fit is taken of


def impossible(shape, channels, *, resolution, **_) -> str | None:
    """Why views cannot be told from a field, if they cannot."""
    if channels != 3:
        return f"radiance-field needs views in colour, not of {channels} channels"
    return None if resolution >= 2 else f"radiance-field cannot map a cube of {resolution} a side"


def asks(shape, channels, *, resolution, **_) -> tuple:
    """A cube of so many samples a side, each three colours and a density."""
    return (resolution,) * 3, 4


def evaluations(points, *, samples, **_) -> int:
    """Every sample of a ray; of all rays, as many as the views have that are asked back."""
    return points * samples


class Task(FunctionTask):
    dims = (3,)
    function = True
    derivatives = 0
    holds = "views"
    takes = ("views", "cameras", "asked", "focal", "box", "reach", "background")

    def __init__(
        self,
        *,
        samples: int = 128,  # along a ray
        resolution: int = 128,  # of the cube by which models choose their finest detail
    ):
        for setting, value, least in (("samples", samples, 1), ("resolution", resolution, 2)):
            if value < least:
                raise UserError(
                    f"radiance-field: {setting} is {value}.",
                    f"Give a whole number of at least {least}.",
                )
        self.samples = samples

    def observe(
        self, values: np.ndarray, generator: np.random.Generator, **beside: np.ndarray
    ) -> Observation:
        """The views that may be trained on, (views, rows, columns, 3); and all cameras."""
        shown = beside.pop("views").astype(np.float32)
        seen, target = Lattice(shown.shape[:-1]), Lattice(values.shape[:-1])
        facts = {"domain": "views", "channels": 4}
        return Observation(shown, seen, target, facts=facts, beside=beside)

    def prepare(self, observation: Observation, device: torch.device) -> Rays:
        from fieldbench.tasks._rendering import rays  # observing need not load torch

        return rays(observation, "cameras", observation.values, device)

    def losses(self, function: Function, given: Rays, draw: Draw) -> Iterator[torch.Tensor]:
        """The mean square difference of colours, over all rays or over some drawn at random."""
        import torch

        rows = torch.arange(len(given))
        if draw.batch is not None and draw.batch < len(given):
            rows = torch.randint(len(given), (draw.batch,), generator=draw.stream)
        for part in rows.split(max(1, draw.at_once // self.samples)):
            within = torch.rand(len(part), self.samples, generator=draw.stream)
            some = given.some(part)
            misfit = some.seen(function, within.to(some.device)) - some.colours
            yield misfit.square().sum() / (3 * len(rows))

    def error(self, function: Function, given: Rays, at_once: int) -> float:
        import torch

        from fieldbench.seeds import torch_stream

        count, total = min(len(given), JUDGED), 0.0
        rows = torch.randperm(len(given), generator=torch_stream("judged rays"))[:count]
        with torch.no_grad():
            for part in rows.split(max(1, at_once // self.samples)):
                some = given.some(part)
                misfit = some.seen(function, some.middles(self.samples)) - some.colours
                total += misfit.double().square().sum().item()
        return total / (3 * count)

    def reconstruct(self, function: Function, observation: Observation, at_once: int) -> np.ndarray:
        """The views that were held out, rendered."""
        import torch

        from fieldbench.tasks._rendering import rays

        shape, parts = observation.target.shape, []
        asked = rays(observation, "asked", None, torch.device("cpu"), shape)
        with torch.no_grad():
            for part in torch.arange(len(asked)).split(max(1, at_once // self.samples)):
                some = asked.some(part)
                parts.append(some.seen(function, some.middles(self.samples)))
        return torch.cat(parts).reshape(*shape, 3).numpy()
