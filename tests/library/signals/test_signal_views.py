"""Views of scenes: what is held out, what is not, and that cameras and pictures belong together."""

import numpy as np
import pytest
from helpers import published
from helpers.mirror import mirrored

from fieldbench.plan.errors import UserError
from fieldbench.signals import lego, scene

SMALL = {"length": 16, "views": 3, "held": 2}


def test_light_through_the_mist_is_what_its_integral_says():
    """Above all bodies, along the first axis: a Gaussian's line integral is known."""
    height = 0.75
    seen = scene.colours(np.array([[-4.0, 0.05, height]]), np.array([[1.0, 0.0, 0.0]]))
    off = (height - scene.MIST[2]) ** 2 / (2 * scene.MIST_SPREAD**2)
    thickness = scene.MIST_DENSITY * np.exp(-off) * scene.MIST_SPREAD * np.sqrt(2 * np.pi)
    through = np.exp(-thickness)
    amber = np.array([0.95, 0.70, 0.15])
    np.testing.assert_allclose(seen[0], (1 - through) * amber + through, atol=1e-4)


def test_more_samples_would_change_next_to_nothing():
    generator = np.random.default_rng(0)
    aims = generator.uniform(-0.7, 0.7, (300, 3))
    origins = np.tile([0.0, -3.0, 2.0], (300, 1))
    along = (aims - origins) / np.linalg.norm(aims - origins, axis=1, keepdims=True)
    few, many = (scene.colours(origins, along, n) for n in (scene.SAMPLES, 4 * scene.SAMPLES))
    assert np.sqrt(np.mean((few - many) ** 2)) < 2e-3
    assert few.std() > 0.2


def test_views_that_are_asked_for_are_seen_by_cameras_of_their_own():
    beside = scene.Signal(**SMALL).beside()
    assert beside["views"].shape == (3, 16, 16, 3)
    shown, asked = beside["cameras"], beside["asked"]
    assert (shown.shape, asked.shape) == ((3, 3, 4), (2, 3, 4))
    apart = np.linalg.norm(shown[:, None, :, 3] - asked[None, :, :, 3], axis=-1)
    assert apart.min() > 0.3
    np.testing.assert_allclose(np.linalg.norm(asked[..., 3], axis=-1), scene.DISTANCE)
    assert np.ptp(asked[:, 2, 3]) < 1e-9, "an orbit"
    with pytest.raises(UserError, match="held"):
        scene.Signal(held=0)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The published views, or what stands in for them, and their file."""
    path = published.file("lego-100", tmp_path_factory.mktemp("views"))
    with np.load(path) as file:
        return path, dict(file)


def test_every_eighth_view_is_held_out_and_laid_on_white(stored):
    path, arrays = stored
    signal = lego.Signal(files=(str(path),))
    values, beside = signal.generate(), signal.beside()
    images = arrays["images"].astype(int)
    white = (images[..., :3] + 255 - images[..., 3:]) / 255
    np.testing.assert_allclose(values, white[::8].clip(0, 1))
    others = np.delete(np.arange(88), np.arange(0, 88, 8))
    np.testing.assert_allclose(beside["views"], white[others].clip(0, 1), atol=1e-6)
    np.testing.assert_array_equal(beside["cameras"], arrays["poses"][others, :3])
    np.testing.assert_array_equal(beside["asked"], arrays["poses"][::8, :3])
    assert beside["focal"] == arrays["focal"]


def test_reduced_views_are_means_and_their_focal_is_as_much_smaller(stored):
    path, arrays = stored
    settings = {"reduced": 5, "views": 10, "every": 20, "files": (str(path),)}
    signal = lego.Signal(**settings)
    assert signal.generate().shape == (5, 20, 20, 3)
    beside = signal.beside()
    assert beside["views"].shape == (10, 20, 20, 3)
    assert beside["focal"] == pytest.approx(arrays["focal"] / 5)
    full = lego.Signal(files=(str(path),), every=20).generate()
    np.testing.assert_allclose(signal.generate()[1, 2, 3], full[1, 10:15, 15:20].mean((0, 1)))


@pytest.mark.parametrize("setting", ["side", "reduced", "every", "views"])
def test_a_bad_setting_is_told(stored, setting):
    with pytest.raises(UserError, match=rf"lego: `{setting}` is 89\."):
        lego.Signal(**{setting: 89}, files=(stored[0],))


@pytest.mark.parametrize("change", ["lost", "small", "other", "huge"])
def test_another_file_is_refused(tmp_path, stored, change):
    arrays = dict(stored[1])
    if change == "lost":
        del arrays["poses"]
    elif change == "small":
        arrays["images"] = arrays["images"][:5]
    elif change == "other":
        arrays["poses"] = arrays["poses"].astype(np.float64)[:, :2]
    else:
        arrays["focal"] = np.zeros(10**6, np.float32)
    path = tmp_path / "views.npz"
    np.savez_compressed(path, **arrays)
    with pytest.raises(UserError, match="Replace it"):
        lego.Signal(files=(str(path),)).beside()


def test_cameras_and_published_views_agree_on_one_body():
    """Points that no view sees white fill every view's silhouette; with rows upside down, half."""
    signal = lego.Signal(files=(mirrored("nerf/lego_100_train88.npz"),), views=40, reduced=2)
    beside = signal.beside()
    solid = beside["views"].min(-1) < 0.99
    axis = np.linspace(*lego.BOX, 40)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    filled = {}
    for sign in (1, -1):
        places = [pixels(points, c, beside["focal"], sign) for c in beside["cameras"]]
        body = np.all([s[p] for s, p in zip(solid, places, strict=True)], axis=0)
        shadow = np.zeros(solid.shape, bool)
        for view, (row, column) in zip(shadow, places, strict=True):
            view[row[body], column[body]] = True
        filled[sign] = (shadow & solid).sum() / solid.sum()
    assert filled[1] > 0.8
    assert filled[-1] < 0.6


def pixels(points, camera, focal, sign):
    """Row and column of 50 x 50 pixels where points are seen, by projection."""
    right, up, back = ((points - camera[:, 3]) @ camera[:, :3]).T
    down = np.floor(25 - sign * focal * up / -back).astype(int)
    return down.clip(0, 49), np.floor(25 + focal * right / -back).astype(int).clip(0, 49)
