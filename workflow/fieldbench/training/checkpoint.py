"""Checkpoints of a long fit: killed at any moment, it goes on and ends with the same numbers."""

import io
import sys
import time
from pathlib import Path
from typing import Any

import torch

from fieldbench.store import write_whole


class Checkpoint:
    """One file beside a fit, whole or absent, gone when the fit is done.

    `identity` tells fits apart: a checkpoint of other settings, code or data is not taken up.
    """

    def __init__(self, path: str | Path, identity: str, seconds: float):
        self.path = Path(path)
        self.identity = identity
        self.seconds = seconds
        self._last = time.monotonic()

    def due(self) -> bool:
        return time.monotonic() - self._last >= self.seconds

    def save(self, state: dict[str, Any]) -> None:
        buffer = io.BytesIO()
        torch.save({"identity": self.identity, **state}, buffer)
        write_whole(self.path, buffer.getvalue())
        self._last = time.monotonic()

    def load(self) -> dict[str, Any] | None:
        """The saved state, or None when there is none that fits."""
        if not self.path.is_file():
            return None
        try:
            state = torch.load(self.path, weights_only=True)
            if state["identity"] == self.identity:
                return state
            reason = "belongs to other settings, code or data"
        except Exception as error:  # whatever a damaged file makes torch raise
            reason = f"cannot be read ({type(error).__name__})"
        print(f"The checkpoint {self.path} {reason}: starting afresh.", file=sys.stderr)
        self.clear()
        return None

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)
