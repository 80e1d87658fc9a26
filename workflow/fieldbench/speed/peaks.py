"""The highest rates of a machine, against which a step's own are held."""

import statistics
import time
from collections.abc import Callable

import torch

from fieldbench.training.device import synchronise

_MB = 10**6


class Machine:
    """A device's matrix products and copies, measured whenever they are asked for."""

    def __init__(self, device: torch.device, sides: list[int], copy_mb: int, tries: int):
        self.device, self.sides, self.tries = device, sides, tries
        self.numbers = copy_mb * _MB // 4

    def measure(self) -> tuple[float, float]:
        """FLOP/s of the fastest matrix product, and bytes/s of a copy, read and written."""
        products = max(self._product(side) for side in self.sides)
        return products, self._copy()

    def _product(self, side: int) -> float:
        a, b = (torch.full((side, side), value, device=self.device) for value in (0.5, 2.0))
        out = torch.empty_like(a)
        return 2 * side**3 / self._usual(lambda: torch.mm(a, b, out=out))

    def _copy(self) -> float:
        source = torch.ones(self.numbers, device=self.device)
        copied = torch.zeros_like(source)  # touched, so that no page is new while it is timed
        return 2 * 4 * self.numbers / self._usual(lambda: copied.copy_(source))

    def _usual(self, work: Callable[[], object]) -> float:
        """The median seconds of some tries, after one that does not count.

        Not the best ones': whatever else the machine does slows the steps beside them as well.
        """
        work()
        return statistics.median(_seconds(work, self.device) for _ in range(self.tries))


def _seconds(work: Callable[[], object], device: torch.device) -> float:
    synchronise(device)
    began = time.perf_counter()
    work()
    synchronise(device)
    return time.perf_counter() - began
