"""Radiated waves: the steady field around a small source that beats at one frequency.

Sitzmann et al. (SIREN, 2020) solve this equation on [-1, 1]^2, the outer half unit of which
absorbs. The signal is what is within, [-1/2, 1/2)^2, a task's layer lies around it.
"""

import numpy as np

from fieldbench.lattice import Lattice
from fieldbench.numerics.helmholtz import Layer, Solver, radiated, scattered
from fieldbench.signals import _settings

PLACE = (0.25, 0.25)  # of the inclusion; the source is at the origin


def shape(*, length: int, **_) -> tuple[int, ...]:
    return (length, length)


def channels(**_) -> int:
    return 2


def memory(*, length: int, nodes: int, contrast: float, **_) -> int:
    """Bytes of the factors of a plane of differences, some hundred complex numbers a node."""
    return 0 if contrast == 0 else 1600 * max(nodes, 4 * length) ** 2


class Signal:
    """Real and imaginary part of the field, shape (length, length, 2), of any size.

    laplacian(u) + k^2 m u = f, see `fieldbench.numerics.helmholtz`: f is a Gaussian about the
    origin of variance deviation^2 and integral real + i imaginary. Where the squared slowness m is
    1, the field is exact. With a `contrast`, m is higher by so much in the middle of a soft
    inclusion, a Gaussian of deviation `radius`; what that scatters is computed by differences, on
    at least `nodes` a side of [-1, 1], and added to the exact field of the source.
    """

    dims = (2,)
    random = False
    binary = False
    limits = None
    holds = "steady waves"

    def __init__(
        self,
        *,
        length: int = 128,
        wavenumber: float = 20.0,  # SIREN
        deviation: float = 0.01,  # SIREN's variance of 1e-4
        real: float = 1.0,  # SIREN, as the integral: a proposal, it says "value"
        imaginary: float = 1.0,
        contrast: float = 0.0,  # SIREN's forward problem is uniform
        radius: float = 0.06,
        nodes: int = 384,
    ) -> None:
        self.length = _settings.whole("radiated", "length", length, 2)
        self.nodes = _settings.whole("radiated", "nodes", nodes, 8)
        self.wavenumber = _settings.above("radiated", "wavenumber", wavenumber, 0)
        self.deviation = _settings.above("radiated", "deviation", deviation, 0)
        self.radius = _settings.above("radiated", "radius", radius, 0)
        self.contrast = _settings.above("radiated", "contrast", contrast, -1)
        self.strength = complex(real, imaginary)
        self.lattice = Lattice((length, length), extent=Layer().extent)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, length, 2)."""
        axes = self.lattice.axis(0)[:, None], self.lattice.axis(1)[None, :]
        field = self._incident(*axes)
        if self.contrast != 0:
            # Every sample is a node: 2 and 2 extents divide alike.
            each = 2 * -(-self.nodes // (4 * self.length))
            layer = Layer()
            solver = Solver(2 * self.length * each, self.wavenumber, layer)
            points = solver.points()
            incident = self._incident(*points)[None]
            found = scattered(solver, self._medium(*points), incident)[0]
            first = self.length * each // 2 - 1
            samples = slice(first, first + self.length * each, each)
            field = field + found[samples, samples]
        return np.stack([field.real, field.imag], -1)

    def beside(self) -> dict[str, np.ndarray]:
        """What decides the field: m at the samples, k, and the source's three numbers."""
        axes = self.lattice.axis(0)[:, None], self.lattice.axis(1)[None, :]
        source = self.deviation, self.strength.real, self.strength.imag
        return {
            "medium": self._medium(*axes),
            "wavenumber": np.array(float(self.wavenumber)),
            "source": np.array(source, float),
        }

    def _incident(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        distance = np.hypot(x, y)
        return self.strength * radiated(distance, self.wavenumber, self.deviation)

    def _medium(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        away = (x - PLACE[0]) ** 2 + (y - PLACE[1]) ** 2
        return 1 + self.contrast * np.exp(-away / (2 * self.radius**2))
