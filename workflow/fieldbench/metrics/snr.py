"""SNR: signal-to-noise ratio, the root mean square of the truth over that of the error.

What INR-Bench's authors score sounds by (NeAF, AAAI 2025): 20 log10(rms(a) / rms(a - p)). Their
code adds 1e-8 to both, which only tells above 80 dB.
"""

import math

import numpy as np


class Metric:
    label = "SNR"
    unit = "dB"
    better = "higher"
    limits = (0, 50)
    dims = (1, 2, 3)

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """Over all samples and channels; infinite without an error, minus that without a truth."""
        power, error = (float(np.mean(a**2)) for a in (truth, truth - reconstruction))
        if error == 0 or power == 0:
            return math.inf if error == 0 else -math.inf
        return 10 * math.log10(power / error)
