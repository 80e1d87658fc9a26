"""The Shepp-Logan phantom: the head of ellipses on which tomography has been tried since 1974."""

import numpy as np

from fieldbench.signals import _bundled, _settings


def shape(*, length: int, **_) -> tuple[int, ...]:
    return (length, length)


class Signal:
    """Grey in [0, 1], shape (length, length, 1): six flat levels between sharp edges.

    The 400 x 400 raster inside the scikit-image package (L. A. Shepp and B. F. Logan, IEEE
    Transactions on Nuclear Science 21, 1974), smoothed before it shrinks to a smaller length.
    """

    dims = (2,)
    random = False
    binary = False

    def __init__(self, *, length: int = 256) -> None:
        self.length = _settings.whole("phantom", "length", length, 2, 400)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, length, 1)."""
        # Stored as RGB with three equal channels.
        return _bundled.square(_bundled.read("phantom.png")[..., :1], self.length)
