"""The five pictures of Set5, by which super-resolution is commonly measured."""

from pathlib import Path

import numpy as np

from fieldbench.signals import _published, _settings

SIDES = {  # rows and columns
    "baby": (512, 512),
    "bird": (288, 288),
    "butterfly": (256, 256),
    "head": (280, 280),
    "woman": (344, 228),
}


def shape(*, image: str, reduced: int = 1, **_) -> tuple[int, ...]:
    if image not in SIDES:
        raise ValueError(f"`image` is {image!r}.", f"Choose one of {', '.join(SIDES)}.")
    if type(reduced) is not int or not 1 <= reduced <= min(SIDES[image]):
        raise ValueError(f"`reduced` is {reduced!r}.", "Give a whole number of at least 1.")
    return tuple(side // reduced for side in SIDES[image])


def channels(**_) -> int:
    return 3


def needs(*, image: str, **_) -> tuple[str, ...]:
    return (f"set5-{image}",)


class Signal:
    """RGB in [0, 1], shape (rows, columns, 3): axis 0 runs along rows, axis 1 along columns.

    M. Bevilacqua et al., BMVC 2012; shared for research. `reduced` takes the means of so many
    samples along both axes, from the first; what is left over is dropped.
    """

    dims = (2,)
    random = False
    binary = False

    def __init__(self, *, image: str = "butterfly", reduced: int = 1, files: tuple) -> None:
        self.shape = _settings.planned("set5", shape, image=image, reduced=reduced)
        self.whole = SIDES[image]
        self.reduced = reduced
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (rows, columns, 3)."""
        picture = _published.picture(self.path, self.whole, "RGB", "BMP").astype(np.float64) / 255
        return _settings.means(picture, self.reduced, self.shape)
