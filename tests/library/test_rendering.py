"""The renderer against closed forms: fog, a ball, an opaque wall, and rays that miss."""

import numpy as np
import pytest
import torch

from fieldbench.tasks._rendering import Rays

RED = torch.tensor([0.9, 0.1, 0.2])
BLUE = torch.tensor([0.2, 0.3, 0.8])
WHITE = torch.ones(1, 3)


def parallel(heights, lengths=2.0, scale=1.0):
    """Rays along the first axis, at heights (N,), through a box of half side `scale`."""
    heights = torch.as_tensor(heights, dtype=torch.float32)
    zero = torch.zeros_like(heights)
    origins = torch.stack([zero - 3, heights, zero], -1)
    along = torch.stack([zero + 1, zero, zero], -1) / scale
    first, last = zero + 2 * scale, zero + (2 + lengths) * scale
    return Rays(origins, along, first, last, torch.zeros(len(heights), 3), WHITE)


def values(density, colour):
    """What a model says where there is this density (N,) and colour (3,) or (N, 3)."""
    before = torch.log(torch.expm1(density.double().clamp(1e-12, 600))).float() + 1
    return torch.cat([torch.logit(colour).expand(len(density), 3), before[:, None]], -1)


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("drawn", [True, False])
def test_fog_lets_exp_of_density_times_length_through(scale, drawn):
    rays = parallel([0.0, 0.5], scale=scale)
    within = torch.rand(2, 9) if drawn else rays.middles(9)
    seen = rays.seen(lambda p: values(torch.full((len(p),), 0.7), RED), within)
    through = np.exp(-0.7 * 2 * scale)
    torch.testing.assert_close(seen, ((1 - through) * RED + through).expand(2, 3))


def test_a_ball_hides_by_its_chord():
    heights = torch.tensor([0.0, 0.2, 0.4, 0.59, 0.7])
    ball = lambda p: values(1.5 * (p.norm(dim=-1) < 0.6), RED)  # noqa: E731
    rays = parallel(heights)
    seen = rays.seen(ball, rays.middles(4000))
    through = torch.exp(-1.5 * 2 * (0.36 - heights**2).clamp(min=0).sqrt())[:, None]
    torch.testing.assert_close(seen, (1 - through) * RED + through, atol=2e-3, rtol=0)


def test_nothing_is_seen_but_background_where_a_ray_misses():
    rays = parallel([0.0], lengths=0.0)
    seen = rays.seen(lambda p: values(torch.full((len(p),), 500.0), RED), rays.middles(8))
    torch.testing.assert_close(seen, WHITE)


def test_an_opaque_wall_is_all_that_is_seen_and_all_that_learns():
    """Red before blue, from the left: blue is hidden, whatever its colour."""
    paint = torch.stack([RED, BLUE]).requires_grad_()

    def walls(points):
        behind = (points[:, 0] > 0.2).long()
        return values(torch.where(points[:, 0] > -0.2, 400.0, 0.0), paint[behind])

    rays = parallel([0.1])
    seen = rays.seen(walls, rays.middles(64))
    torch.testing.assert_close(seen[0], RED, atol=1e-5, rtol=0)
    seen.sum().backward()
    assert (paint.grad[0] > 0.9).all()
    assert paint.grad[1].abs().max() < 1e-6


def test_density_learns_to_show_and_to_hide():
    """Before white, more of a dark fog makes a view darker: its gradient is what the form says."""
    density = torch.tensor(0.8, requires_grad=True)
    rays = parallel([0.0])
    seen = rays.seen(lambda p: values(density.expand(len(p)), RED), rays.middles(16))
    seen[0, 1].backward()
    expected = -(1 - RED[1].item()) * 2 * np.exp(-0.8 * 2)
    assert density.grad.item() == pytest.approx(expected, rel=1e-4)


def test_points_are_asked_within_the_map_and_from_front_to_back():
    asked = []
    rays = parallel([0.3, -0.3])
    rays.seen(lambda p: asked.append(p) or torch.zeros(len(p), 4), torch.rand(2, 50))
    (points,) = asked
    assert points.min() >= -1 and points.max() < 1
    assert (points.reshape(2, 50, 3)[..., 0].diff(dim=1) > 0).all()
