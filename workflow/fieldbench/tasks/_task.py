"""What every task does: hide something of a signal, and say what a model's values should match."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.observation import Observation

if TYPE_CHECKING:
    import torch


class Task(ABC):
    """What all tasks share."""

    @abstractmethod
    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
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


def whole(values: np.ndarray, **facts: object) -> Observation:
    """An observation of all samples of a signal, in its own place."""
    lattice = Lattice(values.shape[:-1])
    return Observation(values.astype(np.float32), lattice, lattice, facts=facts)
