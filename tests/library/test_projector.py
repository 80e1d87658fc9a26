"""The projector: the paper's views, its exact adjoint, and the same by two other ways."""

import math

import numpy as np
import pytest
import torch
from helpers.mirror import mirrored
from PIL import Image
from skimage.transform import radon

from fieldbench.tasks._projection import Projection, back_by_matrix, by_matrix
from fieldbench.tasks._projector import Geometry, back_project, project

SHAPES = [(20, 17), (17, 20), (9, 9), (1, 6), (6, 1), (1, 1), (2, 31)]
EVERY = [(shape, full) for shape in SHAPES for full in (False, True)]


def drawn(shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def textbook(image, geometry):
    """The paper's way: torch samples a turned picture, aligned and zero outside; sum its rows."""
    height, width = geometry.shape
    rows, detectors = (torch.as_tensor(p)[:, None] for p in geometry.places())
    y, x = torch.broadcast_tensors(rows, detectors.T)
    picture = torch.nn.functional.pad(torch.as_tensor(image)[None, None], (1, 1, 1, 1))
    found = []
    for angle in geometry.angles:
        u = math.cos(angle) * x - math.sin(angle) * y
        v = math.sin(angle) * x + math.cos(angle) * y
        # With a border of zeros, the picture's last samples lie at plus and minus (n + 1) / 2.
        where = torch.stack([2 * u / (width + 1), 2 * v / (height + 1)], -1)[None]
        turned = torch.nn.functional.grid_sample(picture, where, align_corners=True)
        found.append(turned[0, 0].sum(0))
    return torch.stack(found).numpy()


@pytest.mark.parametrize(("shape", "full"), EVERY)
@pytest.mark.parametrize("last", [True, False])
def test_views_are_those_of_a_textbook(shape, full, last):
    geometry = Geometry.of(shape, 13, last, full)
    image = drawn((*shape, 2))
    found = project(image, geometry)
    assert found.shape == (*geometry.views, 2)
    for channel in range(2):
        expected = textbook(image[..., channel], geometry)
        np.testing.assert_allclose(found[..., channel], expected, atol=1e-10)


@pytest.mark.parametrize(("shape", "full"), EVERY)
@pytest.mark.parametrize(("dtype", "close"), [(np.float32, 1e-6), (np.float64, 1e-14)])
def test_adjoint(shape, full, dtype, close):
    """<A x, y> = <x, A' y>."""
    geometry = Geometry.of(shape, 13, True, full)
    image, views = drawn((*shape, 3), 1, dtype), drawn((*geometry.views, 3), 2, dtype)
    there, back = project(image, geometry), back_project(views, geometry)
    assert (there.dtype, back.dtype, back.shape) == (dtype, dtype, image.shape)
    one, other = (np.vdot(a.astype(float), b.astype(float)) for a, b in
                  ((there, views), (image, back)))  # fmt: skip
    scale = np.linalg.norm(there) * np.linalg.norm(views) + np.linalg.norm(image)
    assert abs(one - other) <= close * scale


def test_gradient_by_finite_differences():
    geometry = Geometry.of((5, 4), 7, True, False)
    image = torch.as_tensor(drawn((5, 4, 2))).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: Projection.apply(x, geometry), image)


@pytest.mark.parametrize(("shape", "full"), EVERY)
@pytest.mark.parametrize(("dtype", "close"), [(torch.float32, 1e-4), (torch.float64, 1e-12)])
def test_sparse_matrices_are_the_same_operator(shape, full, dtype, close):
    """What a GPU does, on the CPU."""
    geometry = Geometry.of(shape, 13, True, full)
    image = torch.as_tensor(drawn((*shape, 2)), dtype=dtype)
    views = torch.as_tensor(drawn((*geometry.views, 2)), dtype=dtype)
    found = by_matrix(image, geometry), back_by_matrix(views, geometry)
    expected = project(image.numpy(), geometry), back_project(views.numpy(), geometry)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.numpy(), other, atol=close)


def test_the_last_view_is_the_first_one_mirrored():
    """Angles and their ends: 99 of the paper's 100 views differ."""
    image = drawn((12, 15, 1))
    closed = project(image, Geometry.of((12, 15), 10, True, False))
    np.testing.assert_allclose(closed[-1], closed[0, ::-1], atol=1e-10)
    np.testing.assert_allclose(closed[0], image.sum(0), atol=1e-10)
    half_open = Geometry.of((12, 15), 10, False, False).angles
    np.testing.assert_allclose(np.degrees(half_open), np.arange(10) * 18)


def test_a_full_frame_loses_nothing_and_the_papers_loses_corners():
    """A smooth image reaching into the corners: every full view has its whole mass."""
    y, x = np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-1, 1, 30), indexing="ij")
    image = ((1 - x**2) * (1 - y**2) + 0.2)[..., None]
    paper, full = (project(image, Geometry.of((40, 30), 25, True, f)).sum((1, 2))
                   for f in (False, True))  # fmt: skip
    np.testing.assert_allclose(full, image.sum(), rtol=5e-3)
    assert paper.min() < 0.97 * image.sum()
    np.testing.assert_allclose(paper[0], image.sum(), rtol=1e-12)


@pytest.mark.parametrize("side", [101, 100])
def test_scikit_image_agrees_where_its_centre_is_ours(side):
    """It turns the other way round, about pixel side // 2: half a pixel off when that is even."""
    reach = np.arange(side) - (side - 1) / 2
    image = np.where(np.hypot(reach[:, None], reach) < side / 2 - 2, drawn((side, side)), 0)
    geometry = Geometry.of((side, side), 20, True, False)
    theirs = radon(image, -np.degrees(geometry.angles), circle=True).T
    ours = project(image[..., None], geometry)[..., 0]
    difference = np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)
    assert difference < 1e-12 if side % 2 else difference > 0.1


def test_a_smooth_disc_has_its_analytic_views():
    """(1 - r^2)^2 off the centre: its rays have a closed form; scikit-image's error is as large."""
    side, radius, place = 129, 40.0, np.array([9.0, -14.0])  # right, down
    down, right = np.meshgrid(*[np.arange(side) - side // 2] * 2, indexing="ij")
    square = ((right - place[0]) ** 2 + (down - place[1]) ** 2) / radius**2
    image = np.clip(1 - square, 0, None) ** 2
    geometry = Geometry.of((side, side), 30, True, False)
    angles = np.array(geometry.angles)[:, None]
    # A ray of the turned frame's column x goes through where x cos t - y sin t, ... reads.
    centre = place[0] * np.cos(angles) + place[1] * np.sin(angles)
    offset = (np.arange(side) - side // 2 - centre) / radius
    exact = radius * 16 / 15 * np.clip(1 - offset**2, 0, None) ** 2.5

    def error(views):
        return np.linalg.norm(views - exact) / np.linalg.norm(exact)

    theirs = radon(image, -np.degrees(geometry.angles), circle=True).T
    assert error(project(image[..., None], geometry)[..., 0]) < 1e-3
    assert error(project(image[..., None], geometry)[..., 0]) < 1.01 * error(theirs)


def test_the_papers_sinogram_of_the_chest():
    """Its range and mean, measured with the reference's operator."""
    values = np.asarray(Image.open(mirrored("ct/chest.png"))).astype(np.int64) >> 8
    image = ((values - values.min()) / (values.max() - values.min())).astype(np.float32)
    views = project(image[..., None], Geometry.of(image.shape, 100, True, False))
    assert views.shape == (100, 435, 1)
    assert views.min() == 0
    assert views.max() == pytest.approx(94.70, abs=0.01)
    assert views.mean() == pytest.approx(46.63, abs=0.01)
