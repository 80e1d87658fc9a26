"""A colour photograph that is always at hand: one of those inside the scikit-image package."""

import numpy as np

from fieldbench.plan.errors import UserError
from fieldbench.signals import _bundled, _settings

SIDES = {"astronaut": 512, "chelsea": 300, "coffee": 400}  # of their central squares, in pixels


def shape(*, length: int, **_) -> tuple[int, ...]:
    return (length, length)


def channels(**_) -> int:
    return 3


def finer(*, picture, length, **_) -> dict | None:
    """Four times the samples a side, as INR-benchmark's photographs; not beyond the stored ones."""
    side = 4 * length
    return {"picture": picture, "length": side} if side <= SIDES.get(picture, 0) else None


class Signal:
    """RGB in [0, 1], shape (length, length, 3): the central square, smoothed before it shrinks.

    `picture` is astronaut (a portrait; NASA, public domain), chelsea (a cat; Stefan van der Walt,
    CC0) or coffee (a cup on wood; Rachel Michetti, CC0). A length beyond the stored pixels is
    refused, because a photograph that was blown up holds no fine detail to fit.
    """

    dims = (2,)
    random = False
    binary = False

    def __init__(self, *, picture: str = "astronaut", length: int = 256) -> None:
        self.picture = _settings.one_of("photo", "picture", picture, tuple(SIDES))
        self.length = _settings.whole("photo", "length", length, 2)
        if length > SIDES[picture]:
            raise UserError(
                f"Signal photo: `length` is {length}, but {picture} has {SIDES[picture]} pixels.",
                "Give a smaller length, or your own picture with the signal `file`.",
            )

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, length, 3)."""
        return _bundled.square(_bundled.read(f"{self.picture}.png"), self.length)
