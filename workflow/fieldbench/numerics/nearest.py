"""Exact distances of points to the closest of many triangles or line segments.

The pieces lie in a tree of boxes that is searched for one point after the other, in a compiled
loop. Numba's cache sees changes of a function's own file only, so every function that the loop
calls is defined here.
"""

import math

import numpy as np
from numba import njit

LEAF = 8  # pieces in a box that is not cut further
ROUNDING = 1e-9  # of the pieces' size: a distance below it is none

loop = njit(cache=True, nogil=True, error_model="numpy")


def distances(points: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """The distance of each point (N, dims) to the closest piece, (N,).

    `pieces` are corners (T, 2 or 3, dims) of segments or triangles in two or three dimensions;
    there is at least one.
    """
    corners = _in_space(pieces)
    tree, low, high = _tree(corners)
    found = np.empty(len(points))
    _search(_in_space(points[:, None])[:, 0], tree, low, high, found)
    found[found < ROUNDING * np.abs(corners).max()] = 0.0
    return found


def _in_space(corners: np.ndarray) -> np.ndarray:
    """Corners (T, any number, dims) with three coordinates; two of them become three."""
    missing = 3 - corners.shape[-1]
    full = np.pad(corners.astype(np.float64), [(0, 0), (0, 0), (0, missing)])
    return np.concatenate([full, full[:, -1:]], axis=1) if full.shape[1] == 2 else full


def _tree(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Triangles, ordered so that each run of LEAF fills a leaf; the boxes' low and high corners.

    Box n is cut into 2 n and 2 n + 1, along its longest side through the middle of its pieces; box
    1 holds all, and the last half of them are the leaves. The last piece is repeated to fill them.
    """
    depth = max(0, math.ceil(math.log2(len(corners) / LEAF)))
    order = np.minimum(np.arange(LEAF << depth), len(corners) - 1)
    middles = corners.mean(1)
    for level in range(depth):
        groups = order.reshape(2**level, -1)
        places = middles[groups]
        longest = np.ptp(places, axis=1).argmax(-1)
        along = np.take_along_axis(places, longest[:, None, None], axis=2)[..., 0]
        order = np.take_along_axis(groups, along.argsort(axis=1, kind="stable"), axis=1)
    tree = np.ascontiguousarray(corners[order.reshape(-1)])
    leaves = tree.reshape(2**depth, -1, 3)
    low, high = np.empty((2, 2 ** (depth + 1), 3))
    low[2**depth :], high[2**depth :] = leaves.min(1), leaves.max(1)
    for level in reversed(range(depth)):
        here, below = slice(2**level, 2 ** (level + 1)), slice(2 ** (level + 1), 2 ** (level + 2))
        low[here] = low[below].reshape(-1, 2, 3).min(1)
        high[here] = high[below].reshape(-1, 2, 3).max(1)
    return tree, low, high


@loop
def _search(points, tree, low, high, found):
    """Fill `found` with each point's distance to the closest triangle of a tree."""
    leaves = low.shape[0] // 2
    waiting = np.empty(64, np.int64)
    reach = np.inf
    last = (0.0, 0.0, 0.0)
    for p in range(points.shape[0]):
        point = _row(points, p)
        step = _minus(point, last)
        # No farther than the last one's closest piece.
        reach = (reach + math.sqrt(_dot(step, step))) * (1 + 1e-9) + 1e-150
        best, last = reach * reach, point
        waiting[0], top = 1, 0
        while top >= 0:
            box = waiting[top]
            top -= 1
            if _to_box(point, low, high, box) > best:
                continue
            if box >= leaves:
                first = (box - leaves) * LEAF
                for t in range(first, first + LEAF):
                    best = min(best, _to_triangle(point, tree[t]))
                continue
            near, far = 2 * box, 2 * box + 1
            if _to_box(point, low, high, far) < _to_box(point, low, high, near):
                near, far = far, near
            waiting[top + 1], waiting[top + 2] = far, near
            top += 2
        reach = math.sqrt(best)
        found[p] = reach


@loop
def _to_box(point, low, high, box):
    """The square of the distance to a box."""
    total = 0.0
    for k in range(3):
        away = max(low[box, k] - point[k], 0.0, point[k] - high[box, k])
        total += away * away
    return total


@loop
def _to_triangle(point, corners):
    """The square of the distance to a triangle, which may be a segment: its last two are one then.

    The closest place is a corner, on an edge or within, which the projections on the edges tell
    apart (Ericson, Real-Time Collision Detection, 2005, section 5.1.5).
    """
    a, b, c = _row(corners, 0), _row(corners, 1), _row(corners, 2)
    ab, ac, ap = _minus(b, a), _minus(c, a), _minus(point, a)
    ab_a, ac_a = _dot(ab, ap), _dot(ac, ap)
    if ab_a <= 0 and ac_a <= 0:
        return _dot(ap, ap)
    bp = _minus(point, b)
    ab_b, ac_b = _dot(ab, bp), _dot(ac, bp)
    if ab_b >= 0 and ac_b <= ab_b:
        return _dot(bp, bp)
    cp = _minus(point, c)
    ab_c, ac_c = _dot(ab, cp), _dot(ac, cp)
    if ac_c >= 0 and ab_c <= ac_c:
        return _dot(cp, cp)
    of_c = ab_a * ac_b - ab_b * ac_a
    if of_c <= 0 and ab_a >= 0 and ab_b <= 0:
        return _from(ap, ab, ab_a / (ab_a - ab_b), ac, 0.0)
    of_b = ab_c * ac_a - ab_a * ac_c
    if of_b <= 0 and ac_a >= 0 and ac_c <= 0:
        return _from(ap, ab, 0.0, ac, ac_a / (ac_a - ac_c))
    of_a = ab_b * ac_c - ab_c * ac_b
    across, back = ac_b - ab_b, ab_c - ac_c
    if of_a <= 0 and across >= 0 and back >= 0:
        share = across / (across + back)
        return _from(ap, ab, 1.0 - share, ac, share)
    whole = of_a + of_b + of_c
    return _from(ap, ab, of_b / whole, ac, of_c / whole)


@loop
def _from(ap, ab, share, ac, other):
    """The square of the distance to a + share ab + other ac."""
    total = 0.0
    for k in range(3):
        away = ap[k] - share * ab[k] - other * ac[k]
        total += away * away
    return total


@loop
def _row(array, k):
    return array[k, 0], array[k, 1], array[k, 2]


@loop
def _minus(one, other):
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


@loop
def _dot(one, other):
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
