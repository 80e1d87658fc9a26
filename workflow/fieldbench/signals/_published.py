"""Published files, opened as exactly what they must be, since others made them."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import wavfile

from fieldbench.plan.errors import UserError

REPLACE = "Replace it with the published file; config/datasets.yaml says where that is."
HEADER = 2**16  # bytes that an NPY file may have before its numbers


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises at a missing or damaged file into a UserError."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{path} cannot be used: {error}.", REPLACE) from error


def picture(path: Path, shape: tuple[int, int], mode: str, form: str = "PNG") -> np.ndarray:
    """A picture of `shape` (rows, columns) and a Pillow mode, as stored: uint8 or uint16."""
    # Pillow knows size and mode from the header, before it unpacks a byte of the picture.
    with usable(path), Image.open(path, formats=(form,)) as image:
        found = (image.height, image.width)
        if found != shape or image.mode != mode:
            raise UserError(
                f"{path} holds {found[0]} rows of {found[1]} pixels of type {image.mode}, where "
                f"{shape[0]} rows of {shape[1]} of type {mode} are expected.",
                REPLACE,
            )
        return np.asarray(image)


def bits(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """An NPY array of bool, of exactly this shape."""
    # Mapped, because the header alone then tells shape and type, and no pickle is ever opened.
    with usable(path):
        array = np.lib.format.open_memmap(path, mode="r")
        if array.dtype != bool or array.shape != shape:
            raise UserError(
                f"{path} holds {array.dtype} of shape {array.shape}, where bool of shape {shape} "
                "is expected.",
                REPLACE,
            )
        return np.array(array, order="C")


def arrays(path: Path, wanted: dict[str, tuple[tuple[int, ...], str]]) -> dict[str, np.ndarray]:
    """Arrays of an NPZ file by name, each of exactly its shape and type."""
    found = {}
    with usable(path), np.load(path, allow_pickle=False) as file:
        for name, (shape, kind) in wanted.items():
            # What is packed may say it is huge: its size is known before a byte is unpacked.
            size, most = file.zip.getinfo(f"{name}.npy").file_size, np.dtype(kind).itemsize
            most *= math.prod(shape)
            if size > most + HEADER:
                raise UserError(f"{path} holds {size} bytes as '{name}', not {most}.", REPLACE)
            found[name] = file[name]
            if (found[name].shape, found[name].dtype) != (shape, kind):
                raise UserError(
                    f"{path} holds '{name}' as {found[name].dtype} of shape {found[name].shape}, "
                    f"where {kind} of shape {shape} is expected.",
                    REPLACE,
                )
    return found


def sound(path: Path, samples: int, rate: int) -> np.ndarray:
    """A WAV file of one channel of floats, of exactly so many samples, (samples,): float32."""
    # Mapped: the header alone tells how many samples there are.
    with usable(path):
        found, values = wavfile.read(path, mmap=True)
        if (found, values.shape, values.dtype) != (rate, (samples,), np.float32):
            raise UserError(
                f"{path} holds {values.dtype} of shape {values.shape} at {found} samples a second, "
                f"where float32 of shape ({samples},) at {rate} are expected.",
                REPLACE,
            )
        return np.array(values)


def frames(path: Path, sides: tuple[int, int], count: int) -> Iterator[np.ndarray]:
    """The first `count` pictures of a video of these sides, each (rows, columns, 3): uint8 RGB."""
    import av  # here, because signals that are no video need not load a decoder

    with usable(path), av.open(str(path)) as video:
        stream = video.streams.video[0]
        found = 0
        for frame in video.decode(stream):
            if (frame.height, frame.width) != sides:
                raise UserError(
                    f"{path} holds {frame.height} rows of {frame.width} pixels, where {sides[0]} "
                    f"rows of {sides[1]} are expected.",
                    REPLACE,
                )
            yield frame.to_ndarray(format="rgb24")
            found += 1
            if found == count:
                return
        raise UserError(f"{path} holds {found} frames, where {count} are expected.", REPLACE)
