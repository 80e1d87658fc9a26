"""A multiplicative filter network, all its layers and outputs as one function. CPU only.

Values and gradients are those of the textbook, to rounding. As in `_fused`, what a gradient needs
is overwritten on the way back, so a result can be differentiated only once.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.autograd import Function

from fieldbench.models import _loops as loops
from fieldbench.models._fused import arrays, once
from fieldbench.models._products import product, weight_gradient

Maps = list[tuple[torch.Tensor, torch.Tensor]]  # weights and biases


@dataclass(frozen=True)
class Filters:
    """sin(points @ frequencies + phases): which of them the values of each layer are times.

    points (N, dims); frequencies (filters, dims, width), constant; the outputs belong to the layers
    `output_at`, where 1 is the first that has a map.
    """

    points: torch.Tensor
    frequencies: torch.Tensor
    filter_of: tuple[int, ...]
    output_at: tuple[int, ...]

    def cascade(self, phases: torch.Tensor, maps: Maps, outputs: Maps) -> tuple[torch.Tensor, ...]:
        """What the outputs find in sin, filter (W sin + b), and so on; (N, channels) each.

        phases (filters, width).
        """
        given = [tensor for pair in (*maps, *outputs) for tensor in pair]
        return _Cascade.apply(self, phases, *given)

    def padded(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Points and frequencies with a third axis, of zeros in 2D."""
        third = 3 - self.points.shape[1]
        points = nn.functional.pad(self.points, (0, third))
        return points, nn.functional.pad(self.frequencies, (0, 0, 0, third))

    def split(self, given: tuple[torch.Tensor, ...]) -> tuple[Maps, dict[int, tuple]]:
        """The maps, and the outputs by their layers."""
        pairs = list(zip(given[::2], given[1::2], strict=True))
        maps = len(self.filter_of) - 1
        return pairs[:maps], dict(zip(self.output_at, pairs[maps:], strict=True))


class _Cascade(Function):
    @staticmethod
    def forward(ctx, filters, phases, *given):
        ctx.save_for_backward(phases, *given)
        ctx.filters, ctx.spent, ctx.sines = filters, False, []
        points, frequencies = filters.padded()
        for k in range(len(phases)):
            ctx.sines.append(arrays(points, frequencies[k], phases[k]))
        maps, outputs = filters.split(given)
        values, found = torch.empty(len(points), phases.shape[1]), []
        loops.waves(*ctx.sines[filters.filter_of[0]], *arrays(values))
        ctx.layers = [(values, None)]
        for number, (weight, bias) in enumerate(maps, start=1):
            z = product(values, weight)
            values = torch.empty_like(z)
            sines = ctx.sines[filters.filter_of[number]]
            loops.filtered(*sines, *arrays(z, bias, values))
            ctx.layers.append((values, z))
            if number in outputs:
                weight, bias = outputs[number]
                found.append(torch.addmm(bias, values, weight.T))
        return tuple(found)

    @staticmethod
    def backward(ctx, *upwards):
        once(ctx)
        phases, *given = ctx.saved_tensors
        filter_of = ctx.filters.filter_of
        maps, outputs = ctx.filters.split(given)
        upwards = dict(zip(outputs, upwards, strict=True))
        phase, upward = torch.zeros_like(phases), torch.zeros_like(ctx.layers[-1][0])
        to_maps, to_outputs = [], []
        for number in range(len(maps), 0, -1):
            values, z = ctx.layers.pop()
            if number in outputs:
                there = upwards[number]
                to_outputs[:0] = [there.T @ values, there.sum(0)]
                upward.addmm_(there, outputs[number][0])
            bias, k = torch.zeros(len(phases[0])), filter_of[number]
            loops.filtered_gradient(*ctx.sines[k], *arrays(upward, z, phase[k], bias))
            to_maps[:0] = [weight_gradient(z, ctx.layers[-1][0]), bias]
            upward = product(z, maps[number - 1][0].T)
        k = filter_of[0]
        loops.waves_gradient(*ctx.sines[k], *arrays(upward, phase[k]))
        return None, phase, *to_maps, *to_outputs
