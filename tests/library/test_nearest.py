"""Distances to triangles and segments, and the surfaces that they are made of, by brute force."""

import numpy as np
import pytest

from fieldbench.numerics import isosurface, nearest

FINE = 60  # samples along an edge, of the brute force


def pieces(count, corners, dims, spread):
    draw = np.random.default_rng(count)
    middle = draw.uniform(-1, 1, (count, 1, dims))
    return middle + spread * draw.standard_normal((count, corners, dims))


def by_samples(points, pieces):
    """The least distance to many places of every piece, and how far such places lie apart."""
    steps = np.linspace(0, 1, FINE)
    if pieces.shape[1] == 2:
        shares = np.stack([1 - steps, steps], -1)
    else:
        one, other = (s.reshape(-1) for s in np.meshgrid(steps, steps))
        inside = one + other <= 1 + 1e-9
        shares = np.stack([1 - one - other, one, other], -1)[inside]
    places = np.einsum("sc,tcd->tsd", shares, pieces).reshape(-1, pieces.shape[-1])
    edges = np.linalg.norm(pieces - np.roll(pieces, 1, axis=1), axis=-1).max()
    least = [np.linalg.norm(places - point, axis=1).min() for point in points]
    return np.array(least), edges / (FINE - 1)


@pytest.mark.parametrize(("corners", "dims"), [(2, 2), (2, 3), (3, 3), (3, 2)])
@pytest.mark.parametrize("count", [1, 8, 9, 100])
def test_distances_are_those_of_brute_force(count, corners, dims):
    given = pieces(count, corners, dims, 0.2)
    points = np.random.default_rng(1).uniform(-1.5, 1.5, (30, dims))
    found = nearest.distances(points, given)
    expected, apart = by_samples(points, given)
    assert (found <= expected + 1e-12).all()
    assert (found >= expected - apart).all()
    assert nearest.distances(given[:, 0], given).max() == 0


def test_pieces_without_a_size_are_points():
    points = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    places = np.random.default_rng(1).uniform(-1, 1, (15, 3))
    found = nearest.distances(points, np.repeat(places[:, None], 3, axis=1))
    expected = np.linalg.norm(points[:, None] - places, axis=-1).min(1)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("dims", [2, 3])
def test_a_surface_has_its_size_place_and_direction(dims):
    shape = (40,) * dims
    index = np.stack(np.indices(shape), -1)
    radius = np.linalg.norm(isosurface.place(index, shape) - 0.1, axis=-1)
    found = isosurface.surface(radius, 0.5)
    away = np.linalg.norm(found - 0.1, axis=-1)
    np.testing.assert_allclose(away, 0.5, atol=2e-3)
    size = isosurface.sizes(found).sum()
    assert size == pytest.approx(np.pi, rel=5e-3), "2 pi r, and 4 pi r^2"
    if dims == 3:
        normals = np.cross(found[:, 1] - found[:, 0], found[:, 2] - found[:, 0])
        outward = ((found.mean(1) - 0.1) * normals).sum(-1)
        assert (outward > 0)[isosurface.sizes(found) > 1e-5].all()


def test_a_box_keeps_its_proportions_and_nothing_has_no_surface():
    low, high = isosurface.place(np.array([[0, 0, 0], [10, 20, 40]]), (10, 20, 40))
    np.testing.assert_allclose([low, high], [[-0.25, -0.5, -1], [0.25, 0.5, 1]])
    for flat in (np.zeros((5, 5)), np.ones((5, 5, 5))):
        assert isosurface.surface(flat).shape == (0, flat.ndim, flat.ndim)
    with pytest.raises(ValueError, match="two samples"):
        isosurface.surface(np.zeros((1, 5)))
