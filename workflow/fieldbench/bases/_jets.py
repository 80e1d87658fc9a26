"""Jets (see `fieldbench.numerics.jets`) carried through a layer of edges, in closed form.

A loss of them needs one way back then, where automatic differentiation goes back once an order and
once more, and makes dozens of tensors of the size (N, fan_in, fan_out) on each way.
"""

from collections.abc import Callable, Sequence

import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable

Psi = Callable[[torch.Tensor, int], list[torch.Tensor]]


def carried(jets: torch.Tensor, slopes: Sequence[torch.Tensor], dims: int) -> torch.Tensor:
    """Jets of a sum over inputs x of functions, which are jets too.

    `slopes` are S_0, S_1, ...: the functions of every edge and their derivatives in x, (N, fan_in,
    fan_out). With x_d and x_dd the derivatives of x along an axis, those of the sum are the sums

    y = S_0,  y_d = S_1 x_d,  y_dd = S_1 x_dd + S_2 x_d^2.
    """
    rest = jets[:, 1:]
    found = rest @ slopes[1]
    if len(slopes) == 3:
        first, second = found.split(dims, dim=1)
        found = torch.cat([first, second + rest[:, :dims].square() @ slopes[2]], 1)
    return torch.cat([slopes[0].sum(1, keepdim=True), found], 1)


class EdgeJets(Function):
    """Jets of the sum over inputs of weight psi(rate (x - shift)), with one way back of its own."""

    @staticmethod
    def forward(ctx, jets, weight, shift, rate, dims, psi):
        order = (jets.shape[1] - 1) // dims
        waves = psi((jets[:, 0, :, None] - shift) * rate, order + 1)
        slopes = [wave * rate**k for k, wave in enumerate(waves)]
        ctx.save_for_backward(jets, weight, shift, rate, *slopes)
        ctx.dims = dims
        return carried(jets, [weight * slope for slope in slopes[:-1]], dims)

    @staticmethod
    @once_differentiable
    def backward(ctx, upward):
        jets, weight, shift, rate, *slopes = ctx.saved_tensors
        dims, rest, sent = ctx.dims, jets[:, 1:], upward[:, 1:]
        below = torch.empty_like(jets)
        # What goes up each edge's S_0, S_1 and S_2, (N, fan_in, fan_out).
        shares = [upward[:, :1], rest.mT @ sent]
        below[:, 1:] = sent @ (weight * slopes[1]).mT
        if len(slopes) == 4:
            first, seconds = rest[:, :dims], sent[:, dims:]
            shares.append(first.square().mT @ seconds)
            below[:, 1 : 1 + dims] += 2 * first * (seconds @ (weight * slopes[2]).mT)
        risen = sum(share * slope for share, slope in zip(shares, slopes[1:], strict=True))
        below[:, 0] = torch.einsum("io,nio->ni", weight, risen)
        parts = [
            torch.einsum("nio,nio->io", *pair) for pair in zip(shares, slopes[:-1], strict=True)
        ]
        to_rate = torch.einsum("ni,nio->io", jets[:, 0], risen) - shift * risen.sum(0)
        to_rate += sum(k * part for k, part in enumerate(parts))
        to_shift = -weight * risen.sum(0)
        return below, sum(parts), to_shift, weight / rate * to_rate, None, None
