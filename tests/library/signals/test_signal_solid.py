"""The procedural solid: its parts, its symmetry, and the same body at any length."""

import numpy as np
import pytest
from scipy.ndimage import label

from fieldbench.plan.errors import UserError
from fieldbench.signals.solid import Signal


def by_definition(x, y, z):
    """Whether one point is filled, written out for scalars."""
    a, b, c = (3 * np.pi * p for p in (x, y, z))
    g = np.sin(a) * np.cos(b) + np.sin(b) * np.cos(c) + np.sin(c) * np.cos(a)
    if abs(g) <= 0.45 and x * x + y * y + z * z <= 0.75**2:
        return True
    for p, q, r in ((x, y, z), (y, z, x), (z, x, y)):
        about = (q * q + r * r) ** 0.5
        if ((about - 0.9) ** 2 + p * p) ** 0.5 <= 0.05 or (about <= 0.03 and abs(p) <= 0.9):
            return True
    return False


def test_equals_the_definition():
    n = 23
    u = [2 * (i + 0.5) / n - 1 for i in range(n)]
    expected = [[[by_definition(x, y, z) for z in u] for y in u] for x in u]
    np.testing.assert_array_equal(Signal(length=n).generate()[..., 0], expected)


@pytest.mark.parametrize("length", [48, 64, 100, 101])
def test_it_is_one_connected_body(length):
    body = Signal(length=length).generate()[..., 0]
    _, parts = label(body, structure=np.ones((3, 3, 3)))
    assert parts == 1


def test_axes_can_be_rotated_but_not_swapped():
    body = Signal(length=40).generate()[..., 0]
    np.testing.assert_array_equal(body, body.transpose(1, 2, 0))
    assert not np.array_equal(body, body.transpose(1, 0, 2))


def test_other_lengths_show_the_same_body():
    fine, coarse = (Signal(length=n).generate()[..., 0] for n in (120, 40))
    # Every third sample of the finer one is in the same place.
    np.testing.assert_array_equal(fine[1::3, 1::3, 1::3], coarse)
    assert fine.mean() == pytest.approx(0.082, abs=0.002)


def test_bad_length_is_named():
    with pytest.raises(UserError, match="`length`"):
        Signal(length=1)
