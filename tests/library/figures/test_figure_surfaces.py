"""Surfaces of bodies: the rasteriser, the light, and the figure."""

import numpy as np
import pytest
from helpers import samples
from helpers.samples import PSNR, SSIM

from fieldbench.figures import surfaces
from fieldbench.figures.parts import raster, shading
from fieldbench.figures.parts.shading import Mesh

LOOK = samples.styles()


def ball(side=24, radius=8.0, middle=(0.0, 0.0, 0.0)):
    """Occupancy (side, side, side), soft over a sample."""
    axes = np.meshgrid(*[np.arange(side) - (side - 1) / 2] * 3, indexing="ij")
    distance = np.sqrt(sum((a - m) ** 2 for a, m in zip(axes, middle, strict=True)))
    return np.clip(radius - distance + 0.5, 0, 1)


def test_a_triangle_covers_the_pixels_whose_middle_it_holds():
    corners = np.array([[[0.0, 0, 1], [4, 0, 1], [0, 4, 1]]])
    pixels, triangle, weights = raster.nearest(corners, 4, 4)
    assert pixels.tolist() == [y * 4 + x for y in range(4) for x in range(4) if x + y <= 3]
    assert set(triangle) == {0} and weights.sum(1) == pytest.approx(1)
    middle = weights @ corners[0, :, :2]
    assert middle == pytest.approx(np.stack([pixels % 4 + 0.5, pixels // 4 + 0.5], 1))


def test_the_nearer_triangle_is_seen_and_backs_are_not():
    far = np.array([[0.0, 0, 1], [4, 0, 1], [0, 4, 1]])
    near = far + np.array([0.0, 0, 3])
    for order in ([far, near], [near, far]):
        _, triangle, _ = raster.nearest(np.array(order), 4, 4)
        assert {order[t][0, 2] for t in triangle} == {4.0}
    assert len(raster.nearest(near[None, [0, 2, 1]], 4, 4)[0]) == 0
    assert len(raster.nearest(np.zeros((0, 3, 3)), 4, 4)[0]) == 0


def test_triangles_in_parts_are_the_same_as_at_once(monkeypatch):
    rng = np.random.default_rng(0)
    corners = rng.random((200, 3, 3)) * [30, 20, 9]
    whole = raster.nearest(corners, 20, 30)
    monkeypatch.setattr(raster, "AT_ONCE", 50)
    for some, all_ in zip(raster.nearest(corners, 20, 30), whole, strict=True):
        np.testing.assert_array_equal(some, all_)


def test_depths_agree_with_a_plain_loop():
    rng = np.random.default_rng(1)
    corners = rng.random((30, 3, 3)) * [8, 6, 5]
    pixels, triangle, _ = raster.nearest(corners, 6, 8)
    for number in range(48):
        x, y = number % 8 + 0.5, number // 8 + 0.5
        best = None
        for t, tri in enumerate(corners):
            edges = np.array([tri[1] - tri[0], tri[2] - tri[0]])[:, :2]
            if np.linalg.det(edges) <= 1e-9:
                continue
            u, v = np.linalg.solve(edges.T, [x - tri[0, 0], y - tri[0, 1]])
            if min(u, v, 1 - u - v) >= 0:
                depth = tri[0, 2] + u * (tri[1, 2] - tri[0, 2]) + v * (tri[2, 2] - tri[0, 2])
                best = max(best or (-np.inf, t), (depth, t))
        found = triangle[pixels == number]
        assert (best is None and len(found) == 0) or found[0] == best[1]


def test_a_balls_surface_is_a_sphere_seen_from_outside():
    mesh = Mesh.of(ball())
    away = np.linalg.norm(mesh.points, axis=1)
    assert away == pytest.approx(8.0, abs=0.1)
    assert (mesh.normals * mesh.points / away[:, None]).sum(1) == pytest.approx(1, abs=0.02)
    window = shading.frame([mesh])
    assert window[1] - window[0] == pytest.approx(16 + 2 * (0.5 + 0.32), abs=0.2)
    picture = shading.render(mesh, window, 60)
    covered = (picture < 1).all(-1)
    assert covered.mean() == pytest.approx(np.pi * 8**2 / np.prod(window[1] - window[0]), abs=0.03)
    # The key lamp hangs to the upper left.
    assert picture[18, 18].mean() > picture[42, 42].mean() + 0.2


def test_axes_run_right_up_and_to_the_eye():
    middle = Mesh.of(ball()).points.mean(0)
    for axis, sideways in ((0, 0), (1, 1), (2, 2)):
        shift = np.zeros(3)
        shift[axis] = 3
        moved = Mesh.of(ball(middle=shift)).points.mean(0) - middle
        assert moved.argmax() == sideways and moved[sideways] > 2
    assert shading.camera() @ shading.camera().T == pytest.approx(np.eye(3))


def test_a_body_at_the_border_is_closed_and_nothing_has_no_surface():
    assert Mesh.of(np.zeros((6, 6, 6))) is None
    assert Mesh.of(np.full((6, 6, 6), np.nan)) is None
    box = Mesh.of(np.ones((6, 6, 6)))
    sizes = np.abs(np.linalg.inv(shading.camera()) @ box.points.T).max(1)
    assert sizes == pytest.approx(3.0)
    wild = ball()
    wild[3, 3, 3], wild[0, 0, 0] = np.nan, 1e30
    assert np.isfinite(Mesh.of(wild).points).all()


def test_hollows_are_darker_than_open_ground():
    plate = np.zeros((30, 30, 30))
    plate[:, :10] = 1
    plate[12:18, 4:, 12:18] = 0  # a well
    mesh = Mesh.of(plate)
    up = np.linalg.inv(shading.camera()) @ mesh.points.T
    well = (np.abs(up[0]) < 4) & (np.abs(up[2]) < 4) & (np.abs(up[1] + 9) < 2)
    open_ground = (np.abs(up[1] + 5) < 0.6) & (np.abs(up[0]) > 8) & (np.abs(up[2]) > 8)
    assert mesh.free[well].max() < 0.4 < 0.6 < np.median(mesh.free[open_ground])


def draw(truth, made, scores=None):
    scores = scores or {m: {"psnr": 30.0, "ssim": 0.9} for m in made}
    return surfaces.draw(truth[..., None], made, scores, [PSNR, SSIM], LOOK, "A title")


def test_the_figure_shows_the_truth_and_each_model_in_one_frame():
    truth = ball()
    drawn = draw(truth, {"grid": truth[..., None], "siren": ball(radius=5.0)[..., None]})
    words = " ".join(text.get_text() for text in drawn.texts)
    for word in ("A title; surface at 0.5", "Truth", "SIREN", "Grid", "PSNR 30.0 dB"):
        assert word in words.replace("\n", " ")
    true, siren, grid = (np.asarray(axes.images[0].get_array()) for axes in drawn.axes)
    np.testing.assert_array_equal(true, grid)
    share = (siren < 1).all(-1).sum() / (true < 1).all(-1).sum()
    assert share == pytest.approx((5 / 8) ** 2, abs=0.03)


def test_failed_and_empty_models_say_so():
    truth = ball(16, 5.0)
    made = {
        "grid": None,
        "siren": np.full((16, 16, 16, 1), 0.3),
        "wire": np.full((16,) * 4, np.nan),
    }
    scores = {"grid": {"status": "out-of-memory"}, "siren": {"psnr": 9.0}, "wire": {}}
    drawn = draw(truth, made, scores)
    said = {text.get_text(): axes for axes in drawn.axes for text in axes.texts}
    assert set(said) == {"out of memory", "empty: all below 0.5", "failed"}
    hatched = {words for words, axes in said.items() if any(p.get_hatch() for p in axes.patches)}
    assert hatched == {"out of memory", "failed"}
    nothing = draw(np.zeros((8, 8, 8)), {"grid": np.zeros((8, 8, 8, 1))})
    assert len([a for a in nothing.axes if a.texts and not a.images]) == 2


@pytest.mark.parametrize("count", [1, 4, 12])
def test_no_text_is_cut_and_a_page_is_enough(count):
    truth = ball(8, 3.0)
    drawn = draw(truth, dict.fromkeys([*LOOK.models][:count], truth[..., None]))
    width, height = drawn.get_size_inches()
    assert width <= 7.01 and height <= 9.01
    renderer = drawn.canvas.get_renderer()
    for text in drawn.texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= width * drawn.dpi, text.get_text()
