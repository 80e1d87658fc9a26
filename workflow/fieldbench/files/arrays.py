"""NumPy's arrays: NPY, and NPZ with a key. No pickle is ever opened."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np

from fieldbench.files import checks
from fieldbench.files.content import Content, Wanted

START = b"\x93NUMPY"
LONGEST_HEADER = 10_000  # bytes, NumPy's own bound: a longer one is no description of an array
SUFFIX = ".npy"


def read(path: Path, wanted: Wanted) -> Content:
    """The array of an NPY file."""
    checks.no_key(path, wanted)
    checks.check_start(path, START)
    with open(path, "rb") as file:
        shape, kind = _header(path, file)
        if os.fstat(file.fileno()).st_size - file.tell() < np.prod(shape, dtype=object) * kind:
            raise checks.unreadable(path, "it was cut short or damaged")
    mapped = np.lib.format.open_memmap(path, mode="r")
    return of_array(path, _part(path, shape, lambda part: mapped[part], wanted))


def read_packed(path: Path, wanted: Wanted) -> Content:
    """One array of an NPZ file."""
    with zipfile.ZipFile(path) as packed:
        names = [n.removesuffix(SUFFIX) for n in packed.namelist() if n.endswith(SUFFIX)]
        member = checks.chosen(path, wanted.key, names, "array") + SUFFIX
        # What is packed may say it is huge: its size is known before a byte is unpacked.
        with packed.open(member) as file:
            shape, kind = _header(path, file)
            size = packed.getinfo(member).file_size
            if size - file.tell() < np.prod(shape, dtype=object) * kind:
                raise checks.unreadable(path, "it was cut short or damaged")
            checks.bounded(path, shape)
            file.seek(0)
            values = np.lib.format.read_array(file, allow_pickle=False)
    return of_array(path, _part(path, shape, lambda part: values[part], wanted))


def of_array(path: Path, values: np.ndarray) -> Content:
    """The content of an array, of which nothing is known but its type."""
    checks.typed(path, values.dtype.kind)
    return Content(values, full=full(values.dtype))


def full(dtype: np.dtype) -> tuple[float, float] | None:
    """What a type means by black and white: that of bits, and whole numbers of up to 16 bits.

    A signed or a wider type says nothing of its values.
    """
    if dtype.kind == "b":
        return (0, 1)
    small = dtype.kind == "u" and dtype.itemsize <= 2
    return (0, int(np.iinfo(dtype).max)) if small else None


def _header(path: Path, file: IO[bytes]) -> tuple[tuple[int, ...], int]:
    """The shape of an array and the bytes of a sample; the file is then at the first of them."""
    try:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            read_it = np.lib.format.read_array_header_1_0
        else:
            read_it = np.lib.format.read_array_header_2_0
        shape, _, dtype = read_it(file, max_header_size=LONGEST_HEADER)
    except Exception:  # NumPy parses it as Python, which fails in many ways
        raise checks.unreadable(path, "its header is damaged or cut short") from None
    if any(side < 0 for side in shape):
        raise checks.unreadable(path, "its header is damaged")
    checks.typed(path, dtype.kind)
    return shape, dtype.itemsize


def _part(
    path: Path, shape: tuple[int, ...], load: Callable[[slice], np.ndarray], wanted: Wanted
) -> np.ndarray:
    """A copy of the samples that are asked for, none of which has been loaded yet."""
    if not shape:
        checks.check_axes(path, 0)
    part = checks.taken(path, shape[0], wanted)
    checks.bounded(path, (part.stop - part.start, *shape[1:]))
    return np.array(load(part), order="C")
