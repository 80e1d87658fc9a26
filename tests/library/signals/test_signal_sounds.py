"""Tones by their formula, and the cello by its file."""

import numpy as np
import pytest
from helpers import published
from helpers.mirror import mirrored
from scipy.io import wavfile

from fieldbench.plan.errors import UserError
from fieldbench.signals import audio, tones


def note(since, pitch, rate):
    """The docstring's formula, sample by sample."""
    if since < 0:
        return 0.0
    parts = (
        np.sin(2 * np.pi * h * pitch * since) / h * np.exp(-h * since / 0.4)
        for h in range(1, 7)
        if h * pitch < rate / 2
    )
    return (1 - np.exp(-since / 0.005)) * sum(parts)


@pytest.mark.parametrize("rate", [1000, 8000])
def test_tones_are_the_sum_that_they_say(rate):
    length = int(0.7 * rate)
    semitones = (0, 7, 12, 16)
    expected = [
        sum(note(i / rate - 0.2 * j, 110 * 2 ** (s / 12), rate) for j, s in enumerate(semitones))
        for i in range(length)
    ]
    expected = np.array(expected) / np.abs(expected).max()
    values = tones.Signal(length=length, rate=rate).generate()
    np.testing.assert_allclose(values[:, 0], expected, atol=1e-9)


def test_a_faster_rate_shows_the_same_sound():
    slow, fast = (tones.Signal(length=r, rate=r).generate() for r in (16_000, 32_000))
    scale = np.abs(fast[::2]).max()
    np.testing.assert_allclose(slow, fast[::2] / scale, atol=1e-9)


@pytest.mark.parametrize("settings", [{"length": 1}, {"rate": 900}, {"rate": 8000.0}])
def test_impossible_tones_are_refused(settings):
    with pytest.raises(UserError, match=next(iter(settings))):
        tones.Signal(**settings)


def test_the_published_sound():
    file = mirrored("audio/gt_bach.wav")
    rate, stored = wavfile.read(file)
    assert (rate, stored.shape) == (audio.RATE, (audio.SAMPLES,))
    whole = audio.Signal(files=(file,)).generate()
    np.testing.assert_array_equal(whole[:, 0], stored / np.abs(stored).max())
    part = audio.Signal(first=44_100, length=1000, files=(file,)).generate()
    np.testing.assert_allclose(
        part[:, 0], stored[44_100:45_100] / np.abs(stored[44_100:45_100]).max()
    )
    assert np.abs(part).max() == 1


@pytest.mark.parametrize(
    "settings",
    [{"first": -1}, {"first": audio.SAMPLES}, {"length": 1}, {"first": 9, "length": audio.SAMPLES}],
)
def test_samples_beyond_the_file_are_refused(settings, tmp_path):
    with pytest.raises(UserError, match=r"(first|length).*whole number"):
        audio.Signal(**settings, files=(str(tmp_path),))


@pytest.mark.parametrize(
    ("rate", "values", "words"),
    [
        (8000, np.zeros(audio.SAMPLES, np.float32), "at 8000"),
        (audio.RATE, np.zeros(100, np.float32), r"shape \(100,\)"),
        (audio.RATE, np.zeros(audio.SAMPLES, np.int16), "int16"),
        (audio.RATE, np.zeros(audio.SAMPLES, np.float32), "no sound"),
    ],
    ids=["rate", "length", "type", "silence"],
)
def test_another_sound_is_refused(tmp_path, rate, values, words):
    wavfile.write(tmp_path / "other.wav", rate, values)
    with pytest.raises(UserError, match=words):
        audio.Signal(files=(str(tmp_path / "other.wav"),)).generate()


def test_a_damaged_sound_is_refused(tmp_path):
    whole = published.stand_in("bach", tmp_path).read_bytes()
    for content in (b"", whole[:1000], b"RIFX" + whole[4:90]):
        path = tmp_path / "cut.wav"
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"cut\.wav"):
            audio.Signal(files=(str(path),)).generate()
