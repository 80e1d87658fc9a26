"""The signed distance to a ring about a thin oblique plate, in closed form, in 2D and 3D."""

import math

import numpy as np

from fieldbench.signals import _settings

# Lengths are in units of half the side, which spans [-1, 1).
RING, WIRE = 0.6, 0.15  # radius of the ring and of its wire
PLATE = (0.05, 0.3, 0.75)  # half the plate's sides; it passes through the ring without touching it
TURN = math.radians(30)  # of the plate about the ring's axis, so that no face follows the lattice


def shape(*, dims: int, length: int, **_) -> tuple[int, ...]:
    return (length,) * dims


class Signal:
    """Distances to a body's surface, negative inside it, shape (length, ..., 1).

    In units of the coordinates: sample i lies at 2 i / length - 1 along every axis. The body has
    a hole, a thin part, sharp edges and a smooth surface:

    * a torus of radius 0.6 and wire radius 0.15 about the last axis; in 2D the ring of those
      radii;
    * a plate of sides 0.1, 0.6 and 1.5 through its hole, along the torus's axis, turned about it
      by 30 degrees; in 2D a rectangle of sides 0.1 and 0.6.

    Each has an exact distance, and as they do not touch the lesser of both is exact everywhere.
    """

    dims = (2, 3)
    random = False
    binary = False
    limits = None
    holds = "distances"

    def __init__(
        self,
        *,
        dims: int = 3,
        length: int = 64,  # the plate is three samples thick
    ) -> None:
        self.dimension = _settings.one_of("ring-distance", "dims", dims, self.dims)
        self.length = _settings.whole("ring-distance", "length", length, 5)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, ..., 1)."""
        axis = 2 * np.arange(self.length) / self.length - 1
        x, y, *rest = np.meshgrid(*[axis] * self.dimension, indexing="ij", sparse=True)
        from_wire = np.hypot(x, y) - RING
        ring = (np.hypot(from_wire, rest[0]) if rest else np.abs(from_wire)) - WIRE
        cosine, sine = math.cos(TURN), math.sin(TURN)
        plate = _box((cosine * x + sine * y, cosine * y - sine * x, *rest), PLATE)
        return np.minimum(ring, plate)[..., None]


def _box(places: tuple[np.ndarray, ...], halves: tuple[float, ...]) -> np.ndarray:
    """The signed distance to a box about the origin; it may have more sides than there are axes."""
    beyond = [np.abs(p) - half for p, half in zip(places, halves, strict=False)]
    outside = np.sqrt(sum(np.maximum(b, 0) ** 2 for b in beyond))
    inside = beyond[0]
    for other in beyond[1:]:
        inside = np.maximum(inside, other)
    return outside + np.minimum(inside, 0)
