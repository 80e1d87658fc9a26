"""Derivatives of a function of coordinates, by automatic differentiation.

But a function that carries its derivatives along, and has them as `jets(points, order)` (see
`fieldbench.numerics.jets`), is asked for those.
"""

from collections.abc import Iterable

import torch

from fieldbench.numerics.jets import parts
from fieldbench.tasks._task import Function


def gradient(function: Function, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A function's values (N, channels) and their derivatives (N, channels, dims).

    Per unit of the coordinates. Both can be differentiated in the function's parameters.
    """
    if jets := getattr(function, "jets", None):
        return parts(jets(points, 1), points.shape[1])
    points = points.detach().requires_grad_()
    values = function(points)
    each = [_summed(values[:, c], points) for c in range(values.shape[1])]
    return values, torch.stack(each, dim=1)


def second(function: Function, points: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Values, first derivatives, and second ones along every axis, (N, channels, dims).

    However many channels there are, each axis takes two passes: see `_along`.
    """
    if jets := getattr(function, "jets", None):
        return parts(jets(points, 2), points.shape[1])
    points = points.detach().requires_grad_()
    values = function(points)
    first = _along(values, points, range(points.shape[1]))
    twice = [_along(slope, points, [axis])[0] for axis, slope in enumerate(first)]
    return values, torch.stack(first, dim=-1), torch.stack(twice, dim=-1)


def laplacian(function: Function, points: torch.Tensor) -> torch.Tensor:
    """The sum of the second derivatives along the axes, (N, channels)."""
    return second(function, points)[2].sum(-1)


def _summed(values: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """The gradient of a sum of values, each of which depends on its own point alone."""
    return torch.autograd.grad(values.sum(), points, create_graph=True, materialize_grads=True)[0]


def _along(values: torch.Tensor, points: torch.Tensor, axes: Iterable[int]) -> list[torch.Tensor]:
    """Derivatives of all channels along axes, each (N, channels).

    The gradient of a weighted sum of channels is linear in the weights, and its own gradient in
    them is what every channel's derivative is.
    """
    weights = torch.zeros_like(values, requires_grad=True)
    known = {"create_graph": True, "materialize_grads": True}
    back = torch.autograd.grad(values, points, weights, **known)[0]
    return [torch.autograd.grad(back[:, axis].sum(), weights, **known)[0] for axis in axes]
