"""A cello plays Bach: the sound that SIREN fits, and after it the authors of INR-Bench."""

from pathlib import Path

import numpy as np

from fieldbench.plan.errors import UserError
from fieldbench.signals import _published, _settings

RATE = 44_100  # samples a second
SAMPLES = 308_207


def shape(*, first: int, length: int, **_) -> tuple[int, ...]:
    if type(first) is not int or not 0 <= first <= SAMPLES - 2:
        raise ValueError(f"`first` is {first!r}.", f"Give a whole number from 0 to {SAMPLES - 2}.")
    if type(length) is not int or not 2 <= length <= SAMPLES - first:
        most = SAMPLES - first
        raise ValueError(f"`length` is {length!r}.", f"Give a whole number from 2 to {most}.")
    return (length,)


def rate(**_) -> int:
    return RATE


def needs(**_) -> tuple[str, ...]:
    return ("bach",)


class Signal:
    """Amplitudes in [-1, 1], shape (length, 1): one channel, 44,100 samples a second.

    V. Sitzmann et al., Implicit Neural Representations with Periodic Activation Functions (NeurIPS
    2020), whose authors share the file; the recording has no licence of its own, so for research.
    `length` samples are taken from the sample `first` on, and divided by the largest magnitude
    among them. Without settings it is the whole file of seven seconds, as in both papers.
    """

    dims = (1,)
    random = False
    binary = False
    limits = (-1.0, 1.0)
    holds = "amplitudes"

    def __init__(self, *, first: int = 0, length: int = 308_207, files: tuple) -> None:
        (self.length,) = _settings.planned("audio", shape, first=first, length=length)
        self.first = first
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, 1)."""
        whole = _published.sound(self.path, SAMPLES, RATE)
        values = whole[self.first : self.first + self.length].astype(np.float64)
        largest = np.abs(values).max()
        if not 0 < largest < np.inf:
            raise UserError(
                f"Signal audio: its {self.length} samples from {self.first} on hold no sound.",
                "Choose another `first`, or a greater `length`.",
            )
        return (values / largest)[:, None]
