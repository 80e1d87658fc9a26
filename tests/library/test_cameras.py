"""Cameras: where a known point is seen, and where rays are within a box."""

import numpy as np
import pytest

from fieldbench.numerics.cameras import directions, looking_at_the_middle, stretch

BOX, REACH = np.array([[-1.0] * 3, [1.0] * 3]), np.array([0.0, 10.0])
FOCAL, SHAPE = 20.0, (8, 12)


def pixel_of(point, camera):
    """Row and column where a point is seen, in pixels from the upper left: by projection."""
    right, up, back = camera[:, :3].T @ (point - camera[:, 3])
    return SHAPE[0] / 2 - FOCAL * up / -back, SHAPE[1] / 2 + FOCAL * right / -back


@pytest.mark.parametrize("place", [(4.0, 0.0, 0.0), (1.0, -3.0, 2.0), (-2.0, 2.0, -1.0)])
def test_a_pixel_looks_at_the_points_that_project_to_it(place):
    camera = looking_at_the_middle(np.array([place]))[0]
    rays = directions(camera[None], FOCAL, SHAPE)[0]
    for row, column in ((0, 0), (3, 7), (7, 11)):
        for distance in (1.0, 5.0):
            seen = pixel_of(camera[:, 3] + distance * rays[row, column], camera)
            np.testing.assert_allclose(seen, (row + 0.5, column + 0.5))


def test_up_is_up_and_right_is_right():
    camera = looking_at_the_middle(np.array([[4.0, 0.0, 0.0]]))[0]
    middle = pixel_of(np.zeros(3), camera)
    np.testing.assert_allclose(middle, np.array(SHAPE) / 2)
    assert pixel_of(np.array([0, 0, 0.5]), camera)[0] < middle[0], "rows go down"
    assert pixel_of(np.array([0, 0.5, 0]), camera)[1] > middle[1], "y is to the right, seen from +x"
    np.testing.assert_allclose(camera[:, :3].T @ camera[:, :3], np.eye(3), atol=1e-12)
    assert np.linalg.det(camera[:, :3]) == pytest.approx(1)


def test_parts_of_a_pixel_lie_around_its_middle():
    camera = looking_at_the_middle(np.array([[4.0, 0.0, 0.0]]))
    corner, other = (directions(camera, FOCAL, SHAPE, w) for w in ((0.0, 0.0), (1.0, 1.0)))
    np.testing.assert_allclose(corner[0, 1:, 1:], other[0, :-1, :-1])


@pytest.mark.parametrize(
    ("origin", "along", "expected"),
    [
        ((4, 0, 0), (-1, 0, 0), (3, 5)),
        ((4, 1, 0), (-1, 0, 0), (3, 5)),  # along a wall
        ((0, 0, 0), (0, 0.6, 0.8), (0, 1.25)),
        ((12, 0, 0), (-1, 0, 0), (10, 10)),  # beyond the reach
        ((4, 0, 0), (1, 0, 0), (0, 0)),  # away from it
    ],
)
def test_a_ray_is_within_the_box_from_wall_to_wall(origin, along, expected):
    first, last = stretch(np.array(origin, float), np.array(along, float), BOX, REACH)
    assert last - first == pytest.approx(expected[1] - expected[0])
    if last > first:
        assert (first, last) == pytest.approx(expected)


def test_a_ray_that_misses_is_nowhere_within():
    first, last = stretch(np.array([4.0, 0, 3]), np.array([-1.0, 0, 0]), BOX, REACH)
    assert first == last
