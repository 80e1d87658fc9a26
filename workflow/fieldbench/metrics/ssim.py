"""SSIM: structural similarity of images (Wang et al. 2004), as scikit-image computes it.

Its defaults, which the paper uses: a uniform window of 7 x 7, K1 = 0.01, K2 = 0.03, sample
covariance, windows that leave the picture not counted. The data range is the truth's own, largest
less smallest, so that a truth of any range is compared on its own scale. In float64, because
signals of low bandwidth span a few thousandths and the variances would cancel in float32.

A channel is compared by itself, as a picture of two axes: the paper's code for tomography takes
the columns of a picture for channels, and averages what it gets of lines.
"""

import numpy as np
from skimage.metrics import structural_similarity


class Metric:
    label = "SSIM"
    unit = ""
    better = "higher"
    limits = (0, 1)
    dims = (2,)
    smallest_side = 7  # the window

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """Mean over pixels and channels; (rows, columns, channels) each."""
        span = float(truth.max() - truth.min())
        if span == 0:  # a constant picture has no structure to compare
            return 1.0 if np.array_equal(truth, reconstruction) else 0.0
        return float(structural_similarity(truth, reconstruction, data_range=span, channel_axis=-1))
