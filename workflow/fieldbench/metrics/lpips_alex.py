"""LPIPS by AlexNet, the lpips package's own default: see _lpips.py."""

from fieldbench.metrics import _lpips


class Metric(_lpips.Lpips):
    label = "LPIPS (AlexNet)"
    unit = ""
    better = "lower"
    limits = (0, 1)
    dims = (2,)
    holds = "intensities"
    channels = (1, 3)
    smallest_side = 31
    needs = ("lpips-alex",)
    bytes_a_sample = 250  # measured
    flops_a_sample = 5.3e4  # of both pictures, counted
    NET = "alex"
