"""PSNR of the star target ring by ring: how far the spokes are followed inwards.

The star's local frequency is 40 / (2 pi rho) cycles a sample at rho samples from its centre, so a
ring is a band of frequencies, and the paper shows its rings beside the bandwidths of other
signals: .1 for the outermost and coarsest, .9 for the innermost and finest.
"""

import math

import numpy as np

RADIUS = 0.48  # of the side: where the star ends


class Metric:
    """Peak 1; a ring of a fit is scored by itself, and repeats are averaged afterwards."""

    label = "Ring PSNR"
    unit = "dB"
    better = "higher"
    limits = (0, 70)
    dims = (2,)
    kinds = ("star",)
    smallest_side = 14  # below, some ring has no sample
    parts = ("1", "2", "3", "4", "5", "6", "7", "8", "9")
    part_name = "ring"
    parts_are = "nine rings of equal width, .1 at the edge to .9 at the centre"

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> dict[str, float]:
        """The PSNR of each part; (side, side, channels) each. Ring 1 is the outermost.

        Rings have their centre at index side / 2. A sample is in the ring whose inner radius it
        reaches and whose outer radius it does not; samples beyond the last are in none.
        """
        if truth.shape[0] != truth.shape[1]:
            raise ValueError(f"rings are of a square, not of {truth.shape[:2]}")
        errors = ((truth - reconstruction) ** 2).mean(-1)
        rings = self.rings(truth.shape[0])
        found = {}
        for part in self.parts:
            own = errors[rings == int(part)]
            if own.size == 0:
                raise ValueError(f"ring {part} of a square of {truth.shape[0]} has no sample")
            error = float(np.mean(own))
            found[part] = math.inf if error == 0 else -10 * math.log10(error)
        return found

    @staticmethod
    def rings(side: int) -> np.ndarray:
        """The ring of each sample of a square, 1 (outermost) to 9, or 0 outside; (side, side)."""
        x = np.arange(side) - side / 2
        edges = RADIUS * side * np.arange(1, 10) / 9
        return 9 - np.digitize(np.hypot(x, x[:, None]), edges)
