"""A body's surface as a PLY file, which any viewer of meshes opens; the same bytes every time."""

from pathlib import Path

import numpy as np

from fieldbench.exports._given import Given
from fieldbench.figures.parts import stamp as stamps
from fieldbench.figures.parts.shading import LEVEL
from fieldbench.numerics.isosurface import surface
from fieldbench.results.store import write_whole


class Export:
    """Writes the surface of a body, or of a fit to it, to be turned."""

    path = "{task}/{family}{body}.ply"
    folder = "meshes"
    pictures = "surfaces"  # which cells it is of

    def write(self, given: Given, path: str | Path) -> None:
        said = stamps.text(given.stamp, ("numpy", "scikit-image"))
        write_whole(path, content(triangles(given.values, given.plan["signed"]), said))


def triangles(values: np.ndarray | None, signed: bool) -> np.ndarray:
    """The surface of a volume (three sides, channels), corners (T, 3, 3), seen from outside.

    Of the first channel, at half occupied and closed at the border; or, of `signed` distances,
    where they are zero. None of a fit that failed, which has no values.
    """
    if values is None or not np.isfinite(values).all():
        return np.empty((0, 3, 3))
    first = values[..., 0].astype(np.float64)
    if signed:
        return surface(first)
    return surface(-first.clip(0, 1), -LEVEL, beyond=0.0)


def content(triangles: np.ndarray, comment: str) -> bytes:
    """Corners that are one are written once, in float32, in order of their places."""
    corners = triangles.reshape(-1, 3).astype("<f4")
    points, numbers = np.unique(corners, axis=0, return_inverse=True)
    faces = np.empty(len(triangles), [("count", "u1"), ("corners", "<i4", 3)])
    faces["count"], faces["corners"] = 3, numbers.reshape(-1, 3)
    head = (
        "ply",
        "format binary_little_endian 1.0",
        f"comment {comment}",
        f"element vertex {len(points)}",
        *(f"property float {axis}" for axis in "xyz"),
        f"element face {len(faces)}",
        "property list uchar int vertex_indices",
        "end_header\n",
    )
    return "\n".join(head).encode() + points.tobytes() + faces.tobytes()
