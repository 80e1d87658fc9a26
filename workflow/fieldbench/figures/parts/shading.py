"""The surface of a volume as a shaded picture, without a window, a GPU or a scene library."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates
from skimage.measure import marching_cubes

from fieldbench.figures.parts import raster

LEVEL = 0.5  # half occupied: where the surface of a 0/1 body lies; that of distances is at 0
AZIMUTH, ELEVATION = 30.0, 20.0  # degrees: the eye is turned right and raised from the third axis
SMOOTH = 0.8  # samples: how far the light, never the shape, is smoothed
REACH = 4.0  # samples: how far around a place its shade is looked for
CLAY = (0.93, 0.9, 0.85)
KEY, FILL = (-0.5, 0.7, 0.6), (0.8, 0.1, 0.5)  # towards the lamps: right, up, to the eye
FINER = 2  # subpixels a side of each pixel


@dataclass(frozen=True)
class Mesh:
    """A surface: places in samples from the volume's middle, seen from outside."""

    points: np.ndarray  # (V, 3): right, up, towards the eye
    triangles: np.ndarray  # (T, 3) of points
    normals: np.ndarray  # (V, 3), outward, of length one
    free: np.ndarray  # (V,) from 0 in a hollow to 1 on open ground

    @classmethod
    def of(cls, values: np.ndarray, signed: bool = False) -> "Mesh | None":
        """The surface at LEVEL of values (three sides), clamped to [0, 1] as scores are.

        Or that at zero of `signed` distances, which are below it inside. The first axis runs to
        the right, the second up, the third towards the eye, before the camera turns. What is no
        number counts as empty, and so does all beyond the border. None when nothing is inside.
        """
        level, empty = (0.0, -2 / max(values.shape)) if signed else (LEVEL, 0.0)
        own = -values if signed else values.clip(0, 1)
        known = np.where(np.isfinite(values), own, empty).astype(np.float32)
        if known.max() <= level:
            return None
        padded = np.pad(known, 1, constant_values=empty)
        points, triangles, _, _ = marching_cubes(padded, level)
        normals = _outward(padded, points)
        around = gaussian_filter((padded > level).astype(np.float32), REACH)
        filled = _at(around, points + REACH * normals)
        turn = camera()
        centred = points - (np.array(padded.shape) - 1) / 2
        free = 1 - np.clip((filled - 0.1) / 0.6, 0, 1)  # flat ground fills a sixth at REACH
        return cls(centred @ turn.T, triangles, normals @ turn.T, free)


def camera() -> np.ndarray:
    """The rotation from the volume's axes to right, up and towards the eye."""
    a, e = np.radians([AZIMUTH, ELEVATION])
    sideways = [[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]]
    upwards = [[1, 0, 0], [0, np.cos(e), -np.sin(e)], [0, np.sin(e), np.cos(e)]]
    return np.array(upwards) @ np.array(sideways)


def frame(meshes: list[Mesh]) -> tuple[np.ndarray, np.ndarray]:
    """The corners (left, bottom) and (right, top) of a window that shows all of several."""
    points = [mesh.points[:, :2] for mesh in meshes]
    low = np.min([p.min(0) for p in points], axis=0)
    high = np.max([p.max(0) for p in points], axis=0)
    margin = 0.02 * (high - low).max() + 0.5
    return low - margin, high + margin


def render(mesh: Mesh, window: tuple[np.ndarray, np.ndarray], width: int) -> np.ndarray:
    """The picture (height, width, 3) of a surface on white, values in [0, 1]."""
    low, high = window
    scale = width * FINER / (high - low)[0]
    height = max(1, round((high - low)[1] * scale / FINER))
    right, up, near = ((mesh.points - [*low, 0]) * scale).T
    seen = np.stack([right, height * FINER - up, near], 1)
    corners = seen[mesh.triangles]
    pixels, triangle, weights = raster.nearest(corners, height * FINER, width * FINER)
    picture = np.ones((height * FINER * width * FINER, 3), np.float32)
    picture[pixels] = _light(mesh, triangle, weights)
    fine = picture.reshape(height, FINER, width, FINER, 3)
    return fine.mean((1, 3))


def _light(mesh: Mesh, triangle: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Colours (pixels, 3): Lambert's law for two lamps, and sky that hollows see less of."""
    corners = mesh.triangles[triangle]
    normals = (mesh.normals[corners] * weights[..., None]).sum(1)
    normals = _unit(normals)
    free = (mesh.free[corners] * weights).sum(1)
    key, fill = (np.clip(normals @ _unit(np.array([lamp]))[0], 0, 1) for lamp in (KEY, FILL))
    sky = 0.65 + 0.35 * normals[:, 1]
    bright = 0.34 * free * sky + 0.75 * key * (0.35 + 0.65 * free) + 0.2 * fill * free
    return np.clip(bright, 0, 1)[:, None] ** 0.75 * np.array(CLAY)


def _outward(values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Down the slope of the values, smoothed over SMOOTH samples, so that steps shade softly."""
    smooth = gaussian_filter(values, SMOOTH)
    slope = [_at(part, points) for part in np.gradient(smooth)]
    return -_unit(np.stack(slope, 1))


def _at(values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Values between samples, linearly; nothing beyond the border."""
    return map_coordinates(values, points.T, order=1, mode="constant")


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
