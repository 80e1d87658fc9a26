"""IoU of the inside: overlap of what is below zero, so inside, in truth and reconstruction."""

import numpy as np

from fieldbench.metrics._overlap import overlap


class Metric:
    label = "IoU of the inside"
    unit = ""
    better = "higher"
    limits = (0, 1)
    dims = (2, 3)
    channels = (1,)
    holds = "distances"

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """Intersection over union; 1 when both are empty."""
        return overlap(-truth, -reconstruction, 0.0)
