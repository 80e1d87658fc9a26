"""Sounds by soundfile: WAV, FLAC, MP3, OGG."""

import os
import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np

from fieldbench.files import checks
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError

STARTS = {
    ".wav": (b"RIFF",),
    ".flac": (b"fLaC",),
    ".mp3": (b"ID3", b"\xff"),
    ".ogg": (b"OggS",),
}
WHOLE = {"PCM_S8": "int16", "PCM_U8": "int16", "PCM_16": "int16", "PCM_24": "int32",
         "PCM_32": "int32"}  # fmt: skip
LOSSY = ("VORBIS", "OPUS", "MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III")
WAV_FORMATS = (1, 3, 0xFFFE)  # integers, floats, and either of them in the long form


def read(path: Path, wanted: Wanted) -> Content:
    """A sound (samples, channels), and its samples a second."""
    import soundfile

    checks.no_key(path, wanted)
    ending = path.suffix.lower()
    checks.check_start(path, *STARTS[ending])
    if ending == ".wav":
        with open(path, "rb") as file:
            _check_wav(path, file)
    with soundfile.SoundFile(path) as sound:
        part = checks.taken(path, sound.frames, wanted)
        count = part.stop - part.start
        checks.bounded(path, (count, sound.channels))
        kind = WHOLE.get(sound.subtype, "float64")
        sound.seek(part.start)
        values = sound.read(count, dtype=kind, always_2d=True)
        if len(values) < count:
            raise checks.unreadable(path, "it was cut short or damaged")
        lossy, rate = sound.subtype in LOSSY, sound.samplerate
    notes: tuple[str, ...] = ()
    if lossy and np.abs(values).max() > 1:
        # What was left out of the sound may have held its peaks down.
        values, notes = values.clip(-1, 1), ("peaks above full volume were cut",)
    half = -float(np.iinfo(values.dtype).min) if values.dtype.kind == "i" else None
    full = None if half is None else (-half, half)
    return Content(values, "amplitudes", True, rate=rate, full=full, notes=notes)


def _check_wav(path: Path, file: BinaryIO) -> None:
    """Refuse a WAV that is compressed, or shorter than it says: what is missing would be silent."""
    try:
        riff, _, wave = _take(file, "<4sI4s")
        if (riff, wave) != (b"RIFF", b"WAVE"):
            raise checks.unreadable(path, "it does not start like a .wav file")
        coding = None
        while True:
            name, size = _take(file, "<4sI")
            if name == b"data":
                break
            after = file.tell() + size + size % 2
            if name == b"fmt ":
                (coding,) = _take(file, "<H")
            file.seek(after)
    except struct.error:
        raise checks.unreadable(path, "it was cut short or damaged") from None
    if coding not in WAV_FORMATS:
        raise UserError(f"{path} is a compressed WAV.", "Save it as plain PCM.")
    if os.fstat(file.fileno()).st_size - file.tell() < size:
        raise checks.unreadable(path, "it was cut short or damaged")


def _take(file: BinaryIO, layout: str) -> tuple:
    """The next values of a file, laid out as `struct` says."""
    return struct.unpack(layout, file.read(struct.calcsize(layout)))
