"""What a small stored fit holds, and what a write leaves in its folder."""

import numpy as np

ARRAYS = {"values": np.arange(12.0).reshape(3, 4), "history/loss": np.array([3.0, 2.0])}
FACTS = {"cell": {"model": "grid", "budget": 100}, "status": "ok", "steps": 7, "rate": 0.1}


def left_in(folder):
    return sorted(p.name for p in folder.iterdir())
