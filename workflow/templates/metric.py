"""TITLE: the mean of the absolute errors. Say what it measures, and who published it."""

import numpy as np


class Metric:
    label = "TITLE"  # in tables and figures
    unit = ""  # such as "dB"
    better = "lower"  # or "higher"
    limits = (0, 1)  # the range of colours in heatmaps
    dims = (1, 2, 3)  # the signals that it is for

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """One number, from two arrays of the same shape: (samples along each axis, channels)."""
        return float(np.abs(truth - reconstruction).mean())
