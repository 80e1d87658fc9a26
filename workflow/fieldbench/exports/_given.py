"""What an export is given: the arrays of one file, what is known of them, where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Given:
    """The signal or the fit that a file for players or viewers is made of."""

    arrays: Mapping[str, np.ndarray]  # of the HDF5 file, by name
    plan: Mapping[str, Any]  # array: which of them; shape, rate; signed: whether it holds distances
    stamp: Mapping[str, Any]  # where it comes from

    @property
    def values(self) -> np.ndarray | None:
        """The array to export; None where a fit failed, which has none."""
        return self.arrays.get(self.plan["array"])
