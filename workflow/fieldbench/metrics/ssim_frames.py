"""SSIM of a video: the mean over its frames of the SSIM of each, as ssim.py has it for pictures.

The data range is that of the whole video, so that all frames are compared on one scale.
"""

import numpy as np
from skimage.metrics import structural_similarity


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
        span = float(truth.max() - truth.min())
        if span == 0:  # nothing in it to compare
            return 1.0 if np.array_equal(truth, reconstruction) else 0.0
        pairs = zip(truth, reconstruction, strict=True)
        found = [structural_similarity(a, b, data_range=span, channel_axis=-1) for a, b in pairs]
        return float(np.mean(found))
