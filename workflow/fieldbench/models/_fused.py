"""Layers whose linear map, activation and gradients are a few passes over memory. CPU only.

Values and gradients are those of the textbook layers, to rounding. What a gradient needs is kept
where the forward pass left it and overwritten on the way back, so a result can be differentiated
only once.
"""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
import torch
from torch import nn
from torch.autograd import Function

from fieldbench.models import _loops as loops
from fieldbench.models._products import mapped, product, spare, weight_gradient


def arrays(*tensors: torch.Tensor) -> list[np.ndarray]:
    """The tensors' own memory."""
    return [tensor.detach().contiguous().numpy() for tensor in tensors]


class Activation(Protocol):
    """A function of every value of z + bias, where z = values @ weight.T; (N, width)."""

    widens: bool  # whether columns may be added behind the others

    def of(self, z: torch.Tensor, bias: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Its values, and what its gradient needs besides them, if anything.

        Overwrites z. To name the values themselves again would keep them alive for ever.
        """

    def gradient(self, upward, values, kept, bias: torch.Tensor) -> torch.Tensor:
        """The gradient of values @ weight.T; its column sums are added to `bias`."""


class Sine:
    """sin(omega (z + bias))."""

    widens = True

    def __init__(self, omega: float):
        self.omega = np.float32(omega)

    def of(self, z, bias):
        values = torch.empty_like(z)
        loops.sines(*arrays(z, bias), self.omega, *arrays(values))
        return values, z  # by now the cosines

    def gradient(self, upward, values, kept, bias):
        loops.sine_gradient(*arrays(upward, kept), self.omega, *arrays(bias))
        return kept


class Relu:
    """max(0, z + bias)."""

    widens = True

    def of(self, z, bias):
        loops.relu(*arrays(z, bias))
        return z, None

    def gradient(self, upward, values, kept, bias):
        found = torch.empty_like(values)
        loops.relu_gradient(*arrays(upward, values, found, bias))
        return found


class Wavelet:
    """exp(i omega z - |sigma z|^2) of complex z; real parts left, imaginary right, (N, 2 width)."""

    widens = False

    def __init__(self, omega: float, sigma: float):
        self.settings = np.float32(omega), np.float32(sigma)

    def of(self, z, bias):
        values = torch.empty_like(z)
        loops.wavelets(*arrays(z, bias), *self.settings, *arrays(values))
        return values, z

    def gradient(self, upward, values, kept, bias):
        loops.wavelet_gradient(*arrays(upward, kept, values), *self.settings, *arrays(bias))
        return kept


def once(ctx) -> None:
    """Refuse a second gradient of what the first one has overwritten."""
    if ctx.spent:
        raise RuntimeError("a fused layer overwrites what its gradient needs: once, not twice")
    ctx.spent = True


class Layer(Function):
    """An activation of values @ weight.T + bias, and its gradient.

    Some matrix products are faster, narrow ones several times, where widths are even. So where the
    activation `widens`, results have some more columns than the weight has rows, and values
    may have more columns than it: what those hold meets weights of zero.
    """

    @staticmethod
    def forward(ctx, values, weight, bias, activation):
        ctx.shape = weight.shape
        weight, bias = widened(weight, bias, values.shape[1], activation.widens)
        found, ctx.kept = activation.of(product(values, weight), bias)
        ctx.save_for_backward(values, weight, found)
        ctx.activation, ctx.spent = activation, False
        return found

    @staticmethod
    def backward(ctx, upward):
        once(ctx)
        values, weight, found = ctx.saved_tensors
        bias = torch.zeros(len(weight))
        grad = ctx.activation.gradient(upward, found, ctx.kept, bias)
        below = product(grad, weight.T) if ctx.needs_input_grad[0] else None
        gradient = weight_gradient(grad, values)
        rows, columns = ctx.shape
        return below, gradient[:rows, :columns], bias[:rows], None


class _Decoder(Function):
    """A linear layer, a ReLU, and a linear layer to a few channels.

    What the last layer sends back, as wide as the first, is never written to memory.
    """

    @staticmethod
    def forward(ctx, values, weight, bias, final, offset):
        ctx.shape = weight.shape
        weight, bias = widened(weight, bias, values.shape[1], True)
        final = nn.functional.pad(final, (0, len(weight) - final.shape[1]))
        hidden = product(values, weight)
        loops.relu(*arrays(hidden, bias))
        ctx.save_for_backward(values, weight, final)
        ctx.hidden, ctx.spent = hidden, False
        return torch.addmm(offset, hidden, final.T)

    @staticmethod
    def backward(ctx, upward):
        once(ctx)
        values, weight, final = ctx.saved_tensors
        rows, columns = ctx.shape
        to_final, bias = upward.T @ ctx.hidden, torch.zeros(len(weight))
        loops.decoder_gradient(*arrays(upward, final, ctx.hidden, bias))
        below = product(ctx.hidden, weight.T) if ctx.needs_input_grad[0] else None
        gradient = weight_gradient(ctx.hidden, values)[:rows, :columns]
        return below, gradient, bias[:rows], to_final[:, :rows], upward.sum(0)


def widened(
    weight: torch.Tensor, bias: torch.Tensor, columns: int, widens: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight and bias with rows and columns of zeros added."""
    rows = spare(len(weight)) if widens else 0
    columns -= weight.shape[1]
    if rows or columns:
        weight = nn.functional.pad(weight, (0, columns, 0, rows))
        bias = nn.functional.pad(bias, (0, rows))
    return weight, bias


def last(values: torch.Tensor, layer: nn.Linear) -> torch.Tensor:
    """A linear layer of values that may be wider than it knows."""
    weight, bias = widened(layer.weight, layer.bias, values.shape[1], False)
    return mapped(values, weight, bias)


def relu_layers(values: torch.Tensor, layers: Iterable[nn.Linear]) -> torch.Tensor:
    """Linear layers with a ReLU, one after the other, by the way that suits the device."""
    for layer in layers:
        if values.device.type == "cpu":
            values = Layer.apply(values, layer.weight, layer.bias, Relu())
        else:
            weight, bias = widened(layer.weight, layer.bias, values.shape[1], False)
            values = torch.relu(nn.functional.linear(values, weight, bias))
    return values


def decoded(values: torch.Tensor, hidden: nn.Linear, final: nn.Linear) -> torch.Tensor:
    """A linear layer with a ReLU, then one to a few channels, by the way that suits the device."""
    if values.device.type == "cpu":
        return _Decoder.apply(values, hidden.weight, hidden.bias, final.weight, final.bias)
    return last(relu_layers(values, [hidden]), final)
