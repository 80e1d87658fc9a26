"""Scores of several pictures at once."""

import numpy as np
from skimage.metrics import structural_similarity


def mean_ssim(truth: np.ndarray, reconstruction: np.ndarray) -> float:
    """The mean over pictures of the SSIM of each; (pictures, rows, columns, channels) both.

    The data range is that of all true pictures together, so that they are compared on one scale.
    """
    span = float(truth.max() - truth.min())
    if span == 0:  # nothing in them to compare
        return 1.0 if np.array_equal(truth, reconstruction) else 0.0
    pairs = zip(truth, reconstruction, strict=True)
    found = [structural_similarity(a, b, data_range=span, channel_axis=-1) for a, b in pairs]
    return float(np.mean(found))
