"""Slowness: the squared slowness of a small object, as waves that pass it would feel it.

Sitzmann et al. (SIREN, 2020) ask for a cylinder among transmitters and receivers. Theirs is in
their repository; this one is made, in the same square as `radiated`.
"""

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.numerics.helmholtz import Layer
from fieldbench.signals import _settings

PLACE = (0.05, -0.05)  # of the object's middle: off every axis of the square


def shape(*, length: int, **_) -> tuple[int, ...]:
    return (length, length)


class Signal:
    """Squared slowness, shape (length, length, 1): 1 around, 1 + contrast within the object.

    A disc of a `radius` about a place near the middle of [-1/2, 1/2)^2, its edge `softness` wide
    (the deviation of the Gaussian that a sharp one would have been smoothed with, nearly).
    """

    dims = (2,)
    random = False
    binary = False
    limits = None
    holds = "squared slowness"

    def __init__(
        self,
        *,
        length: int = 64,
        contrast: float = 1.0,  # a proposal, as is all of the object
        radius: float = 0.12,
        softness: float = 0.02,
    ) -> None:
        self.length = _settings.whole("slowness", "length", length, 2)
        self.contrast = _settings.above("slowness", "contrast", contrast, -1)
        self.radius = _settings.above("slowness", "radius", radius, 0)
        self.softness = _settings.above("slowness", "softness", softness, 0)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, length, 1)."""
        lattice = Lattice((self.length, self.length), extent=Layer().extent)
        away = np.hypot(lattice.axis(0)[:, None] - PLACE[0], lattice.axis(1)[None, :] - PLACE[1])
        inside = 1 / (1 + np.exp(1.7 * (away - self.radius) / self.softness))
        return (1 + self.contrast * inside)[..., None]
