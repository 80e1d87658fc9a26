"""Chamfer distance: how far apart the surfaces of a truth and of a reconstruction are.

A surface is where distances cross zero, linearly between samples. From each of its triangles (in
2D its segments), taken at its middle and weighted by its size, the distance to the other surface
is exact; the mean of that over either surface, and the mean of the two means, in units of the
coordinates, whose span is 2. Where only one of the two has a surface the value is the diagonal of
that span, the largest distance there is.
"""

import math

import numpy as np

from fieldbench.numerics.isosurface import sizes, surface
from fieldbench.numerics.nearest import distances


class Metric:
    label = "Chamfer distance"
    unit = ""
    better = "lower"
    limits = (0, 0.1)
    dims = (2, 3)
    channels = (1,)
    smallest_side = 2
    holds = "distances"
    # Of a reconstruction that is noise, with a surface in every cell.
    bytes_a_sample = 2500
    flops_a_sample = 2e5

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """0 where the surfaces are the same, or there are none."""
        true, found = (surface(values[..., 0]) for values in (truth, reconstruction))
        if not len(true) and not len(found):
            return 0.0
        if not len(true) or not len(found):
            return 2 * math.sqrt(truth.ndim - 1)
        return (_directed(true, found) + _directed(found, true)) / 2


def _directed(pieces: np.ndarray, others: np.ndarray) -> float:
    """The mean distance of one surface from another."""
    return float(np.average(distances(pieces.mean(1), others), weights=sizes(pieces)))
