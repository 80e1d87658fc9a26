"""The domain of a model: the lattice it is trained on, and how many values it gives there."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Domain:
    """What a model maps, on which its size may depend besides its settings."""

    dims: int
    channels: int
    shape: tuple[int, ...]

    @property
    def points(self) -> int:
        return math.prod(self.shape)
