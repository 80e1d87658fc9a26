"""The user's own files, missing, cut short, damaged or of no known kind."""

import struct

import numpy as np
import pytest
from helpers.own_files import (
    GREY16,
    RGB8,
    refused,
)
from PIL import Image
from scipy.io import wavfile

from fieldbench.plan.errors import UserError
from fieldbench.signals.file import Signal


@pytest.mark.parametrize("ending", ["npy", "wav"])
def test_missing_samples_are_noticed(tmp_path, ending):
    path = tmp_path / f"short.{ending}"
    if ending == "npy":
        np.save(path, GREY16)
    else:
        wavfile.write(path, 8000, np.zeros(50, np.int16))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="cut short"):
        Signal(path=str(path))


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of the damage that it notices
@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "npy", "wav"])
def test_damaged_file_is_never_anything_but_a_user_error(tmp_path, ending):
    path = tmp_path / f"damaged.{ending}"
    if ending == "npy":
        np.save(path, RGB8)
    elif ending == "wav":
        wavfile.write(path, 8000, GREY16.astype(np.int16).ravel())
    else:
        Image.fromarray(np.kron(RGB8, np.ones((8, 8, 1), np.uint8))).save(path)
    whole = path.read_bytes()
    # Only cuts well before the end: without its last bytes a picture may still be whole.
    for length in {*range(0, min(len(whole), 300), 3), len(whole) // 2, len(whole) * 2 // 3}:
        path.write_bytes(whole[:length])
        refused(path)
    path.write_bytes(b"These are words, not samples.\n" * 9)
    refused(path, "does not start like a")
    for place in range(min(len(whole), 200)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            made = Signal(path=str(path))
            assert made.generate().shape == (*made.shape, made.channels)
        except UserError:
            pass


@pytest.mark.parametrize(
    "header",
    ["{'descr': '<f8', 'shape': ('a',)}", "{'descr': '<f8', 'shape': (-4, -2)}", "[]", "{", "{}",
     "{'descr': '<f8', 'shape': 5}", "{'descr': 5, 'shape': (5,)}", "\0", "7" * 99999],
)  # fmt: skip
def test_odd_array_header(tmp_path, header):
    path = tmp_path / "odd.npy"
    length = struct.pack("<I", len(header))
    path.write_bytes(b"\x93NUMPY\x02\0" + length + header.encode() + bytes(99))
    with pytest.raises(UserError):
        Signal(path=str(path))


def test_missing_and_unknown_files(tmp_path):
    refused(tmp_path / "none.png", "is not there")
    (tmp_path / "film.xyz.gz").write_bytes(b"words")
    refused(tmp_path / "film.xyz.gz", r"'\.xyz\.gz' cannot be read")
    (tmp_path / "folder.npy").mkdir()
    refused(tmp_path / "folder.npy", "cannot be read")
    for path in ("", "  ", None, 3):
        with pytest.raises(UserError, match="`path`"):
            Signal(path=path)
