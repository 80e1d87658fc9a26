"""A small scene of coloured bodies and mist, known in closed form, seen by cameras around it."""

import math

import numpy as np

from fieldbench.numerics.cameras import directions, looking_at_the_middle, stretch
from fieldbench.signals import _settings
from fieldbench.signals._views import Posed

# Lengths are in units of half the cube that the scene lies in, [-1, 1].
BALL, BALL_RADIUS = (0.40, -0.36, -0.10), 0.38
BLOCK, BLOCK_HALF = (-0.40, 0.30, -0.12), (0.26, 0.26, 0.42)
RING, RING_WIRE = 0.80, 0.08  # radius about the third axis, and of the wire
RING_HEIGHT = -0.55
MIST, MIST_SPREAD, MIST_DENSITY = (0.05, 0.05, 0.55), 0.16, 8.0
SOLID = 80.0  # density within a body, a unit of length
EDGE = 0.04  # how far a body's density takes from nothing to all
DISTANCE = 4.0  # of the cameras from the middle; about NeRF's for its synthetic scenes
FOCAL = 1.7  # in widths of a picture, so that it shows the whole scene
HEIGHT = math.radians(30)  # of the orbit of the views that are held out, above the horizon
LOWEST, HIGHEST = -0.2, 0.9  # sines of the heights of all others
SAMPLES = 384  # along a ray
INNER = 3  # rays along both sides of a pixel
FAINT = 1e-9  # light that is left out
AT_ONCE = 2**14  # samples along rays that are computed together, so that they fit a cache
GOLDEN = math.pi * (3 - math.sqrt(5))


def shape(*, length: int, held: int, **_) -> tuple[int, ...]:
    return (held, length, length)


def channels(**_) -> int:
    return 3


class Signal:
    """Views that no fit is shown, RGB in [0, 1], shape (held, length, length, 3), on white.

    They lie on an orbit 30 degrees above the horizon, evenly and in order; `views` others, which
    are trained on, lie on a spiral over the sphere. A striped ball, a shaded block, a ring and a
    cloud of mist have a density and a colour everywhere, which do not depend on where they are
    seen from. A pixel is the mean of nine rays of 384 samples each.
    """

    dims = (3,)
    random = False
    binary = False
    holds = "views"

    def __init__(self, *, length: int = 48, views: int = 24, held: int = 6) -> None:
        self.length = _settings.whole("scene", "length", length, 2)
        self.views = _settings.whole("scene", "views", views, 1)
        self.held = _settings.whole("scene", "held", held, 1)

    def generate(self) -> np.ndarray:
        """The views that are held out: float64, shape (held, length, length, 3)."""
        return _pictures(self._orbit(), self.length)

    def beside(self) -> dict[str, np.ndarray]:
        """The views that may be trained on, and all cameras."""
        shown = self._spiral()
        views = _pictures(shown, self.length)
        focal, reach = FOCAL * self.length, (DISTANCE - 2, DISTANCE + 2)
        return Posed(views, shown, self._orbit(), focal, (-1.0, 1.0), reach, 1.0).beside()

    def _orbit(self) -> np.ndarray:
        return _around(np.full(self.held, math.sin(HEIGHT)), 2 * math.pi / self.held)

    def _spiral(self) -> np.ndarray:
        share = (np.arange(self.views) + 0.5) / self.views
        return _around(LOWEST + (HIGHEST - LOWEST) * share, GOLDEN)


def _around(heights: np.ndarray, turn: float) -> np.ndarray:
    """Cameras at sines of heights, each turned on from the one before."""
    angles, level = turn * np.arange(len(heights)), np.sqrt(1 - heights**2)
    places = np.stack([level * np.cos(angles), level * np.sin(angles), heights], axis=-1)
    return looking_at_the_middle(DISTANCE * places)


def _pictures(seen_by: np.ndarray, length: int) -> np.ndarray:
    """What cameras see, (cameras, length, length, 3): means over the rays of every pixel."""
    total = np.zeros((len(seen_by), length, length, 3))
    for row in range(INNER):
        for column in range(INNER):
            within = ((row + 0.5) / INNER, (column + 0.5) / INNER)
            along = directions(seen_by, FOCAL * length, (length, length), within)
            origins = np.broadcast_to(seen_by[:, None, None, :, 3], along.shape)
            seen = colours(origins.reshape(-1, 3), along.reshape(-1, 3))
            total += seen.reshape(total.shape)
    return total / INNER**2


def colours(origins: np.ndarray, along: np.ndarray, samples: int = SAMPLES) -> np.ndarray:
    """What rays see, (N, 3): light from every part of a ray, dimmed by all before it; then white.

    `origins` and unit vectors `along` are (N, 3).
    """
    box, reach = np.array([[-1.0] * 3, [1.0] * 3]), np.array([0.0, np.inf])
    first, last = stretch(origins, along, box, reach)
    found = np.ones((len(along), 3))
    hits = np.flatnonzero(last > first)
    steps = (last - first) / samples
    middles = np.arange(samples) + 0.5
    for part in np.array_split(hits, max(1, len(hits) * samples // AT_ONCE)):
        distances = first[part, None] + middles * steps[part, None]
        density = sum(_densities(*_points(origins[part], along[part], distances)))
        depth = np.cumsum(density * steps[part, None], axis=1)
        left = np.exp(-depth)
        weights = -np.diff(left, axis=1, prepend=1.0)
        # Most of a ray is empty or hidden, and what adds nothing needs no colour.
        rays, bright = np.nonzero(weights > FAINT)
        where = _points(origins[part][rays], along[part][rays], distances[rays, bright][:, None])
        light = np.zeros((*weights.shape, 3))
        light[rays, bright] = weights[rays, bright, None] * matter(*where)[1][:, 0]
        found[part] = light.sum(1) + left[:, -1:]
    return found


def matter(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Density (...) and colour (..., 3) at points of the scene, whose coordinates are (...)."""
    densities = _densities(x, y, z)
    stripes = (0.5 + 0.5 * np.sin(18 * z))[..., None]
    up = ((z - BLOCK[2]) / BLOCK_HALF[2] / 2 + 0.5).clip(0, 1)[..., None]
    paints = [
        stripes * (0.80, 0.10, 0.10) + (1 - stripes) * (0.95, 0.90, 0.75),
        up * (0.15, 0.70, 0.35) + (1 - up) * (0.15, 0.20, 0.75),
        np.array((0.10, 0.55, 0.60)),
        np.array((0.95, 0.70, 0.15)),
    ]
    density = sum(densities)
    colour = sum(d[..., None] * paint for d, paint in zip(densities, paints, strict=True))
    return density, colour / np.maximum(density, 1e-12)[..., None]


def _densities(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> list[np.ndarray]:
    """The densities (...) of the ball, the block, the ring and the mist."""
    ball = np.sqrt(sum((a - c) ** 2 for a, c in zip((x, y, z), BALL, strict=True))) - BALL_RADIUS
    sides = zip((x, y, z), BLOCK, BLOCK_HALF, strict=True)
    beyond = [np.abs(a - c) - half for a, c, half in sides]
    outside = np.sqrt(sum(b.clip(min=0) ** 2 for b in beyond))
    block = outside + np.maximum.reduce(beyond).clip(max=0)
    across = np.sqrt(x**2 + y**2) - RING
    ring = np.sqrt(across**2 + (z - RING_HEIGHT) ** 2) - RING_WIRE
    apart = sum((a - c) ** 2 for a, c in zip((x, y, z), MIST, strict=True))
    bodies = [SOLID * (0.5 - distance / EDGE).clip(0, 1) for distance in (ball, block, ring)]
    return [*bodies, MIST_DENSITY * np.exp(-apart / (2 * MIST_SPREAD**2))]


def _points(origins: np.ndarray, along: np.ndarray, distances: np.ndarray) -> list[np.ndarray]:
    """Coordinates, each (N, samples), at distances (N, samples) along rays (N, 3)."""
    return [origins[:, k, None] + distances * along[:, k, None] for k in range(3)]
