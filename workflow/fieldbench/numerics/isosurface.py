"""Where values on a lattice cross a level: triangles in 3D, line segments in 2D.

Places are in units of half the longest side: that spans [-1, 1), sample i of n lying at 2 i / n - 1
as on `Lattice`, and the shorter ones as much less as they are shorter, about the same middle.
"""

import numpy as np
from skimage.measure import find_contours, marching_cubes


def surface(values: np.ndarray, level: float = 0.0, beyond: float | None = None) -> np.ndarray:
    """The pieces of the surface of `values` (*shape) at a level, corners (T, dims, dims), float64.

    Linear between samples; none where nothing crosses the level. Triangles are counter-clockwise
    when looked at from where the values are larger. At the border the surface ends, or is closed
    where it is told what the values are `beyond`.
    """
    if beyond is not None:
        return _pieces(np.pad(values, 1, constant_values=beyond), level, values.shape, 1)
    return _pieces(values, level, values.shape, 0)


def _pieces(values: np.ndarray, level: float, shape: tuple[int, ...], before: int) -> np.ndarray:
    """The same of values with so many samples more before those of the lattice."""
    dims = values.ndim
    none = np.empty((0, dims, dims))
    if min(values.shape) < 2:
        raise ValueError(f"a surface needs two samples a side, not {values.shape}")
    if not values.min() < level < values.max():
        return none
    if dims == 2:
        lines = find_contours(values, level)
        pieces = [none, *(np.stack([line[:-1], line[1:]], axis=1) for line in lines)]
        found = np.concatenate(pieces)
    else:
        points, triangles, _, _ = marching_cubes(values.astype(np.float32), level)
        found = points.astype(np.float64)[triangles]
    return place(found[sizes(found) > 0] - before, shape)


def place(index: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Places (..., dims) of what lies at such an index of a lattice."""
    return (2 * index - np.array(shape)) / max(shape)


def sizes(pieces: np.ndarray) -> np.ndarray:
    """The length of each segment, or the area of each triangle."""
    edges = pieces[:, 1:] - pieces[:, :1]
    if pieces.shape[1] == 2:
        return np.linalg.norm(edges[:, 0], axis=-1)
    return np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=-1) / 2
