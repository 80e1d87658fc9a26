"""DIV2K's photographs: the published pixels, and whatever else refused with what to do."""

import numpy as np
import pytest
from helpers import published
from helpers.mirror import mirrored
from PIL import Image

from fieldbench.plan.errors import UserError
from fieldbench.signals.div2k import SIDES, Signal, finer, needs, shape


def test_values_are_the_stored_ones(tmp_path):
    path = published.stand_in("div2k-0093x4", tmp_path)
    values = Signal(image="0093", files=(str(path),)).generate()
    assert values.shape == (342, 510, 3)
    np.testing.assert_array_equal(values * 255, np.asarray(Image.open(path)))
    assert values[2, 3] * 255 == pytest.approx([2, 3, 6])  # rows along the first axis


@pytest.mark.parametrize("image", SIDES)
def test_full_size_is_four_times_the_reduced_one(image):
    rows, columns = shape(image=image, reduced=4)
    assert shape(image=image, reduced=1) == (4 * rows, 4 * columns)
    assert needs(image=image, reduced=4) == (f"div2k-{image}x4",)
    assert needs(image=image, reduced=1) == (f"div2k-{image}",)
    assert finer(image=image, reduced=4) == {"image": image, "reduced": 1}
    for key in (f"div2k-{image}x4", f"div2k-{image}"):
        assert f"/{image}" in published.catalogue().get(key, "A test").file.path


@pytest.mark.parametrize("image", SIDES)
def test_the_published_ten_have_the_planned_shape(image):
    path = mirrored(f"DIV2K/DIV2K_train_LR_bicubic/X4/{image}x4.png")
    values = Signal(image=image, files=(path,)).generate()
    assert values.shape == (*SIDES[image], 3)
    assert values.max() > 0.99


def test_the_reduced_file_is_the_full_one_made_smaller():
    small = Signal(files=(mirrored("DIV2K/DIV2K_train_LR_bicubic/X4/0064x4.png"),)).generate()
    path = mirrored("DIV2K/DIV2K_train_HR/0064.png")
    full = Signal(reduced=1, files=(path,)).generate()
    assert full.shape == (1356, 2040, 3)
    with Image.open(path) as image:
        found = np.asarray(image.resize((510, 339), Image.Resampling.BICUBIC)) / 255
    assert 10 * np.log10(1 / np.mean((found - small) ** 2)) > 55


@pytest.mark.parametrize("image", ["0065", 64, 0.5, None, ["0064"], "0064x4"])
def test_an_unknown_image_is_told(image):
    with pytest.raises(
        UserError, match=r"^Signal div2k: `image` is .*one of 0064, 0007.*in quotes"
    ):
        Signal(image=image, files=("",))


@pytest.mark.parametrize("reduced", [2, "4", True, 4.0, None])
def test_another_size_is_told(reduced):
    with pytest.raises(UserError, match=r"`reduced`.*Choose 4, or 1"):
        Signal(reduced=reduced, files=("",))


def other(shape, mode, form="PNG"):
    """Writes a picture that is not what a photograph must be."""
    return lambda path: Image.new(mode, shape[::-1]).save(path, format=form)


def cut_short(path):
    path.write_bytes(published.stand_in("div2k-0064x4", path.parent).read_bytes()[:2000])


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (other((510, 339), "RGB"), "510 rows of 339 pixels"),
        (other((1356, 2040), "RGB"), "1356 rows of 2040"),
        (other((339, 510), "L"), "type L"),
        (other((339, 510), "RGB", "JPEG"), "cannot be used"),
        (cut_short, "cannot be used"),
        (lambda path: path.write_bytes(b""), "cannot be used"),
        (lambda path: None, "No such file"),
    ],
    ids=["turned", "full size", "grey", "jpeg", "cut short", "empty", "missing"],
)
def test_another_file_is_refused(tmp_path, write, words):
    path = tmp_path / "other.png"
    write(path)
    with pytest.raises(UserError, match=f"other.png.*{words}.*Replace it"):
        Signal(files=(str(path),)).generate()


def test_a_crop_is_the_same_square_at_both_sizes(tmp_path):
    files = {r: (str(published.file(f"div2k-0064{'x4' * (r == 4)}", tmp_path)),) for r in (1, 4)}
    small, large = (Signal(reduced=r, crop=101, files=files[r]).generate() for r in (4, 1))
    full = Signal(files=files[4]).generate()
    assert (small.shape, large.shape) == ((101, 101, 3), (404, 404, 3))
    np.testing.assert_array_equal(small, full[119:220, 204:305])
    np.testing.assert_array_equal(
        large, Signal(reduced=1, files=files[1]).generate()[476:880, 816:1220]
    )
    with pytest.raises(UserError, match="crop"):
        Signal(crop=340, files=files[4])
