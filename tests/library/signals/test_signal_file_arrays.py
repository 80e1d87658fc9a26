"""The user's own arrays and sounds: values as written, headers that say what is then loaded."""

import struct

import numpy as np
import pytest
from helpers.own_files import (
    FLOATS,
    RNG,
    check,
    refused,
)
from scipy.io import wavfile

from fieldbench.signals.file import Signal


@pytest.mark.parametrize("shape", [(11,), (4, 5), (3, 4, 5), (2, 3, 5)])
@pytest.mark.parametrize("kind", ["f2", "f4", ">f8", "u1", ">u2", "i2", "?"])
def test_array(tmp_path, shape, kind):
    path, kind = tmp_path / "array.npy", np.dtype(kind)
    floats = RNG.random(shape)
    if kind.kind == "f":
        stored = floats.astype(kind)
        expected = stored.astype(float)
    elif kind.kind == "b":
        stored = floats > 0.5
        expected = stored.astype(float)
    else:
        low, high = np.iinfo(kind).min, np.iinfo(kind).max
        stored = (low + floats * (high - low)).astype(kind)
        expected = (stored.astype(float) - low) / (high - low)
    np.save(path, stored)
    check(path, expected, 1, **({"range": "type"} if kind == np.int16 else {}))


@pytest.mark.parametrize("shape", [(11, 3), (4, 5, 3), (2, 3, 4, 3)])
def test_array_whose_last_axis_is_three_is_in_colour(tmp_path, shape):
    samples = RNG.random(shape)
    np.save(tmp_path / "colour.npy", samples)
    check(tmp_path / "colour.npy", samples, 3)
    np.save(tmp_path / "fortran.npy", np.asfortranarray(samples))
    check(tmp_path / "fortran.npy", samples, 3)
    with open(tmp_path / "second.npy", "wb") as file:
        np.lib.format.write_array(file, samples, version=(2, 0))
    check(tmp_path / "second.npy", samples, 3)


def test_array_whose_last_axis_is_one_is_scalar(tmp_path):
    np.save(tmp_path / "scalar.npy", FLOATS[..., :1])
    check(tmp_path / "scalar.npy", FLOATS[..., 0], 1)


def test_array_that_cannot_be_a_signal(tmp_path):
    path = tmp_path / "odd.npy"
    cases = [
        (np.where(FLOATS > 0.9, np.nan, FLOATS), "NaN"),
        (np.where(FLOATS > 0.9, np.inf, FLOATS), "infinite"),
        (FLOATS.astype(complex), "type"),
        (np.array([{}], dtype=object), "type"),
        (np.zeros(3, dtype=[("a", "f4")]), "type"),
        (np.zeros((2, 2, 2, 2)), "4 axes"),
        (np.float64(0.5), "0 axes"),
        (np.zeros((0, 4)), "no samples"),
    ]
    for samples, words in cases:
        np.save(path, samples, allow_pickle=True)
        refused(path, words)


@pytest.mark.parametrize("kind", ["u1", "<i2", "<i4", "<f4"])
@pytest.mark.parametrize("channels", [1, 2])
def test_sound(tmp_path, kind, channels):
    path = tmp_path / "sound.wav"
    wave = RNG.uniform(-1, 1, (50, channels))
    zero, full = {"u1": (128, 127), "<i2": (0, 32767), "<i4": (0, 2**31 - 1), "<f4": (0, 1)}[kind]
    wavfile.write(path, 8000, (zero + full * wave).astype(kind).squeeze())
    check(path, wave[:, 0], 1, atol=0.02 if kind == "u1" else 1e-4)
    told = Signal(path=str(path))
    assert (told.rate, told.holds, told.limits) == (8000, "amplitudes", (-1.0, 1.0))


def test_silence_is_zero(tmp_path):
    for zero in (np.zeros(9, np.int16), np.full(9, 128, np.uint8), np.zeros(9, np.float32)):
        wavfile.write(tmp_path / "silent.wav", 8000, zero)
        check(tmp_path / "silent.wav", np.zeros(9), 1, atol=0)


def test_sound_of_24_bits_with_a_foreign_chunk(tmp_path):
    samples = [-(2**23), -1, 0, 1, 2**23 - 1]
    content = b"".join(s.to_bytes(3, "little", signed=True) for s in samples) + b"\0"
    form = struct.pack("<HHIIHH", 1, 1, 8000, 24000, 3, 24)
    chunks = b"fmt " + struct.pack("<I", 16) + form + b"note" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"data" + struct.pack("<I", 15) + content
    path = tmp_path / "deep.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    check(path, np.array(samples) / 2**23, 1, atol=1e-12)


def test_sound_that_cannot_be_a_signal(tmp_path):
    path = tmp_path / "odd.wav"
    wavfile.write(path, 8000, np.array([0.0, 1.5], np.float32))
    refused(path, "from 0 to 1.5")
    wavfile.write(path, 8000, np.zeros(50, np.int16))
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + struct.pack("<H", 2) + whole[22:])
    refused(path, "compressed")
