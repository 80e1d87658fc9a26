"""Kodak's photographs, by which image compression is commonly measured."""

from pathlib import Path

import numpy as np

from fieldbench.signals import _published, _settings

IMAGES = 24
UPRIGHT = ("04", "09", "10", "17", "18", "19")
SIDES = (512, 768)  # rows and columns of those that lie


def shape(*, image: str, reduced: int = 1, **_) -> tuple[int, ...]:
    if image not in [f"{k:02d}" for k in range(1, IMAGES + 1)]:
        raise ValueError(f"`image` is {image!r}.", f"Choose one of 01 to {IMAGES}, in quotes.")
    if type(reduced) is not int or not 1 <= reduced <= min(SIDES):
        raise ValueError(f"`reduced` is {reduced!r}.", "Give a whole number of at least 1.")
    sides = [side // reduced for side in SIDES]
    return tuple(sides[::-1] if image in UPRIGHT else sides)


def channels(**_) -> int:
    return 3


def needs(*, image: str, **_) -> tuple[str, ...]:
    return (f"kodak-{image}",)


class Signal:
    """RGB in [0, 1], shape (512, 768, 3) or upright: axis 0 runs along rows, axis 1 along columns.

    The Kodak Lossless True Color Image Suite, commonly said to be free for any use. `reduced` takes
    the means of so many samples along both axes, from the first; what is left over is dropped.
    """

    dims = (2,)
    random = False
    binary = False

    def __init__(self, *, image: str = "23", reduced: int = 1, files: tuple) -> None:
        self.shape = _settings.planned("kodak", shape, image=image, reduced=reduced)
        self.whole = shape(image=image, reduced=1)
        self.reduced = reduced
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (512, 768, 3), upright or reduced."""
        picture = _published.picture(self.path, self.whole, "RGB").astype(np.float64) / 255
        return _settings.means(picture, self.reduced, self.shape)
