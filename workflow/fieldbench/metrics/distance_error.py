"""Distance error: the mean absolute error of distances near the surface.

Near are samples that in truth are within 0.1 of the surface, in units of the coordinates, whose
span is 2: what is learnt from a surface is worth most there, and errors far away would outnumber
those. Where no sample is so near, the nearest ones count.
"""

import numpy as np


class Metric:
    label = "distance error"
    unit = ""
    better = "lower"
    limits = (0, 0.1)
    dims = (2, 3)
    channels = (1,)
    holds = "distances"

    def __init__(
        self,
        *,
        band: float = 0.1,  # a twentieth of the span: three samples of a lattice of 64
    ):
        self.band = band

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """In units of the coordinates."""
        away = np.abs(truth)
        near = away <= max(self.band, float(away.min()))
        return float(np.abs(truth - reconstruction)[near].mean())
