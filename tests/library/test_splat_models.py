"""The two models of splats: where they start, what the camera sees, and fits by either way."""

import itertools
import math

import pytest
import torch
from helpers import trial

from fieldbench.lattice import Lattice
from fieldbench.plan.entries import registry
from fieldbench.seeds import torch_stream

SHAPE = (37, 50)
OWN = Lattice(SHAPE)


def made(name, shape=SHAPE, size=40, channels=1):
    return registry.load("models", name)(
        dims=2, channels=channels, shape=shape, size=size, generator=torch_stream("init")
    )


@pytest.mark.parametrize("name", ["gsplat", "gsplat-2d"])
def test_fused_points_equal_the_lattice(name):
    model = made(name, channels=3)
    for lattice, centred in itertools.product([SHAPE, (50, 71)], [False, True]):
        where = Lattice(lattice, centred)
        (values,) = model.fused(where.points())
        on_lattice = model.on_lattice(where).reshape(values.shape)
        torch.testing.assert_close(values, on_lattice, rtol=1e-6, atol=1e-6)


def test_gsplat_starts_in_the_middle_eighth():
    model = made("gsplat", (1000, 1000), 2000)
    rows = model.splats().detach()
    middles = rows[:, :2]
    assert middles.min() > 500 - 500 / 7 - 1e-3
    assert middles.max() < 500 + 500 / 7 + 1e-3
    assert torch.allclose(rows[:, 5], torch.tensor(1.0).sigmoid())
    torch.testing.assert_close(model.quaternions.norm(dim=1), torch.ones(2000))


def test_gsplat_camera():
    """x runs across, y down; 0.3 square pixels of blur; the size of scales has no sign."""
    model = made("gsplat", (40, 60), 1)
    with torch.no_grad():
        model.means[:] = torch.tensor([1.0, 2.0, 2.0])
        model.scales[:] = torch.tensor([0.1, -0.2, 0.0])
        model.quaternions[:] = torch.tensor([2.0, 0.0, 0.0, 0.0])
    x, y, a, b, c, opacity, _ = model.splats()[0].tolist()
    focal, near = 30, 30 / 10
    assert (x, y) == pytest.approx((30 + focal * 0.1, 20 + focal * 0.2))
    xx, yy = (near * 0.1) ** 2 + 0.3, (near * 0.2) ** 2 + 0.3
    assert (a, b, c) == pytest.approx((0.5 / xx, 0, 0.5 / yy), abs=1e-6)
    assert opacity == pytest.approx(1 / (1 + math.exp(-1)))


def test_gsplat_behind_the_camera_is_not_drawn_and_harms_no_gradient():
    model = made("gsplat", channels=3)
    with torch.no_grad():
        before = model.on_lattice(OWN)
        model.means[:20, 2] = torch.linspace(-30, -7.991, 20)
    for values in (model(OWN.points()).reshape(*SHAPE, 3), model.on_lattice(OWN)):
        assert not torch.equal(values, before)
        gradients = torch.autograd.grad(values.sum(), list(model.parameters()))
        assert all(g.isfinite().all() for g in gradients)
        assert not any(g[:20].any() for g in gradients)


def test_gsplat_2d_starts_grey_all_over():
    values = made("gsplat-2d", size=400).on_lattice(OWN)
    assert values.mean().item() == pytest.approx(0.5, abs=0.06)
    assert (values > 0.05).float().mean() > 0.95


@pytest.mark.parametrize("name", ["gsplat", "gsplat-2d"])
def test_a_fit_by_tiles_is_the_fit_by_definition(name):
    """Ten steps on a masked picture, by either way: the same picture but for rounding."""
    truth = torch.as_tensor(trial.smooth(SHAPE, 3)).float()
    mask = torch.rand(SHAPE, generator=torch_stream("test")) < 0.5
    shown = OWN.points()[mask.reshape(-1)]
    found = []
    for way in ("predictions", "fused"):
        model = made(name, channels=3)
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
        for _ in range(10):
            optimiser.zero_grad()
            (getattr(model, way)(shown)[0] - truth[mask]).square().mean().backward()
            optimiser.step()
        found.append(model.on_lattice(OWN).detach())
    torch.testing.assert_close(*found, rtol=1e-3, atol=1e-3)


def test_the_backend_gsplat_sees_what_the_model_sees():
    """The camera given to the package puts the model's pixels at the lattice's samples."""
    model = made("gsplat")
    moved = Lattice((148, 200), shift=(-1.5, -1.5))  # its first samples are held at the border
    for lattice in (OWN, Lattice(SHAPE, True), Lattice((74, 100)), Lattice((74, 100), True), moved):
        (focal, _, x), (_, also, y), _ = model._camera(lattice)[0]
        across = lattice.axis(1)
        # A ray that leans right by r meets the model's pixel 25 + 25 r.
        sample = (25 + 25 * 0.1 - 0.5) / 25 - 1  # that pixel's coordinate
        expected = len(across) - 1 + (sample - across[-1]) / (across[-1] - across[-2])
        assert focal == also
        assert x - 0.5 + focal * 0.1 == pytest.approx(expected, abs=1e-4)
        down = lattice.axis(0)
        coordinate = (18.5 - 0.5) / 18.5 - 1
        expected = len(down) - 1 + (coordinate - down[-1]) / (down[-1] - down[-2])
        assert y - 0.5 == pytest.approx(expected, abs=1e-4)
