"""TITLE: rings around the middle. Say what it shows, and where it comes from."""

import math

import numpy as np

from fieldbench.signals import _settings


# What the plan needs to know without running this file: it uses its arguments and `math` alone.
def shape(*, length: int, **_) -> tuple[int, ...]:
    """Samples along each axis."""
    return (length, length)


class Signal:
    """Values in [0, 1], of shape (length, length, 1)."""

    dims = (2,)  # how many axes it may have
    random = False  # True where a setting `seed` decides its values
    binary = False  # True where it holds 0 and 1 only

    # Settings only; a preset may change them.
    def __init__(self, *, length: int = 256, rings: float = 8.0) -> None:
        self.length = _settings.whole("NAME", "length", length, 2)
        self.rings = rings

    def generate(self) -> np.ndarray:
        """The signal: float64, its last axis the channels."""
        x = np.linspace(-1, 1, self.length)
        waves = np.cos(2 * math.pi * self.rings * np.hypot(x, x[:, None]))
        return np.ascontiguousarray(0.5 + 0.5 * waves)[..., None]
