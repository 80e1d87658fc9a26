"""Triangle meshes: the voxels they pass through or enclose, and closed ones."""

import numpy as np
import trimesh
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fieldbench.plan.errors import UserError

MOST_TRIANGLES = 1e7  # when cut small: about 4 GiB of memory
SLACK = 8  # voxels by which a mesh may miss its box; copies of one scan differ by one or two


def voxels(
    mesh: trimesh.Trimesh, pitch: float, first: tuple[int, ...], shape: tuple[int, ...], solid: bool
) -> np.ndarray:
    """Which voxels of side `pitch` the surface passes through and, if `solid`, all it encloses.

    Voxel (i, j, k) of the result, bool of `shape`, is centred at pitch * (first + (i, j, k)): axis
    0 runs along x, 1 along y, 2 along z. What lies outside is dropped. A mesh that does not fill
    this box, give or take a few voxels, is refused: it is in other units, or is something else.
    """
    box = np.stack((first, np.add(first, shape) - 1)) * pitch
    if np.abs(mesh.bounds - box).max() > SLACK * pitch:
        raise ValueError(
            f"it spans {np.round(mesh.bounds, 4).tolist()}, not about {np.round(box, 4).tolist()}"
        )
    if _cut_small(mesh, pitch / 2) > MOST_TRIANGLES:
        raise ValueError("its triangles are too many or too large")
    grid = mesh.voxelized(pitch)  # cuts triangles until no edge is longer than half the pitch
    surface = grid.filled_count
    if solid and grid.fill().filled_count < 2 * surface:
        raise UserError(
            f"The mesh has holes wider than {pitch}, so that it encloses next to nothing.",
            "Choose another mesh, or its surface only.",
        )
    index = grid.sparse_indices + np.rint(grid.translation / pitch).astype(np.int64) - first
    inside = ((index >= 0) & (index < shape)).all(axis=1)
    filled = np.zeros(shape, dtype=bool)
    filled[tuple(index[inside].T)] = True
    return filled


def largest_closed(mesh: trimesh.Trimesh) -> np.ndarray:
    """The corners (T, 3, 3) of the largest body of a mesh, in triangles; it must be closed."""
    one = trimesh.Trimesh(mesh.vertices, mesh.faces)  # corners in one place become one
    edges = one.faces[:, [0, 1, 1, 2]].reshape(-1, 2).T
    joined = coo_array((np.ones(edges.shape[1], bool), edges), shape=[len(one.vertices)] * 2)
    _, bodies = connected_components(joined, directed=False)
    own = bodies[one.faces[:, 0]]
    body = trimesh.Trimesh(one.vertices, one.faces[own == np.bincount(own).argmax()], process=False)
    if not (body.is_watertight and body.is_winding_consistent):
        raise ValueError("its surface is not closed")
    return np.array(body.triangles)


def _cut_small(mesh: trimesh.Trimesh, longest: float) -> float:
    """About how many triangles, at most, there are once every edge is halved down to `longest`."""
    corners = mesh.vertices[mesh.faces]
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    halvings = np.ceil(np.log2(np.maximum(edges / longest, 1)))
    return float((4.0**halvings).sum())
