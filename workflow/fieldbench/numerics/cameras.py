"""The one definition of cameras: the direction in which each pixel of a posed view looks.

A camera is (3, 4): its axes and its place as columns, in the scene's coordinates. It looks along
its negative third axis, the first points to the right and the second up, as in OpenGL, Blender and
NeRF's data. Pixel (row, column) is a square of side 1 / focal at distance 1; its middle, which is
looked through, lies at (column + 1/2, row + 1/2) from the upper left corner of the picture.
"""

import numpy as np


def looking_at_the_middle(places: np.ndarray) -> np.ndarray:
    """Cameras (N, 3, 4) at `places` (N, 3) that look at the origin, the third axis upwards."""
    back = places / np.linalg.norm(places, axis=-1, keepdims=True)
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    return np.stack([right, np.cross(back, right), back, places], axis=-1)


def directions(
    cameras: np.ndarray,
    focal: float,
    shape: tuple[int, int],
    within: tuple[float, float] = (0.5, 0.5),
) -> np.ndarray:
    """Where the pixels of `shape` (rows, columns) look: unit vectors (N, rows, columns, 3).

    `within` is the place in the pixel that is looked through, along rows and columns.
    """
    rows, columns = shape
    down = (np.arange(rows) + within[0] - rows / 2) / focal
    right = (np.arange(columns) + within[1] - columns / 2) / focal
    y, x = np.meshgrid(-down, right, indexing="ij")
    local = np.stack([x, y, np.full(shape, -1.0)], axis=-1)
    turned = np.einsum("nij,rcj->nrci", cameras[..., :3], local)
    return turned / np.linalg.norm(turned, axis=-1, keepdims=True)


def stretch(
    origins: np.ndarray, along: np.ndarray, box: np.ndarray, reach: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The stretch of each ray within a box (lowest and highest corner) and within `reach`.

    Distances (...); both are the same for a ray that misses. `origins` and unit vectors `along`
    are (..., 3).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        walls = (box.reshape(2, *[1] * (along.ndim - 1), 3) - origins) / along
    # A ray along a wall that it lies in is no number: that wall does not bound it.
    first = np.nan_to_num(walls.min(0), nan=-np.inf, neginf=-np.inf).max(-1)
    last = np.nan_to_num(walls.max(0), nan=np.inf, posinf=np.inf).min(-1)
    first = np.maximum(first, reach[0])
    return first, np.maximum(np.minimum(last, reach[1]), first)
