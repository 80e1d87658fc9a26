"""The star target against the published picture, and its geometry at other sides."""

import numpy as np
import pytest
from helpers.mirror import mirrored
from PIL import Image

from fieldbench.plan.errors import UserError
from fieldbench.signals.star import Signal


def test_equals_the_published_target_in_every_pixel():
    with Image.open(mirrored("star/star_resolution_target_40_1000.png")) as image:
        published = np.asarray(image)
    np.testing.assert_array_equal(Signal().generate()[..., 0], published)


def test_occupancy_at_the_papers_side():
    star = Signal().generate()[..., 0]
    rows, columns = np.indices(star.shape)
    disc = np.hypot(rows - 500, columns - 500) <= 480
    assert star.mean() == pytest.approx(0.363513, abs=1e-9)
    assert star[disc].mean() == pytest.approx(0.5023, abs=6e-5)
    assert not star[~disc].any()
    assert star[500, 500] == 1


@pytest.mark.parametrize("length", [200, 999, 1000])
def test_forty_wedges_on_a_ring(length):
    star = Signal(length=length).generate()[..., 0]
    angles = 2 * np.pi * (np.arange(4000) + 0.5) / 4000
    at = [np.rint(length / 2 + 0.4 * length * f(angles)).astype(int) for f in (np.sin, np.cos)]
    ring = star[tuple(at)]
    assert np.count_nonzero(np.diff(np.append(ring, ring[0])) == 1) == 40


def test_other_sides_show_the_same_figure():
    full, half = Signal().generate()[..., 0], Signal(length=500).generate()[..., 0]
    # Sample i of the half is at the place of sample 2 i of the full one.
    np.testing.assert_array_equal(half, full[::2, ::2])


def test_first_wedge_begins_at_axis_one_towards_axis_zero():
    star = Signal().generate()[..., 0]
    assert star[500, 900] == star[510, 900] == 1
    assert star[490, 900] == 0


def test_bad_length_is_named():
    with pytest.raises(UserError, match="`length`"):
        Signal(length=0)
