"""TITLE: x and x^2 an axis.

The first line is the name and the formula, and the fields below stand in the table of parts.

Source: proposed here.
Grade: P.
"""

import torch

from fieldbench.encodings._by_axis import ByAxis


# What the plan needs to know without running this file: arithmetic of the arguments alone.
def width(*, dims, **_) -> int:
    """How many features a point gets."""
    return 2 * dims


def parameters(**_) -> int:
    """Trainable numbers: none."""
    return 0


class Encoding(ByAxis):
    derivatives = 2  # how often it may be differentiated

    # Settings of its own come after these three.
    def __init__(self, *, dims: int, shape: tuple[int, ...], generator: torch.Generator):
        super().__init__()

    def along(self, values: torch.Tensor, axis: int) -> torch.Tensor:
        """Features of coordinates along one axis; (N,) to (N, width / dims)."""
        return torch.stack([values, values.square()], dim=-1)
