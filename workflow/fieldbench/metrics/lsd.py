"""LSD: how far the spectra of two sounds are apart, frame by frame, in tens of decibels.

What INR-Bench's authors score sounds by (NeAF, AAAI 2025): the difference of log10(power + 1e-8),
its root mean square over frequencies, the mean over frames, at most 10. The frames are those that
torch.stft makes unless told otherwise, as their code has it: 2048 samples, a quarter of that from
one to the next, no window, the sound mirrored beyond its ends. Their code then takes the root mean
square over the frames and the mean over frequencies; the distance as it is defined, and here, is
the other way round.

A sound of fewer samples has frames of the largest power of two that fits in it.
"""

import numpy as np

FRAME = 2048  # samples
FLOOR = 1e-8  # of power
CAP = 10.0


class Metric:
    label = "LSD"
    unit = ""
    better = "lower"
    limits = (0, 10)
    dims = (1,)
    holds = "amplitudes"
    smallest_side = 4

    def score(self, truth: np.ndarray, reconstruction: np.ndarray) -> float:
        """(samples, channels) each; the mean over channels."""
        if len(truth) < self.smallest_side:
            raise ValueError(f"{len(truth)} samples have no spectrum")
        difference = _levels(truth) - _levels(reconstruction)
        return min(CAP, float(np.sqrt((difference**2).mean(-1)).mean()))


def _levels(sound: np.ndarray) -> np.ndarray:
    """log10 of the power, (channels, frames, frequencies)."""
    length = min(FRAME, 2 ** (len(sound).bit_length() - 1))
    beyond = np.pad(sound.T, ((0, 0), (length // 2, length // 2)), mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(beyond, length, axis=1)[:, :: length // 4]
    return np.log10(np.abs(np.fft.rfft(frames, axis=-1)) ** 2 + FLOOR)
