"""Photographs of DIV2K, the ten that the paper fits, denoises and super-resolves."""

from pathlib import Path

import numpy as np

from fieldbench.signals import _published, _settings

SIDES = {  # rows and columns of the reduced files; the full ones have four times as many
    "0064": (339, 510),
    "0007": (339, 510),
    "0010": (411, 510),
    "0029": (339, 510),
    "0063": (396, 510),
    "0072": (339, 510),
    "0079": (339, 510),
    "0088": (339, 510),
    "0093": (342, 510),
    "0131": (339, 510),
}


def shape(*, image: str, reduced: int, **_) -> tuple[int, ...]:
    if not isinstance(image, str) or image not in SIDES:
        raise ValueError(f"`image` is {image!r}.", f"Choose one of {', '.join(SIDES)}, in quotes.")
    if type(reduced) is not int or reduced not in (1, 4):
        raise ValueError(f"`reduced` is {reduced!r}.", "Choose 4, or 1 for the full size.")
    return tuple(side * 4 // reduced for side in SIDES[image])


def channels(**_) -> int:
    return 3


def needs(*, image: str, reduced: int, **_) -> tuple[str, ...]:
    return (f"div2k-{image}x4" if reduced == 4 else f"div2k-{image}",)


def finer(*, reduced: int, **settings) -> dict | None:
    return None if reduced == 1 else {**settings, "reduced": 1}


class Signal:
    """RGB in [0, 1], shape (rows, columns, 3): axis 0 runs along rows, axis 1 along columns.

    E. Agustsson and R. Timofte, NTIRE 2017 Challenge on Single Image Super-Resolution (CVPR
    workshops 2017); for academic research only, copyright stays with the owners of the images.
    With `reduced: 4` the official file that was reduced fourfold by bicubic interpolation, which
    the paper trains on, about 339 x 510; with `reduced: 1` the full size, four times the sides.
    """

    dims = (2,)
    random = False
    binary = False

    def __init__(self, *, image: str = "0064", reduced: int = 4, files: tuple) -> None:
        self.shape = _settings.planned("div2k", shape, image=image, reduced=reduced)
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (rows, columns, 3)."""
        return _published.png(self.path, self.shape, "RGB").astype(np.float64) / 255
