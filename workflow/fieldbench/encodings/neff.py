"""NeFF: x, and sin(2^k pi x), cos(2^k pi x) for k = 0, 1, ..., octaves - 1, an axis.

Source: Mildenhall et al., "NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis",
ECCV 2020. Octaves are a number, or 0 for a rule's: ten in 3D, else floor(log2(S / 4)), where S is
8192 (`paper`: INR-Bench's batch, which comes to 11) or the shortest side of the signal (`nyquist`).
Grade: B; the names of the two rules are ours, P.
"""

import math

import torch

from fieldbench.encodings._by_axis import ByAxis, waves
from fieldbench.plan.errors import UserError


def rungs(octaves, rule, dims, shape) -> int:
    """How many frequencies an axis has."""
    if octaves > 0:
        return octaves
    if dims == 3:
        return 10
    side = min(shape) if rule == "nyquist" else 8192
    return max(1, math.floor(math.log2(max(1, side / 4))))


def width(*, dims, shape, octaves, rule, **_) -> int:
    """How many features a point gets."""
    return dims * (1 + 2 * rungs(octaves, rule, dims, shape))


def parameters(**_) -> int:
    """Trainable numbers: none."""
    return 0


class Encoding(ByAxis):
    derivatives = 2

    def __init__(
        self,
        *,
        dims: int,
        shape: tuple[int, ...],
        generator: torch.Generator,
        octaves: int = 0,  # as many as the rule says
        rule: str = "paper",  # or nyquist
    ):
        super().__init__()
        if octaves < 0 or rule not in ("paper", "nyquist"):
            raise UserError(
                f"NeFF knows no octaves {octaves} by the rule '{rule}'.",
                "Give a number, or 0 and one of: paper, nyquist.",
            )
        count = rungs(octaves, rule, dims, shape)
        self.register_buffer("frequencies", math.pi * 2.0 ** torch.arange(count))

    def along(self, values: torch.Tensor, axis: int) -> torch.Tensor:
        return torch.cat([values[:, None], waves(values[:, None] * self.frequencies)], dim=-1)
