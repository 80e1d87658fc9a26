"""Files from elsewhere for tests: the mirror's where it has them, else stand-ins of their form."""

from functools import cache, partial

import numpy as np
import trimesh
from PIL import Image
from scipy.io import wavfile

from fieldbench.exports import video as video_file
from fieldbench.numerics.cameras import looking_at_the_middle
from fieldbench.plan.config import presets
from fieldbench.plan.config.datasets import Catalogue
from fieldbench.plan.entries import registry
from fieldbench.signals import audio, dragon, lego, video
from helpers import mirror

COARSE = 0.00141  # the dragon's pitch in the paper


@cache
def catalogue():
    return Catalogue(presets.CONFIG / "datasets.yaml")


def needed(kind, settings):
    """The keys of the files that a signal of these full settings needs."""
    needs = registry.declare("signals", kind).functions.get("needs", lambda **_: ())
    return needs(**settings)


def files(kind, settings, folder):
    """What a job would give a signal beside its settings: nothing, or `files`."""
    keys = needed(kind, settings)
    return {"files": tuple(str(file(key, folder)) for key in keys)} if keys else {}


def file(key, folder):
    """The mirror's file of a key of config/datasets.yaml, or else a stand-in, made in `folder`."""
    published = mirror.folder() / catalogue().get(key, "A test").file.path
    return published if published.is_file() else stand_in(key, folder)


def stand_in(key, folder):
    """A small file of the form that the published one has, with something else in it."""
    family, _, rest = key.partition("-")
    path = folder / f"{key}.{'ply' if rest in dragon.SCALES else 'npy'}"
    if family in ("div2k", "ct", "kodak", "bsd68"):
        path = folder / f"{key}.png"
    if family == "set5":
        path = folder / f"{key}.bmp"
    if family == "lego":
        path = folder / f"{key}.npz"
    if family in ("bach", "bikes"):
        path = folder / f"{key}.{'wav' if family == 'bach' else 'mp4'}"
    if not path.exists():
        {
            "div2k": photograph,
            "kodak": partial(flag, "kodak"),
            "set5": partial(flag, "set5"),
            "bsd68": partial(flag, "bsd68"),
            "ct": slice_of_a_chest,
            "dragon": ellipsoid,
            "lego": views,
            "bach": beats,
            "bikes": moving_edge,
        }[family](path, rest)
    return path


def beats(path, _):
    """Two tones of nearly the same pitch, neither of them as loud as can be."""
    time = np.arange(audio.SAMPLES) / audio.RATE
    wave = 0.3 * (np.sin(2 * np.pi * 440 * time) + np.sin(2 * np.pi * 443 * time))
    wavfile.write(path, audio.RATE, wave.astype(np.float32))


def moving_edge(path, _, frames=8):
    """A bright half that grows by eight columns a frame; no more frames than tests ask for."""
    columns = np.arange(video.SIDES[1])
    edge = [columns < 320 + 8 * k for k in range(frames)]
    pictures = np.broadcast_to(np.array(edge)[:, None, :, None], (frames, *video.SIDES, 3))
    video_file.save(pictures.astype(float), pictures.shape, video.RATE, path)


def photograph(path, rest):
    """RGB of 8 bits: a ramp along each axis, and their product."""
    image, _, reduced = rest.partition("x")
    shape = registry.declare("signals", "div2k").functions["shape"]
    rows, columns = np.indices(shape(image=image, reduced=int(reduced or 1), crop=0))
    Image.fromarray(np.stack((rows, columns, rows * columns), -1).astype(np.uint8)).save(path)


def flag(kind, path, image):
    """A ramp along each axis, RGB or grey of 8 bits, as large as that picture."""
    declared = registry.declare("signals", kind).functions
    rows, columns = np.indices(declared["shape"](image=image)) % 256
    colours = np.stack((rows, columns, rows), -1) if "channels" in declared else rows
    Image.fromarray(colours.astype(np.uint8)).save(path)


def slice_of_a_chest(path, _):
    """Grey of 16 bits, of which the lowest four are empty."""
    rows, columns = np.indices(registry.declare("signals", "ct").functions["shape"](reduced=1))
    Image.fromarray((16 * (rows * columns % 4096)).astype(np.uint16)).save(path)


def views(path, rest):
    """Of a ramp, half of it transparent, from one place."""
    side = int(rest)
    ramp = np.indices((lego.VIEWS, side, side)).sum(0) % 256
    images = np.stack([ramp // 2, ramp // 3, ramp // 4, ramp // 2], -1).astype(np.uint8)
    pose = looking_at_the_middle(np.array([[4.0, 0.0, 1.0]]))[0]
    poses = np.tile(np.vstack([pose, [0, 0, 0, 1]]).astype(np.float32), (lego.VIEWS, 1, 1))
    np.savez(path, images=images, poses=poses, focal=np.float32(1.4 * side))


def ellipsoid(path, rest):
    """An ellipsoid as wide, high and deep as the dragon: a mesh, or the array made from one."""
    if rest in dragon.SCALES:
        mesh_of_an_ellipsoid().apply_scale(1 / dragon.SCALES[rest]).export(path)
        return
    pitch = dragon.FINE if "fine" in rest else COARSE
    part = "surface" if "surface" in rest else "occupancy"
    shape = dragon.whole(part, pitch, "volume")
    axes = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij", sparse=True)
    radius = sum(axis**2 for axis in axes)
    np.save(path, (radius <= 1) & (radius > 0.8 if part == "surface" else True))


def mesh_of_an_ellipsoid():
    """A closed mesh that touches all sides of the box of the arrays, in metres."""
    first, shape = dragon.BOXES[COARSE]
    half = (np.array(shape) - 1) / 2
    ball = trimesh.creation.icosphere(subdivisions=3)
    return trimesh.Trimesh((ball.vertices * half + first + half) * COARSE, ball.faces)
