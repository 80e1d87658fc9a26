"""PSNR: peak signal-to-noise ratio with peak 1, over all samples and channels.

The peak is 1 for every signal, as in the paper, also where a truth spans less (a constant then has
60 dB and more) or leaves [0, 1], where no clamped reconstruction can follow it.
"""

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
