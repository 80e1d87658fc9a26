"""IoU at 0.5, half of the range: what a reader expects who does not know the paper's 0.2."""

import numpy as np

from fieldbench.metrics._overlap import overlap


class Metric:
    label = "IoU at 0.5"
    unit = ""
    better = "higher"
    limits = (0, 1)
    dims = (1, 2, 3)
    holds = "intensities"

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """Intersection over union; 1 when both are empty."""
        return overlap(truth, reconstruction, 0.5)
