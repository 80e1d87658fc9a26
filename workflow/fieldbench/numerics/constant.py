"""The best constant of a signal, and whether a reconstruction is any better."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

LEARNT = 0.2  # dB above the best constant, or nothing was learnt


@dataclass(frozen=True)
class Constant:
    """The PSNR of the best constant a channel, with peak 1; infinite where the signal is flat."""

    truth: np.ndarray  # (*shape, channels), float64
    aligned: bool = False  # whether brightness and contrast are free, as in Poisson images

    @cached_property
    def psnr(self) -> float:
        axes = tuple(range(self.truth.ndim - 1))
        return decibels(np.square(self.truth - self.truth.mean(axis=axes)).mean())

    def fault(self, found: np.ndarray) -> str:
        """How values (*shape, channels) are no better than the constant; empty where they are."""
        reached, floor = decibels(self._error(found)), self.psnr
        if math.isinf(floor) or reached >= floor + LEARNT:
            return ""
        return f"{reached:.2f} dB, where a constant has {floor:.2f} dB"

    def _error(self, found: np.ndarray) -> float:
        """The mean square error, after the best brightness and contrast where these are free."""
        if not self.aligned:
            return float(np.square(found - self.truth).mean())
        spread, truth = found - found.mean(), self.truth - self.truth.mean()
        power = float(np.square(spread).mean())
        contrast = float((spread * truth).mean()) / power if power else 0.0
        return float(np.square(truth - contrast * spread).mean())


def decibels(error: float) -> float:
    """The PSNR of a mean square error, with peak 1; infinite without an error."""
    return math.inf if error == 0 else -10 * math.log10(error)
