"""The signed distance to the Stanford dragon, exact for its closed mesh of 126,060 triangles."""

from pathlib import Path

import numpy as np

from fieldbench.files.meshes import placed, read_triangles, sampled
from fieldbench.signals import _meshes, _published, _settings


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
        values, _ = sampled(self._triangles(), self.length, "distance")
        return values[..., None]

    def _triangles(self) -> np.ndarray:
        """The corners (T, 3, 3) of the largest closed body of the mesh, in place."""
        with _published.usable(self.path):
            corners = _meshes.largest_closed(read_triangles(self.path, "ply"))
        return placed(corners)
