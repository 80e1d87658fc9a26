"""Relative L2 error: the norm of the error over the norm of the truth.

For fields that have no peak of their own: 0 is exact, and 1 is what a field of zeros has.
"""

import math

import numpy as np


class Metric:
    label = "relative error"
    unit = ""
    better = "lower"
    limits = (0, 1)
    dims = (1, 2, 3)

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """Over all samples and channels; 0 of equals, infinite of what is not zero as it should."""
        error = float(np.linalg.norm(truth - reconstruction))
        if error == 0:
            return 0.0
        norm = float(np.linalg.norm(truth))
        return error / norm if norm > 0 else math.inf
