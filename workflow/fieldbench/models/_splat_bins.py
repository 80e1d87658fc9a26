"""Which splats touch which tiles: compiled loops over splats. See `_splats` for what a splat is.

Points come sorted by tile, and within a tile by band: a slice of its height. All that one compiled
function calls is in its own file, because it is kept on disk until that file changes.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit


class Grid(NamedTuple):
    """Points in tiles, row by row of tiles, and in bands, from the top of a tile down."""

    x: np.ndarray  # float32, pixels; of every point
    y: np.ndarray
    bands: np.ndarray  # where each band's points start, and the end
    deep: int  # bands of a tile
    columns: int  # of tiles
    rows: int  # of tiles
    left: float  # pixels: where the tiles begin
    top: float
    wide: float  # pixels: of a tile
    high: float  # pixels: of a band


@njit(cache=True, nogil=True, error_model="numpy")
def outlines(splats, limits, grid):
    """Where splats end: the box of each, (N, 4), and its ellipse, (N, 5).

    A box is the first and last column of tiles, and the first and last band of all; its last column
    is -1 where the splat touches none. An ellipse about the splat's middle is its largest dx; the
    dx where dy is largest; and s, r, t of its two arcs dy = s dx +- sqrt(r - t dx dx).
    """
    boxes, ellipses = np.empty((len(splats), 4), np.int32), np.empty((len(splats), 5))
    for g in range(len(splats)):
        boxes[g] = 0, -1, 0, -1
        a, b, c = float(splats[g, 2]), float(splats[g, 3]), float(splats[g, 4])
        slender = 4 * a * c / (4 * a * c - b * b)  # 1 for one that stands upright
        if not (limits[g] >= 0 and slender > 0):
            continue
        # The kernels round q in single precision, the more the more slender: reach a bit farther.
        reach = limits[g] * (1 + 4e-6 * slender) + 1e-5
        across, down = math.sqrt(reach * slender / a), math.sqrt(reach * slender / c)
        ellipses[g] = across, -b * down / (2 * a), -b / (2 * c), reach / c, a / (c * slender)
        first = math.floor((splats[g, 0] - across - grid.left) / grid.wide)
        last = math.floor((splats[g, 0] + across - grid.left) / grid.wide)
        upper = math.floor((splats[g, 1] - down - grid.top) / grid.high)
        lower = math.floor((splats[g, 1] + down - grid.top) / grid.high)
        bands = grid.rows * grid.deep
        if last >= 0 and first < grid.columns and lower >= 0 and upper < bands:
            boxes[g, 0], boxes[g, 1] = max(first, 0), min(last, grid.columns - 1)
            boxes[g, 2], boxes[g, 3] = max(upper, 0), min(lower, bands - 1)
    return boxes, ellipses


@njit(cache=True, nogil=True)
def bins(boxes, order, begin, live, grid, most):
    """Splats of each live tile, front to back, from `begin` of the order on, about `most` pairs.

    Returns where the order was left, where each tile's splats start, and the splats.
    """
    tiles, before = _living(live)
    starts = np.zeros(len(live) + 1, np.int64)
    touching = np.empty(len(order) - begin, np.int32)
    end, pairs, several = begin, 0, 0
    while end < len(order) and pairs < most:
        box, had = boxes[order[end]], pairs
        for row in range(box[2] // grid.deep, box[3] // grid.deep + 1):
            first = before[row * grid.columns + box[0]]
            last = before[row * grid.columns + box[1] + 1]
            for k in range(first, last):
                starts[tiles[k] + 1] += 1
            pairs += last - first
        if pairs > had:
            touching[several] = order[end]
            several += 1
        end += 1
    starts = np.cumsum(starts)
    ids, filled = np.empty(starts[-1], np.int32), starts[:-1].copy()
    for g in touching[:several]:
        box = boxes[g]
        for row in range(box[2] // grid.deep, box[3] // grid.deep + 1):
            first = before[row * grid.columns + box[0]]
            for k in range(first, before[row * grid.columns + box[1] + 1]):
                ids[filled[tiles[k]]] = g
                filled[tiles[k]] += 1
    return end, starts, ids


@njit(cache=True, nogil=True)
def _living(live):
    """The tiles that are live, and how many of them come before each tile."""
    tiles, before = np.empty(len(live), np.int64), np.empty(len(live) + 1, np.int64)
    number = 0
    for tile in range(len(live)):
        before[tile] = number
        if live[tile]:
            tiles[number] = tile
            number += 1
    before[len(live)] = number
    return tiles, before
