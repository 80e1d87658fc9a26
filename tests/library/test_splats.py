"""Splats: the compiled loops give what the definition gives, and the definition what it should."""

import math

import pytest
import torch

from fieldbench.lattice import Lattice
from fieldbench.models import _splats
from fieldbench.models._splats import Drawn, Tiles, conic, limits, pixels, plainly
from fieldbench.seeds import torch_stream

SHAPE = (37, 50)
OWN = Lattice(SHAPE)
LATTICES = [OWN, Lattice(SHAPE, True), Lattice((90, 101)), Lattice((16, 17), True), Lattice((5, 1))]


def splats(number, channels, *, opacity=(0.02, 1.0), spread=(0.5, 8.0), seed=0):
    """Random rows: middles in and around the image, leaning any way."""
    stream = torch_stream("test", seed=seed)

    def uniform(low, high, *shape):
        return low + (high - low) * torch.rand(*shape, generator=stream)

    x, y = uniform(-9, SHAPE[1] + 9, number), uniform(-9, SHAPE[0] + 9, number)
    one, two, turn = uniform(*spread, number), uniform(*spread, number), uniform(0, 7, number)
    cos, sin = turn.cos(), turn.sin()
    xx, yy = (one * cos) ** 2 + (two * sin) ** 2, (one * sin) ** 2 + (two * cos) ** 2
    form = conic(xx, (one**2 - two**2) * cos * sin, yy, (one * two) ** 2)
    colours = uniform(-1, 1, number, channels)
    return torch.stack([x, y, *form, uniform(*opacity, number), *colours.unbind(1)], dim=1)


def order_of(rows, ordered):
    return torch.randperm(len(rows), generator=torch_stream("test", 2)) if ordered else None


def values_and_gradient(draw, rows):
    rows = rows.clone().requires_grad_()
    values = draw(rows)
    weight = torch.randn(values.shape, generator=torch_stream("test", 1))
    return values.detach(), torch.autograd.grad((weight * values).sum(), rows)[0]


def assert_alike(points, tiles, rows, order):
    textbook = values_and_gradient(lambda r: plainly(*pixels(points, SHAPE), r, order), rows)
    fast = values_and_gradient(lambda r: Drawn.apply(r, order, tiles), rows)
    torch.testing.assert_close(fast[0], textbook[0], rtol=1e-5, atol=2e-6)
    scale = textbook[1].abs().amax(0).clamp(min=1e-6)
    torch.testing.assert_close(fast[1] / scale, textbook[1] / scale, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("lattice", LATTICES)
def test_lattice_by_tiles_equals_the_definition(lattice, ordered):
    rows = splats(150, 3)
    tiles = Tiles.of_lattice(lattice, slice(None), SHAPE)
    assert_alike(lattice.points(), tiles, rows, order_of(rows, ordered))


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("number", [1, 7, 1000])
def test_points_by_tiles_equal_the_definition(number, ordered):
    points = 2.4 * torch.rand(number, 2, generator=torch_stream("test", 3)) - 1.2
    rows = splats(80, 2)
    assert_alike(points, Tiles.of_points(points, SHAPE), rows, order_of(rows, ordered))


def test_opaque_stacks_by_tiles_equal_the_definition():
    """Hundreds of opaque splats on one another: every pixel and every tile stops early."""
    rows = splats(500, 1, opacity=(0.9, 1.0), spread=(6.0, 20.0))
    tiles = Tiles.of_lattice(OWN, slice(None), SHAPE)
    assert_alike(OWN.points(), tiles, rows, order_of(rows, True))


@pytest.mark.parametrize("ordered", [False, True])
def test_lists_in_parts_make_the_same_image(monkeypatch, ordered):
    rows = splats(150, 3, opacity=(0.5, 1.0))
    tiles, order = Tiles.of_lattice(OWN, slice(None), SHAPE), order_of(rows, ordered)
    whole = values_and_gradient(lambda r: Drawn.apply(r, order, tiles), rows)
    monkeypatch.setattr(_splats, "_LISTED", 20)
    for kept in (0, 2, 1000):
        monkeypatch.setattr(_splats, "_KEPT", kept)
        parts = values_and_gradient(lambda r: Drawn.apply(r, order, tiles), rows)
        assert torch.equal(parts[0], whole[0])
        torch.testing.assert_close(parts[1], whole[1])


@pytest.mark.parametrize("lattice", LATTICES)
def test_a_splat_is_missed_at_no_point_that_it_reaches(lattice):
    """One channel a splat, so that each is seen alone; needles among them, at every angle."""
    rows = splats(60, 0, spread=(0.55, 4.0))
    rows = torch.cat([rows, splats(60, 0, spread=(0.55, 600.0), seed=1)])
    rows = torch.cat([rows, torch.eye(len(rows))], dim=1)
    x, y = pixels(lattice.points(), SHAPE)
    reached = _splats._alpha(x, y, rows)
    drawn = Drawn.apply(rows, None, Tiles.of_lattice(lattice, slice(None), SHAPE))
    assert torch.equal(drawn > 0, reached > 0)
    assert reached.any()


@pytest.mark.parametrize("x", [15.5, 16.0, 16.5, 32.0])
@pytest.mark.parametrize("y", [0.0, 16.0, 31.5])
def test_splats_on_the_borders_of_tiles(x, y):
    a, b, c = conic(*(torch.tensor(v) for v in (1.0, 0.3, 0.8, 0.71)))
    rows = torch.tensor([[x, y, a, b, c, 0.9, 1.0]])
    tiles = Tiles.of_lattice(OWN, slice(None), SHAPE)
    assert_alike(OWN.points(), tiles, rows, torch.tensor([0]))


def test_an_image_that_no_splat_touches_is_black():
    rows = splats(20, 3)
    rows[:10, 0] += 1e4
    rows[10:, 5] = 1 / 256
    tiles = Tiles.of_lattice(OWN, slice(None), SHAPE)
    for order in (order_of(rows, True), None):
        values, gradient = values_and_gradient(lambda r, o=order: Drawn.apply(r, o, tiles), rows)
        assert not values.any()
        assert not gradient.any()


def test_a_splat_that_is_no_number_does_not_go_unnoticed():
    rows = splats(20, 1)
    rows[3, 0] = math.nan
    tiles = Tiles.of_lattice(OWN, slice(None), SHAPE)
    assert Drawn.apply(rows, order_of(rows, True), tiles).isnan().all()


@pytest.mark.parametrize("ordered", [False, True])
def test_twice_is_the_same_to_the_last_bit(ordered):
    rows = splats(300, 3)
    tiles, order = Tiles.of_lattice(OWN, slice(None), SHAPE), order_of(rows, ordered)
    once, again = (values_and_gradient(lambda r: Drawn.apply(r, order, tiles), rows) for _ in "ab")
    assert all(torch.equal(a, b) for a, b in zip(once, again, strict=True))


@pytest.mark.parametrize("ordered", [False, True])
def test_gradient_of_one_splat_by_differences(ordered):
    row = torch.tensor([[20.3, 15.1, 0.06, 0.02, 0.04, 0.6, 0.7]])
    order = torch.tensor([0]) if ordered else None
    near = (torch.rand(40, 2, generator=torch_stream("test")) - 0.5) * 0.15  # well within its limit
    points = near + torch.tensor([15.1 / 37, 20.3 / 50]) * 2 - 1
    tiles = Tiles.of_points(points, SHAPE)

    def exactly(r):
        return plainly(*pixels(points.double(), SHAPE), r, order).square().sum().item()

    loss = Drawn.apply(row.requires_grad_(), order, tiles).square().sum()
    gradient = torch.autograd.grad(loss, row)[0][0]
    for k, value in enumerate(row.detach()[0].double()):
        step = torch.zeros(1, 7, dtype=torch.float64)
        step[0, k] = 1e-5 * value
        sides = [exactly(row.detach().double() + sign * step) for sign in (1, -1)]
        difference = (sides[0] - sides[1]) / (2e-5 * value.item())
        assert gradient[k].item() == pytest.approx(difference, rel=1e-4), k


def test_drawing_ends_before_the_splat_that_would_leave_no_light():
    """Light .05, .0025, .000125: a fourth would leave 6e-6, so it and all that follow are out."""
    opacities = torch.tensor([0.95, 0.95, 0.95, 0.95, 0.1, 0.999])
    rows = torch.tensor([[25.5, 18.5, 0.01, 0.0, 0.01, 0.0, 1.0]]).repeat(6, 1)
    rows[:, 5] = opacities
    points = OWN.points()[18 * 50 + 25][None]
    x, y = pixels(points, SHAPE)
    assert (x.item(), y.item()) == pytest.approx((25.5, 18.5))
    for values in (
        plainly(x, y, rows, torch.arange(6)),
        Drawn.apply(rows, torch.arange(6), Tiles.of_points(points, SHAPE)),
    ):
        assert values.item() == pytest.approx(1 - 0.000125, abs=1e-6)


def test_front_hides_behind():
    rows = torch.tensor([[25.5, 18.5, 0.01, 0.0, 0.01, 0.9, 1.0]]).repeat(2, 1)
    rows[1, 6] = 0.0
    x, y = torch.tensor([25.5]), torch.tensor([18.5])
    assert plainly(x, y, rows, torch.tensor([0, 1])).item() == pytest.approx(0.9)
    assert plainly(x, y, rows, torch.tensor([1, 0])).item() == pytest.approx(0.09)


def test_limits_are_where_alpha_falls_below_a_255th():
    rows = splats(10, 1)
    torch.testing.assert_close(rows[:, 5] * torch.exp(-limits(rows)), torch.full((10,), 1 / 255))
