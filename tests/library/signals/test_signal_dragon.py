"""The dragon: voxels of a mesh by their definition, and the authors' arrays from their mesh."""

import logging

import numpy as np
import pytest
import trimesh
from helpers import published
from helpers.mirror import mirrored
from helpers.published import COARSE
from PIL import Image

from fieldbench.files import meshes
from fieldbench.plan.errors import UserError
from fieldbench.signals import _meshes
from fieldbench.signals.dragon import BOXES, FINE, Signal, finer, needs, shape

PITCH = 0.5
RADIUS = 14.3  # of a ball, in voxels
FIRST, SHAPE = (3, -9, -2), (41, 21, 31)


def box():
    """A cuboid that ends within the outermost voxels of FIRST, SHAPE, off their centres."""
    low, high = np.subtract(FIRST, 0.3) * PITCH, np.add(FIRST, SHAPE) * PITCH - 0.6 * PITCH
    return trimesh.creation.box(bounds=(low, high))


def test_voxels_of_a_cuboid_are_exact():
    solid = _meshes.voxels(box(), PITCH, FIRST, SHAPE, True)
    assert solid.shape == SHAPE
    assert solid.all()
    surface = _meshes.voxels(box(), PITCH, FIRST, SHAPE, False)
    expected = np.ones(SHAPE, bool)
    expected[1:-1, 1:-1, 1:-1] = False
    np.testing.assert_array_equal(surface, expected)


def test_voxels_beyond_the_box_are_dropped():
    found = _meshes.voxels(box(), PITCH, np.add(FIRST, (2, 0, 1)), (36, 24, 29), True)
    expected = np.zeros((36, 24, 29), bool)
    expected[:, :21, :] = True
    np.testing.assert_array_equal(found, expected)


def test_voxels_of_a_ball_lie_where_it_does():
    ball = trimesh.creation.icosphere(subdivisions=5, radius=RADIUS * PITCH)
    half = np.ceil(RADIUS).astype(int)
    given = (ball, PITCH, (-half,) * 3, (2 * half + 1,) * 3)
    solid, surface = (_meshes.voxels(*given, s) for s in (True, False))
    step = np.arange(-half, half + 1)
    centre = np.linalg.norm(np.meshgrid(step, step, step), axis=0)
    corner = 3**0.5 / 2  # no surface touches a voxel whose centre is farther
    assert np.abs(centre[surface] - RADIUS).max() < corner + 0.01
    np.testing.assert_array_equal(solid, surface | (centre < RADIUS))
    inside, both = (solid & ~surface).sum(), solid.sum()
    # Of the voxels on the surface, half lies within.
    assert (inside + both) / 2 == pytest.approx(4 / 3 * np.pi * RADIUS**3, rel=0.01)


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """One ellipsoid as wide as the dragon, written as each of the meshes."""
    folder = tmp_path_factory.mktemp("scans")
    return {m: str(published.stand_in(f"dragon-{m}", folder)) for m in ("vrip", "126k")}


def test_a_scan_fills_the_box_of_the_arrays(scans):
    solid = Signal(files=(scans["vrip"],)).generate()
    assert solid.shape == (*BOXES[COARSE][1], 1)
    # Its axes end half a voxel inside of the box; on its surface lies a voxel's layer.
    least, most = (np.pi / 6 * np.prod(np.add(BOXES[COARSE][1], d)) for d in (-1, 1))
    assert least < solid.sum() < most
    again = Signal(mesh="126k", files=(scans["126k"],)).generate()  # in other units
    assert np.abs(solid - again).mean() < 1e-3


DECIDED = [
    ("occupancy", COARSE, "vrip", (146, 104, 66), "dragon-vrip"),
    ("surface", FINE, "126k", (184, 131, 83), "dragon-126k"),
    ("occupancy", COARSE, "volume", (146, 104, 66), "dragon-volume"),
    ("surface", COARSE, "volume", (146, 104, 66), "dragon-volume-surface"),
    ("occupancy", FINE, "volume", (184, 131, 83), "dragon-volume-fine"),
    ("surface", FINE, "volume", (184, 130, 83), "dragon-volume-fine-surface"),
]


@pytest.mark.parametrize(("part", "pitch", "mesh", "planned", "key"), DECIDED)
def test_shape_and_files_are_planned(part, pitch, mesh, planned, key, tmp_path):
    settings = {"part": part, "pitch": pitch, "mesh": mesh}
    assert shape(**settings) == planned
    assert needs(**settings) == (key,)
    assert published.catalogue().get(key, "A test").file.path
    assert finer(**settings) == (None if pitch == FINE else settings | {"pitch": FINE})
    if mesh == "volume":
        array = np.load(published.stand_in(key, tmp_path))
        found = Signal(**settings, files=(str(tmp_path / f"{key}.npy"),)).generate()
        np.testing.assert_array_equal(found[..., 0], array)


@pytest.mark.parametrize(
    ("part", "pitch", "name", "least"),
    [
        ("occupancy", COARSE, "dragon", 0.992),
        ("surface", COARSE, "dragon_sparse", 0.941),
        pytest.param("occupancy", FINE, "dragon_sr", 0.993, marks=pytest.mark.slow),
        pytest.param("surface", FINE, "dragon_sr_sparse", 0.938, marks=pytest.mark.slow),
    ],
)
def test_a_copy_of_the_scan_gives_the_authors_arrays(part, pitch, name, least):
    settings = {"part": part, "pitch": pitch}
    mesh = mirrored("meshes/stanford_dragon_126k.ply")
    found = Signal(mesh="126k", files=(mesh,), **settings).generate() > 0
    theirs = (
        Signal(mesh="volume", files=(mirrored(f"dragon/{name}.npy"),), **settings).generate() > 0
    )
    rows = theirs.shape[1]  # their finer surface lacks the last layer
    both, either = found[:, :rows] & theirs, found[:, :rows] | theirs
    assert both.sum() / (either.sum() + found[:, rows:].sum()) > least


@pytest.mark.parametrize(
    ("setting", "value"),
    [("part", "shell"), ("part", ["surface"]), ("pitch", 0.001), ("pitch", True),
     ("pitch", "0.00141"), ("pitch", [FINE]), ("mesh", "bunny"), ("mesh", None)],
)  # fmt: skip
def test_bad_setting_is_named(setting, value):
    with pytest.raises(UserError, match=f"^Signal dragon: `{setting}` is .*Choose"):
        Signal(**{setting: value}, files=("",))


def header(vertices, faces, coordinates="float"):
    lines = [f"element vertex {vertices}"]
    lines += [f"property {coordinates} {axis}" for axis in "xyz"]
    lines += [f"element face {faces}", "property list uchar int vertex_indices", "end_header"]
    return "\n".join(["ply", "format ascii 1.0", *lines, ""])


BROKEN = {
    "empty": "",
    "no ply": "solid dragon",
    "header without an end": "ply\nformat ascii 1.0\nelement vertex 3\n",
    "no triangles": header(3, 0) + "0 0 0\n0 1 0\n1 0 0\n",
    "a vertex that is not there": header(3, 1) + "0 0 0\n0 1 0\n1 0 0\n3 0 1 7\n",
    "no number": header(3, 1) + "0 0 0\n0 nan 0\n1 0 0\n3 0 1 2\n",
    "cut short": header(3, 1) + "0 0 0\n0 1 0\n",
    "more than there is": header(10**12, 10**12) + "0 0 0\n",
    "something else": header(3, 1) + "0 0 0\n0 1 0\n1 0 0\n3 0 1 2\n",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_damaged_mesh_is_refused(tmp_path, fault):
    path = tmp_path / "mesh.ply"
    path.write_text(BROKEN[fault])
    with pytest.raises(UserError, match=r"mesh\.ply cannot be used: .*Replace it") as caught:
        Signal(files=(str(path),)).generate()
    assert "\n" not in str(caught.value)


def test_a_binary_mesh_cut_short_is_refused(tmp_path, scans):
    path = tmp_path / "mesh.ply"
    with open(scans["vrip"], "rb") as file:
        path.write_bytes(file.read()[:-100])
    with pytest.raises(UserError, match="cannot be used"):
        Signal(files=(str(path),)).generate()


def test_a_mesh_in_other_units_is_refused(scans):
    with pytest.raises(UserError, match=r"it spans .* not about .*0\.0522"):
        Signal(mesh="vrip", files=(scans["126k"],)).generate()


@pytest.mark.parametrize(
    ("module", "bound", "value", "words"),
    [
        (meshes, "MOST_BYTES", 1 << 10, "larger than"),
        (_meshes, "MOST_TRIANGLES", 1e4, "too many or too large"),
    ],
)
def test_a_mesh_beyond_the_bounds_is_refused(scans, monkeypatch, module, bound, value, words):
    monkeypatch.setattr(module, bound, value)
    with pytest.raises(UserError, match=words):
        Signal(files=(scans["vrip"],)).generate()


def test_an_open_mesh_has_a_surface_but_no_inside():
    mesh = box()
    mesh.update_faces(mesh.face_normals[:, 1] < 0.5)  # its lid
    assert _meshes.voxels(mesh, PITCH, FIRST, SHAPE, False).any()
    with pytest.raises(UserError, match=r"holes.*Choose another mesh"):
        _meshes.voxels(mesh, PITCH, FIRST, SHAPE, True)


def test_pictures_that_a_mesh_names_are_left_alone(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (2, 2)).save("skin.png")
    text = header(3, 1).replace("ascii 1.0", "ascii 1.0\ncomment TextureFile skin.png")
    (tmp_path / "mesh.ply").write_text(text + "0 0 0\n0 1 0\n1 0 0\n3 0 1 2\n")
    opened = []
    monkeypatch.setattr(Image, "open", lambda *a, **_: opened.append(a))
    with caplog.at_level(logging.DEBUG):
        assert len(meshes.read_triangles(tmp_path / "mesh.ply", "ply").faces) == 1
    assert opened == []
    assert "image" not in caplog.text


def test_another_array_is_refused(tmp_path):
    path = tmp_path / "array.npy"
    good = np.zeros((146, 104, 66), bool)
    for array, words in [
        (good[..., :-1], r"shape \(146, 104, 65\)"),
        (good.astype(np.uint8), "uint8"),
        (np.array([{}] * 3, object), "cannot be used"),
    ]:
        np.save(path, array)
        with pytest.raises(UserError, match=f"{words}.*Replace it"):
            Signal(mesh="volume", files=(str(path),)).generate()
    np.save(path, good)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="cannot be used"):
        Signal(mesh="volume", files=(str(path),)).generate()


def test_reduced_cubes_are_filled_where_any_voxel_is(tmp_path):
    files = (str(published.stand_in("dragon-volume", tmp_path)),)
    full, small = (Signal(mesh="volume", reduced=r, files=files).generate() for r in (1, 4))
    assert small.shape == (37, 26, 17, 1)
    filled = {tuple(index // 4) for index in np.argwhere(full[..., 0])}
    assert filled == {tuple(index) for index in np.argwhere(small[..., 0])}
    with pytest.raises(UserError, match="reduced"):
        Signal(mesh="volume", reduced=0.5, files=files)
