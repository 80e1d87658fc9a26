"""Intersection over union of what two arrays have above a threshold."""

import numpy as np


def overlap(truth: np.ndarray, reconstruction: np.ndarray, threshold: float) -> float:
    """The share of what either has that both have; 1 when neither has any."""
    true, found = truth > threshold, reconstruction > threshold
    union = np.count_nonzero(true | found)
    return 1.0 if union == 0 else float(np.count_nonzero(true & found) / union)
