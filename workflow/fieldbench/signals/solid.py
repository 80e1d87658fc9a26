"""A solid body with a smooth surface, a fine inner structure and thin parts, at any resolution."""

import numpy as np

from fieldbench.signals import _settings

# Lengths are in units of half the cube, which spans [-1, 1].
BALL = 0.75  # radius of the ball that the gyroid is cut with
TURNS = 3.0  # periods of the gyroid along the cube
SHELL = 0.45  # the gyroid is filled where |g| is at most this
RING, WIRE = 0.9, 0.05  # radius of the rings and of their wire
SPOKE = 0.03  # radius of the spokes


def shape(*, length: int, **_) -> tuple[int, ...]:
    return (length,) * 3


def finer(*, length) -> dict:
    return {"length": 2 * length}


class Signal:
    """Values 0 and 1, shape (length, length, length, 1): occupancy of a body in a cube.

    Sample i lies in the middle of its cell, at u_i = 2 (i + 1/2) / length - 1. With (x, y, z) in
    units of half the cube, a point is filled when it lies in one of

    * the gyroid shell |sin a cos b + sin b cos c + sin c cos a| <= 0.45 with (a, b, c) =
      3 pi (x, y, z), inside the ball of radius 0.75: curved walls, two tangled tunnels;
    * three rings about the axes, of radius 0.9 and wire radius 0.05, outside the ball;
    * three spokes along the axes, of radius 0.03, from ring to ring through the centre.

    The formula holds at any length, but a spoke needs one of at least 48 to be unbroken.
    """

    dims = (3,)
    random = False
    binary = True

    def __init__(self, *, length: int = 100) -> None:  # the side of the paper's 3D signals
        self.length = _settings.whole("solid", "length", length, 2)

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, length, length, 1)."""
        u = 2 * (np.arange(self.length) + 0.5) / self.length - 1
        points = np.meshgrid(u, u, u, indexing="ij", sparse=True)
        body = _gyroid(*points)
        for k in range(3):
            along, across, third = (points[(k + j) % 3] for j in range(3))
            about = np.hypot(across, third)
            body |= np.hypot(about - RING, along) <= WIRE
            body |= (about <= SPOKE) & (np.abs(along) <= RING)
        return body.astype(np.float64)[..., None]


def _gyroid(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Where the gyroid shell is, cut with the ball; bool, the broadcast shape of x, y and z."""
    a, b, c = (TURNS * np.pi * p for p in (x, y, z))
    height = np.sin(a) * np.cos(b) + np.sin(b) * np.cos(c) + np.sin(c) * np.cos(a)
    return (np.abs(height) <= SHELL) & (x**2 + y**2 + z**2 <= BALL**2)
