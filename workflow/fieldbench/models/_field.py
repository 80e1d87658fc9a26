"""What every model is: values at points, and where structure pays, on a whole lattice."""

from collections.abc import Callable, Iterator
from math import prod

import torch
from torch import nn

from fieldbench.lattice import Lattice

ALL = slice(None)


class Field(nn.Module):
    """A map from coordinates to values.

    A model defines `forward(points)`, (N, dims) to (N, channels): its textbook definition. It may
    also define `on_lattice`, the same values faster, and says so with `structured = True`.
    """

    structured = False
    backend = "torch"  # which implementation computes it; set by training
    # Points of a lattice that `on_lattice` takes at once; None for as many as the plan says.
    lattice_at_once: int | None = None
    # native(points): the same as `predictions`, by the package that `backend` names.
    native: Callable | None = None
    # jets(points, order): values and their derivatives (see `fieldbench.numerics.jets`), where a
    # model has them by a faster way than autograd.
    jets: Callable | None = None
    # solve(seen, values, mask, predict): a closed form instead of training. `predict` carries what
    # a model says on the seen lattice to the observed domain.
    solve: Callable | None = None

    def on_lattice(self, lattice: Lattice, rows: slice = ALL) -> torch.Tensor:
        """Values on a slab of a lattice, shape (rows, *lattice.shape[1:], channels).

        `rows` counts along the first axis; all of them by default.
        """
        points = lattice.points(next(self.parameters()).device)
        points = points.reshape(*lattice.shape, -1)[rows]
        return predictor(self)(points.flatten(0, -2))[-1].reshape(*points.shape[:-1], -1)

    def predictions(self, points: torch.Tensor) -> list[torch.Tensor]:
        """What is compared with the signal in training; the last one is the model's value."""
        return [self(points)]

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        """The same as `predictions`, by a faster way for CPUs where a model has one."""
        return self.predictions(points)

    def penalty(self) -> torch.Tensor | None:
        """What is added to the loss: a scalar, or None."""
        return None


def predictor(model: Field) -> Callable[[torch.Tensor], list[torch.Tensor]]:
    """How a fit computes a model's predictions where its parameters are."""
    if model.backend != "torch":
        return model.native
    on_cpu = next(model.parameters()).device.type == "cpu"
    return model.fused if on_cpu else model.predictions


def slabs(model: Field, lattice: Lattice, at_once: int) -> Iterator[slice]:
    """Slices along the first axis, each of about as many points as may be taken at once."""
    length = lattice.shape[0]
    deep = max(1, (model.lattice_at_once or at_once) // prod(lattice.shape[1:]))
    for first in range(0, length, deep):
        yield slice(first, min(first + deep, length))
