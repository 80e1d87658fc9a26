"""Bandlimited noise: white noise through an ideal low-pass filter.

The signal of the paper's bandwidth experiments, there in 2D and 3D; 1D follows the same formula.
"""

import numpy as np

from fieldbench.signals import _settings


def shape(*, dims: int, length: int, **_) -> tuple[int, ...]:
    """An even side grows by one, so that the spectrum is symmetric about zero."""
    return (length + 1 - length % 2,) * dims


def bandwidth(label: int) -> float:
    """Nominal bandwidth of labels 1..9: exponential from 0.0015 to 0.7."""
    return 0.0015 + 0.6985 * (300 ** ((label - 1) / 8) - 1) / 299


class Signal:
    """Uniform [0, 1) noise, keeping only frequencies within a ball, shape (side, ..., 1).

    The ball's radius is bandwidth(label) / sqrt(2) in cycles a sample. The mean is kept at about
    1/2 and nothing is rescaled, so low labels span a few thousandths and label 9 leaves [0, 1].
    One seed draws one noise for all nine labels: their spectra are nested. A side so short that
    no wave fits in the ball leaves a constant, as labels 1 to 3 do on the paper's 101^3 volume.
    """

    dims = (1, 2, 3)
    random = True
    binary = False

    def __init__(
        self,
        *,
        dims: int = 2,
        length: int = 1000,  # the paper's 2D side (it becomes 1001); its 3D side is 100
        label: int = 5,
        seed: int = 1234,  # the first of the paper's 1234, 2024, 5678, 7890, 7618
    ) -> None:
        self.dimension = _settings.one_of("bandlimited", "dims", dims, self.dims)
        self.length = _settings.whole("bandlimited", "length", length, 2)
        self.label = _settings.whole("bandlimited", "label", label, 1, 9)
        self.seed = _settings.seed_of("bandlimited", seed)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (side, ..., 1), one side for each dimension."""
        sides = shape(dims=self.dimension, length=self.length)
        # The legacy generator gives the paper's very draws; an own instance leaves the global one.
        noise = np.random.RandomState(self.seed).random_sample(sides)
        spectrum = np.fft.rfftn(noise)
        spectrum[_radius(sides) > bandwidth(self.label) / np.sqrt(2)] = 0
        return np.fft.irfftn(spectrum, sides, axes=range(self.dimension))[..., None]


def _radius(sides: tuple) -> np.ndarray:
    """Distance from zero frequency of every bin of a real transform, in cycles a sample."""
    axes = [np.fft.fftfreq(n) for n in sides[:-1]] + [np.fft.rfftfreq(sides[-1])]
    return np.sqrt(sum(f**2 for f in np.meshgrid(*axes, indexing="ij", sparse=True)))
