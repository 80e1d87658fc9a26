"""LPIPS by VGG16, which the paper reports: see _lpips.py."""

from fieldbench.metrics import _lpips


class Metric(_lpips.Lpips):
    label = "LPIPS (VGG)"
    unit = ""
    better = "lower"
    limits = (0, 1)
    dims = (2,)
    holds = "intensities"
    channels = (1, 3)
    smallest_side = 16
    needs = ("lpips-vgg",)
    bytes_a_sample = 1300  # measured, as the features of the first layers take
    flops_a_sample = 1.2e6  # of both pictures, counted
    NET = "vgg"
