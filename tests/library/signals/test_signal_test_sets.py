"""Kodak, Set5 and BSD68: each picture as it was published, whole or reduced."""

import numpy as np
import pytest
from helpers import published
from helpers.mirror import mirrored
from PIL import Image

from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError
from fieldbench.signals import kodak

PICTURES = {
    "kodak": [f"{k:02d}" for k in range(1, 25)],
    "set5": ["baby", "bird", "butterfly", "head", "woman"],
    "bsd68": [f"{k:03d}" for k in range(1, 13)],
}
ALL = [(kind, image) for kind, images in PICTURES.items() for image in images]
# Of Kodak's the mirror has four.
MIRRORED = [(k, i) for k, i in ALL if k != "kodak" or i in ("05", "08", "19", "23")]


def signal(kind, path, **settings):
    return registry.load("signals", kind)(files=(str(path),), **settings)


@pytest.mark.parametrize(("kind", "image"), MIRRORED)
def test_a_published_picture(kind, image):
    (key,) = registry.declare("signals", kind).functions["needs"](image=image)
    path = mirrored(published.catalogue().by_key[key].file.path)
    with Image.open(path) as stored:
        pixels = np.atleast_3d(np.asarray(stored))
    found = signal(kind, path, image=image)
    values = found.generate()
    assert values.dtype == np.float64 and values.shape[:2] == found.shape
    np.testing.assert_array_equal(np.rint(values * 255), pixels)


@pytest.mark.parametrize(("kind", "image"), ALL)
def test_every_picture_can_be_planned_and_reduced(kind, image, tmp_path):
    (key,) = registry.declare("signals", kind).functions["needs"](image=image)
    path = published.stand_in(key, tmp_path)
    whole, small = (signal(kind, path, image=image, reduced=r).generate() for r in (1, 4))
    rows, columns = whole.shape[:2]
    assert small.shape == (rows // 4, columns // 4, whole.shape[2])
    np.testing.assert_allclose(small[3, 5], whole[12:16, 20:24].mean((0, 1)))


@pytest.mark.parametrize("kind", PICTURES)
def test_another_file_is_refused(kind, tmp_path):
    form = "bmp" if kind == "set5" else "png"
    Image.fromarray(np.zeros((20, 30), np.uint8)).save(tmp_path / f"small.{form}")
    with pytest.raises(UserError, match=r"20 rows of 30 pixels of type L, where .*Replace it"):
        signal(kind, tmp_path / f"small.{form}").generate()
    Image.fromarray(np.zeros((20, 30), np.uint8)).save(tmp_path / "small.gif")
    with pytest.raises(UserError, match="cannot be used"):
        signal(kind, tmp_path / "small.gif").generate()


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("kodak", {"image": "25"}), ("kodak", {"image": 5}), ("kodak", {"reduced": 0}),
        ("set5", {"image": "cow"}), ("set5", {"reduced": 257}),
        ("bsd68", {"image": "013"}), ("bsd68", {"reduced": 1.5}),
    ],
)  # fmt: skip
def test_wrong_settings_are_told(kind, wrong):
    (name,) = wrong
    with pytest.raises(UserError, match=f"^Signal {kind}: `{name}` is .*(Choose one of|Give a)"):
        signal(kind, "none", **wrong)


def test_six_of_kodaks_are_upright():
    upright = [i for i in PICTURES["kodak"] if kodak.shape(image=i) == (768, 512)]
    assert upright == ["04", "09", "10", "17", "18", "19"]
