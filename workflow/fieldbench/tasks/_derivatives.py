"""Derivatives of a function of coordinates, by automatic differentiation."""

import torch

from fieldbench.tasks._task import Function


def gradient(function: Function, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A function's values (N, channels) and their derivatives (N, channels, dims).

    Per unit of the coordinates. Both can be differentiated in the function's parameters, and in
    `points` where those ask for a gradient already.
    """
    points = points if points.requires_grad else points.detach().requires_grad_()
    values = function(points)
    each = [_summed(values[:, c], points) for c in range(values.shape[1])]
    return values, torch.stack(each, dim=1)


def second(function: Function, points: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Values, first derivatives, and second ones along every axis, (N, channels, dims)."""
    points = points.detach().requires_grad_()
    values, first = gradient(function, points)
    along = [
        torch.stack([_summed(first[:, c, k], points)[:, k] for k in range(points.shape[1])], dim=1)
        for c in range(values.shape[1])
    ]
    return values, first, torch.stack(along, dim=1)


def laplacian(function: Function, points: torch.Tensor) -> torch.Tensor:
    """The sum of the second derivatives along the axes, (N, channels)."""
    return second(function, points)[2].sum(-1)


def _summed(values: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """The gradient of a sum of values, each of which depends on its own point alone."""
    return torch.autograd.grad(values.sum(), points, create_graph=True, materialize_grads=True)[0]
