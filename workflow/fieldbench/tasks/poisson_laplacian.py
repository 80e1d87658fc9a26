"""Poisson image from its Laplacian: curvatures of all samples are shown, the image asked back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fieldbench.tasks._poisson import Poisson
from fieldbench.tasks._task import Function

if TYPE_CHECKING:
    import torch


def impossible(shape, channels, **_) -> str | None:
    """Why a signal has no Laplacian to show, if it has none."""
    if len(shape) != 2:
        return f"poisson-laplacian needs an image, not a signal in {len(shape)}D"
    return None if min(shape) >= 5 else f"poisson-laplacian needs five samples a side, not {shape}"


def evaluations(points, **_) -> int:
    """Two more derivatives before the loss's own: measured, 10 to 20 times a plain step."""
    return 12 * points


class Task(Poisson):
    dims = (2,)
    function = True
    aligned = True
    derivatives = 2

    def seen(self, values: np.ndarray, steps: tuple[float, ...]) -> np.ndarray:
        """Second differences along both axes, added; (*shape, channels)."""
        return sum(_second(values, axis, step) for axis, step in enumerate(steps))

    def of(self, function: Function, points: torch.Tensor) -> torch.Tensor:
        from fieldbench.tasks._derivatives import laplacian

        return laplacian(function, points)


def _second(values: np.ndarray, axis: int, step: float) -> np.ndarray:
    """Second differences along an axis; at the border those of the sample next to it."""
    inner = np.diff(values, 2, axis=axis) / step**2
    edge = [(0, 0)] * values.ndim
    edge[axis] = (1, 1)
    return np.pad(inner, edge, mode="edge")
