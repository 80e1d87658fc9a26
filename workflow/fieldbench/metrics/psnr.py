"""PSNR: peak signal-to-noise ratio with peak 1, over all samples and channels."""

import math

import numpy as np


class Metric:
    label = "PSNR"
    unit = "dB"
    better = "higher"
    limits = (0, 70)  # of colours, as the paper draws them
    dims = (1, 2, 3)

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """-10 log10 of the mean square error; infinite when there is none."""
        error = float(np.mean((truth - reconstruction) ** 2))
        return math.inf if error == 0 else -10 * math.log10(error)
