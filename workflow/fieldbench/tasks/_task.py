"""What every task does: hide something of a signal, and say what a model's values should match."""

import numpy as np
import torch

from fieldbench.lattice import Lattice
from fieldbench.observation import Observation


class PointTask:
    """A task that shows a signal's values at points of a lattice, perhaps not all of them.

    `pointwise` says that a loss over all points is the mean of the losses of its parts.
    """

    pointwise = True

    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
        """Hide what the task hides of a signal (*shape, channels)."""
        raise NotImplementedError

    def predict(self, field: torch.Tensor) -> torch.Tensor:
        """A model's values on the seen lattice, carried to the observed domain."""
        return field


def whole(values: np.ndarray, **facts: object) -> Observation:
    """An observation of all samples of a signal, in its own place."""
    lattice = Lattice(values.shape[:-1])
    return Observation(values.astype(np.float32), lattice, lattice, facts=facts)
