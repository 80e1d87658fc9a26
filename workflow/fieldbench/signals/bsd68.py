"""Pictures of BSD68, by which denoising is commonly measured: the first twelve of them."""

from pathlib import Path

import numpy as np

from fieldbench.signals import _published, _settings

IMAGES = 12
UPRIGHT = ("001", "002", "003")
SIDES = (321, 481)  # rows and columns of those that lie


def shape(*, image: str, reduced: int = 1, **_) -> tuple[int, ...]:
    if image not in [f"{k:03d}" for k in range(1, IMAGES + 1)]:
        raise ValueError(f"`image` is {image!r}.", f"Choose one of 001 to {IMAGES:03d}, in quotes.")
    if type(reduced) is not int or not 1 <= reduced <= min(SIDES):
        raise ValueError(f"`reduced` is {reduced!r}.", "Give a whole number of at least 1.")
    sides = [side // reduced for side in SIDES]
    return tuple(sides[::-1] if image in UPRIGHT else sides)


def needs(*, image: str, **_) -> tuple[str, ...]:
    return (f"bsd68-{image}",)


class Signal:
    """Grey in [0, 1], shape (321, 481, 1) or upright: axis 0 runs along rows, axis 1 along columns.

    Pictures of the Berkeley Segmentation Dataset (D. Martin et al., ICCV 2001), which S. Roth and
    M. J. Black chose (2009); shared for research. `reduced` takes the means of so many samples
    along both axes, from the first; what is left over is dropped.
    """

    dims = (2,)
    random = False
    binary = False

    def __init__(self, *, image: str = "001", reduced: int = 1, files: tuple) -> None:
        self.shape = _settings.planned("bsd68", shape, image=image, reduced=reduced)
        self.whole = shape(image=image, reduced=1)
        self.reduced = reduced
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (321, 481, 1), upright or reduced."""
        picture = _published.picture(self.path, self.whole, "L").astype(np.float64) / 255
        return _settings.means(picture[..., None], self.reduced, self.shape)
