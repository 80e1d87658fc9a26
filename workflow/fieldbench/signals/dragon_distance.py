"""The signed distance to the Stanford dragon, exact for its closed mesh of 126,060 triangles."""

from pathlib import Path

import numpy as np

from fieldbench.numerics.nearest import distances
from fieldbench.signals import _meshes, _published, _settings, _winding

REACH = 0.9  # of half the cube's side: how far the dragon's longest side goes from the middle


def shape(*, length: int, **_) -> tuple[int, ...]:
    return (length,) * 3


def needs(**_) -> tuple[str, ...]:
    return ("dragon-126k",)


def memory(*, length: int, **_) -> int:
    """Bytes at the highest: of the mesh and its tree, and of a dozen numbers a sample."""
    return 2**28 + 96 * length**3


class Signal:
    """Distances to the mesh, negative inside it, shape (length, length, length, 1).

    In units of the coordinates: sample i lies at 2 i / length - 1 along every axis. The mesh lies
    about the middle, its longest side (axis 0, from head to tail) from -0.9 to 0.9; axis 1 runs
    up. What floats inside it, five flakes of a few triangles that enclose nothing, is left out.

    Stanford Computer Graphics Laboratory: free for research and to pass on, with credit to it;
    commercial use needs its permission.
    """

    dims = (3,)
    random = False
    binary = False
    limits = None
    holds = "distances"

    def __init__(self, *, length: int = 64, files: tuple) -> None:
        self.length = _settings.whole("dragon-distance", "length", length, 5)
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (length, length, length, 1)."""
        axis = 2 * np.arange(self.length) / self.length - 1
        triangles = self._triangles()
        points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
        found = distances(points, triangles).reshape((self.length,) * 3)
        return np.where(_winding.inside(triangles, axis), -found, found)[..., None]

    def _triangles(self) -> np.ndarray:
        """The corners (T, 3, 3) of the largest closed body of the mesh, in place."""
        with _published.usable(self.path):
            corners = _meshes.largest_closed(_meshes.read_ply(self.path, 1.0))
        low, high = corners.min((0, 1)), corners.max((0, 1))
        return (corners - (low + high) / 2) * (2 * REACH / (high - low).max())
