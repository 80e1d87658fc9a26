"""Meshes of triangles, PLY, OBJ and STL, as what they enclose on a lattice."""

import io
from pathlib import Path

import numpy as np

from fieldbench.files import checks
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError

MOST_BYTES = 2**27  # several times the largest scan that is asked for
LENGTH = 64  # samples a side, where none are asked for
REACH = 0.9  # of half the cube's side: how far a mesh's longest side goes from the middle
MOST_OPEN = 0.01  # of its edges, where a mesh still says what is inside


def read(path: Path, wanted: Wanted) -> Content:
    """What a mesh encloses, on a cube of `length` samples a side, coordinates from -1 to 1.

    Occupancy is 1 inside and 0 outside; a distance is negative inside, in units of the
    coordinates. The mesh lies about the middle, its longest side from -0.9 to 0.9; axes 0, 1, 2 run
    along its x, y and z.
    """
    checks.no_key(path, wanted)
    if wanted.first:
        raise UserError(f"{path} is a mesh, which has no first sample.", "Take `first` out.")
    length = LENGTH if wanted.length is None else wanted.length
    if length < 2:
        raise UserError(f"{path}: `length` is {length}.", "Give a mesh at least 2 samples a side.")
    checks.bounded(path, (length,) * 3)
    triangles, notes = _closed(path, read_triangles(path, path.suffix[1:].lower()))
    values, axis = sampled(placed(triangles), length, wanted.mesh)
    spacing = (float(axis[1] - axis[0]),) * 3
    holds = "distances" if wanted.mesh == "distance" else "intensities"
    full = (0, 1) if wanted.mesh == "occupancy" else None
    return Content(values, holds, False, spacing=spacing, full=full, notes=notes)


def read_triangles(path: Path, form: str, scale: float = 1.0):  # noqa: ANN201
    """The mesh of a file, its coordinates times `scale`; colours and materials are left out.

    Raises nearly anything when the file is damaged.
    """
    import trimesh

    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES >> 20} MiB")
    # From memory and without materials: a mesh may name pictures, which nobody shall open.
    content = io.BytesIO(path.read_bytes())
    mesh = trimesh.load_mesh(content, file_type=form, skip_materials=True, process=False)
    vertices, faces = np.asarray(mesh.vertices) * scale, np.asarray(mesh.faces)
    if not len(faces) or not np.isfinite(vertices).all():
        raise ValueError("it holds no triangles, or coordinates that are no numbers")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise ValueError("its triangles name vertices that it does not hold")
    return trimesh.Trimesh(vertices, faces, process=False)


def placed(triangles: np.ndarray) -> np.ndarray:
    """Corners (T, 3, 3) about the middle, the longest side of all from -REACH to REACH."""
    low, high = triangles.min((0, 1)), triangles.max((0, 1))
    return (triangles - (low + high) / 2) * (2 * REACH / (high - low).max())


def sampled(triangles: np.ndarray, length: int, what: str) -> tuple[np.ndarray, np.ndarray]:
    """Occupancy or distance at the points of a cube, (length,) * 3; and its axis (length,)."""
    from fieldbench.numerics import winding
    from fieldbench.numerics.nearest import distances

    axis = 2 * np.arange(length) / length - 1
    inside = winding.inside(triangles, axis)
    if what == "occupancy":
        return inside, axis
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    found = distances(points, triangles).reshape((length,) * 3)
    return np.where(inside, -found, found), axis


def _closed(path: Path, mesh) -> tuple[np.ndarray, tuple[str, ...]]:  # noqa: ANN001
    """The corners (T, 3, 3) of a mesh that tells inside from outside; and notes."""
    import trimesh

    one = trimesh.Trimesh(mesh.vertices, mesh.faces)  # corners in one place become one
    if not one.is_winding_consistent:
        one.fix_normals()
    _, edges = np.unique(np.sort(one.edges, axis=1), axis=0, return_counts=True)
    open_ones = int((edges % 2).sum())
    if open_ones > MOST_OPEN * len(edges) or not one.is_winding_consistent:
        raise UserError(
            f"{path} is not closed, so that it has no inside: {open_ones:,} of its "
            f"{len(edges):,} edges belong to one triangle only.",
            "Close its holes in a program for meshes, and save it again.",
        )
    notes = (f"{open_ones} edges are open: near them the inside is a guess",) if open_ones else ()
    return np.array(one.triangles), notes
