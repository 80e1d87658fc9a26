"""What every task does: hide something of a signal, and say what a model's values should match."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.observation import Observation

if TYPE_CHECKING:
    import torch


class PointTask(ABC):
    """A task that shows a signal's values at points of a lattice, perhaps not all of them.

    The loss over all points is then the mean of the losses of any parts of them.
    """

    @abstractmethod
    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
        """Hide what the task hides of a signal (*shape, channels)."""

    def predict(self, field: torch.Tensor) -> torch.Tensor:
        """A model's values on the seen lattice, carried to the observed domain."""
        return field


def whole(values: np.ndarray, **facts: object) -> Observation:
    """An observation of all samples of a signal, in its own place."""
    lattice = Lattice(values.shape[:-1])
    return Observation(values.astype(np.float32), lattice, lattice, facts=facts)
