"""Linear layers with activations of any kind between them, by the way that suits the device."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.autograd import Function

from fieldbench.models._fused import Layer, Relu, Sine, once, widened
from fieldbench.models._products import mapped

LOOPS = {"relu": Relu, "sine": Sine}
Affine = tuple[torch.Tensor, torch.Tensor] | None  # a scale and an offset; None for neither


def layered(
    values: torch.Tensor, layers: Sequence[nn.Linear], activations: Sequence[nn.Module]
) -> torch.Tensor:
    """A network of (N, columns) values: an activation after every layer but the last."""
    return _rest(values, None, layers, activations)


def activated(
    z: torch.Tensor,
    bias: torch.Tensor,
    layers: Sequence[nn.Linear],
    activations: Sequence[nn.Module],
) -> torch.Tensor:
    """Apply the network from its first activation on: to z + bias. Overwrites z."""
    first, *others = activations
    compiled = first.compiled() if z.device.type == "cpu" else None
    if compiled is None:
        return _rest(first(z + bias), None, layers, others)
    if compiled.given:
        scale, offset = compiled.given
        z, bias = scale * z, scale * bias + offset
    values = _Activated.apply(z, bias, LOOPS[compiled.loop](*compiled.constants))
    return _rest(values, compiled.found, layers, others)


def _rest(
    values: torch.Tensor,
    affine: Affine,
    layers: Sequence[nn.Linear],
    activations: Sequence[nn.Module],
) -> torch.Tensor:
    """Layers of scaled and offset values."""
    for layer, activation in zip(layers, activations, strict=False):
        weight, bias = _absorbing(layer, affine)
        compiled = activation.compiled() if values.device.type == "cpu" else None
        if compiled is None:
            values, affine = activation(_mapped(values, weight, bias)), None
            continue
        if compiled.given:
            scale, offset = compiled.given
            weight, bias = scale * weight, scale * bias + offset
        values, affine = (
            Layer.apply(values, weight, bias, LOOPS[compiled.loop](*compiled.constants)),
            compiled.found,
        )
    return _mapped(values, *_absorbing(layers[-1], affine))


def _absorbing(layer: nn.Linear, affine: Affine) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight and bias of a layer that scales and offsets its values first."""
    if affine is None:
        return layer.weight, layer.bias
    scale, offset = affine
    return scale * layer.weight, layer.bias + offset * layer.weight.sum(1)


def _mapped(values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """A linear map of values that may be wider than it knows."""
    return mapped(values, *widened(weight, bias, values.shape[1], False))


class _Activated(Function):
    """An activation of z + bias, and its gradient; overwrites z."""

    @staticmethod
    def forward(ctx, z, bias, activation):
        found, ctx.kept = activation.of(z.detach(), bias)
        ctx.save_for_backward(found)
        ctx.activation, ctx.spent, ctx.width = activation, False, len(bias)
        return found

    @staticmethod
    def backward(ctx, upward):
        once(ctx)
        bias = torch.zeros(ctx.width)
        grad = ctx.activation.gradient(upward, *ctx.saved_tensors, ctx.kept, bias)
        return grad, bias, None
