"""Files of a user's own, and what is asked of them all."""

import struct
import zlib

import numpy as np
import pytest

from fieldbench.plan.errors import UserError
from fieldbench.signals.file import Signal

RNG = np.random.default_rng(5)
GREY8, RGB8 = RNG.integers(0, 256, (6, 9), np.uint8), RNG.integers(0, 256, (6, 9, 3), np.uint8)
GREY16 = RNG.integers(0, 65536, (6, 9), np.uint16)
RGB16 = RNG.integers(0, 65536, (6, 9, 3), np.uint16)
FLOATS = RNG.random((6, 9, 3))
SCALE = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}


def png_chunk(name, content):
    return (
        struct.pack(">I", len(content)) + name + content
        + struct.pack(">I", zlib.crc32(name + content))
    )  # fmt: skip


def write_png16(path, samples, extra=b""):
    """A 16-bit PNG of grey, grey and alpha, RGB or RGBA samples, each row filtered by `up`."""
    rows, columns, channels = samples.shape
    stored = samples.astype(">u2").view(np.uint8).reshape(rows, -1)
    filtered = np.diff(stored, axis=0, prepend=np.zeros((1, stored.shape[1]), np.uint8))
    lines = b"".join(b"\x02" + row.tobytes() for row in filtered)
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", columns, rows, 16, colour, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + extra
        + png_chunk(b"IDAT", zlib.compress(lines)) + png_chunk(b"IEND", b"")
    )  # fmt: skip


def check(path, expected, count, atol=1e-12, **settings):
    """The signal tells its shape and so many channels; the values are as expected."""
    shape = expected.shape[:-1] if count == 3 else expected.shape
    made = Signal(path=str(path), **settings)
    assert (made.shape, made.channels) == (shape, count)
    values = made.generate()
    assert values.dtype == np.float64
    assert values.flags.c_contiguous
    assert values.shape == (*shape, count)
    np.testing.assert_allclose(values, expected.reshape(values.shape), rtol=0, atol=atol)

    return made


def refused(path, words=None, **settings):
    """Reading raises a UserError that names the file, with these words if any are given."""
    with pytest.raises(UserError, match=words) as caught:
        Signal(path=str(path), **settings)
    assert path.name in caught.value.what
    assert caught.value.todo[0].isupper() and ". " not in caught.value.todo
