"""A sound as a WAV file, 16 bits a sample: every player plays it, and its bytes repeat."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fieldbench.exports._given import Given
from fieldbench.figures.parts import stamp as stamps
from fieldbench.results.store import write_whole

LARGEST = 32_767  # what 1 becomes


class Export:
    """Writes a sound, true or a fit's, to be heard."""

    path = "{task}/{family}/{piece}.wav"
    folder = "sounds"
    holds = ("amplitudes",)  # what the signal is of

    def write(self, given: Given, path: str | Path) -> None:
        plan = given.plan
        save(given.values, plan["shape"], round(plan["rate"]), path, given.stamp)


def save(
    values: np.ndarray | None,
    shape: Sequence[int],
    rate: int,
    path: str | Path,
    origin: stamps.Stamp | None = None,
) -> None:
    """Write amplitudes (samples, channels), clamped to [-1, 1] as they are scored.

    None, where a fit failed, is silence of that shape; so is every value that is no number.
    """
    values = np.zeros(shape) if values is None else np.nan_to_num(values, posinf=1, neginf=-1)
    samples = np.rint(np.clip(values, -1, 1) * LARGEST).astype("<i2")
    channels, size = samples.shape[1], samples.itemsize
    how = (1, channels, rate, rate * channels * size, channels * size, 8 * size)  # 1: plain numbers
    parts = [_chunk(b"fmt ", struct.pack("<HHIIHH", *how))]
    if origin is not None:
        words = stamps.text(origin, ("numpy",)).encode()
        parts.append(_chunk(b"LIST", b"INFO" + _chunk(b"ICMT", words + b"\0")))
    parts.append(_chunk(b"data", samples.tobytes()))
    write_whole(path, _chunk(b"RIFF", b"WAVE" + b"".join(parts)))


def _chunk(name: bytes, content: bytes) -> bytes:
    """A part of a RIFF file: its name, its size, its bytes, filled to an even number."""
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
