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

from fieldbench.models import _kernels as kernels


def arrays(*tensors: torch.Tensor) -> list[np.ndarray]:
    """The tensors' own memory."""
    return [tensor.detach().contiguous().numpy() for tensor in tensors]


class Activation(Protocol):
    """A function of every value of z + bias, where z = values @ weight.T; (N, width)."""

    def of(self, z: torch.Tensor, bias: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Its values, and what its gradient needs besides them, if anything.

        Overwrites z. To name the values themselves again would keep them alive for ever.
        """

    def gradient(self, upward, values, kept, bias: torch.Tensor) -> torch.Tensor:
        """The gradient of values @ weight.T; its column sums are added to `bias`."""


class Sine:
    """sin(omega (z + bias))."""

    def __init__(self, omega: float):
        self.omega = np.float32(omega)

    def of(self, z, bias):
        values = torch.empty_like(z)
        kernels.sines(*arrays(z, bias), self.omega, *arrays(values))
        return values, z  # by now the cosines

    def gradient(self, upward, values, kept, bias):
        kernels.sine_gradient(*arrays(upward, kept), self.omega, *arrays(bias))
        return kept


class Relu:
    """max(0, z + bias)."""

    def of(self, z, bias):
        kernels.relu(*arrays(z, bias))
        return z, None

    def gradient(self, upward, values, kept, bias):
        found = torch.empty_like(values)
        kernels.relu_gradient(*arrays(upward, values, found, bias))
        return found


class Wavelet:
    """exp(i omega z - |sigma z|^2) of complex z; real parts left, imaginary right, (N, 2 width)."""

    def __init__(self, omega: float, sigma: float):
        self.settings = np.float32(omega), np.float32(sigma)

    def of(self, z, bias):
        values = torch.empty_like(z)
        kernels.wavelets(*arrays(z, bias), *self.settings, *arrays(values))
        return values, z

    def gradient(self, upward, values, kept, bias):
        kernels.wavelet_gradient(*arrays(upward, kept, values), *self.settings, *arrays(bias))
        return kept


class Filter:
    """z times sin(points @ frequencies + phases); frequencies (dims, width) are constant."""

    def __init__(self, points: torch.Tensor, frequencies: torch.Tensor, phases: torch.Tensor):
        third = (0, 3 - points.shape[1])  # in 2D a third axis of zeros
        padded = nn.functional.pad(points, third), nn.functional.pad(frequencies.T, third).T
        self.settings = arrays(*padded, phases)
        self.phase = torch.zeros_like(phases)  # where the phases' gradient is gathered

    def of(self, z, bias):
        values = torch.empty_like(z)
        kernels.filtered(*self.settings, *arrays(z, bias, values))
        return values, z

    def gradient(self, upward, values, kept, bias):
        kernels.filtered_gradient(*self.settings, *arrays(upward, kept, self.phase, bias))
        return kept


class Layer(Function):
    """An activation of values @ weight.T + bias, and its gradient.

    `phases` are None, or the phases of a Filter, so that their gradient arrives.
    """

    @staticmethod
    def forward(ctx, values, weight, bias, activation, phases=None):
        found, ctx.kept = activation.of(values @ weight.T, bias)
        ctx.save_for_backward(values, weight, found)
        ctx.activation = activation
        return found

    @staticmethod
    def backward(ctx, upward):
        values, weight, found = ctx.saved_tensors
        bias = torch.zeros(len(weight))
        grad = ctx.activation.gradient(upward, found, ctx.kept, bias)
        below = grad @ weight if ctx.needs_input_grad[0] else None
        # Of the two ways to the same product, the one whose result has the longer rows is fast.
        wide = values.shape[1] >= len(weight)
        gradient = grad.T @ values if wide else (values.T @ grad).T
        return below, gradient, bias, None, getattr(ctx.activation, "phase", None)


def relu_layer(values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """A linear layer with a ReLU, by the way that suits the device."""
    if values.device.type == "cpu":
        return Layer.apply(values, weight, bias, Relu())
    return torch.relu(nn.functional.linear(values, weight, bias))


def relu_layers(values: torch.Tensor, layers: Iterable[nn.Linear]) -> torch.Tensor:
    """One such layer after the other."""
    for layer in layers:
        values = relu_layer(values, layer.weight, layer.bias)
    return values
