"""The chest slice: the upper eight of sixteen bits, stretched to [0, 1]."""

import numpy as np
import pytest
from helpers import published
from helpers.mirror import mirrored
from PIL import Image

from fieldbench.plan.errors import UserError
from fieldbench.signals.ct import SHAPE, Signal


def written(path, values):
    Image.fromarray(values).save(path)
    return Signal(files=(str(path),))


def test_lower_bits_are_dropped_before_the_range_is_stretched(tmp_path):
    stored = np.full(SHAPE, 0x20FF, np.uint16)
    stored[0, 1], stored[1, 0] = 0x10FF, 0x5000
    values = written(tmp_path / "slice.png", stored).generate()
    assert values.shape == (*SHAPE, 1)
    assert (values[0, 1], values[1, 0], values[1, 1]) == (0, 1, 0.25)


def test_the_published_slice():
    values = Signal(files=(mirrored("ct/chest.png"),)).generate()
    assert values.shape == (326, 435, 1)
    assert (values.min(), values.max()) == (0, 1)
    assert values.mean() == pytest.approx(0.15856, abs=5e-6)  # as measured on the authors' loader
    assert (values == 0).mean() == pytest.approx(0.076, abs=5e-4)
    assert len(np.unique(values)) == 230


def test_reduced_are_the_means_of_blocks(tmp_path):
    path = published.stand_in("ct-chest", tmp_path)
    full, small = (Signal(reduced=r, files=(str(path),)).generate()[..., 0] for r in (1, 4))
    assert small.shape == (81, 108)
    np.testing.assert_allclose(small[80, 0], full[320:324, :4].mean())
    with pytest.raises(UserError, match="reduced"):
        Signal(reduced=0, files=(str(path),))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros(SHAPE, np.uint8), "type L"),
        (np.zeros(SHAPE[::-1], np.uint16), "435 rows of 326"),
        (np.full(SHAPE, 300, np.uint16), "blank"),
    ],
    ids=["8 bits", "turned", "blank"],
)
def test_another_file_is_refused(tmp_path, values, words):
    with pytest.raises(UserError, match=f"{words}.*Replace it"):
        written(tmp_path / "slice.png", values).generate()


def test_the_stand_in_has_every_level(tmp_path):
    path = published.stand_in("ct-chest", tmp_path)
    assert np.unique(Signal(files=(str(path),)).generate()).size == 256
