"""The Stanford dragon in voxels: the solid or its surface, at the two resolutions of the paper."""

import math
from pathlib import Path

import numpy as np

from fieldbench.files.meshes import read_triangles
from fieldbench.signals import _meshes, _published, _settings

# By pitch, in metres: the voxel where the authors' arrays begin, counted from the origin of the
# scan, and their shape. Their finer surface alone is one layer short, (184, 130, 83).
BOXES = {
    0.00141: ((-77, 37, -36), (146, 104, 66)),
    0.001117: ((-97, 47, -45), (184, 131, 83)),
}
FINE = 0.001117
SCALES = {"vrip": 1.0, "126k": 0.01}  # from the units of each mesh to metres


def shape(*, part: str, pitch: float, mesh: str, reduced: int = 1, **_) -> tuple[int, ...]:
    full = whole(part, pitch, mesh)
    if type(reduced) is not int or reduced < 1:
        raise ValueError(f"`reduced` is {reduced!r}.", "Give a whole number of at least 1.")
    return tuple(-(-side // reduced) for side in full)


def whole(part: str, pitch: float, mesh: str) -> tuple[int, ...]:
    """The shape before it is reduced."""
    if part not in ("occupancy", "surface"):
        raise ValueError(f"`part` is {part!r}.", "Choose occupancy or surface.")
    if not isinstance(pitch, float) or pitch not in BOXES:
        listed = " or ".join(str(known) for known in BOXES)
        raise ValueError(f"`pitch` is {pitch!r}.", f"Choose {listed}.")
    if mesh not in (*SCALES, "volume"):
        raise ValueError(f"`mesh` is {mesh!r}.", "Choose vrip, 126k or volume.")
    if (mesh, part, pitch) == ("volume", "surface", FINE):
        return (184, 130, 83)
    return BOXES[pitch][1]


def needs(*, part: str, pitch: float, mesh: str, **_) -> tuple[str, ...]:
    if mesh != "volume":
        return (f"dragon-{mesh}",)
    fine, surface = pitch == FINE, part == "surface"
    return ("dragon-volume" + "-fine" * fine + "-surface" * surface,)


def memory(*, part: str, pitch: float, mesh: str, **_) -> int:
    """Bytes at the highest: of a mesh cut small, twice what was measured."""
    return (64 if mesh == "volume" else 1100) * math.prod(whole(part, pitch, mesh))


def finer(*, pitch: float, **settings) -> dict | None:
    return None if pitch == FINE else {**settings, "pitch": FINE}


class Signal:
    """Values 0 and 1, shape (146, 104, 66, 1) or finer: axes 0, 1, 2 run along x, y (up), z.

    `part` is occupancy (the solid with its surface) or surface; voxels are cubes of side `pitch`.
    `mesh` says what they are made from: vrip, the scan as Stanford publishes it; 126k, a copy with
    fewer triangles and without holes; or volume, the arrays of INR-benchmark themselves.

    From a mesh, a voxel is filled when the surface comes through it (triangles are cut until no
    edge is longer than half the pitch, and their corners rounded to voxels) or when no way leads
    out of it. Nobody published how the arrays were made; so made, those of 126k agree with them
    but for voxels at the surface, with an IoU of 0.99 (occupancy) or 0.94 (surface). The result
    covers the very box of the arrays, at the finer pitch that of the solid for both parts; the few
    voxels outside are dropped. With `reduced`, cubes of so many voxels a side become one, filled
    where any of them is.

    Stanford Computer Graphics Laboratory: free for research and to pass on, with credit to it;
    commercial use needs its permission. The arrays come from a repository without a licence.
    """

    dims = (3,)
    random = False
    binary = True

    def __init__(
        self,
        *,
        part: str = "occupancy",
        pitch: float = 0.00141,  # the paper's; 0.001117 is its super-resolution target's
        mesh: str = "vrip",
        reduced: int = 1,
        files: tuple,
    ) -> None:
        self.shape = _settings.planned(
            "dragon", shape, part=part, pitch=pitch, mesh=mesh, reduced=reduced
        )
        self.whole, self.reduced = whole(part, pitch, mesh), reduced
        self.solid, self.pitch, self.mesh = part == "occupancy", pitch, mesh
        self.path = Path(files[0])

    def generate(self) -> np.ndarray:
        """The signal: float64, shape (146, 104, 66, 1) or finer."""
        filled = self._array() if self.mesh == "volume" else self._voxels()
        missing = [(0, -side % self.reduced) for side in filled.shape]
        blocks = _settings.blocks(np.pad(filled, missing), self.reduced, self.shape)
        return blocks.any((1, 3, 5)).astype(np.float64)[..., None]

    def _array(self) -> np.ndarray:
        return _published.bits(self.path, self.whole)

    def _voxels(self) -> np.ndarray:
        first, _ = BOXES[self.pitch]
        with _published.usable(self.path):
            mesh = read_triangles(self.path, "ply", SCALES[self.mesh])
            return _meshes.voxels(mesh, self.pitch, first, self.whole, self.solid)
