"""Named random streams: every draw derives from (purpose, names, seed).

Two streams with different names are independent, and adding one never moves another. The library
never seeds a global generator.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


def derive(purpose: str, *names: object, seed: int = 0) -> int:
    """A 63-bit integer that depends on all its arguments, the same on every machine."""
    text = "\x1f".join([purpose, *map(str, names), str(seed)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def numpy_stream(purpose: str, *names: object, seed: int = 0) -> np.random.Generator:
    """A NumPy generator for one purpose."""
    return np.random.Generator(np.random.PCG64(derive(purpose, *names, seed=seed)))


def torch_stream(purpose: str, *names: object, seed: int = 0) -> torch.Generator:
    """A torch generator on the CPU for one purpose; draws are moved to the device afterwards."""
    import torch  # here, so that drawing noise need not load it

    return torch.Generator().manual_seed(derive(purpose, *names, seed=seed))
