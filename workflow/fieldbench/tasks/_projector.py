"""A parallel-beam projector and its adjoint, as compiled loops over arrays.

A view turns the image about its centre, reads it there by bilinear interpolation, zero outside,
and adds up the rows. At angle t, what lies (x, y) from the centre of the turned frame reads the
image at (x cos t - y sin t, x sin t + y cos t) from its own; x goes right, y down.

The adjoint gives values back by the very same weights, so that the two are each other's transpose
to rounding. The weights are computed on the way: kept, they would take 400 MB for both ways at the
paper's size and seconds to make, and would save less than half of the time.

Numba's cache sees changes of a function's own file only, so every function that a loop here calls
is defined here.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit

BORDER = 2  # zeros around an image, so that reading at its edge needs no check
_FLAT = 1e-9  # a slope that moves nothing across an image

loop = njit(cache=True, nogil=True, fastmath={"contract"})


@dataclass(frozen=True)
class Geometry:
    """Which image is seen from where."""

    shape: tuple[int, int]  # the image's rows and columns
    angles: tuple[float, ...]  # radians
    frame: tuple[int, int]  # the turned frame's: rows that are added up, and detectors

    @classmethod
    def of(cls, shape: tuple[int, int], angles: int, last: bool, full: bool) -> "Geometry":
        """Even angles from 0 to 180 degrees, the last one there or (not `last`) a step before.

        The frame is the image's own, and loses corners that turn out of it; or, `full`, a square
        that holds the image at any angle.
        """
        turns = np.linspace(0.0, np.pi, angles, endpoint=last)
        # A pixel reaches to its neighbours, hence one more on every side.
        side = math.ceil(math.hypot(shape[0] + 1, shape[1] + 1)) + 1
        return cls(tuple(shape), tuple(turns.tolist()), (side, side) if full else tuple(shape))

    @property
    def views(self) -> tuple[int, int]:
        """Angles and detectors."""
        return len(self.angles), self.frame[1]

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """The frame's rows and its detectors, counted from its centre."""
        rows, detectors = (np.arange(n) - (n - 1) / 2 for n in self.frame)
        return rows, detectors


def project(values: np.ndarray, geometry: Geometry) -> np.ndarray:
    """The sinogram (angles, detectors, channels) of an image (rows, columns, channels)."""
    rays, stride = _rays(geometry, values.dtype), geometry.shape[1] + 2 * BORDER
    found = np.zeros((values.shape[-1], *geometry.views), values.dtype)
    for channel, views in enumerate(found):
        _project(np.pad(values[..., channel], BORDER).reshape(-1), stride, *rays, views)
    return np.ascontiguousarray(np.moveaxis(found, 0, -1))


def back_project(views: np.ndarray, geometry: Geometry) -> np.ndarray:
    """The adjoint of `project`: an image (rows, columns, channels) of a sinogram."""
    rays, padded = _rays(geometry, views.dtype), [n + 2 * BORDER for n in geometry.shape]
    found = np.zeros((views.shape[-1], *padded), views.dtype)
    for channel, image in enumerate(found):
        given = np.ascontiguousarray(views[..., channel])
        _back_project(given, padded[1], *rays, image.reshape(-1))
    inner = found[:, BORDER:-BORDER, BORDER:-BORDER]
    return np.ascontiguousarray(np.moveaxis(inner, 0, -1))


@lru_cache(maxsize=8)
def _rays(geometry: Geometry, dtype: np.dtype) -> tuple[np.ndarray, ...]:
    """What the loops go by: where each row of each view begins to read, and how it goes on.

    Cosines and sines (angles,); detectors' places (detectors,); the first detector of a row that
    reads the image and the one after the last (angles, rows); where the middle of a row reads the
    image with its BORDER, across and down (angles, rows).
    """
    cosines, sines = (f(np.array(geometry.angles))[:, None] for f in (np.cos, np.sin))
    rows, detectors = geometry.places()
    half = detectors[-1]
    start, stop = np.full((2, len(cosines), len(rows)), [[[-half]], [[half]]])
    middles = []
    for slope, other, length in ((cosines, -sines, 1), (sines, cosines, 0)):
        size = geometry.shape[length]
        middle = (size - 1) / 2 + other * rows
        flat = np.abs(slope) < _FLAT
        ends = [(end - middle) / np.where(flat, 1, slope) for end in (-1, size)]
        # A row that runs along an edge reads all of the image or nothing.
        missed = np.where((middle > -1) & (middle < size), -np.inf, np.inf)
        start = np.maximum(start, np.where(flat, missed, np.minimum(*ends)))
        stop = np.minimum(stop, np.where(flat, np.inf, np.maximum(*ends)))
        middles.append((middle + BORDER).astype(dtype))
    start = np.ceil(np.minimum(start, half + 1) + half).astype(np.int32)
    stop = np.maximum(start, np.floor(stop + half).astype(np.int32) + 1)
    turns = (a.astype(dtype) for a in (cosines[:, 0], sines[:, 0], detectors))
    return *turns, start, stop, *middles


@loop
def _project(image, stride, cosines, sines, places, start, stop, across, down, found):
    """Add the views of a padded image, row after row, to `found` (angles, detectors)."""
    one, below, aslant = np.uint32(1), np.uint32(stride), np.uint32(stride + 1)
    number = places.dtype.type
    for a in range(cosines.size):
        cosine, sine = cosines[a], sines[a]
        for y in range(start.shape[1]):
            middle, depth = across[a, y], down[a, y]
            for x in range(start[a, y], stop[a, y]):
                u, v = cosine * places[x] + middle, sine * places[x] + depth
                i, j = np.int32(v), np.int32(u)
                right, under = u - number(j), v - number(i)
                k = np.uint32(i * stride + j)
                upper = image[k] + right * (image[k + one] - image[k])
                lower = image[k + below] + right * (image[k + aslant] - image[k + below])
                found[a, x] += upper + under * (lower - upper)


@loop
def _back_project(views, stride, cosines, sines, places, start, stop, across, down, found):
    """Add to a padded image, row after row, what each of its values is worth to `views`."""
    one, below, aslant = np.uint32(1), np.uint32(stride), np.uint32(stride + 1)
    number = places.dtype.type
    for a in range(cosines.size):
        cosine, sine = cosines[a], sines[a]
        for y in range(start.shape[1]):
            middle, depth = across[a, y], down[a, y]
            for x in range(start[a, y], stop[a, y]):
                u, v = cosine * places[x] + middle, sine * places[x] + depth
                i, j = np.int32(v), np.int32(u)
                right, under = u - number(j), v - number(i)
                k = np.uint32(i * stride + j)
                lower = under * views[a, x]
                upper = views[a, x] - lower
                found[k] += upper - right * upper
                found[k + one] += right * upper
                found[k + below] += lower - right * lower
                found[k + aslant] += right * lower
