"""An axial slice of a human chest, as computed tomography made it."""

from pathlib import Path

import numpy as np

from fieldbench.plan.errors import UserError
from fieldbench.signals import _published, _settings

SHAPE = (326, 435)


def shape(*, reduced: int = 1, **_) -> tuple[int, ...]:
    if type(reduced) is not int or not 1 <= reduced <= min(SHAPE):
        raise ValueError(f"`reduced` is {reduced!r}.", "Give a whole number of at least 1.")
    return tuple(side // reduced for side in SHAPE)


def needs(**_) -> tuple[str, ...]:
    return ("ct-chest",)


class Signal:
    """Grey in [0, 1], shape (326, 435, 1): axis 0 runs along rows, axis 1 along columns.

    The slice that WIRE (Saragadam et al., CVPR 2023) reconstructs from few angles and that
    INR-benchmark took over; shared by WIRE's authors without a licence text, for research. Stored
    with 16 bits; both read the upper eight and stretch them to exactly [0, 1], and so does this.
    `reduced` takes the means of so many samples along both axes, from the first; what is left over
    is dropped.
    """

    dims = (2,)
    random = False
    binary = False

    def __init__(self, *, reduced: int = 1, files: tuple) -> None:
        self.shape = _settings.planned("ct", shape, reduced=reduced)
        self.reduced = reduced
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (326, 435, 1) or reduced."""
        upper = _published.picture(self.path, SHAPE, "I;16") >> 8
        low, high = int(upper.min()), int(upper.max())
        if low == high:
            raise UserError(f"{self.path} is blank.", _published.REPLACE)
        values = (upper.astype(np.float64) - low) / (high - low)
        return _settings.means(values[..., None], self.reduced, self.shape)
