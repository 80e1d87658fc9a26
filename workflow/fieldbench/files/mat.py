"""MATLAB's MAT files: version 5 by SciPy, version 7.3, which is HDF5, by h5py."""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from fieldbench.files import arrays, checks, hdf5
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.bounds import MOST_SAMPLES
from fieldbench.plan.errors import UserError

START = b"MATLAB 5.0 MAT-file"
START_73 = b"MATLAB 7.3 MAT-file"
NUMBERS = {
    "double", "single", "logical",
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
}  # fmt: skip
HEADER = 128  # bytes before the first variable
PACKED = 15  # the type of a variable that is packed by zlib
MOST_BYTES = 8 * MOST_SAMPLES
STEP = 2**20


def read(path: Path, wanted: Wanted) -> Content:
    """The only array of a MAT file, or the one that `key` names."""
    checks.check_start(path, START, START_73)
    with open(path, "rb") as file:
        newer = file.read(len(START_73)) == START_73
    values = _newer(path, wanted) if newer else _older(path, wanted)
    if values.ndim == 2 and 1 in values.shape:
        values = values.reshape(-1)  # MATLAB has no array of one axis
    if not newer:
        values = values[checks.taken(path, len(values), wanted)]
    return arrays.of_array(path, np.ascontiguousarray(values))


def _newer(path: Path, wanted: Wanted) -> np.ndarray:
    values, logical = hdf5.stored(path, wanted, turned=True)
    return values.astype(bool) if logical else values


def _older(path: Path, wanted: Wanted) -> np.ndarray:
    from scipy.io import loadmat, whosmat

    with open(path, "rb") as file:
        _check_packed(path, file)
    known = {name: (shape, kind) for name, shape, kind in whosmat(path) if kind in NUMBERS}
    key = checks.chosen(path, wanted.key, list(known), "array")
    shape, kind = known[key]
    checks.check_axes(path, len(shape))
    checks.bounded(path, shape)
    values = loadmat(path, variable_names=[key])[key]
    return values.astype(bool) if kind == "logical" else values


def _check_packed(path: Path, file: BinaryIO) -> None:
    """Refuse a file whose packed variables would unpack to more than a signal may have."""
    file.seek(126)
    order = {b"IM": "<", b"MI": ">"}.get(file.read(2))
    if order is None:
        raise checks.unreadable(path, "its header is damaged")
    while len(tag := file.read(8)) == 8:
        kind, size = struct.unpack(order + "II", tag)
        after = file.tell() + size
        if kind == PACKED:
            _check_unpacks(path, file, size)
        file.seek(after)


def _check_unpacks(path: Path, file: BinaryIO, size: int) -> None:
    """Unpack `size` bytes piece by piece, keep nothing, and refuse what does not end in time."""
    unpacker, total, left = zlib.decompressobj(), 0, size
    while not unpacker.eof and (unpacker.unconsumed_tail or left):
        piece = unpacker.unconsumed_tail
        if not piece:
            piece = file.read(min(STEP, left))
            left -= len(piece)
        if not piece:
            raise checks.unreadable(path, "it was cut short or damaged")
        total += len(unpacker.decompress(piece, STEP))
        if total > MOST_BYTES + STEP:
            raise UserError(
                f"{path} unpacks to more than {MOST_BYTES >> 20} MiB.", "Save only what is needed."
            )
