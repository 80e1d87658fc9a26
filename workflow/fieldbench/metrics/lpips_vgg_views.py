"""LPIPS by VGG16 of views of a scene, the mean over views: see _lpips.py."""

import numpy as np

from fieldbench.metrics import _lpips


class Metric(_lpips.Lpips):
    label = "view LPIPS (VGG)"
    unit = ""
    better = "lower"
    limits = (0, 1)
    dims = (3,)
    holds = "views"
    channels = (1, 3)
    smallest_side = 16
    sides = (1, 2)  # which must be as long: any number of views will do
    needs = ("lpips-vgg",)
    bytes_a_sample = 1300  # as of a picture: with several views more than it takes
    flops_a_sample = 1.2e6  # as of a picture
    NET = "vgg"

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """Mean over views; (views, rows, columns, 1 or 3 channels) each."""
        pairs = zip(truth, reconstruction, strict=True)
        return float(np.mean([super(Metric, self).score(a, b) for a, b in pairs]))
