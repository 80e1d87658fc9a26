"""Parts of models that have a compiled way for CPUs and torch's way for the rest: both agree."""

import pytest
import torch

from fieldbench.models import _angle_sums, _fused, _interpolation, _planes
from fieldbench.models._interpolation import Taps

STREAM = torch.Generator().manual_seed(5)


def numbers(*shape):
    return torch.randn(*shape, generator=STREAM, requires_grad=True)


def taps(samples, nodes, each=2):
    """Any taps at all; some name one node twice, as at a border."""
    where = torch.randint(nodes, (samples, each), generator=STREAM)
    where[0] = where[0, 0]
    return Taps(where, torch.rand(samples, each, generator=STREAM), nodes)


def agree(one, other, *given):
    """Values, and the gradients of what is given."""
    weight = torch.randn(one.shape, generator=STREAM)
    torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)
    gradients = [torch.autograd.grad((weight * way).sum(), given) for way in (one, other)]
    torch.testing.assert_close(*gradients, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("each", [1, 2, 4])
def test_interpolation_along_an_axis(axis, each):
    values = numbers(5, 6, 7)
    given = taps(9, values.shape[axis], each)
    ways = (_interpolation.along, _interpolation.along_by_matrix)
    agree(*(way(values, axis, given) for way in ways), values)


def test_products_in_a_plane():
    parts, along = (numbers(4, 6), numbers(9, 6), numbers(4, 5, 6)), taps(9, 5)
    ways = (_planes.planar, _planes.planar_by_broadcasting)
    agree(*(way(*parts, along) for way in ways), *parts)


def test_products_in_a_solid():
    across, volume, along = numbers(3, 4, 6), numbers(3, 4, 2, 6), taps(5, 2)
    lines = (numbers(3, 6), numbers(4, 6), numbers(5, 6))
    planes = (numbers(4, 5, 6), numbers(3, 5, 6))
    ways = (_planes.solid, _planes.solid_by_broadcasting)
    found = (way(across, lines, planes, volume, along) for way in ways)
    agree(*found, across, *lines, *planes, volume)


def test_weights_on_angle_sums():
    weight, angles = numbers(3, 14), torch.randn(5, 7, generator=STREAM)
    given = (weight, angles.sin(), angles.cos())
    ways = (_angle_sums.turned, _angle_sums.turned_by_broadcasting)
    agree(*(way(*given) for way in ways), weight)
    others = torch.randn(11, 7, generator=STREAM)
    sums = angles[:, None] + others
    wanted = torch.cat([sums.sin(), sums.cos()], dim=-1) @ weight.T
    found = torch.cat([others.sin(), others.cos()], dim=-1) @ _angle_sums.turned(*given).mT
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("activation", [_fused.Sine(3.0), _fused.Relu()])
def test_a_second_gradient_is_refused_not_wrong(activation):
    values, weight, bias = numbers(6, 5), numbers(4, 5), numbers(4)
    found = _fused.Layer.apply(values, weight, bias, activation).sum()
    found.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="once, not twice"):
        found.backward()
