"""Pulse: a bump in the plane that is let go, and runs outwards as a ring.

The wave equation of Sitzmann et al. (SIREN, 2020): u_tt = c^2 (u_xx + u_yy) on the square
[-1, 1)^2, from a Gaussian at rest. Time is the first axis, from 0 to `duration`.
"""

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import j0

from fieldbench.lattice import Lattice
from fieldbench.signals import _settings

_WIDE = 9.0  # widths of the spectrum beyond which nothing is left
_FINE = 12  # samples a deviation of the bump, and nodes a swing of the fastest wave


def shape(*, frames: int, length: int, **_) -> tuple[int, ...]:
    return (frames, length, length)


class Signal:
    """The wave in an open plane, shape (frames, length, length, 1), of any size.

    Exact to quadrature: u(r, t) = peak s^2 times the integral over k of
    k exp(-s^2 k^2 / 2) cos(c k t) J0(k r), with s the bump's deviation.
    """

    dims = (3,)
    random = False
    binary = False
    limits = None
    holds = "waves in time"

    def __init__(
        self,
        *,
        frames: int = 16,
        length: int = 64,
        duration: float = 0.4,  # SIREN
        speed: float = 1.0,  # a proposal
        deviation: float = 0.02236,  # SIREN's variance of 5e-4
        peak: float = 0.02,  # SIREN
    ) -> None:
        self.frames = _settings.whole("pulse", "frames", frames, 2)
        self.length = _settings.whole("pulse", "length", length, 2)
        self.duration = _settings.above("pulse", "duration", duration, 0)
        self.speed = _settings.above("pulse", "speed", speed, 0)
        self.deviation = _settings.above("pulse", "deviation", deviation, 0)
        self.peak = _settings.above("pulse", "peak", peak, 0)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (frames, length, length, 1)."""
        lattice = Lattice((self.frames, self.length, self.length))
        times = self.duration * (1 + lattice.axis(0)) / 2
        distance = np.hypot(lattice.axis(1)[:, None], lattice.axis(2)[None, :])
        radii = np.arange(0, np.sqrt(2) + self.deviation, self.deviation / _FINE)
        values = CubicSpline(radii, self.profile(times, radii), axis=1)(distance)
        return np.ascontiguousarray(values)[..., None]

    def beside(self) -> dict[str, np.ndarray]:
        """What decides the wave beside its first frame: speed and duration."""
        return {"speed": np.array(self.speed), "duration": np.array(self.duration)}

    def profile(self, times: np.ndarray, radii: np.ndarray) -> np.ndarray:
        """The wave at times and distances, (times, radii)."""
        highest = _WIDE / self.deviation
        farthest = radii.max() + self.speed * times.max() + self.deviation
        panels = int(highest * farthest / (2 * np.pi)) + 25
        nodes, weights = np.polynomial.legendre.leggauss(_FINE)
        half = highest / panels / 2
        k = ((2 * np.arange(panels) + 1)[:, None] * half + half * nodes).reshape(-1)
        shares = self.peak * self.deviation**2 * half * np.tile(weights, panels)
        shares = shares * k * np.exp(-((self.deviation * k) ** 2) / 2)
        standing, waves = np.cos(self.speed * np.outer(times, k)), j0(np.outer(k, radii))
        # Not by @, whose sums go by how many threads there are.
        return np.einsum("tk,kr->tr", shares * standing, waves)
