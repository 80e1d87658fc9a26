"""What a user's own file holds, read from its first bytes: shape and channels, without numpy.

The plan must know how large a signal is before any job runs. So this module reads the headers of
PNG, JPEG, TIFF, NPY and WAV files with the standard library; the signal `file` loads the values
and holds itself to what is said here.
"""

import ast
import math
import os
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from fieldbench.plan.errors import UserError

NPY_TYPES = ("b1", "u1", "u2", "i1", "i2", "f2", "f4", "f8")
PNG_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 1, 6: 3}  # by colour type; alpha is dropped
TIFF_CHANNELS = {0: 1, 1: 1, 2: 3, 3: 3, 6: 3}  # by photometric interpretation
TIFF_WIDTH, TIFF_HEIGHT, TIFF_BITS, TIFF_COLOUR, TIFF_ORIENTATION, TIFF_SAMPLES = (
    256, 257, 258, 262, 274, 277,
)  # fmt: skip
NPY_HEADER = 10_000  # bytes, which is numpy's own bound: a longer one is no description of an array
WAV_FORMATS = (1, 3, 0xFFFE)  # integers, floats, and either of them in the long form


class Header(NamedTuple):
    """What a file holds."""

    shape: tuple[int, ...]  # without channels
    channels: int  # 1 or 3
    rate: int | None = None  # samples a second, of sound only

    @property
    def holds(self) -> str:
        return "amplitudes" if self.rate else "intensities"

    @property
    def limits(self) -> tuple[float, float]:
        return (-1.0, 1.0) if self.rate else (0.0, 1.0)


def header(path: str | Path) -> Header:
    """What the signal is that a file holds.

    Raises a UserError when the file is missing, is not what its ending says, or is of a kind
    that the signal `file` does not read.
    """
    path = Path(path).expanduser()
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UserError(
            f"{path}: files ending in '{path.suffix}' cannot be read.",
            f"Convert it to one of: {', '.join(READERS)}.",
        )
    try:
        with open(path, "rb") as file:
            found = Header(*reader(file, path))
    except FileNotFoundError:
        raise UserError(f"{path} is not there.", "Mend `path` of the signal `file`.") from None
    except OSError as error:
        raise UserError(
            f"{path} cannot be read: {error.strerror}.",
            "Give yourself the right to read it, or name another file.",
        ) from None
    except (struct.error, EOFError):
        raise _unreadable(path, "it was cut short or damaged") from None
    if math.prod(found.shape) == 0:
        raise UserError(f"{path} holds no samples.", "Give a file with at least one.")
    return found


def _unreadable(path: Path, why: str) -> UserError:
    kind = path.suffix.lower()
    return UserError(f"{path} is not a readable {kind} file: {why}.", "Save or fetch it again.")


def _take(file: BinaryIO, layout: str) -> tuple:
    """The next values of a file, laid out as `struct` says."""
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _png(file: BinaryIO, path: Path) -> tuple[tuple[int, ...], int]:
    if file.read(8) != b"\x89PNG\r\n\x1a\n":
        raise _unreadable(path, "it does not start like one")
    _, kind, width, height, bits, colour = _take(file, ">I4sIIBB")
    if kind != b"IHDR" or colour not in PNG_CHANNELS:
        raise _unreadable(path, "its header is damaged")
    if colour == 4 and bits == 16:
        raise UserError(
            f"{path} is a 16-bit grey PNG with transparency, which cannot be read.",
            "Save it without the transparency.",
        )
    return (height, width), PNG_CHANNELS[colour]


def _jpeg(file: BinaryIO, path: Path) -> tuple[tuple[int, ...], int]:
    if file.read(2) != b"\xff\xd8":
        raise _unreadable(path, "it does not start like one")
    while True:
        prefix, marker = _take(file, ">BB")
        while marker == 0xFF:  # padding
            (marker,) = _take(file, ">B")
        if prefix != 0xFF or marker in (0xD9, 0xDA):
            raise _unreadable(path, "it tells no size before its picture")
        (length,) = _take(file, ">H")
        # C0..CF begin a frame, but for the tables C4 and CC and the extension C8.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            _, height, width, components = _take(file, ">BHHB")
            break
        file.seek(length - 2, os.SEEK_CUR)
    if components not in (1, 3):
        raise UserError(
            f"{path} has {components} colour components (CMYK?).", "Save it as grey or RGB."
        )
    return (height, width), components


def _tiff(file: BinaryIO, path: Path) -> tuple[tuple[int, ...], int]:
    endian = {b"II": "<", b"MM": ">"}.get(file.read(2))
    if endian is None:
        raise _unreadable(path, "it does not start like one")
    version, first = _take(file, endian + "HI")
    if version != 42:
        raise UserError(f"{path} is not a classic TIFF (a BigTIFF?).", "Save it as PNG or NPY.")
    tags, following = _tiff_directory(file, endian, first)
    if following:
        raise UserError(
            f"{path} holds more than one page.", "Save one page, or a volume as an .npy array."
        )
    colour, samples = tags.get(TIFF_COLOUR), tags.get(TIFF_SAMPLES, 1)
    channels = TIFF_CHANNELS.get(colour)
    expected = 1 if colour == 3 else channels
    if TIFF_WIDTH not in tags or TIFF_HEIGHT not in tags:
        raise _unreadable(path, "it tells no size")
    if channels is None or samples not in (expected, expected + 1):
        raise UserError(f"{path} is neither grey nor RGB.", "Save it as grey or RGB.")
    if tags.get(TIFF_ORIENTATION, 1) != 1:
        raise UserError(f"{path} is stored turned or mirrored.", "Save it upright.")
    if colour == 0 and tags.get(TIFF_BITS, 1) > 8:
        raise UserError(f"{path} is a deep TIFF where 0 is white.", "Save it with 0 as black.")
    return (tags[TIFF_HEIGHT], tags[TIFF_WIDTH]), channels


def _tiff_directory(file: BinaryIO, endian: str, start: int) -> tuple[dict[int, int], int]:
    """The first value of every short or long tag, and where the next page starts (0: nowhere)."""
    file.seek(start)
    (entries,) = _take(file, endian + "H")
    rows = [_take(file, endian + "HHI4s") for _ in range(entries)]
    (following,) = _take(file, endian + "I")
    tags = {}
    for tag, kind, count, value in rows:
        code = {3: "H", 4: "I"}.get(kind)
        if code is None or count == 0:
            continue
        width = struct.calcsize(code)
        if count * width > 4:  # the entry then holds the place of its values
            file.seek(struct.unpack(endian + "I", value)[0])
            value = file.read(width)
        tags[tag] = struct.unpack(endian + code, value[:width])[0]
    return tags, following


def _npy(file: BinaryIO, path: Path) -> tuple[tuple[int, ...], int]:
    if file.read(6) != b"\x93NUMPY":
        raise _unreadable(path, "it does not start like one")
    major, _ = _take(file, "BB")
    (length,) = _take(file, "<H" if major == 1 else "<I")
    if length > NPY_HEADER:
        raise _unreadable(path, "its header is damaged")
    text = file.read(length)
    if len(text) < length:
        raise EOFError
    try:
        header = ast.literal_eval(text.decode("utf-8").strip())
        shape, kind = tuple(header["shape"]), header["descr"]
    except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError):
        raise _unreadable(path, "its header is damaged") from None
    if not all(isinstance(n, int) and n >= 0 for n in shape):
        raise _unreadable(path, "its header is damaged")
    if not isinstance(kind, str) or kind[1:] not in NPY_TYPES:
        raise UserError(
            f"{path} holds values of type {kind!r}.",
            "Save it as bool, uint8, uint16, int8, int16, or as floats in [0, 1].",
        )
    if _left(file) < math.prod(shape) * int(kind[2:]):
        raise EOFError
    # No signal is three samples thick: a last axis of three is colour.
    if len(shape) >= 2 and shape[-1] in (1, 3):
        shape, channels = shape[:-1], shape[-1]
    else:
        channels = 1
    if not 1 <= len(shape) <= 3:
        raise UserError(
            f"{path} has {len(shape)} axes.",
            "Give one, two or three, and one more of length 3 if it is in colour.",
        )
    return shape, channels


def _wav(file: BinaryIO, path: Path) -> tuple[tuple[int, ...], int, int]:
    riff, _, wave = _take(file, "<4sI4s")
    if (riff, wave) != (b"RIFF", b"WAVE"):
        raise _unreadable(path, "it does not start like one")
    frame = rate = 0
    while True:
        name, size = _take(file, "<4sI")
        if name == b"data":
            break
        after = file.tell() + size + size % 2
        if name == b"fmt ":
            coding, _, rate, _, frame = _take(file, "<HHIIH")
            if coding not in WAV_FORMATS:
                raise UserError(f"{path} is a compressed WAV.", "Save it as plain PCM.")
        file.seek(after)
    if frame == 0 or rate == 0:
        raise _unreadable(path, "it tells no format before its samples")
    if _left(file) < size:
        raise EOFError
    return (size // frame,), 1, rate


def _left(file: BinaryIO) -> int:
    """Bytes from here to the end."""
    return os.fstat(file.fileno()).st_size - file.tell()


READERS = {
    ".png": _png,
    ".jpg": _jpeg,
    ".jpeg": _jpeg,
    ".tif": _tiff,
    ".tiff": _tiff,
    ".npy": _npy,
    ".wav": _wav,
}
