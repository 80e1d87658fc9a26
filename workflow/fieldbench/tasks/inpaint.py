"""Inpaint: part of the samples is hidden, all are asked back.

`mask: random` shows a share of the samples, chosen at random; `mask: alternate` shows every other
one along every axis, a quarter of an image.
"""

import math

import numpy as np

from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import PointTask, whole


def shown(shape, *, mask, shown, **_) -> int:
    """How many samples a model sees."""
    if mask == "alternate":
        return math.prod((n + 1) // 2 for n in shape)
    return max(1, round(shown * math.prod(shape)))


class Task(PointTask):
    def __init__(
        self,
        *,
        mask: str = "random",  # or alternate
        shown: float = 0.25,  # share of samples shown by a random mask; alternate gives the same
    ):
        if mask not in ("random", "alternate"):
            raise UserError(f"inpaint: mask is '{mask}'.", "Choose random or alternate.")
        if not 0 < shown < 1:
            raise UserError(f"inpaint: shown is {shown}.", "Give a share between 0 and 1.")
        self.mask = mask
        self.shown = shown

    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
        full = whole(values)
        mask = self._draw(values.shape[:-1], generator)
        return Observation(
            np.where(mask[..., None], full.values, np.float32(0)),
            full.seen,
            full.target,
            mask,
            {"mask_kind": self.mask, "shown": float(mask.mean())},
        )

    def _draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
        """True where a sample is shown; never nowhere."""
        mask = np.zeros(shape, dtype=bool)
        if self.mask == "alternate":
            mask[tuple(slice(None, None, 2) for _ in shape)] = True
        else:
            count = max(1, round(self.shown * mask.size))
            mask.flat[generator.choice(mask.size, count, replace=False)] = True
        return mask
