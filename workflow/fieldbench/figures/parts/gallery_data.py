"""What a gallery shows of one signal, and the window where it looks closer."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fieldbench.figures.parts import data

SHARE, MOST = 4, 400  # the window's side is a fourth of the whole's, and so many samples at most


@dataclass(frozen=True)
class Tile:
    """One model's reconstruction, (*shape, channels), or why there is none; and its scores."""

    values: np.ndarray | None
    status: str
    scores: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A line or a picture, or some of a video: (*shape, channels), one or three channels."""

    truth: np.ndarray
    observed: np.ndarray | None  # masked where hidden
    tiles: dict[str, Tile]
    title: str
    angles: tuple[float, float] | None = None  # degrees, first and last, of an observed sinogram
    within: tuple[float, float] | None = (0.0, 1.0)  # what scores clamp values to
    signed: bool = False  # of one channel, whose sign is what matters

    @property
    def observed_alike(self) -> bool:
        """Whether the observation covers what the truth covers, perhaps more coarsely."""
        if self.observed is None or self.angles is not None:
            return False
        ratios = np.divide(self.truth.shape[:-1], self.observed.shape[:-1])
        return bool(np.ptp(ratios) < 0.05 * ratios.max() and ratios.min() > 0.95)

    @property
    def limits(self) -> tuple[float, float]:
        return limits(self.truth, self.signed, self.within)

    @property
    def worst(self) -> float:
        """The top of the error scale: 99 of 100 samples of a middling model are below it.

        That is the median over models, floor and ceiling left out, of each one's 99th percentile;
        so a single bad model does not darken all others. Of large pictures every few samples
        count, which is enough for a percentile.
        """
        fitted = [m for m, tile in self.tiles.items() if tile.values is not None]
        fitted = [m for m in fitted if m not in data.CONTROLS] or fitted
        every = tuple(slice(None, None, -(-n // MOST)) for n in self.truth.shape[:-1])
        tops = sorted(float(np.nanquantile(self.error(m)[every], 0.99)) for m in fitted)
        return max(tops[len(tops) // 2], 1e-6) if tops else 1e-6

    def error(self, model: str) -> np.ndarray:
        """Mean absolute error over channels, (*shape), of values clamped as they are scored."""
        values: Any = self.tiles[model].values  # never None of a model that has an error
        scored = values if self.within is None else values.clip(*self.within)
        return np.abs(scored - self.truth).mean(-1)

    @cached_property
    def window(self) -> tuple[slice, ...]:
        """Where the truth's detail is densest, or most of a surface; the first of equals."""
        # Distances change alike everywhere.
        return busiest((self.truth < 0).astype(np.float32) if self.signed else self.truth)


def limits(
    truth: np.ndarray, signed: bool = False, within: tuple[float, float] | None = (0.0, 1.0)
) -> tuple[float, float]:
    """The range of values: [0, 1], or the truth's own where that is another.

    Of `signed` values it is even about zero and half as far as they go, as what is far away from
    a surface matters less than on which side of it a place is. Of others that nothing clamps, on
    both sides of zero, it is even too, and so far that one of 200 samples is beyond: a field is
    large at its source.
    """
    low, high = float(np.nanmin(truth)), float(np.nanmax(truth))
    if signed:
        reach = max(-low, high) / 2 or 1.0
        return -reach, reach
    if within is None and low < 0 < high:
        far = float(np.nanquantile(np.abs(truth), 0.995)) or max(-low, high)
        return -far, far
    if low >= 0 and high <= 1 and high - low > 0.2:
        return 0.0, 1.0
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def busiest(values: np.ndarray) -> tuple[slice, ...]:
    """The window of `values` (*shape, channels) where neighbours differ most, in mean square."""
    sides = [min(n, max(4, min(MOST, n // SHARE))) for n in values.shape[:-1]]
    known = np.nan_to_num(values)
    steps = np.zeros(values.shape[:-1])
    for axis in range(steps.ndim):
        after = known.take([-1], axis)  # nothing follows the last one
        steps += (np.diff(known, axis=axis, append=after) ** 2).sum(-1)
    detail = _box_means(steps, sides)
    # Rounding error must not choose among windows that are equal.
    detail = np.round(detail / max(detail.max(), 1e-300), 9)
    start = np.unravel_index(int(detail.argmax()), detail.shape)
    return tuple(slice(int(s), int(s) + n) for s, n in zip(start, sides, strict=True))


def _box_means(values: np.ndarray, sides: list[int]) -> np.ndarray:
    """Means over every box of that size, by running sums along each axis."""
    for axis, side in enumerate(sides):
        sums = np.cumsum(values, axis=axis)
        sums = np.concatenate([np.zeros_like(sums.take([0], axis)), sums], axis)
        last, first = range(side, sums.shape[axis]), range(sums.shape[axis] - side)
        values = (sums.take(last, axis) - sums.take(first, axis)) / side
    return values


def scaled(window: tuple[slice, ...], truth: np.ndarray, other: np.ndarray) -> tuple[slice, ...]:
    """The window's place in an array that covers the same with fewer samples."""
    ratios = np.divide(other.shape[:-1], truth.shape[:-1])
    return tuple(
        slice(int(w.start * r), max(int(w.start * r) + 1, round(w.stop * r)))
        for w, r in zip(window, ratios, strict=True)
    )
