"""Headers of a user's own files: shape and channels, read without numpy and without the values.

The plan must know how large a signal is before any job runs. So this module reads the headers of
PNG, JPEG and TIFF files by Pillow, and those of NPY and WAV files, whose readers import numpy, by
itself. The signal `file` loads the values and checks them against what is said here.
"""

import ast
import math
import os
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from fieldbench.plan.errors import UserError

NPY_TYPES = ("b1", "u1", "u2", "i1", "i2", "f2", "f4", "f8")
# By Pillow's mode; alpha is dropped.
MODE_CHANNELS = {"1": 1, "L": 1, "LA": 1, "I": 1, "I;16": 1, "P": 3, "RGB": 3, "RGBA": 3}
PNG_START, JPEG_START = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
TIFF_CHANNELS = {0: 1, 1: 1, 2: 3, 3: 3, 6: 3}  # by photometric interpretation
TIFF_TAGS = 256, 257, 258, 262, 274, 277
TIFF_WIDTH, TIFF_HEIGHT, TIFF_BITS, TIFF_COLOUR, TIFF_ORIENTATION, TIFF_SAMPLES = TIFF_TAGS
NPY_HEADER = 10_000  # bytes, which is numpy's own bound: a longer one is no description of an array
WAV_FORMATS = (1, 3, 0xFFFE)  # integers, floats, and either of them in the long form


class Header(NamedTuple):
    """The contents of a file, as its header tells them."""

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
    """Read the header of a user's file.

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
            found = reader(file, path)
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
    """Read the next values of a file, laid out as `struct` says."""
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _picture(file: BinaryIO, path: Path) -> Header:
    """Read the header of a PNG or JPEG file by Pillow, which unpacks nothing here.

    Its driver is called directly: `Image.open` refuses large pictures by a bound of its own, where
    the plan has one for signals of every kind.
    """
    from PIL import JpegImagePlugin, PngImagePlugin  # not above: most presets name no picture

    png = path.suffix.lower() == ".png"
    _check_start(file, path, PNG_START if png else JPEG_START)
    file.seek(0)
    driver = PngImagePlugin.PngImageFile if png else JpegImagePlugin.JpegImageFile
    with _damages(path):
        image = driver(file)
    channels = MODE_CHANNELS.get(image.mode)
    if channels is None:
        raise UserError(f"{path} has colours of the kind {image.mode}.", "Save it as grey or RGB.")
    if any(tile.args == "LA;16B" for tile in image.tile):
        raise UserError(
            f"{path} is a 16-bit grey PNG with transparency, which cannot be read.",
            "Save it without the transparency.",
        )
    return Header((image.height, image.width), channels)


def _tiff(file: BinaryIO, path: Path) -> Header:
    """Read the tags of a TIFF file by Pillow, whose `open` refuses colours that are floats."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2  # not above: most presets name none

    start = _check_start(file, path, *TIFF_STARTS)
    if b"+" in start:  # 43, where a classic TIFF has 42
        raise UserError(f"{path} is not a classic TIFF (a BigTIFF?).", "Save it as PNG or NPY.")
    with _damages(path):
        directory = ImageFileDirectory_v2(start + file.read(4))
        file.seek(directory.next)
        directory.load(file)
        tags = {tag: _first(directory[tag]) for tag in TIFF_TAGS if tag in directory}
    if directory.next:
        raise UserError(
            f"{path} holds more than one page.", "Save one page, or a volume as an .npy array."
        )
    if TIFF_WIDTH not in tags or TIFF_HEIGHT not in tags:
        raise _unreadable(path, "it tells no size")
    colour, samples = tags.get(TIFF_COLOUR, -1), tags.get(TIFF_SAMPLES, 1)
    channels = TIFF_CHANNELS.get(colour)
    expected = 1 if colour == 3 else channels
    if channels is None or expected is None or samples not in (expected, expected + 1):
        raise UserError(f"{path} is neither grey nor RGB.", "Save it as grey or RGB.")
    if tags.get(TIFF_ORIENTATION, 1) != 1:
        raise UserError(f"{path} is stored turned or mirrored.", "Save it upright.")
    if colour == 0 and tags.get(TIFF_BITS, 1) > 8:
        raise UserError(f"{path} is a deep TIFF where 0 is white.", "Save it with 0 as black.")
    return Header((tags[TIFF_HEIGHT], tags[TIFF_WIDTH]), channels)


def _first(value: Any) -> int:
    """The first number of a tag's values."""
    return int(value[0] if isinstance(value, tuple) else value)


def _check_start(file: BinaryIO, path: Path, *starts: bytes) -> bytes:
    """Read the first bytes of a file; raise a UserError if they are not those of its kind."""
    start = file.read(len(starts[0]))
    if start not in starts:
        raise _unreadable(path, "it does not start like one")
    return start


@contextmanager
def _damages(path: Path) -> Iterator[None]:
    """Turn what Pillow raises for a damaged header, which is nearly anything, into a UserError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's, of damage beside what is read here
            yield
    except Exception as error:
        if isinstance(error, OSError) and error.errno:  # a fault of the disk, not of the file
            raise
        raise _unreadable(path, "its header is damaged or cut short") from None


def _npy(file: BinaryIO, path: Path) -> Header:
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
    return Header(shape, channels)


def _wav(file: BinaryIO, path: Path) -> Header:
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
    return Header((size // frame,), 1, rate)


def _left(file: BinaryIO) -> int:
    """Bytes from here to the end."""
    return os.fstat(file.fileno()).st_size - file.tell()


READERS = {
    ".png": _picture,
    ".jpg": _picture,
    ".jpeg": _picture,
    ".tif": _tiff,
    ".tiff": _tiff,
    ".npy": _npy,
    ".wav": _wav,
}
