"""SSIM of a video: the mean over its frames of the SSIM of each, as ssim.py has it for pictures.

The data range is that of the whole video, so that all frames are compared on one scale.
"""

import numpy as np

from fieldbench.metrics._pictures import mean_ssim


class Metric:
    label = "frame SSIM"
    unit = ""
    better = "higher"
    limits = (0, 1)
    dims = (3,)
    holds = "frames"
    smallest_side = 7  # the window
    sides = (1, 2)  # which must be as long: any number of frames will do

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """Mean over frames; (frames, rows, columns, channels) each."""
        return mean_ssim(truth, reconstruction)
