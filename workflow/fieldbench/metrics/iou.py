"""IoU: overlap of what is occupied in the truth and in the reconstruction.

Occupied means above 0.2, the paper's threshold, confirmed by its published numbers; at 0.5 the
same volumes score very differently.
"""

import numpy as np

from fieldbench.metrics._overlap import overlap


class Metric:
    label = "IoU"
    unit = ""
    better = "higher"
    limits = (0, 1)
    dims = (1, 2, 3)
    holds = "intensities"

    def __init__(
        self,
        *,
        threshold: float = 0.2,  # INR-benchmark
    ):
        self.threshold = threshold

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """Intersection over union; 1 when both are empty."""
        return overlap(truth, reconstruction, self.threshold)
