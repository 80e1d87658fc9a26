"""The star resolution target: spokes whose local frequency grows without end towards the centre."""

import numpy as np

from fieldbench.signals import _settings

SPOKES = 40  # the paper's number of filled wedges
MARGIN = 0.02  # of the side, on every edge: 20 pixels of the paper's 1000


def shape(*, length: int, **_) -> tuple[int, ...]:
    return (length, length)


class Signal:
    """Values 0 and 1, shape (length, length, 1): 40 filled wedges of 4.5 degrees in a disc.

    The centre is at index length / 2 and the radius is 0.48 length, so that length 1000 is the
    paper's target to the pixel and any other length shows the same figure. Angles start along
    axis 1 and grow towards axis 0 (clockwise as images are shown); the first wedge from angle
    zero is filled, the second is not, and so on. Borders are filled. At a distance of rho
    samples the local frequency is 40 / (2 pi rho) cycles a sample.
    """

    dims = (2,)
    random = False
    binary = True

    def __init__(self, *, length: int = 1000) -> None:  # the paper's side
        self.length = _settings.whole("star", "length", length, 2)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, length, 1)."""
        x = np.arange(self.length) - self.length / 2
        y = x[:, None]
        # Samples lie exactly on a border along axes and diagonals alone; the slack of far less
        # than a sample puts them all on the filled side, however the angle was rounded.
        wedge = np.floor(np.arctan2(y, x) * SPOKES / np.pi + 1e-9)
        disc = np.hypot(x, y) <= (0.5 - MARGIN) * self.length
        return (disc & (wedge % 2 == 0)).astype(np.float64)[..., None]
