"""Checkpoints of a long fit: killed at any moment, it goes on and ends with the same numbers."""

import hashlib
import io
import sys
import time
from pathlib import Path
from typing import Any

import torch

from fieldbench.results.store import write_whole

_DIGEST = hashlib.sha256().digest_size


class Checkpoint:
    """One file beside a fit, whole or absent; whoever writes the fit removes it then.

    `identity` tells fits apart: a checkpoint of other settings, code or data is not taken up. The
    file begins with the SHA-256 of the rest, since torch reads wrong numbers as readily as right.
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
        content = buffer.getvalue()
        write_whole(self.path, hashlib.sha256(content).digest() + content)
        self._last = time.monotonic()

    def load(self) -> dict[str, Any] | None:
        """The saved state, or None when there is none that fits."""
        if not self.path.is_file():
            return None
        try:
            content = self.path.read_bytes()
            if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
                raise ValueError("its checksum is wrong")
            state = torch.load(io.BytesIO(content[_DIGEST:]), weights_only=True)
            if state["identity"] == self.identity:
                return state
            reason = "belongs to other settings, code or data"
        except Exception as error:  # whatever a damaged file makes torch raise
            reason = f"cannot be read ({error})"
        print(f"The checkpoint {self.path} {reason}: starting afresh.", file=sys.stderr)
        self.path.unlink(missing_ok=True)
        return None
