"""LPIPS by SqueezeNet 1.1, the smallest of the three networks: see _lpips.py."""

from fieldbench.metrics import _lpips


class Metric(_lpips.Lpips):
    label = "LPIPS (SqueezeNet)"
    unit = ""
    better = "lower"
    limits = (0, 1)
    dims = (2,)
    holds = "intensities"
    channels = (1, 3)
    smallest_side = 17
    needs = ("lpips-squeeze",)
    bytes_a_sample = 450  # measured
    flops_a_sample = 2.1e4  # of both pictures, counted
    NET = "squeeze"
