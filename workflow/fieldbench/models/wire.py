"""WIRE: a complex-valued network whose activation is a Gabor wavelet.

Saragadam et al., "WIRE: Wavelet Implicit Neural Representations", CVPR 2023. As in INR-benchmark:
psi(z) = exp(i omega z - |sigma z|^2) after the first, real, layer and after two complex ones; the
output is the real part of a last complex layer. A complex weight counts two numbers.
"""

import math

import torch
from torch import nn

from fieldbench.models._field import Field
from fieldbench.models._fused import Layer, Wavelet
from fieldbench.models._layers import linear


def parameters(size, *, dims, channels, hidden_layers, **_) -> int:
    """A real layer dims -> size, complex ones size -> size and size -> channels."""
    inner = hidden_layers * (size * size + size)
    return (dims + 1) * size + 2 * inner + 2 * (size + 1) * channels


def paper_size(budget, *, dims, channels, **_) -> int:
    """The published width: half the budget, counted with a complex weight as one."""
    b, c = dims + channels + 2, dims + channels - budget // 2
    return math.floor((-b + math.sqrt(b * b - 8 * c)) / 4)


def flops(size, *, dims, channels, hidden_layers, **_) -> int:
    """Of a step, a point: 4 a weight of the real first layer, 24 a complex one."""
    return 4 * dims * size + 24 * hidden_layers * size * size + 24 * size * channels


class Model(Field):
    dims = (1, 2, 3)
    derivatives = 2
    learning_rate = 5e-4  # INR-benchmark

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
        omega: float = 15.0,  # INR-benchmark
        sigma: float = 10.0,  # INR-benchmark
        hidden_layers: int = 2,  # INR-benchmark
    ):
        super().__init__()
        self.omega, self.sigma = omega, sigma
        self.first = linear(dims, size, generator)
        widths = [size] * hidden_layers + [channels]
        self.layers = nn.ModuleList(ComplexLinear(size, width, generator) for width in widths)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        real = self.first(points)
        values = turned(torch.exp(-((self.sigma * real) ** 2)), self.omega * real)
        for layer in self.layers[:-1]:
            values = self._wavelet(layer(values))
        return self.layers[-1](values).real

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        # In real arithmetic: real parts in the left half of every array, imaginary in the right.
        wavelet = Wavelet(self.omega, self.sigma)
        nothing = torch.zeros_like(self.first.weight), torch.zeros_like(self.first.bias)
        start = [torch.cat(pair) for pair in zip(self.first.parameters(), nothing, strict=True)]
        values = Layer.apply(points, *start, wavelet)
        for layer in self.layers[:-1]:
            values = Layer.apply(values, *layer.real(), wavelet)
        weight, bias = self.layers[-1].real()
        channels = len(weight) // 2
        return [nn.functional.linear(values, weight[:channels], bias[:channels])]

    def _wavelet(self, z: torch.Tensor) -> torch.Tensor:
        """psi of complex values, as a length and an angle: one exponential less."""
        x, y = z.real, z.imag
        length = torch.exp(-self.omega * y - self.sigma**2 * (x * x + y * y))
        return turned(length, self.omega * x)


def turned(length: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    """length exp(i angle). Not torch.polar, whose gradient is no number where length is zero."""
    return torch.complex(length * torch.cos(angle), length * torch.sin(angle))


class ComplexLinear(nn.Module):
    """A linear layer with complex weights; both parts uniform in +-1/sqrt(fan_in)."""

    def __init__(self, fan_in: int, fan_out: int, generator: torch.Generator):
        super().__init__()
        bound = 1 / math.sqrt(fan_in)
        parts = [
            torch.empty(*shape, 2).uniform_(-bound, bound, generator=generator)
            for shape in ((fan_out, fan_in), (fan_out,))
        ]
        self.weight, self.bias = (nn.Parameter(part) for part in parts)  # (..., 2) real numbers

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        weight, bias = torch.view_as_complex(self.weight), torch.view_as_complex(self.bias)
        return nn.functional.linear(values, weight, bias)

    def real(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The same map of (N, 2 fan_in) real and imaginary parts to (N, 2 fan_out)."""
        x, y = self.weight.unbind(-1)
        weight = torch.cat([torch.cat([x, -y], dim=1), torch.cat([y, x], dim=1)])
        return weight, torch.cat(self.bias.unbind(-1))
