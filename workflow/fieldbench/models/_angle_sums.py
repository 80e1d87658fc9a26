"""A linear map of sines and cosines of angle sums, as each row of a lattice sees it.

With sin(a + b) = sin b cos a + cos b sin a and cos(a + b) = cos b cos a - sin b sin a, a row of
angle a turns weights on the sines and cosines of a + b into weights on those of b.
"""

import torch
from numba import njit
from torch.autograd import Function

loop = njit(cache=True, nogil=True, fastmath={"contract"})


def turned(weight: torch.Tensor, sine: torch.Tensor, cosine: torch.Tensor) -> torch.Tensor:
    """Weights (size, 2 features), turned by rows (rows, features); (rows, size, 2 features)."""
    if weight.device.type == "cpu":
        return _Turned.apply(weight, sine, cosine)
    return turned_by_broadcasting(weight, sine, cosine)


def turned_by_broadcasting(
    weight: torch.Tensor, sine: torch.Tensor, cosine: torch.Tensor
) -> torch.Tensor:
    """`turned` by torch."""
    on_sine, on_cosine = weight.chunk(2, dim=1)
    sine, cosine = sine[:, None], cosine[:, None]
    parts = [on_sine * cosine - on_cosine * sine, on_sine * sine + on_cosine * cosine]
    return torch.cat(parts, dim=-1)


class _Turned(Function):
    @staticmethod
    def forward(ctx, weight, sine, cosine):
        ctx.given = weight.shape, sine.contiguous().numpy(), cosine.contiguous().numpy()
        found = torch.empty(len(sine), *weight.shape)
        turn(weight.detach().contiguous().numpy(), *ctx.given[1:], found.numpy())
        return found

    @staticmethod
    def backward(ctx, upward):
        shape, sine, cosine = ctx.given
        gradient = torch.zeros(shape)
        turn_back(upward.contiguous().numpy(), sine, cosine, gradient.numpy())
        return gradient, None, None


@loop
def turn(weight, sine, cosine, found):
    """What `turned` computes, into `found`."""
    features = sine.shape[1]
    for i in range(sine.shape[0]):
        for w in range(weight.shape[0]):
            on_sine, on_cosine = weight[w, :features], weight[w, features:]
            for f in range(features):
                found[i, w, f] = on_sine[f] * cosine[i, f] - on_cosine[f] * sine[i, f]
            for f in range(features):
                found[i, w, features + f] = on_sine[f] * sine[i, f] + on_cosine[f] * cosine[i, f]


@loop
def turn_back(upward, sine, cosine, gradient):
    """Add what reaches the weights to `gradient`."""
    features = sine.shape[1]
    for i in range(sine.shape[0]):
        for w in range(upward.shape[1]):
            to_sine, to_cosine = upward[i, w, :features], upward[i, w, features:]
            for f in range(features):
                gradient[w, f] += to_sine[f] * cosine[i, f] + to_cosine[f] * sine[i, f]
            for f in range(features):
                gradient[w, features + f] += to_cosine[f] * cosine[i, f] - to_sine[f] * sine[i, f]
