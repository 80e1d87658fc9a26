"""BACON: a multiplicative filter network whose outputs are limited to known bandwidths.

Lindell et al., "BACON: Band-limited Coordinate Networks for Multiscale Scene Representation", CVPR
2022. Layers h_i = g_i (W_i h_(i-1) + b_i) with filters g_i(c) = sin(2 pi k_i c + phi_i) of frozen
whole frequencies k_i and trainable phases, on coordinates in [-1/2, 1/2); several layers have
outputs y_i = V_i h_i + v_i. As in INR-benchmark all outputs are trained on the full signal and the
last one counts; filters of the 3D network are shared between layers.

Where the released code is at odds with itself: frequencies follow the axis they are used on (it
swaps the first two), are whole numbers drawn evenly from -k to k (its rounding loses some k), and
layers and filters that never get a gradient are not built, so they are not counted either.
"""

import math

import torch
from torch import nn

from fieldbench.models._field import Field
from fieldbench.models._filters import Filters
from fieldbench.models._layers import linear

# Share of the sampling frequency of each filter that is used, and which filter each layer has.
SCALES = {2: (1 / 8, 1 / 8, 1 / 4, 1 / 4, 1 / 4), 3: (1 / 24, 1 / 16, 1 / 8, 1 / 4)}
FILTER = {2: (0, 1, 2, 3, 4), 3: (0, 0, 0, 1, 1, 2, 2, 3, 3)}
OUTPUTS = {2: (1, 2, 4), 3: (2, 4, 6, 8)}
WIDTHS = {  # INR-benchmark's table; other budgets get the largest width within them
    2: {10000: 48, 30000: 85, 100000: 156, 300000: 272, 1000000: 498, 3000000: 864},
    3: {10000: 34, 30000: 60, 100000: 110, 300000: 192, 1000000: 352, 3000000: 611},
}


def parameters(size, *, dims, channels, **_) -> int:
    """Hidden maps, outputs, and the filters' phases."""
    maps, outputs, filters = (4, 3, 5) if dims == 2 else (8, 4, 4)
    return maps * (size * size + size) + outputs * (size + 1) * channels + filters * size


def paper_size(budget, *, dims, channels, **_) -> int:
    """The published width, or the root of the published count, 4 h^2 + (9 + 5 o) h + 5 o in 2D."""
    if budget in WIDTHS[dims]:
        return WIDTHS[dims][budget]
    maps, outputs = (4, 5) if dims == 2 else (8, 9)
    b = 2 * maps + 1 + outputs * channels
    return math.floor((-b + math.sqrt(b * b - 4 * maps * (outputs * channels - budget))) / 2 / maps)


def flops(size, *, dims, channels, **_) -> int:
    """Of a step, a point: the filters' angles, and 6 a weight of hidden maps and of outputs."""
    maps, outputs, filters = (4, 3, 5) if dims == 2 else (8, 4, 4)
    return 2 * dims * filters * size + 6 * maps * size * size + 6 * outputs * size * channels


class Model(Field):
    dims = (2, 3)
    derivatives = 2
    learning_rate = 5e-2  # INR-benchmark

    def __init__(
        self,
        *,
        dims: int,
        channels: int,
        shape: tuple[int, ...],
        size: int,
        generator: torch.Generator,
    ):
        super().__init__()
        self.filter_of, self.output_at = FILTER[dims], OUTPUTS[dims]
        rates = [[round(n * scale / 2) for n in shape] for scale in SCALES[dims]]
        drawn = [
            torch.stack([torch.randint(-k, k + 1, (size,), generator=generator) for k in rate])
            for rate in rates
        ]
        self.register_buffer("frequencies", torch.stack(drawn).float())  # (filters, dims, size)
        phases = torch.empty(len(rates), size).uniform_(-math.pi, math.pi, generator=generator)
        self.phases = nn.Parameter(phases)
        bound = math.sqrt(6 / size)
        self.layers = nn.ModuleList(
            linear(size, size, generator, bound) for _ in self.filter_of[1:]
        )
        self.outputs = nn.ModuleList(
            linear(size, channels, generator, bound) for _ in self.output_at
        )

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return self.predictions(points)[-1]

    def predictions(self, points: torch.Tensor) -> list[torch.Tensor]:
        """All outputs, from the narrowest band to the widest."""
        # Coordinates are halved, so 2 pi k c / 2: each k is a whole number of waves.
        angles = torch.einsum("nd,fdw->fnw", math.pi * points, self.frequencies)
        filters = torch.sin(angles + self.phases[:, None])
        values, found = filters[self.filter_of[0]], []
        for number, layer in enumerate(self.layers, start=1):
            values = filters[self.filter_of[number]] * layer(values)
            if number in self.output_at:
                found.append(self.outputs[len(found)](values))
        return found

    def fused(self, points: torch.Tensor) -> list[torch.Tensor]:
        filters = Filters(math.pi * points, self.frequencies, self.filter_of, self.output_at)
        maps, outputs = (
            [(layer.weight, layer.bias) for layer in layers]
            for layers in (self.layers, self.outputs)
        )
        return list(filters.cascade(self.phases, maps, outputs))
