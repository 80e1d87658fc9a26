"""A small video of moving shapes: a disc that circles, a bar that swings, a disc that breathes."""

import numpy as np

from fieldbench.signals import _settings

ORBIT, SWING, BREATH = 0.13, 0.13, 0.05  # sides that each moves to either side of its middle
RED, GREEN, BAR = 0.15, 0.13, 0.06  # radii and half a width, in sides
COLOURS = ((0.9, 0.25, 0.2), (0.2, 0.75, 0.35), (0.95, 0.85, 0.3))


def shape(*, frames: int, length: int, **_) -> tuple[int, ...]:
    return (frames, length, length)


def channels(**_) -> int:
    return 3


def rate(*, rate: int, **_) -> int:
    return rate


class Signal:
    """RGB in [0, 1], shape (frames, length, length, 3); `rate` frames a second, a loop.

    Axis 0 is time, axis 1 runs along rows, axis 2 along columns: so values[k] is the picture of
    frame k, as a signal of two dimensions would have it. On a still gradient a red disc circles
    once, a yellow bar swings once, and a green disc once grows and shrinks. Their edges are as
    wide as two samples, or as the fastest moves in three frames if that is more: so the frames
    show every move, as pixels show every shape.
    """

    dims = (3,)
    random = False
    binary = False
    holds = "frames"

    def __init__(self, *, frames: int = 32, length: int = 64, rate: int = 16) -> None:
        self.frames = _settings.whole("clip", "frames", frames, 2)
        self.length = _settings.whole("clip", "length", length, 2)
        self.rate = _settings.whole("clip", "rate", rate, 1, 240)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (frames, length, length, 3)."""
        return np.stack([self._frame(k / self.frames) for k in range(self.frames)])

    def _frame(self, time: float) -> np.ndarray:
        """The picture at a time of [0, 1), (length, length, 3)."""
        place = (np.arange(self.length) + 0.5) / self.length
        rows, columns = np.meshgrid(place, place, indexing="ij")
        turn = 2 * np.pi * time
        middle = 0.4 - ORBIT * np.cos(turn), 0.4 + ORBIT * np.sin(turn)
        disc = np.hypot(rows - middle[0], columns - middle[1]) - RED
        breath = np.hypot(rows - 0.7, columns - 0.25) - (GREEN + BREATH * np.sin(turn))
        bar = np.abs(columns - 0.7 - SWING * np.sin(turn + 1)) - BAR
        found = np.stack([0.15 + 0.25 * rows, 0.2 + 0.2 * columns, 0.5 - 0.2 * rows], -1)
        for distance, colour in zip((disc, breath, bar), COLOURS, strict=True):
            cover = self._cover(distance)[..., None]
            found = found * (1 - cover) + cover * colour
        return found

    def _cover(self, distance: np.ndarray) -> np.ndarray:
        """How much of a sample a shape covers, by the distance from its edge, below 0 inside."""
        fastest = 2 * np.pi * max(ORBIT, SWING, BREATH) / self.frames
        width = max(2 / self.length, 3 * fastest)
        return 0.5 - 0.5 * np.sin(np.pi * np.clip(distance / width, -0.5, 0.5))
