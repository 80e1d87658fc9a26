"""The photograph and the phantom: the bundled pictures, cropped and resampled."""

import socket

import numpy as np
import pytest
from skimage.data import shepp_logan_phantom

from fieldbench.plan.errors import UserError
from fieldbench.signals import phantom, photo
from fieldbench.signals._bundled import read, square


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a bundled picture reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize(("picture", "side"), photo.SIDES.items())
def test_photo_at_its_own_side_is_the_stored_centre(picture, side):
    stored = read(f"{picture}.png")
    assert min(stored.shape[:2]) == side
    top, left = ((n - side) // 2 for n in stored.shape[:2])
    found = photo.Signal(picture=picture, length=side).generate()
    np.testing.assert_array_equal(found, stored[top : top + side, left : left + side])
    assert np.abs(found[..., 0] - found[..., 1]).max() > 0.1  # it is in colour


@pytest.mark.parametrize("length", [7, 64, 255])
def test_photo_keeps_its_mean_when_it_shrinks(length):
    full = photo.Signal(length=512).generate()
    small = photo.Signal(length=length).generate()
    assert small.mean(axis=(0, 1)) == pytest.approx(full.mean(axis=(0, 1)), abs=0.01)


def test_shrinking_smooths_first():
    checks = (np.indices((64, 64)).sum(axis=0) % 2).astype(float)[..., None]
    assert np.abs(square(checks, 21) - 0.5).max() < 0.1


def test_phantom_is_that_of_scikit_image():
    found = phantom.Signal(length=400).generate()[..., 0]
    np.testing.assert_allclose(found, shepp_logan_phantom(), atol=1e-15)
    assert len(np.unique(found)) == 6


def test_phantom_keeps_its_mean_when_it_shrinks():
    full, small = (phantom.Signal(length=n).generate().mean() for n in (400, 100))
    assert small == pytest.approx(full, abs=0.002)


@pytest.mark.parametrize(
    ("entry", "setting", "value"),
    [(photo, "length", 513), (photo, "length", 1), (photo, "picture", "cat"),
     (phantom, "length", 401), (phantom, "length", 0)],
)  # fmt: skip
def test_bad_setting_is_named(entry, setting, value):
    with pytest.raises(UserError, match=f"`{setting}`"):
        entry.Signal(**{setting: value})


def test_missing_bundled_picture_says_what_to_do():
    with pytest.raises(UserError, match="Reinstall"):
        read("no-such-picture.png")
