"""Aligned PSNR: after the brightness and contrast that suit a reconstruction best.

For tasks that show no level, such as Poisson images: of a x + b over all samples and channels, the
least squares one is compared with the truth, with peak 1. It is not clamped.
"""

import math

import numpy as np


class Metric:
    label = "aligned PSNR"
    unit = "dB"
    better = "higher"
    limits = (0, 70)
    dims = (1, 2, 3)
    smallest_side = 2
    clamped = False

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """-10 log10 of the mean square error that is left; infinite when it is rounding alone."""
        if truth.size < 2:
            raise ValueError("a single sample has no contrast")
        found, true = reconstruction - reconstruction.mean(), truth - truth.mean()
        spread = float(np.mean(found**2))
        contrast = float(np.mean(found * true)) / spread if spread > 0 else 0.0
        error = float(np.mean((contrast * found - true) ** 2))
        rounding = (np.finfo(np.float64).eps * float(np.abs(truth).max())) ** 2
        return math.inf if error <= 4 * rounding else -10 * math.log10(error)
