"""A short piece of music-like sound: notes of a broken chord, each with an attack and harmonics."""

import numpy as np

from fieldbench.signals import _settings

NOTES = (0, 7, 12, 16, 19, 16, 12, 7)  # semitones above the lowest; then again from the first
LOWEST = 110.0  # Hz
BEAT = 0.2  # seconds from one note to the next
ATTACK, DECAY = 0.005, 0.4  # seconds
HARMONICS = 6


def shape(*, length: int, **_) -> tuple[int, ...]:
    return (length,)


def rate(*, rate: int, **_) -> int:
    return rate


class Signal:
    """Amplitudes in [-1, 1], shape (length, 1): one channel, `rate` samples a second.

    Note j begins at t_j = 0.2 j seconds with the frequency f_j, and rings on under the next ones:

        sum over j and h = 1..6 of  sin(2 pi h f_j s) / h  (1 - exp(-s / 5 ms)) exp(-h s / 0.4 s)

    with s = t - t_j >= 0; so high harmonics fade first. Those that `rate` cannot show are left
    out, and the whole is divided by its largest magnitude.
    """

    dims = (1,)
    random = False
    binary = False
    limits = (-1.0, 1.0)
    holds = "amplitudes"

    def __init__(self, *, length: int = 8000, rate: int = 8000) -> None:
        self.length = _settings.whole("tones", "length", length, 2)
        self.rate = _settings.whole("tones", "rate", rate, 1000, 192_000)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, 1)."""
        time = np.arange(self.length) / self.rate
        values = np.zeros(self.length)
        for number in range(int(np.ceil(time[-1] / BEAT)) or 1):
            first = int(np.searchsorted(time, number * BEAT))
            values[first:] += self._note(time[first:] - number * BEAT, NOTES[number % len(NOTES)])
        return (values / np.abs(values).max())[:, None]

    def _note(self, since: np.ndarray, semitones: int) -> np.ndarray:
        """One note at the seconds since it began."""
        pitch = LOWEST * 2 ** (semitones / 12)
        heard = [h for h in range(1, HARMONICS + 1) if h * pitch < self.rate / 2]
        found = np.zeros(len(since))
        for h in heard:
            found += np.sin(2 * np.pi * h * pitch * since) * np.exp(-h * since / DECAY) / h
        return (1 - np.exp(-since / ATTACK)) * found
