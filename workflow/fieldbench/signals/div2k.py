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


def shape(*, image: str, reduced: int, crop: int = 0, **_) -> tuple[int, ...]:
    if not isinstance(image, str) or image not in SIDES:
        raise ValueError(f"`image` is {image!r}.", f"Choose one of {', '.join(SIDES)}, in quotes.")
    if type(reduced) is not int or reduced not in (1, 4):
        raise ValueError(f"`reduced` is {reduced!r}.", "Choose 4, or 1 for the full size.")
    if type(crop) is not int or not 0 <= crop <= min(SIDES[image]):
        raise ValueError(f"`crop` is {crop!r}.", f"Give 0, or up to {min(SIDES[image])}.")
    sides = (crop, crop) if crop else SIDES[image]
    return tuple(side * 4 // reduced for side in sides)


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
    `crop` keeps the square in the middle, of so many samples a side of the reduced file.
    """

    dims = (2,)
    random = False
    binary = False

    def __init__(
        self, *, image: str = "0064", reduced: int = 4, crop: int = 0, files: tuple
    ) -> None:
        self.shape = _settings.planned("div2k", shape, image=image, reduced=reduced, crop=crop)
        self.whole = shape(image=image, reduced=reduced, crop=0)
        # The same square at both sizes: its corner counts in samples of the reduced file.
        corner = ((side - crop) // 2 if crop else 0 for side in SIDES[image])
        self.first = [c * 4 // reduced for c in corner]
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (rows, columns, 3)."""
        picture = _published.picture(self.path, self.whole, "RGB")
        (top, left), (rows, columns) = self.first, self.shape
        return picture[top : top + rows, left : left + columns].astype(np.float64) / 255
