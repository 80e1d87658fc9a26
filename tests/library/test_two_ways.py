"""Parts of models that have a compiled way for CPUs and torch's way for the rest: both agree."""

import pytest
import torch

from fieldbench.models import (
    _activated,
    _angle_sums,
    _fused,
    _interpolation,
    _planes,
    _products,
    _variation,
)
from fieldbench.models._filters import Filters
from fieldbench.models._interpolation import Taps
from fieldbench.plan.entries import registry

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


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(("count", "columns", "rows"), [(70, 48, 53), (9, 61, 130), (300, 3, 90)])
def test_products(count, columns, rows, wide, monkeypatch):
    """Also by the library that this processor would not choose."""
    monkeypatch.setattr(_products, "_BY_ONEDNN", wide and torch.backends.mkldnn.is_available())
    values, weight, upward = numbers(count, columns), numbers(rows, columns), numbers(count, rows)
    with torch.no_grad():
        found = (
            _products.product(values, weight),
            _products.product(upward, weight.T),
            _products.weight_gradient(upward, values),
        )
        wanted = values @ weight.T, upward @ weight, upward.T @ values
    torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-4)
    bias = numbers(rows)
    plain = values @ weight.T + bias
    agree(_products.mapped(values, weight, bias), plain, values, weight, bias)


@pytest.mark.parametrize("width", [5, 50])
@pytest.mark.parametrize("channels", [1, 3])
def test_decoder(width, channels):
    values, layers = numbers(40, 7), [torch.nn.Linear(7, width), torch.nn.Linear(width, channels)]
    plain = layers[1](torch.relu(layers[0](values)))
    given = [values, *(p for layer in layers for p in layer.parameters())]
    agree(_fused.decoded(values, *layers), plain, *given)


def cascade(dims, points, frequencies, phases, maps, outputs):
    at = (1, 3) if dims == 2 else (3,)
    filters = Filters(points, frequencies, (0, 0, 1, 0), at)
    return filters.cascade(phases, maps, outputs[: len(at)])


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_multiplicative_filters(dims):
    width, points = 50, torch.rand(30, dims, generator=STREAM)
    frequencies, phases = torch.randn(2, dims, width, generator=STREAM), numbers(2, width)
    maps = [(numbers(width, width), numbers(width)) for _ in range(3)]
    outputs = [(numbers(3, width), numbers(3)) for _ in range(2)]
    found = cascade(dims, points, frequencies, phases, maps, outputs)
    sines = torch.sin(torch.einsum("nd,fdw->fnw", points, frequencies) + phases[:, None])
    layers = [sines[0]]
    for k, (weight, bias) in zip((0, 1, 0), maps, strict=True):
        layers.append(sines[k] * (layers[-1] @ weight.T + bias))
    at = (1, 3) if dims == 2 else (3,)
    wanted = [layers[k] @ w.T + b for k, (w, b) in zip(at, outputs, strict=False)]
    given = [phases, *(t for pair in (*maps, *outputs[: len(at)]) for t in pair)]
    scale = max(values.abs().max().item() for values in wanted)
    agree(torch.cat(found) / scale, torch.cat(wanted) / scale, *given)


@pytest.mark.parametrize("shape", [(2, 9), (1, 7, 30), (3, 5, 4, 6)])
def test_total_variation(shape):
    nodes = numbers(*shape)
    with torch.no_grad():
        nodes[..., :2] = 0.1  # where it is at its floor
    ways = (_variation.total_variation, _variation.by_rolling)
    agree(*(way(nodes) for way in ways), nodes)


@pytest.mark.parametrize("activation", [_fused.Sine(3.0), _fused.Relu()])
def test_a_second_gradient_is_refused_not_wrong(activation):
    values, weight, bias = numbers(6, 5), numbers(4, 5), numbers(4)
    found = _fused.Layer.apply(values, weight, bias, activation).sum()
    found.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="once, not twice"):
        found.backward()


@pytest.mark.parametrize("name", ["relu", "prelu", "sine", "scaled-sine", "tanh"])
def test_layers_with_activations(name):
    """From points on, and from the first layer's products on; also what the activations learn."""
    kind = registry.load("activations", name)
    calm = {"omega": 2.0} if "sine" in name else {}
    activations = [kind(first=k == 0, **calm) for k in range(2)]
    layers = [torch.nn.Linear(a, b) for a, b in ((3, 7), (7, 5), (5, 2))]
    values = numbers(40, 3)
    plain = values
    for layer, activation in zip(layers, activations, strict=False):
        plain = activation(layer(plain))
    plain = layers[2](plain)
    learned = [p for part in (*layers, *activations) for p in part.parameters()]
    agree(_activated.layered(values, layers, activations), plain, values, *learned)
    products = values @ layers[0].weight.T
    fast = _activated.activated(products, layers[0].bias, layers[1:], activations)
    plain = layers[2](activations[1](layers[1](activations[0](layers[0](values)))))
    agree(fast, plain, values, *learned)


def test_a_second_gradient_of_what_ends_a_network_is_refused():
    layers = torch.nn.Linear(5, 6), torch.nn.Linear(6, 1)
    phases, maps = numbers(2, 6), [(numbers(6, 6), numbers(6)) for _ in range(3)]
    given = torch.rand(8, 2), torch.rand(2, 2, 6), phases, maps, [(numbers(1, 6), numbers(1))] * 2
    relu = [registry.load("activations", "relu")(first=True)]
    first = _activated.activated(numbers(8, 6), numbers(6), [layers[1]], relu)
    for found in (_fused.decoded(numbers(8, 5), *layers), cascade(2, *given)[0], first):
        found.sum().backward(retain_graph=True)
        with pytest.raises(RuntimeError, match="once, not twice"):
            found.sum().backward()
