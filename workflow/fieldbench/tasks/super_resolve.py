"""Super-resolve: means of blocks of samples are shown, every sample is asked back.

Both lattices use the centre convention by default: the mean of a block lies at its middle.
`alignment: corner` places it at the block's first sample, as INR-benchmark does; on photographs
that costs a model several dB, so numbers of the two must never be compared.
"""

import math

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.plan.errors import UserError
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import PointTask


def impossible(shape, channels, *, factor, **_) -> str | None:
    """Why a signal cannot be cut into whole blocks, if it cannot."""
    if factor < 2 or factor % 1:
        return f"super-resolve needs a whole factor above 1, not {factor}"
    if any(n % factor for n in shape):
        sides = " x ".join(str(n) for n in shape)
        return f"super-resolve needs sides that {factor} divides, not {sides}"
    return None


def shown(shape, *, factor, **_) -> int:
    """How many block means a model sees."""
    return math.prod(n // int(factor) for n in shape)


class Task(PointTask):
    def __init__(
        self,
        *,
        factor: int = 4,  # INR-benchmark
        alignment: str = "centre",  # or corner, as INR-benchmark has it
    ):
        if alignment not in ("centre", "corner"):
            raise UserError(
                f"super-resolve: alignment is '{alignment}'.", "Choose centre or corner."
            )
        if factor < 2 or factor % 1:
            raise UserError(f"super-resolve: factor is {factor}.", "Give a whole number above 1.")
        self.factor = int(factor)
        self.centred = alignment == "centre"

    def observe(self, values: np.ndarray, generator: np.random.Generator) -> Observation:
        shape = tuple(n // self.factor for n in values.shape[:-1])
        blocks = [side for n in shape for side in (n, self.factor)]
        within = tuple(range(1, 2 * len(shape), 2))
        small = values.reshape(*blocks, values.shape[-1]).mean(axis=within)
        return Observation(
            small.astype(np.float32),
            Lattice(shape, self.centred),
            Lattice(values.shape[:-1], self.centred),
            facts={"factor": self.factor},
        )
