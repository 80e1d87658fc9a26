"""Which points of a lattice a closed mesh encloses: rays along the axes are counted in and out.

Along a ray the mesh is passed once inwards for every time outwards, so a point is inside where the
passages before it do not cancel. Two of the three axes decide, should a ray graze an edge.
"""

import math

import numpy as np
from numba import njit

ASIDE = (1.3e-7, 2.9e-7)  # of a step: rays lie beside the lattice, where corners of meshes may be

loop = njit(cache=True, nogil=True, error_model="numpy")


def inside(triangles: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Whether each point of a cube is enclosed, bool (n, n, n).

    `triangles` are corners (T, 3, 3), all turned the same way; `axis` the even coordinates of the
    points along every axis, (n,).
    """
    votes = np.zeros((len(axis),) * 3, np.int8)
    step = axis[1] - axis[0]
    for along in range(3):
        turned = np.roll(triangles, 2 - along, axis=2)  # a ray's own axis comes last
        passed = np.zeros((len(axis), len(axis), len(axis) + 1), np.int32)
        _pass(np.ascontiguousarray((turned - axis[0]) / step), *ASIDE, passed)
        enclosed = passed.cumsum(axis=2)[..., :-1] != 0
        votes += np.moveaxis(enclosed, (0, 1, 2), [(along + 1 + k) % 3 for k in range(3)])
    return votes >= 2


@loop
def _pass(triangles, aside_u, aside_v, passed):
    """Count in `passed` each passage where it is first behind; places are in steps."""
    side = passed.shape[0]
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        first_u = max(0, math.ceil(min(a[0], b[0], c[0]) - aside_u))
        last_u = min(side - 1, math.floor(max(a[0], b[0], c[0]) - aside_u))
        first_v = max(0, math.ceil(min(a[1], b[1], c[1]) - aside_v))
        last_v = min(side - 1, math.floor(max(a[1], b[1], c[1]) - aside_v))
        for i in range(first_u, last_u + 1):
            for j in range(first_v, last_v + 1):
                u, v = i + aside_u, j + aside_v
                of_a, of_b, of_c = _turn(b, c, u, v), _turn(c, a, u, v), _turn(a, b, u, v)
                up = of_a > 0 and of_b > 0 and of_c > 0
                down = of_a < 0 and of_b < 0 and of_c < 0
                if up or down:
                    height = (of_a * a[2] + of_b * b[2] + of_c * c[2]) / (of_a + of_b + of_c)
                    behind = min(max(math.ceil(height), 0), side)
                    passed[i, j, behind] += 1 if up else -1


@loop
def _turn(start, end, u, v):
    """The side of an edge on which a ray passes, by the area that they span."""
    return (end[0] - start[0]) * (v - start[1]) - (end[1] - start[1]) * (u - start[0])
