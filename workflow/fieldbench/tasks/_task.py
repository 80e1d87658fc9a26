"""What every task does: hide something of a signal, and say what a model's values should match."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.results.observation import Observation

if TYPE_CHECKING:
    import torch

# Points (N, dims) to values (N, channels).
Function = Callable[["torch.Tensor"], "torch.Tensor"]


class Task(ABC):
    """What all tasks share.

    A task of signals of one sort only says so to the plan by `holds`, which those signals declare
    too; `takes` names what it is given of them beside their values.
    """

    takes: tuple[str, ...] = ()

    @abstractmethod
    def observe(
        self, values: np.ndarray, generator: np.random.Generator, **beside: np.ndarray
    ) -> Observation:
        """Hide what the task hides of a signal (*shape, channels)."""


class PointTask(Task):
    """A task that shows a signal's values at points of a lattice, perhaps not all of them.

    The loss over all points is then the mean of the losses of any parts of them.
    """

    def predict(self, field: torch.Tensor) -> torch.Tensor:
        """A model's values on the seen lattice, carried to the observed domain."""
        return field


class FieldTask(Task):
    """A task whose loss needs a model's values on the whole seen lattice at once.

    Its class says so to the plan by `whole_field = True`, since it can have no mini-batches.
    """

    @abstractmethod
    def predict(self, field: torch.Tensor) -> torch.Tensor:
        """A model's values (*seen.shape, channels), carried to the observed domain.

        Differentiable; and linear, by which `constant` finds the level that fits best.
        """

    def loss(self, field: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        """The mean square error in the observed domain, a scalar."""
        return (self.predict(field) - values).square().mean()


@dataclass(frozen=True)
class Draw:
    """How many of the shown points one step looks at, and the generator that draws them."""

    batch: int | None  # points or rays; None for all
    at_once: int  # of them evaluated together
    stream: torch.Generator


class FunctionTask(Task):
    """A task that asks a model for more than values: its derivatives, or its values along rays.

    Its class says so to the plan by `function = True`, and by `derivatives` how often its loss
    differentiates the model. Where the model maps something else than the signal's samples, a
    planning function `asks(shape, channels, **settings)` tells the shape and channels of that.
    The controls, which solve no such loss, are shown the signal itself.
    """

    derivatives = 0

    @abstractmethod
    def prepare(self, observation: Observation, device: torch.device) -> Any:
        """What the loss reads, as tensors where the model is."""

    @abstractmethod
    def losses(self, function: Function, given: Any, draw: Draw) -> Iterator[torch.Tensor]:
        """Yield parts of a step's loss; each goes backward before the next is computed."""

    @abstractmethod
    def error(self, function: Function, given: Any, at_once: int) -> float:
        """The mean square misfit of all that was shown, the same whenever it is asked for.

        Relative to what was shown, so that its PSNR has peak 1.
        """

    def reconstruct(self, function: Function, observation: Observation, at_once: int) -> np.ndarray:
        """What the function says of the signal, (*signal's shape, channels), float32."""
        return values_on(function, observation.target, at_once)


def values_on(function: Function, lattice: Lattice, at_once: int) -> np.ndarray:
    """A function's values on a lattice, (*shape, channels), float32, in bounded memory."""
    import torch  # here, so that observing need not load it

    with torch.no_grad():
        parts = [function(points).cpu() for points in lattice.points().split(at_once)]
    return torch.cat(parts).reshape(*lattice.shape, -1).numpy()


def whole(values: np.ndarray, **facts: object) -> Observation:
    """An observation of all samples of a signal, in its own place."""
    lattice = Lattice(values.shape[:-1])
    return Observation(values.astype(np.float32), lattice, lattice, facts=facts)
