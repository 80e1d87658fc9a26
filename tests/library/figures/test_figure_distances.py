"""Signed distances in pictures, as surfaces and as meshes."""

import io

import numpy as np
import pytest
import trimesh
from helpers import samples

from fieldbench.exports import mesh as body
from fieldbench.figures import gallery
from fieldbench.figures.parts import shading
from fieldbench.figures.parts.gallery_data import Shown, Tile, limits
from fieldbench.figures.parts.style import Style

LOOK = Style.of({})


def ball(side=20, radius=0.6):
    axis = 2 * np.arange(side) / side - 1
    away = np.sqrt(sum(a**2 for a in np.meshgrid(axis, axis, axis, indexing="ij")))
    return (away - radius)[..., None]


def test_a_slice_is_coloured_by_sign_with_a_line_at_zero():
    truth = ball()
    drawn = gallery.draw(
        truth, None, {"grid": truth + 0.1}, {"grid": {"psnr": 20.0}}, [samples.PSNR], LOOK,
        "A title", sort={"holds": "distances", "limits": None},
    )  # fmt: skip
    assert "red below zero, blue above" in " ".join(t.get_text() for t in drawn.texts)
    picture = np.asarray(drawn.axes[0].images[0].get_array())
    red, _, blue = picture[picture.shape[0] // 2, picture.shape[1] // 2]
    assert red > blue
    assert picture[0, 0, 2] > picture[0, 0, 0]
    (line,) = drawn.axes[0].collections
    (path,) = line.get_paths()
    assert np.ptp(path.vertices, axis=0) == pytest.approx(12, abs=0.1)


def test_colours_are_even_about_zero_and_errors_are_not_clamped():
    truth = ball()[:, :, 10]
    low, high = limits(truth, signed=True)
    assert -low == high == truth.max() / 2
    assert limits(np.zeros((3, 3, 1)), signed=True) == (-1, 1)
    shown = Shown(truth, None, {"grid": Tile(truth + 2, "ok", ())}, "", within=None, signed=True)
    assert shown.error("grid") == pytest.approx(2)


def test_the_surface_of_distances_is_at_zero_and_seen_from_outside():
    mesh = shading.Mesh.of(ball()[..., 0], signed=True)
    away = np.linalg.norm(mesh.points - mesh.points.mean(0), axis=1)
    assert away == pytest.approx(6, abs=0.1)
    outward = (mesh.normals * (mesh.points - mesh.points.mean(0))).sum(1) / away
    assert outward.min() > 0.9
    assert shading.Mesh.of(np.ones((6, 6, 6)), signed=True) is None
    assert np.isfinite(shading.Mesh.of(-np.ones((6, 6, 6)), signed=True).points).all()


@pytest.mark.parametrize("signed", [True, False])
def test_a_mesh_is_closed_of_the_right_volume_and_turned_outwards(signed):
    values = ball() if signed else (ball() < 0).astype(float)
    content = body.content(body.triangles(values, signed), "words")
    assert content == body.content(body.triangles(values.copy(), signed), "words")
    mesh = trimesh.load_mesh(io.BytesIO(content), file_type="ply", process=False)
    assert mesh.is_watertight and mesh.is_winding_consistent
    assert mesh.volume == pytest.approx(4 / 3 * np.pi * 0.6**3, rel=0.02 if signed else 0.1)
    assert mesh.bounds == pytest.approx(np.array([[-0.6] * 3, [0.6] * 3]), abs=0.06)


def test_a_filled_box_is_closed_in_its_proportions_and_a_failed_fit_has_no_mesh():
    box = body.triangles(np.ones((10, 20, 40, 1)), signed=False)
    low, high = box.min((0, 1)), box.max((0, 1))
    assert high - low == pytest.approx([0.5, 1, 2])
    mesh = trimesh.load_mesh(io.BytesIO(body.content(box, "")), file_type="ply", process=False)
    assert mesh.is_watertight and mesh.volume > 0
    for values in (None, np.full((6, 6, 6, 1), np.nan)):
        assert b"element vertex 0\n" in body.content(body.triangles(values, True), "failed")
