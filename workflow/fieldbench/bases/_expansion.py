"""Layers linear in their coefficients: each input becomes K features, a matrix does the rest."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.autograd import Function

from fieldbench.bases import _feature_loops as loops

Product = Callable[[torch.Tensor, torch.Tensor, torch.Tensor | None], torch.Tensor]


class Expansion(nn.Module, ABC):
    """y_o = bias_o + sum of weight[o, k, i] feature_k(x_i).

    `coefficients` are (fan_out, K, fan_in), so that neighbours in memory are neighbouring inputs,
    which the features' loops go along.
    """

    def __init__(self):
        super().__init__()
        self.register_parameter("bias", None)

    @abstractmethod
    def features(self, values: torch.Tensor) -> torch.Tensor:
        """(N, fan_in) to (N, K, fan_in)."""

    @abstractmethod
    def fast_features(self, values: torch.Tensor) -> torch.Tensor:
        """The same in one pass over memory, float32 on a CPU; differentiable once."""

    def weight(self) -> torch.Tensor:
        """(fan_out, K, fan_in)."""
        return self.coefficients

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        found = self.features(values).flatten(1)
        return nn.functional.linear(found, self.weight().flatten(1), self.bias)

    def fused(self, values: torch.Tensor, product: Product) -> torch.Tensor:
        """The same, with the product that the caller knows to be fast."""
        found = self.fast_features(values).flatten(1)
        return product(found, self.weight().flatten(1), self.bias)


class Features(Function):
    """The features of `inner` by a pair of compiled loops, last those of a SiLU of `outer`, if any.

    Both are (N, fan_in); the features (N, K, fan_in). What a gradient needs is computed again.
    """

    @staticmethod
    def forward(ctx, inner, outer, number, pair, settings):
        ctx.save_for_backward(inner, outer)
        ctx.backward_loop, ctx.settings = pair[1], settings
        found = torch.empty(len(inner), number, inner.shape[1])
        pair[0](inner.contiguous().numpy(), *settings, found.numpy())
        if outer is not None:
            loops.silu(outer.contiguous().numpy(), found.numpy())
        return found

    @staticmethod
    def backward(ctx, upward):
        inner, outer = ctx.saved_tensors
        sent = upward.contiguous().numpy()
        to_inner, to_outer = torch.empty_like(inner), None
        ctx.backward_loop(inner.contiguous().numpy(), *ctx.settings, sent, to_inner.numpy())
        if outer is not None:
            to_outer = torch.empty_like(outer)
            loops.silu_gradient(outer.contiguous().numpy(), sent, to_outer.numpy())
        return to_inner, to_outer, None, None, None


def normal(generator: torch.Generator, *shape: int, std: float) -> nn.Parameter:
    """Numbers of mean zero."""
    return nn.Parameter(torch.empty(shape).normal_(0, std, generator=generator))


def uniform(generator: torch.Generator, *shape: int, bound: float) -> nn.Parameter:
    """Numbers in +-bound."""
    return nn.Parameter(torch.empty(shape).uniform_(-bound, bound, generator=generator))


def spread(values: np.ndarray | list[float]) -> torch.Tensor:
    """A column of float32 numbers that goes with (N, K, fan_in)."""
    return torch.as_tensor(np.asarray(values), dtype=torch.float32)[:, None]


def arrays(*tensors: torch.Tensor) -> list[np.ndarray]:
    """The tensors' memory, row after row."""
    return [tensor.detach().contiguous().numpy() for tensor in tensors]
