"""SSIM of views of a scene: the mean over views of the SSIM of each, as ssim.py has it.

The data range is that of all views that are asked for, so that all are compared on one scale.
"""

import numpy as np

from fieldbench.metrics._pictures import mean_ssim


class Metric:
    label = "view SSIM"
    unit = ""
    better = "higher"
    limits = (0, 1)
    dims = (3,)
    holds = "views"
    smallest_side = 7  # the window
    sides = (1, 2)  # which must be as long: any number of views will do

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """Mean over views; (views, rows, columns, channels) each."""
        return mean_ssim(truth, reconstruction)
