"""Poisson image from its gradient: slopes of all samples are shown, the image is asked back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fieldbench.tasks._poisson import Poisson
from fieldbench.tasks._task import Function

if TYPE_CHECKING:
    import torch


def impossible(shape, channels, **_) -> str | None:
    """Why a signal has no gradient to show, if it has none."""
    if len(shape) != 2:
        return f"poisson-gradient needs an image, not a signal in {len(shape)}D"
    return None if min(shape) >= 5 else f"poisson-gradient needs five samples a side, not {shape}"


def evaluations(points, **_) -> int:
    """A gradient, and that of a loss of gradients: measured, 2.3 to 5 times a plain step."""
    return 3 * points


class Task(Poisson):
    dims = (2,)
    function = True
    aligned = True
    derivatives = 1

    def seen(self, values: np.ndarray, steps: tuple[float, ...]) -> np.ndarray:
        """Central differences: channel by channel, the derivative along each axis."""
        along = np.gradient(values, *steps, axis=(0, 1), edge_order=2)
        return np.stack(along, -1).reshape(*values.shape[:-1], -1)

    def of(self, function: Function, points: torch.Tensor) -> torch.Tensor:
        from fieldbench.tasks._derivatives import gradient

        return gradient(function, points)[1].flatten(1)
