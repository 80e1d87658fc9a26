"""Triangles to pixels: an orthographic depth buffer in plain numpy, the same on every run."""

import numpy as np

AT_ONCE = 500_000  # pairs of a triangle and a pixel of its box: some 100 MB
DEPTHS = 2**30  # steps of depth; of triangles that share one, the last in order is in front


def nearest(corners: np.ndarray, height: int, width: int) -> tuple[np.ndarray, ...]:
    """What is seen of triangles through the middle of each pixel.

    `corners` is (triangles, 3 corners, 3): right, down and towards the eye, in pixels. Triangles
    that wind the other way than right to down show their back and are not seen. Returns, for the
    pixels that are covered, their flat indices, the triangle in front, and the weights (pixels, 3)
    of its corners.
    """
    twice = _cross(corners[:, 0], corners[:, 1], corners[:, 2])  # twice the area
    front = np.flatnonzero(twice > 1e-9)
    first, sides = _boxes(corners[front, :, :2], height, width)
    counts = sides.prod(1)
    found = np.full(height * width, -1, np.int64)
    low, high = _range(corners[..., 2])
    for start, stop in _parts(np.cumsum(counts)):
        own = np.repeat(np.arange(start, stop), counts[start:stop])
        place = np.arange(len(own)) - np.repeat(
            np.cumsum(counts[start:stop]) - counts[start:stop], counts[start:stop]
        )
        x = first[own, 0] + place % sides[own, 0]
        y = first[own, 1] + place // sides[own, 0]
        triangle = front[own]
        weights = _weights(corners[triangle], x, y)
        inside = (weights >= 0).all(1)
        triangle, weights = triangle[inside], weights[inside]
        depth = (weights * corners[triangle, :, 2]).sum(1) / twice[triangle]
        step = ((depth - low) / (high - low) * DEPTHS).astype(np.int64)
        np.maximum.at(found, y[inside] * width + x[inside], step << 32 | triangle)
    pixels = np.flatnonzero(found >= 0)
    triangle = found[pixels] & 0xFFFFFFFF
    weights = _weights(corners[triangle], pixels % width, pixels // width)
    return pixels, triangle, weights / twice[triangle, None]


def _boxes(corners: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The first pixel (x, y) whose middle a triangle's box holds, and how many each way."""
    first = np.maximum(np.ceil(corners.min(1) - 0.5), 0).astype(np.int64)
    last = np.floor(corners.max(1) - 0.5).astype(np.int64)
    return first, np.maximum(np.minimum(last, [width - 1, height - 1]) - first + 1, 0)


def _range(depths: np.ndarray) -> tuple[float, float]:
    low, high = float(depths.min(initial=0)), float(depths.max(initial=0))
    return low, max(high, low + 1e-9)


def _parts(ends: np.ndarray) -> list[tuple[int, int]]:
    """Runs of triangles that have about AT_ONCE pixels together."""
    parts, start = [], 0
    while start < len(ends):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + AT_ONCE, "right")))
        parts.append((start, stop))
        start = stop
    return parts


def _weights(corners: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of each corner, twice the area between the pixel's middle and the other two."""
    middle = np.stack([x + 0.5, y + 0.5], 1)
    a, b, c = (corners[:, k, :2] for k in range(3))
    return np.stack([_cross(middle, b, c), _cross(a, middle, c), _cross(a, b, middle)], 1)


def _cross(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    across, along = b - a, c - a
    return across[:, 0] * along[:, 1] - across[:, 1] * along[:, 0]
