"""Where a pixel is."""

import numpy as np
import pytest
import torch

from fieldbench.lattice import Lattice


def test_corner_convention_by_hand():
    lattice = Lattice((4, 2))
    np.testing.assert_array_equal(lattice.axis(0), [-1.0, -0.5, 0.0, 0.5])
    np.testing.assert_array_equal(lattice.axis(1), [-1.0, 0.0])
    assert (lattice.dims, lattice.size) == (2, 8)


def test_centre_convention_by_hand():
    lattice = Lattice((4,), centred=True)
    np.testing.assert_array_equal(lattice.axis(0), [-0.75, -0.25, 0.25, 0.75])
    np.testing.assert_array_equal(Lattice((1,), centred=True).axis(0), [0.0])


def test_extent_scales_everything():
    lattice = Lattice((4,), extent=0.5)
    np.testing.assert_array_equal(lattice.axis(0), [-0.5, -0.25, 0.0, 0.25])
    half = Lattice((4,), centred=True, extent=0.5)
    np.testing.assert_array_equal(2 * half.axis(0), Lattice((4,), centred=True).axis(0))


@pytest.mark.parametrize("factor", [2, 4, 7])
@pytest.mark.parametrize("n", [1, 5, 100])
def test_middles_of_coarse_cells_are_means_of_fine_ones(n, factor):
    fine = Lattice((n * factor,), centred=True).axis(0)
    coarse = Lattice((n,), centred=True).axis(0)
    np.testing.assert_allclose(fine.reshape(n, factor).mean(1), coarse, atol=1e-14)


@pytest.mark.parametrize(("n", "factor"), [(5, 4), (8, 2)])
def test_corners_of_coarse_cells_are_corners_of_fine_ones(n, factor):
    fine, coarse = Lattice((n * factor,)).axis(0), Lattice((n,)).axis(0)
    np.testing.assert_allclose(fine[::factor], coarse, atol=1e-15)
    # Their means are not: they lie (factor - 1) / 2 fine samples further on.
    shift = fine.reshape(n, factor).mean(1) - coarse
    np.testing.assert_allclose(shift, (factor - 1) / 2 * (2 / (n * factor)))


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4)])
def test_points_are_in_array_order(shape, centred):
    lattice = Lattice(shape, centred)
    points = lattice.points()
    assert points.dtype == torch.float32
    assert points.shape == (lattice.size, lattice.dims)
    table = points.reshape(*shape, lattice.dims).numpy()
    for index in np.ndindex(*shape):
        expected = [lattice.axis(k)[i] for k, i in enumerate(index)]
        np.testing.assert_allclose(table[index], expected, atol=1e-7)


def test_axes_are_the_float32_of_axis():
    lattice = Lattice((1001, 3))
    for k, axis in enumerate(lattice.axes()):
        assert axis.dtype == torch.float32
        np.testing.assert_array_equal(axis.numpy(), lattice.axis(k).astype(np.float32))


@pytest.mark.parametrize("lattice", [Lattice((4, 5)), Lattice((3,), True, 0.25)])
def test_described_and_back(lattice):
    assert Lattice.of(lattice.describe()) == lattice
    assert hash(Lattice.of(lattice.describe())) == hash(lattice)


def test_conventions_are_different_lattices():
    assert Lattice((4,)) != Lattice((4,), centred=True)
    assert Lattice((4,)) != Lattice((4,), extent=2.0)
