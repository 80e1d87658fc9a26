"""The settings of the signal `file`: which part of a file, and which values are black and white."""

import numpy as np
import pytest
from helpers.own_files import FLOATS, GREY8, GREY16, RGB8, RNG, check, refused
from PIL import Image

from fieldbench.plan.errors import UserError
from fieldbench.signals.file import Signal

VOLUME = RNG.random((6, 9, 12))
TWELVE_BITS = (GREY16 // 16).astype(np.uint16)
MASK = (GREY8 > 99).astype(np.uint8)


@pytest.fixture
def array(tmp_path):
    """Write an array, and return the path."""

    def written(values):
        np.save(tmp_path / "mine.npy", values)
        return tmp_path / "mine.npy"

    return written


def test_crop_keeps_the_middle_of_every_side(array):
    path = array(VOLUME)
    check(path, VOLUME[1:5, 2:6, 4:8], 1, crop=4)
    check(path, VOLUME[:, :8, 2:10], 1, crop=8)  # a shorter side stays whole
    check(array(RGB8), RGB8[1:5, 2:6] / 255, 3, crop=4)


def test_reduced_takes_means_of_blocks_and_drops_what_is_left(array):
    small = VOLUME[:6, :8, :12].reshape(3, 2, 4, 2, 6, 2).mean((1, 3, 5))
    check(array(VOLUME), small, 1, reduced=2)
    colours = RGB8[:6, :9].reshape(2, 3, 3, 3, 3).mean((1, 3)) / 255
    check(array(RGB8), colours, 3, reduced=3)
    check(array(VOLUME), VOLUME[1:5, 2:6, 4:8].reshape(2, 2, 2, 2, 2, 2).mean((1, 3, 5)), 1,
          crop=4, reduced=2)  # fmt: skip
    with pytest.raises(UserError, match="a side has 6 samples"):
        Signal(path=str(array(VOLUME)), reduced=7)


def test_first_and_length_count_along_the_first_axis(array):
    check(array(VOLUME), VOLUME[2:5], 1, first=2, length=3)
    check(array(VOLUME), VOLUME[2:], 1, first=2)


def test_one_channel_of_a_picture(tmp_path):
    Image.fromarray(RGB8).save(tmp_path / "colour.png")
    check(tmp_path / "colour.png", RGB8[..., 2] / 255, 1, channel=2)


@pytest.mark.parametrize("shape", [(20, 20, 2), (30, 2), (40, 48, 10)])
def test_an_axis_that_may_be_channels_is_asked_about(array, shape):
    values = RNG.random(shape)
    path = array(values)
    refused(path, "last axis may be channels")
    check(path, values, 1, channels="none")
    made = Signal(path=str(path), channels="last")
    assert (made.shape, made.channels) == (shape[:-1], shape[-1])
    np.testing.assert_array_equal(made.generate(), values)


def test_four_channels_are_colour_and_a_fourth_axis_is_channels_where_it_is_said(array):
    made = Signal(path=str(array(RNG.random((6, 9, 4)))))
    assert (made.shape, made.channels) == ((6, 9), 4)
    path = array(RNG.random((3, 4, 5, 6)))
    refused(path, "4 axes")
    assert Signal(path=str(path), channels="last").channels == 6


def test_a_picture_says_itself_what_its_channels_are(tmp_path):
    Image.fromarray(RGB8).save(tmp_path / "colour.png")
    refused(tmp_path / "colour.png", "says by itself", channels="none")


CERTAIN = {
    "bool": (GREY8 > 99, 0, 1),
    "uint8": (GREY8, 0, 255),
    "uint16": (GREY16, 0, 65535),
    "floats": (FLOATS, 0, 1),
}


@pytest.mark.parametrize(("values", "low", "high"), CERTAIN.values(), ids=CERTAIN)
def test_a_range_that_is_certain_is_not_asked_for(array, values, low, high):
    made = Signal(path=str(array(values)))
    assert made.facts["range"] == [low, high]
    undone = made.generate() * (high - low) + low
    np.testing.assert_allclose(undone.reshape(values.shape), values, atol=1e-9)


UNCERTAIN = {
    "int16": ((GREY16.astype(int) - 40000).clip(-1024, 3071).astype(np.int16), (-32768, 32767)),
    "12 bits in 16": (TWELVE_BITS, (0, 65535)),
    "a mask in uint8": (MASK, (0, 255)),
    "floats beyond 1": (FLOATS * 300, None),
    "floats below 0": (FLOATS - 0.5, None),
    "int64": (RGB8.astype(np.int64), None),
}


@pytest.mark.parametrize(("values", "full"), UNCERTAIN.values(), ids=UNCERTAIN)
def test_a_range_that_is_not_certain_is_asked_for(array, values, full):
    path = array(values)
    channels = 3 if values.ndim == 3 else 1
    least, most = values.min(), values.max()
    with pytest.raises(UserError) as caught:
        Signal(path=str(path))
    told = str(caught.value)
    assert "0 and 1 only" in told or f"from {least:.6g} to {most:.6g}" in told
    assert all(way in told for way in ("`range: [", "`range: data`"))
    assert ("`range: type`" in told) == (full is not None)

    floats = values.astype(float)
    made = check(path, (floats - least) / float(most - least), channels, range="data")
    assert made.facts["range"] == [least, most]
    low, high = float(least) - 1, float(most) + 2
    made = check(path, (floats - low) / (high - low), channels, range=[low, high])
    np.testing.assert_allclose(made.generate().reshape(values.shape) * (high - low) + low, floats)
    if full is None:
        refused(path, "says nothing of the range", range="type")
    else:
        low, high = full
        check(path, (floats - low) / (high - low), channels, range="type")


def test_values_beyond_the_range_are_cut_and_told(array):
    values = np.array([0, 50, 100, 200], np.int16)
    made = check(array(values), np.array([0, 0.5, 1, 1]), 1, range=[0, 100])
    assert made.facts["notes"] == ["25.00% of the values lie beyond its range and were cut"]


def test_a_range_of_the_data_is_that_of_the_part_that_is_used(array):
    values = np.arange(36, dtype=np.int16).reshape(6, 6)
    made = Signal(path=str(array(values)), range="data", crop=2)
    assert made.facts["range"] == [14, 21]
    with pytest.raises(UserError, match="the value 7 only"):
        Signal(path=str(array(np.full((4, 4), 7, np.int16))), range="data")


def test_one_value_only_is_asked_about_with_ways_that_work(tmp_path):
    Image.new("L", (5, 4)).save(tmp_path / "black.png")
    with pytest.raises(UserError) as caught:
        Signal(path=str(tmp_path / "black.png"))
    assert "`range` to two numbers" in caught.value.todo and "data" not in caught.value.todo
    check(tmp_path / "black.png", np.zeros((4, 5)), 1, range="type")


@pytest.mark.parametrize("wrong", [[1], [2, 1], [0, "x"], "dta", 5, [0, float("inf")], [True, 2]])
def test_a_range_that_is_none(array, wrong):
    with pytest.raises(UserError, match="`range` is"):
        Signal(path=str(array(FLOATS)), range=wrong)


WRONG = {
    "first": (-1, 1.5, "0"),
    "length": (0, "all"),
    "crop": (0, "x", 1.5),
    "reduced": (0, "x", 1.5),
    "channel": (-1, "left"),
    "channels": ("first", 3),
    "mesh": ("surface",),
    "key": (3, ""),
}


@pytest.mark.parametrize("setting", WRONG)
def test_a_setting_that_cannot_be(array, setting):
    for value in WRONG[setting]:
        with pytest.raises(UserError, match=f"`{setting}`"):
            Signal(path=str(array(FLOATS)), **{setting: value})
